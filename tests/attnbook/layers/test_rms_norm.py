"""RMS norm against torch's, by hand, and by its laws."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from attnbook import RMSNorm
from parity import shake


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@settings(deadline=None, max_examples=25)
@given(
    shape=st.lists(st.integers(1, 5), max_size=3),
    width=st.integers(1, 13),
    eps=st.sampled_from([1e-12, 1e-6, 1e-5, 1e-2]),
)
def test_it_equals_that_of_torch(shape, width, eps):
    torch.manual_seed(0)
    ours, theirs = RMSNorm(width, eps), nn.RMSNorm(width, eps)
    shake(theirs)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(*shape, width)
    torch.testing.assert_close(ours(x), theirs(x))
    # Slopes of two nearly equal numbers are steep: they are compared in float64.
    x = x.double().requires_grad_()
    upstream = torch.randn_like(x)
    mine = torch.autograd.grad(ours.double()(x), [x, *ours.parameters()], upstream)
    other = torch.autograd.grad(theirs.double()(x), [x, *theirs.parameters()], upstream)
    torch.testing.assert_close(mine, other)


def test_by_hand():
    # Mean square (1 + 49) / 2 = 25; with an epsilon of 11 under the root, 36.
    x = torch.tensor([1.0, 7.0])
    torch.testing.assert_close(RMSNorm(2, eps=0.0)(x), torch.tensor([0.2, 1.4]))
    torch.testing.assert_close(RMSNorm(2, eps=11.0)(x), torch.tensor([1 / 6, 7 / 6]))


def test_a_factor_changes_nothing_and_a_summand_does():
    norm, x = RMSNorm(7, eps=0.0), torch.randn(2, 5, 7)
    torch.testing.assert_close(norm(3 * x), norm(x))
    assert not torch.allclose(norm(x + 3), norm(x), atol=0.1)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_bears_numbers_whose_squares_it_cannot_hold(dtype):
    norm = RMSNorm(7).to(dtype)
    x = torch.full((2, 7), 1000.0, dtype=dtype, requires_grad=True)
    assert norm(x).eq(1).all()
    assert norm(x).dtype == dtype
    norm(x).sum().backward()
    assert x.grad.isfinite().all()


def test_it_bears_a_position_of_zeros():
    x = torch.zeros(2, 7, requires_grad=True)
    assert RMSNorm(7)(x).eq(0).all()
    RMSNorm(7)(x).sum().backward()
    assert x.grad.isfinite().all()


def test_gradients_are_the_slopes():
    norm = RMSNorm(5).double()
    shake(norm)
    x = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(norm, (x,))


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"x and d_model .* width, got 3 and 7"):
        RMSNorm(7)(torch.randn(2, 3))
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        RMSNorm(7)(torch.ones(2, 7, dtype=torch.int64))
