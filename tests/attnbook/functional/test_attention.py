"""Attention against torch's own, and the laws that a weighted sum obeys."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from attnbook import Attended, attend, scaled_dot_product_attention

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def inputs(*leading, dtype=torch.float32):
    """Draw a query, a key and a value, every axis of another size."""
    torch.manual_seed(0)
    shapes = [(*leading, 5, 7), (*leading, 11, 7), (*leading, 11, 13)]
    return [torch.randn(shape).to(dtype).requires_grad_() for shape in shapes]


def gradients(output, tensors):
    torch.manual_seed(1)
    return torch.autograd.grad(output, tensors, torch.randn(output.shape).to(output))


def assert_equals_torch(tensors, mask):
    output, weights = scaled_dot_product_attention(*tensors, mask)
    whole = None if mask is None else mask.expand(weights.shape)
    expected = F.scaled_dot_product_attention(*tensors, attn_mask=whole)
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(gradients(output, tensors), gradients(expected, tensors))


@pytest.mark.parametrize("leading", [(), (2,), (2, 3), (2, 3, 2)])
def test_it_equals_torch_without_a_mask(leading):
    assert_equals_torch(inputs(*leading), None)


@settings(deadline=None, max_examples=25)
@given(
    full=st.lists(st.booleans(), min_size=4, max_size=4),
    dims=st.integers(0, 4),
    seed=st.integers(0, 99),
)
def test_it_equals_torch_with_every_mask_that_broadcasts(full, dims, seed):
    axes = zip(full, (2, 3, 5, 11), strict=True)
    shape = [size if whole else 1 for whole, size in axes][4 - dims :]
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.6
    assert_equals_torch(inputs(2, 3), mask)


def test_a_query_by_hand():
    # Scores 2 ln 3 / sqrt(4) and 0: powers 3 and 1, shares 3/4 and 1/4.
    query = torch.tensor([[2 * math.log(3.0), 0.0, 0.0, 0.0]])
    key = torch.tensor([[1.0, 5.0, 5.0, 5.0], [0.0, 5.0, 5.0, 5.0]])
    value = torch.tensor([[4.0, 0.0], [0.0, 8.0]])
    output, weights = scaled_dot_product_attention(query, key, value)
    torch.testing.assert_close(weights, torch.tensor([[0.75, 0.25]]))
    torch.testing.assert_close(output, torch.tensor([[3.0, 2.0]]))


def test_attend_takes_any_scores():
    torch.manual_seed(0)
    scores, value = torch.randn(2, 3, 5), torch.randn(2, 5, 7)
    attended = attend(scores, value)
    assert isinstance(attended, Attended)
    torch.testing.assert_close(attended.weights, scores.softmax(-1))
    torch.testing.assert_close(attended.output, scores.softmax(-1) @ value)


def test_a_forbidden_key_and_its_value_change_nothing_at_all():
    query, key, value = inputs(2)
    mask = torch.ones(5, 11, dtype=torch.bool)
    mask[:, 3] = False
    before = scaled_dot_product_attention(query, key, value, mask)
    moved = torch.zeros(11, 1)
    moved[3] = 100.0
    after = scaled_dot_product_attention(query, key + moved, value - moved, mask)
    assert torch.equal(before.output, after.output)
    assert torch.equal(before.weights, after.weights)


def test_the_order_of_the_keys_does_not_matter():
    query, key, value = inputs(2)
    order = torch.randperm(11)
    straight = scaled_dot_product_attention(query, key, value)
    shuffled = scaled_dot_product_attention(query, key[:, order], value[:, order])
    torch.testing.assert_close(shuffled.output, straight.output)
    torch.testing.assert_close(shuffled.weights, straight.weights[..., order])


def test_the_output_lies_between_the_values():
    output, weights = scaled_dot_product_attention(*inputs(2))
    value = inputs(2)[2]
    assert weights.ge(0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 5))
    assert (output >= value.amin(-2, keepdim=True)).all()
    assert (output <= value.amax(-2, keepdim=True)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_dead_row_is_zero_forward_and_backward(dtype):
    query, key, value = inputs(2, dtype=dtype)
    mask = torch.ones(5, 11, dtype=torch.bool)
    mask[2] = False
    output, weights = scaled_dot_product_attention(query, key, value, mask)
    assert output.dtype == weights.dtype == dtype
    assert output[:, 2].eq(0).all()
    assert weights[:, 2].eq(0).all()
    slopes = gradients(output, (query, key, value))
    assert all(slope.isfinite().all() for slope in slopes)
    assert slopes[0][:, 2].eq(0).all()
    assert slopes[0][:, 1].ne(0).any()


def test_when_all_rows_are_dead_nothing_moves():
    tensors = inputs(2)
    mask = torch.zeros(1, 1, dtype=torch.bool)
    output = scaled_dot_product_attention(*tensors, mask).output
    assert output.eq(0).all()
    assert all(slope.eq(0).all() for slope in gradients(output, tensors))


def test_gradients_are_the_slopes():
    tensors = inputs(dtype=torch.float64)
    mask = torch.rand(5, 11) < 0.5
    mask[2] = False
    assert torch.autograd.gradcheck(
        lambda *args: scaled_dot_product_attention(*args, mask), tensors
    )
