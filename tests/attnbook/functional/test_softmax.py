"""Shares: torch's numbers, no overflow, and zeros where there is nothing to share."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import masked_softmax, softmax

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def gradient(function, scores, upstream):
    scores = scores.detach().requires_grad_()
    function(scores).backward(upstream)
    return scores.grad


@settings(deadline=None, max_examples=25)
@given(
    shape=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    size=st.sampled_from([0.1, 1.0, 100.0, 1e4]),
    temperature=st.floats(0.1, 10.0),
    seed=st.integers(0, 99),
)
def test_softmax_is_torch_softmax_forward_and_backward(shape, size, temperature, seed):
    torch.manual_seed(seed)
    scores, upstream = size * torch.randn(shape), torch.randn(shape)

    def theirs(scores):
        return torch.softmax(scores / temperature, dim=-1)

    def ours(scores):
        return softmax(scores, temperature)

    torch.testing.assert_close(ours(scores), theirs(scores))
    torch.testing.assert_close(
        gradient(ours, scores, upstream), gradient(theirs, scores, upstream)
    )


def test_shares_by_hand():
    shares = softmax(torch.tensor([0.0, math.log(2.0), math.log(5.0)]))
    torch.testing.assert_close(shares, torch.tensor([1.0, 2.0, 5.0]) / 8)


@pytest.mark.parametrize("size", [1000.0, 1e30])
def test_large_scores_do_not_overflow(size):
    scores = torch.tensor([size, size, -size, 0.0])
    assert softmax(scores).tolist() == [0.5, 0.5, 0.0, 0.0]
    assert gradient(softmax, scores, torch.ones(4)).tolist() == [0.0] * 4


def test_a_constant_added_to_all_scores_changes_nothing():
    scores = torch.tensor([[1.0, 2.0, 4.0], [0.0, -8.0, 16.0]])
    assert torch.equal(softmax(scores + 64), softmax(scores))


def test_low_temperature_takes_all_and_high_temperature_shares_equally():
    scores = torch.tensor([1.0, 3.0, 2.0])
    assert softmax(scores, temperature=1e-3).tolist() == [0.0, 1.0, 0.0]
    torch.testing.assert_close(
        softmax(scores, temperature=1e9), torch.full((3,), 1 / 3)
    )


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_temperature_must_be_above_zero(temperature):
    with pytest.raises(ValueError, match=f"temperature .* got {temperature}"):
        softmax(torch.ones(3), temperature)


@pytest.mark.parametrize("dtype", DTYPES)
def test_shares_keep_the_dtype_and_sum_to_one(dtype):
    torch.manual_seed(0)
    scores = torch.randn(5, 7).to(dtype)
    shares = softmax(scores)
    assert shares.dtype == dtype
    rounding = 7 * torch.finfo(dtype).eps
    assert (shares.double().sum(-1) - 1).abs().max() < rounding
    assert (shares.double() - scores.double().softmax(-1)).abs().max() < rounding


@settings(deadline=None, max_examples=25)
@given(mask=st.lists(st.booleans(), min_size=7, max_size=7), seed=st.integers(0, 99))
def test_masking_is_leaving_the_forbidden_keys_out(mask, seed):
    torch.manual_seed(seed)
    scores, mask = torch.randn(3, 7), torch.tensor(mask)
    shares = masked_softmax(scores, mask)
    assert shares[:, ~mask].eq(0).all()
    torch.testing.assert_close(shares[:, mask], scores[:, mask].softmax(-1))


@pytest.mark.parametrize("dtype", DTYPES)
def test_no_allowed_score_is_as_low_as_a_forbidden_one(dtype):
    scores = torch.full((2, 4), torch.finfo(dtype).min, dtype=dtype)
    scores[:, 1] = 0.0
    shares = masked_softmax(scores, torch.tensor([True, False, True, False]))
    assert shares.tolist() == [[0.5, 0.0, 0.5, 0.0]] * 2


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [1.0, math.inf])
def test_a_dead_row_has_no_shares_and_no_gradient(dtype, size):
    torch.manual_seed(0)
    scores = torch.randn(3, 5).to(dtype)
    scores[1] *= size
    mask = torch.tensor([[True] * 5, [False] * 5, [True, False, True, False, False]])
    upstream = torch.randn(3, 5).to(dtype)
    with torch.autograd.set_detect_anomaly(True):
        slopes = gradient(lambda s: masked_softmax(s, mask), scores, upstream)
    shares = masked_softmax(scores, mask)
    assert shares.dtype == dtype
    assert shares[1].eq(0).all()
    assert slopes.isfinite().all()
    assert slopes[~mask].eq(0).all()
    assert slopes[mask].ne(0).all()


def test_the_other_rows_do_not_feel_the_dead_one():
    torch.manual_seed(0)
    scores = torch.randn(2, 5)
    mask = torch.tensor([[False] * 5, [True, True, False, True, False]])
    expected = masked_softmax(scores[1:], mask[1:])
    assert torch.equal(masked_softmax(scores, mask)[1:], expected)


def test_gradients_are_the_slopes():
    torch.manual_seed(0)
    scores = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True] * 5, [False] * 5, [True, False, True, False, False]])
    assert torch.autograd.gradcheck(softmax, scores)
    assert torch.autograd.gradgradcheck(softmax, scores)
    assert torch.autograd.gradcheck(lambda s: masked_softmax(s, mask), scores)
    assert torch.autograd.gradgradcheck(lambda s: masked_softmax(s, mask), scores)
