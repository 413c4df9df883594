"""The feed-forward network against its formula, and against two convolutions."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from attnbook import FeedForward
from attnbook.layers.feed_forward import ACTIVATIONS
from parity import shake

BENDS = {
    "relu": nn.ReLU(),
    "gelu": nn.GELU(),
    "gelu_tanh": nn.GELU(approximate="tanh"),
}


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def build(**options):
    layer = FeedForward(7, 11, **options)
    shake(layer)
    return layer


def test_every_activation_is_tested():
    assert ACTIVATIONS.keys() == BENDS.keys()


@pytest.mark.parametrize("activation", list(BENDS))
@pytest.mark.parametrize("bias", [True, False])
def test_it_is_the_formula(activation, bias):
    layer = build(activation=activation, bias=bias)
    x = torch.randn(2, 5, 7, requires_grad=True)
    b_1, b_2 = (layer.w_1.bias, layer.w_2.bias) if bias else (0.0, 0.0)
    inner = BENDS[activation](x @ layer.w_1.weight.T + b_1)
    expected = inner @ layer.w_2.weight.T + b_2
    torch.testing.assert_close(layer(x), expected)
    upstream = torch.randn(2, 5, 7)
    leaves = [x, *layer.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad(layer(x), leaves, upstream),
        torch.autograd.grad(expected, leaves, upstream),
    )


def test_relu_by_hand():
    layer = FeedForward(1, 2)
    with torch.no_grad():
        layer.w_1.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        layer.w_2.weight.copy_(torch.tensor([[10.0, 1.0]]))
    assert layer(torch.tensor([[3.0], [-3.0]])).tolist() == [[30.0], [3.0]]


def test_it_is_two_convolutions_of_one_position():
    layer, x = build(), torch.randn(2, 5, 7)
    inner = F.conv1d(x.mT, layer.w_1.weight.unsqueeze(-1), layer.w_1.bias).relu()
    expected = F.conv1d(inner, layer.w_2.weight.unsqueeze(-1), layer.w_2.bias)
    torch.testing.assert_close(layer(x), expected.mT)


def test_a_position_knows_nothing_of_the_others():
    layer, x = build(), torch.randn(2, 5, 7)
    moved = x.clone()
    moved[:, 3] += 1.0
    assert layer(x)[:, :3].equal(layer(moved)[:, :3])
    assert layer(x)[:, 3].ne(layer(moved)[:, 3]).any()


def test_dropout_is_inside_and_off_by_default():
    x = torch.randn(2, 5, 7)
    plain = build()
    assert plain.train()(x).equal(plain.eval()(x))
    layer = build(dropout=0.5)
    torch.manual_seed(1)
    dropped = layer(x)
    torch.manual_seed(1)
    inner = F.dropout(F.relu(layer.w_1(x)), 0.5)
    torch.testing.assert_close(dropped, layer.w_2(inner))
    torch.testing.assert_close(layer.eval()(x), layer.w_2(layer.w_1(x).relu()))


def test_gradients_are_the_slopes():
    layer = FeedForward(3, 5, activation="gelu").double()
    x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))


def test_arguments_that_do_not_fit_are_refused():
    known = r"\['relu', 'gelu', 'gelu_tanh'\], got 'swish'"
    with pytest.raises(ValueError, match=f"activation must be one of {known}"):
        FeedForward(7, 11, activation="swish")
    with pytest.raises(ValueError, match=r"dropout .* -0.1"):
        FeedForward(7, 11, dropout=-0.1)
    with pytest.raises(ValueError, match=r"x and d_model .* width, got 3 and 7"):
        FeedForward(7, 11)(torch.randn(2, 3))
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        FeedForward(7, 11)(torch.ones(2, 7, dtype=torch.int64))
