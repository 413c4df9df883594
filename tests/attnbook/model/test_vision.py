"""Patches against a convolution, and what a classifier of them obeys."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from attnbook import ImageClassifier, StackConfig, cut_patches

CONFIG = StackConfig(d_model=10, num_heads=5, num_layers=2, d_ff=7, dropout=0.0)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def build(**options):
    return ImageClassifier(CONFIG, 6, 2, 11, **options)


@settings(deadline=None, max_examples=25)
@given(
    channels=st.integers(1, 3),
    down=st.integers(1, 3),
    across=st.integers(1, 3),
    patch_size=st.integers(1, 3),
)
def test_patches_times_a_matrix_are_a_convolution_with_strides(
    channels, down, across, patch_size
):
    torch.manual_seed(0)
    images = torch.randn(2, channels, down * patch_size, across * patch_size)
    kernel = torch.randn(5, channels, patch_size, patch_size)
    expected = F.conv2d(images, kernel, stride=patch_size).flatten(2).mT
    patches = cut_patches(images, patch_size)
    torch.testing.assert_close(patches @ kernel.flatten(1).T, expected)


@pytest.mark.parametrize("channels", [1, 3])
def test_every_pixel_counts(channels):
    model = build(channels=channels)
    images = torch.randn(2, channels, 6, 6, requires_grad=True)
    logits = model(images)
    assert logits.shape == (2, 11)
    logits.square().sum().backward()
    assert images.grad.ne(0).all()
    assert all(p.grad.ne(0).any() for p in model.parameters())


def test_images_do_not_mix():
    model, images = build(), torch.randn(3, 1, 6, 6)
    alone = torch.cat([model(image) for image in images.split(1)])
    torch.testing.assert_close(model(images), alone)


def test_without_positions_the_patches_may_be_shuffled():
    images, order = torch.randn(2, 1, 6, 6), torch.randperm(9)
    shuffled = F.fold(F.unfold(images, 2, stride=2)[:, :, order], (6, 6), 2, stride=2)
    blind, placed = build(positions=False), build()
    torch.testing.assert_close(blind(shuffled), blind(images))
    assert not torch.allclose(placed(shuffled), placed(images))


def test_it_can_learn():
    model, images = build(), torch.randn(7, 1, 6, 6)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(100):
        loss = F.cross_entropy(model(images), torch.arange(7))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model(images).argmax(-1).equal(torch.arange(7))


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="divisible by patch_size, got 7 and 2"):
        ImageClassifier(CONFIG, 7, 2, 11)
    with pytest.raises(ValueError, match="num_classes must be at least 1, got 0"):
        ImageClassifier(CONFIG, 6, 2, 0)
    with pytest.raises(ValueError, match="patch_size must be at least 1, got 0"):
        ImageClassifier(CONFIG, 6, 0, 11)
    with pytest.raises(ValueError, match=r"images .* got 6 x 7 and 2"):
        cut_patches(torch.randn(2, 1, 6, 7), 2)
    with pytest.raises(ValueError, match=r"images .*\(1, 6, 6\).* got \(2, 3, 6, 6\)"):
        build()(torch.randn(2, 3, 6, 6))
    with pytest.raises(ValueError, match="images must be a floating tensor"):
        build()(torch.ones(2, 1, 6, 6, dtype=torch.int64))
