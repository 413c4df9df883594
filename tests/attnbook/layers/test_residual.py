"""Layer norm against torch's, and where a residual puts it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from attnbook import LayerNorm, Residual
from parity import from_torch, linear_pairs, shake, to_torch


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def double(x):
    return 2 * x + 1


@settings(deadline=None, max_examples=25)
@given(
    shape=st.lists(st.integers(1, 5), max_size=3),
    width=st.integers(2, 13),
    eps=st.sampled_from([1e-12, 1e-6, 1e-5, 1e-2]),
    bias=st.booleans(),
    ours_first=st.booleans(),
)
def test_layer_norm_equals_that_of_torch(shape, width, eps, bias, ours_first):
    torch.manual_seed(0)
    ours, theirs = LayerNorm(width, eps, bias), nn.LayerNorm(width, eps, bias=bias)
    shake(ours)
    shake(theirs)
    (to_torch if ours_first else from_torch)(linear_pairs(ours, theirs))
    x = torch.randn(*shape, width)
    torch.testing.assert_close(ours(x), theirs(x))
    # Slopes of two nearly equal numbers are steep: they are compared in float64.
    x = x.double().requires_grad_()
    upstream = torch.randn_like(x)
    mine = torch.autograd.grad(ours.double()(x), [x, *ours.parameters()], upstream)
    other = torch.autograd.grad(theirs.double()(x), [x, *theirs.parameters()], upstream)
    torch.testing.assert_close(mine, other)


def test_layer_norm_equals_that_of_torch_in_single_precision_too():
    ours, theirs = LayerNorm(31), nn.LayerNorm(31)
    shake(theirs)
    from_torch(linear_pairs(ours, theirs))
    x = (5 * torch.randn(2, 11, 31) + 3).requires_grad_()
    upstream = torch.randn(x.shape)
    torch.testing.assert_close(
        torch.autograd.grad(ours(x), [x, *ours.parameters()], upstream),
        torch.autograd.grad(theirs(x), [x, *theirs.parameters()], upstream),
    )


def test_layer_norm_by_hand_divides_by_all_numbers_not_one_less():
    # Mean 2 and mean square distance 1; one less would give a variance of 4/3.
    x = torch.tensor([1.0, 1.0, 3.0, 3.0])
    shown = LayerNorm(4, eps=0.0)(x)
    torch.testing.assert_close(shown, torch.tensor([-1.0, -1.0, 1.0, 1.0]))
    # A variance of 1 with an epsilon of 3 under the root: 1/2. Outside it: 1/4.
    shown = LayerNorm(4, eps=3.0)(x)
    torch.testing.assert_close(shown, torch.tensor([-0.5, -0.5, 0.5, 0.5]))


def test_layer_norm_bears_a_position_of_equal_numbers():
    x = torch.full((2, 7), 5.0, requires_grad=True)
    normed = LayerNorm(7)(x)
    assert normed.eq(0).all()
    normed.sum().backward()
    assert x.grad.isfinite().all()


def test_gradients_of_layer_norm_are_the_slopes():
    norm = LayerNorm(5).double()
    shake(norm)
    x = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(norm, (x,))


@pytest.mark.parametrize("bias", [True, False])
def test_the_norm_comes_after_the_sum(bias):
    residual = Residual(7, norm_eps=1e-3, bias=bias)
    shake(residual)
    x = torch.randn(2, 5, 7)
    expected = F.layer_norm(
        x + double(x), (7,), residual.norm.weight, residual.norm.bias, 1e-3
    )
    torch.testing.assert_close(residual(x, double), expected)


@pytest.mark.parametrize("bias", [True, False])
def test_or_first_and_the_way_past_stays_free(bias):
    residual = Residual(7, norm_first=True, norm_eps=1e-3, bias=bias)
    shake(residual)
    x = torch.randn(2, 5, 7)
    normed = F.layer_norm(x, (7,), residual.norm.weight, residual.norm.bias, 1e-3)
    torch.testing.assert_close(residual(x, double), x + double(normed))
    assert residual(x, torch.zeros_like).equal(x)


@pytest.mark.parametrize("norm_first", [True, False])
def test_its_norm_can_be_exchanged_for_that_of_torch(norm_first):
    residual = Residual(7, norm_first=norm_first)
    shake(residual)
    x = torch.randn(2, 5, 7)
    before = residual(x, double)
    norm = nn.LayerNorm(7)
    norm.load_state_dict(residual.norm.state_dict())
    residual.norm = norm
    torch.testing.assert_close(residual(x, double), before)


@pytest.mark.parametrize("norm_first", [True, False])
def test_dropout_falls_on_the_sublayer_alone(norm_first):
    residual, x = Residual(7, dropout=0.5, norm_first=norm_first), torch.randn(2, 5, 7)
    torch.manual_seed(1)
    result = residual(x, double)
    torch.manual_seed(1)
    inner = double(residual.norm(x) if norm_first else x)
    summed = x + F.dropout(inner, 0.5)
    expected = summed if norm_first else residual.norm(summed)
    torch.testing.assert_close(result, expected)
    assert residual.eval()(x, double).equal(residual(x, double))


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"dropout .* -0.1"):
        Residual(7, dropout=-0.1)
    with pytest.raises(ValueError, match=r"x and d_model .* width, got 3 and 7"):
        LayerNorm(7)(torch.randn(2, 3))
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        LayerNorm(7)(torch.ones(2, 7, dtype=torch.int64))
