"""Rotary positions: as complex numbers, by the law of distances, and in attention."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from attnbook import (
    KeyValueCache,
    MultiHeadAttention,
    RotaryAttention,
    causal_mask,
    merge_heads,
    rotate_by_position,
    shift_rotation,
    split_heads,
)
from parity import shake

D_MODEL, HEADS, WIDTH = 30, 3, 10


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def build(**options):
    layer = RotaryAttention(D_MODEL, HEADS, **options)
    shake(layer)
    return layer


@settings(deadline=None, max_examples=25)
@given(
    shape=st.lists(st.integers(1, 3), max_size=2),
    length=st.integers(1, 7),
    pairs=st.integers(1, 5),
    offset=st.integers(-5, 2000),
)
def test_it_multiplies_complex_numbers(shape, length, pairs, offset):
    torch.manual_seed(0)
    x = torch.randn(*shape, length, 2 * pairs, dtype=torch.float64, requires_grad=True)
    positions = offset + torch.arange(length, dtype=torch.float64)
    speeds = 10000 ** (-torch.arange(pairs, dtype=torch.float64) / pairs)
    factors = torch.exp(1j * torch.outer(positions, speeds))
    products = torch.view_as_complex(x.unflatten(-1, (-1, 2))) * factors
    expected = torch.view_as_real(products).flatten(-2)
    turned = rotate_by_position(x, offset)
    torch.testing.assert_close(turned, expected)
    upstream = torch.randn_like(x)
    torch.testing.assert_close(
        torch.autograd.grad(turned, x, upstream),
        torch.autograd.grad(expected, x, upstream),
    )


def test_it_is_the_rotation_that_shifts_the_waves_the_other_way():
    x = torch.randn(1, 6, dtype=torch.float64)
    torch.testing.assert_close(rotate_by_position(x, 5), x @ shift_rotation(5, 6))


def test_by_hand():
    x = torch.tensor([[1.0, 0.0, 1.0, 0.0]]).expand(2, 4)
    # At position 0 nothing turns; at 1 by 1 and by 1/100.
    expected = torch.tensor(
        [[1.0, 0.0, 1.0, 0.0], [0.540302, 0.841471, 0.999950, 0.0099998]]
    )
    torch.testing.assert_close(rotate_by_position(x), expected)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_score_depends_on_the_distance_alone(first, second, shift):
    torch.manual_seed(0)
    query, key = torch.randn(2, 1, 14, dtype=torch.float64)
    here = rotate_by_position(query, first) @ rotate_by_position(key, second).T
    there = (
        rotate_by_position(query, first + shift)
        @ rotate_by_position(key, second + shift).T
    )
    torch.testing.assert_close(there, here)


def test_another_distance_gives_another_score():
    x = torch.ones(7, 6)
    scores = (rotate_by_position(x) @ rotate_by_position(x).T)[0]
    assert scores.unique().numel() == 7


def test_lengths_stay():
    x = torch.randn(2, 5, 6)
    torch.testing.assert_close(rotate_by_position(x, 11).norm(dim=-1), x.norm(dim=-1))


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("masked", [True, False])
def test_attention_is_that_of_torch_over_turned_vectors(need_weights, causal, masked):
    layer, x = build(bias=True), torch.randn(2, 5, D_MODEL, requires_grad=True)
    query, key, value = (
        split_heads(part(x), HEADS) for part in (layer.w_q, layer.w_k, layer.w_v)
    )
    mask = torch.rand(2, 1, 1, 5) < 0.7 if masked else None
    seen = torch.ones(5, 5, dtype=torch.bool)
    seen = (causal_mask(5) if causal else seen) & (seen if mask is None else mask)
    query, key = rotate_by_position(query), rotate_by_position(key)
    expected = F.scaled_dot_product_attention(query, key, value, seen)
    expected = layer.w_o(merge_heads(expected))
    attended = layer(x, None, mask, is_causal=causal, need_weights=need_weights)
    torch.testing.assert_close(attended.output, expected)
    assert (attended.weights is not None) == need_weights
    upstream, leaves = torch.randn(2, 5, D_MODEL), [x, *layer.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad(attended.output, leaves, upstream),
        torch.autograd.grad(expected, leaves, upstream),
    )


def test_order_matters_and_place_does_not():
    layer, x = build(), torch.randn(1, 5, D_MODEL)
    plain = MultiHeadAttention(D_MODEL, HEADS)
    plain.load_state_dict(layer.state_dict())
    turned = x.flip(1)
    torch.testing.assert_close(plain(turned).output.flip(1), plain(x).output)
    assert not torch.allclose(layer(turned).output.flip(1), layer(x).output)
    # Behind three positions that may not be seen, everything is as it was.
    behind = torch.cat([torch.randn(1, 3, D_MODEL), x], 1)
    mask = torch.arange(8) >= 3
    torch.testing.assert_close(layer(behind, None, mask).output[:, 3:], layer(x).output)


@pytest.mark.parametrize("sizes", [[1, 1, 1, 1, 1], [3, 2], [2, 1, 2]])
@pytest.mark.parametrize("need_weights", [True, False])
def test_written_step_by_step_it_is_the_same(sizes, need_weights):
    layer, x = build(), torch.randn(2, 5, D_MODEL)
    cache = KeyValueCache()
    steps = [
        layer(part, is_causal=True, need_weights=need_weights, cache=cache).output
        for part in x.split(sizes, 1)
    ]
    torch.testing.assert_close(torch.cat(steps, 1), layer(x, is_causal=True).output)


def test_dropout_falls_on_the_weights_in_training_alone():
    layer, x = build(dropout=0.5), torch.randn(2, 5, D_MODEL)
    torch.manual_seed(1)
    first = layer(x).output
    torch.manual_seed(1)
    query, key, value = (
        split_heads(part(x), HEADS) for part in (layer.w_q, layer.w_k, layer.w_v)
    )
    scores = rotate_by_position(query) @ rotate_by_position(key).mT / WIDTH**0.5
    dropped = F.dropout(scores.softmax(-1), 0.5) @ value
    torch.testing.assert_close(first, layer.w_o(merge_heads(dropped)))
    assert layer.eval()(x).output.equal(layer(x).output)


def test_arguments_that_do_not_fit_are_refused():
    x = torch.randn(2, 5, D_MODEL)
    with pytest.raises(ValueError, match="source must be None"):
        build()(x, x)
    with pytest.raises(ValueError, match="d_model must be even and above 0, got 7"):
        rotate_by_position(torch.randn(3, 7))
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        rotate_by_position(torch.ones(3, 2, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"x and d_model .* width, got 3 and 30"):
        build()(torch.randn(2, 5, 3))
    with pytest.raises(ValueError, match="mask must be boolean"):
        build()(x, None, torch.ones(5))
