"""Three projections against torch's packed one, and against X W by hand."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from attnbook import QueryKeyValue, padding_mask, scaled_dot_product_attention
from parity import flip_mask, pack_projections, unpack_projections


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("way", ["pack", "unpack"])
def test_it_equals_the_packed_projection_of_torch(bias, way):
    ours = QueryKeyValue(7, bias=bias)
    theirs = nn.MultiheadAttention(7, 1, bias=bias)
    if bias:
        nn.init.normal_(theirs.in_proj_bias)
    if way == "pack":
        pack_projections(ours, theirs)
    else:
        unpack_projections(theirs, ours)
    x = torch.randn(2, 5, 7)
    packed = F.linear(x, theirs.in_proj_weight, theirs.in_proj_bias)
    torch.testing.assert_close(ours(x), packed.chunk(3, dim=-1))


@pytest.mark.parametrize("cross", [False, True])
def test_with_attention_it_equals_one_head_of_torch(cross):
    ours, theirs = QueryKeyValue(7), nn.MultiheadAttention(7, 1, batch_first=True)
    pack_projections(ours, theirs)
    nn.init.eye_(theirs.out_proj.weight)
    x = torch.randn(2, 5, 7, requires_grad=True)
    source = torch.randn(2, 11, 7, requires_grad=True) if cross else x
    ids = torch.ones(2, source.size(1), dtype=torch.int64)
    ids[1, 3:] = 0
    mask = padding_mask(ids, pad_id=0)[:, 0]
    output, weights = scaled_dot_product_attention(*ours(x, source), mask)
    expected, their_weights = theirs(
        x, source, source, key_padding_mask=flip_mask(mask[:, 0])
    )
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(weights, their_weights)
    upstream = torch.randn(output.shape)
    torch.testing.assert_close(
        torch.autograd.grad(output, (x, source), upstream),
        torch.autograd.grad(expected, (x, source), upstream),
    )


def test_each_projection_is_x_times_the_transpose_of_what_is_stored():
    ours, x = QueryKeyValue(7, d_k=5, d_v=11), torch.randn(2, 3, 7)
    query, key, value = ours(x)
    torch.testing.assert_close(query, x @ ours.w_q.weight.T + ours.w_q.bias)
    torch.testing.assert_close(key, x @ ours.w_k.weight.T + ours.w_k.bias)
    torch.testing.assert_close(value, x @ ours.w_v.weight.T + ours.w_v.bias)


@pytest.mark.parametrize(
    ("widths", "expected"),
    [({}, (7, 7, 7)), ({"d_k": 5}, (5, 5, 5)), ({"d_k": 5, "d_v": 3}, (5, 5, 3))],
)
def test_widths_default_to_the_one_before(widths, expected):
    projected = QueryKeyValue(7, **widths)(torch.randn(2, 7))
    assert tuple(tensor.size(-1) for tensor in projected) == expected


def test_its_own_source_is_the_default():
    ours, x = QueryKeyValue(7), torch.randn(2, 5, 7)
    assert all(map(torch.equal, ours(x), ours(x, x)))


def test_the_query_comes_from_x_and_the_rest_from_the_source():
    ours, x, source = QueryKeyValue(7), torch.randn(2, 5, 7), torch.randn(2, 11, 7)
    query, key, value = ours(x, source)
    assert torch.equal(query, ours(x)[0])
    assert torch.equal(key, ours(source)[1])
    assert torch.equal(value, ours(source)[2])


def test_one_source_still_gives_three_different_views():
    query, key, value = QueryKeyValue(7)(torch.randn(5, 7))
    assert not torch.allclose(query, key)
    assert not torch.allclose(key, value)
    assert not torch.allclose(query, value)


def test_weights_carry_the_names_of_the_paper():
    names = set(QueryKeyValue(7, bias=False).state_dict())
    assert names == {"w_q.weight", "w_k.weight", "w_v.weight"}


def test_wrong_inputs_are_refused():
    ours, x = QueryKeyValue(7), torch.randn(2, 5, 7)
    with pytest.raises(ValueError, match=r"x and d_model .* width, got 3 and 7"):
        ours(torch.randn(2, 5, 3))
    with pytest.raises(ValueError, match=r"source and d_model .* width, got 3 and 7"):
        ours(x, torch.randn(2, 5, 3))
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        ours(torch.ones(2, 5, 7, dtype=torch.int64))
