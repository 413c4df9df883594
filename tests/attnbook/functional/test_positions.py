"""The table against the paper's formula, and a shift against a rotation."""

import math

import pytest
import torch

from attnbook import shift_rotation, sinusoidal_positions


def exact(length, d_model, offset=0):
    return sinusoidal_positions(length, d_model, offset, dtype=torch.float64)


def test_the_table_is_the_formula_of_section_3_5():
    table = exact(11, 6)
    assert table.shape == (11, 6)
    for position in range(11):
        for pair in range(3):
            angle = position / 10000 ** (2 * pair / 6)
            assert table[position, 2 * pair].item() == pytest.approx(math.sin(angle))
            assert table[position, 2 * pair + 1].item() == pytest.approx(
                math.cos(angle)
            )


def test_an_offset_continues_the_table():
    assert torch.equal(exact(7, 6, offset=4), exact(11, 6)[4:])
    for position in range(11):  # one at a time, as in decoding
        one = sinusoidal_positions(1, 6, offset=position)
        assert torch.equal(one[0], sinusoidal_positions(11, 6)[position])


def test_float32_is_the_float64_table_rounded_once():
    far = 100_000
    table = sinusoidal_positions(5, 6, offset=far)
    assert table.dtype == torch.float32
    assert torch.equal(table, exact(5, 6, offset=far).float())
    assert table[0, 0].item() == pytest.approx(math.sin(far), abs=1e-7)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_positions_are_counted_exactly_even_for_half_precision(dtype):
    """Half precision has no 3001: counted in it, neighbours would share a vector."""
    table = sinusoidal_positions(7, 6, offset=3000, dtype=dtype)
    assert table.equal(exact(7, 6, offset=3000).to(dtype))
    assert len(table.unique(dim=0)) == 7


def test_dtype_and_device_are_as_asked():
    table = sinusoidal_positions(3, 4, dtype=torch.bfloat16, device="meta")
    assert table.dtype == torch.bfloat16
    assert table.device.type == "meta"


def test_every_vector_has_the_same_length():
    norms = exact(200, 512).norm(dim=-1)
    torch.testing.assert_close(norms, torch.full_like(norms, 16.0))  # sqrt(512 / 2)


def test_the_likeness_of_two_positions_depends_on_their_distance_alone():
    gram = exact(50, 64) @ exact(50, 64).T
    for distance in (0, 1, 7, 31):
        diagonal = gram.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal))


@pytest.mark.parametrize("shift", [-3, 0, 1, 7, 100])
@pytest.mark.parametrize("d_model", [2, 6, 512])
def test_a_shift_is_one_rotation_for_all_positions(shift, d_model):
    rotation = shift_rotation(shift, d_model)
    moved = exact(50, d_model) @ rotation.T
    error = (moved - exact(50, d_model, offset=shift)).abs().max()
    assert error < 1e-12
    identity = torch.eye(d_model, dtype=torch.float64)
    torch.testing.assert_close(rotation @ rotation.T, identity)


def test_shifts_add_up_and_zero_stands_still():
    assert torch.equal(shift_rotation(0, 6), torch.eye(6, dtype=torch.float64))
    torch.testing.assert_close(
        shift_rotation(2, 6) @ shift_rotation(5, 6), shift_rotation(7, 6)
    )


def test_each_pair_turns_alone():
    blocks = torch.block_diag(*[torch.ones(2, 2)] * 3).bool()
    assert shift_rotation(3, 6)[~blocks].eq(0).all()


@pytest.mark.parametrize("d_model", [-2, 0, 1, 7])
def test_an_odd_or_empty_width_is_refused(d_model):
    with pytest.raises(ValueError, match=f"d_model must be even .* got {d_model}"):
        sinusoidal_positions(3, d_model)
    with pytest.raises(ValueError, match=f"d_model must be even .* got {d_model}"):
        shift_rotation(3, d_model)


def test_a_negative_length_is_refused():
    with pytest.raises(ValueError, match="length must be at least 0, got -1"):
        sinusoidal_positions(-1, 6)
