"""From cameras to a map: against the attention of torch, and by its laws."""

import pytest
import torch
from torch.nn import functional as F

from attnbook import BirdsEye
from parity import shake

CELLS, CAMERAS, PIXELS, CHANNELS, KINDS, D_MODEL = 5, 3, 7, 2, 11, 26


def build(num_heads=2):
    torch.manual_seed(0)
    model = BirdsEye(CELLS, CAMERAS, PIXELS, CHANNELS, KINDS, D_MODEL, num_heads)
    shake(model)
    return model, torch.randn(2, CAMERAS, PIXELS, CHANNELS)


def by_hand(model, views, heads, cameras):
    """Lay the pixels of some cameras one after the other, and let torch attend."""
    parts, names = [], model.pixels.table.view(CAMERAS, PIXELS, D_MODEL)
    for camera in cameras:
        parts.append(model.embedding(views[:, camera]) + names[camera])
    source = torch.cat(parts, 1)

    def split(x):
        return x.unflatten(-1, (heads, -1)).transpose(1, 2)

    part = model.attention
    query = split(part.w_q(model.queries).expand(len(views), -1, -1))
    key, value = split(part.w_k(source)), split(part.w_v(source))
    output = F.scaled_dot_product_attention(query, key, value)
    return model.to_logits(part.w_o(output.transpose(1, 2).flatten(2)))


@pytest.mark.parametrize("heads", [1, 2])
def test_it_is_one_cross_attention_of_torch(heads):
    model, views = build(heads)
    views.requires_grad_()
    logits = model(views)
    expected = by_hand(model, views, heads, range(CAMERAS))
    assert logits.shape == (2, CELLS, KINDS)
    torch.testing.assert_close(logits, expected)
    upstream, leaves = torch.randn_like(logits), [views, *model.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad(logits, leaves, upstream),
        torch.autograd.grad(expected, leaves, upstream),
    )


def test_a_covered_camera_is_as_if_it_were_not_there():
    model, views = build()
    mask = torch.tensor([True, False, True])
    covered = model(views, mask)
    torch.testing.assert_close(covered, by_hand(model, views, 2, [0, 2]))
    moved = views.clone()
    moved[:, 1] += 1.0
    assert model(moved, mask).equal(covered)
    assert not torch.allclose(model(moved), model(views))
    torch.testing.assert_close(model(views, ~mask | mask), model(views))


def test_scenes_do_not_mix():
    model, views = build()
    alone = torch.cat([model(scene) for scene in views.split(1)])
    torch.testing.assert_close(model(views), alone)


def test_a_pixel_is_known_by_its_vector_and_not_by_its_place():
    model, views = build()
    order = torch.randperm(CAMERAS * PIXELS)
    logits = model(views)
    mixed = views.flatten(1, 2)[:, order].view_as(views)
    assert not torch.allclose(model(mixed), logits)
    with torch.no_grad():
        model.pixels.table.copy_(model.pixels.table[order])
    torch.testing.assert_close(model(mixed), logits)


def test_it_can_learn():
    model, views = build()
    answers = torch.randint(KINDS, (2, CELLS))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(150):
        loss = F.cross_entropy(model(views).flatten(0, 1), answers.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model(views).argmax(-1).equal(answers)


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="num_cells must be at least 1, got 0"):
        BirdsEye(0, CAMERAS, PIXELS)
    with pytest.raises(ValueError, match="divisible by num_heads, got 32 and 5"):
        BirdsEye(CELLS, CAMERAS, PIXELS, num_heads=5)
    model, views = build()
    with pytest.raises(ValueError, match=r"\(3, 7, 2\)\), got \(2, 3, 2, 7\)"):
        model(views.mT)
    with pytest.raises(ValueError, match="views must be a floating tensor"):
        model(views.long())
    with pytest.raises(
        ValueError, match=r"mask must have the shape \(3,\), got \(7,\)"
    ):
        model(views, torch.ones(7, dtype=torch.bool))
    with pytest.raises(ValueError, match="mask must be boolean"):
        model(views, torch.ones(3))
