"""Positions as layers: which row is given, and what follows the model."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import LearnedPositions, SinusoidalPositions, sinusoidal_positions

both = pytest.mark.parametrize("kind", [LearnedPositions, SinusoidalPositions])


@both
@settings(deadline=None, max_examples=25)
@given(offset=st.integers(0, 6), length=st.integers(0, 5))
def test_a_stretch_is_a_part_of_the_whole(kind, offset, length):
    torch.manual_seed(0)
    positions = kind(max_len=11, d_model=6)
    assert positions(length, offset).equal(positions(11)[offset : offset + length])


def test_the_waves_are_those_of_the_ground_floor():
    assert SinusoidalPositions(11, 6)(11).equal(sinusoidal_positions(11, 6))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@both
def test_they_follow_the_dtype_of_the_model(kind, dtype):
    positions = kind(11, 6)
    before = positions(11)
    assert positions.to(dtype)(3).dtype == dtype
    torch.testing.assert_close(positions(11), before.to(dtype))


def test_far_positions_are_distinct_in_half_precision():
    """Were positions counted in half precision, thousands of them would be equal."""
    table = SinusoidalPositions(5000, 64).half()(5000)
    assert len(table.unique(dim=0)) == 5000


def test_waves_are_not_learned_and_not_saved():
    positions = SinusoidalPositions(11, 6)
    assert list(positions.parameters()) == []
    assert positions.state_dict() == {}
    assert dict(positions.named_buffers()).keys() == {"table"}


def test_learned_ones_are_learned_and_saved():
    positions = LearnedPositions(11, 6)
    positions(2, offset=3).sum().backward()
    assert positions.table.grad.sum(1).tolist() == [0.0] * 3 + [6.0] * 2 + [0.0] * 6
    assert positions.state_dict().keys() == {"table"}


def test_learned_ones_begin_with_the_size_of_the_waves():
    torch.manual_seed(0)
    learned, waves = LearnedPositions(512, 256), SinusoidalPositions(512, 256)
    size = waves(512).square().mean().sqrt().item()
    assert size == pytest.approx(0.5**0.5, rel=1e-6)
    assert learned(512).square().mean().sqrt().item() == pytest.approx(size, rel=0.01)


@both
def test_what_is_too_long_is_refused(kind):
    positions = kind(max_len=11, d_model=6)
    assert positions(4, offset=7).shape == (4, 6)
    with pytest.raises(ValueError, match="at most max_len = 11 long, got 12"):
        positions(5, offset=7)
    with pytest.raises(ValueError, match="max_len must be at least 1, got 0"):
        kind(max_len=0, d_model=6)


def test_odd_waves_are_refused():
    with pytest.raises(ValueError, match="d_model must be even and above 0, got 7"):
        SinusoidalPositions(11, 7)
