"""The gated feed-forward network against its formula, in torch's functions."""

import pytest
import torch
from torch.nn import functional as F

from attnbook import FeedForward, GatedFeedForward
from parity import shake


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def build(**options):
    layer = GatedFeedForward(7, 11, **options)
    shake(layer)
    return layer


def test_it_is_the_formula():
    layer, x = build(), torch.randn(2, 5, 7, requires_grad=True)
    packed = torch.cat([x @ layer.w_3.weight.T, x @ layer.w_1.weight.T], dim=-1)
    opened, gate = packed.chunk(2, dim=-1)
    expected = (opened * gate * torch.sigmoid(gate)) @ layer.w_2.weight.T
    torch.testing.assert_close(layer(x), expected)
    upstream, leaves = torch.randn(2, 5, 7), [x, *layer.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad(layer(x), leaves, upstream),
        torch.autograd.grad(expected, leaves, upstream),
    )


def test_by_hand():
    layer = GatedFeedForward(1, 1)
    with torch.no_grad():
        for part, number in ((layer.w_1, 2.0), (layer.w_3, 3.0), (layer.w_2, 5.0)):
            part.weight.fill_(number)
    # x = 1: SiLU(2) = 2 / (1 + e^-2) = 1.76159, times 3, times 5.
    torch.testing.assert_close(layer(torch.ones(1, 1)), torch.tensor([[26.42391]]))


def test_a_shut_gate_lets_nothing_pass():
    layer = build()
    with torch.no_grad():
        layer.w_1.weight.zero_()
    assert layer(torch.randn(2, 5, 7)).eq(0).all()


def test_it_has_no_bias_and_two_thirds_of_the_width_cost_the_same():
    gated, plain = GatedFeedForward(7, 10), FeedForward(7, 15, bias=False)
    counts = [sum(p.numel() for p in layer.parameters()) for layer in (gated, plain)]
    assert counts == [3 * 7 * 10, 2 * 7 * 15]
    assert counts[0] == counts[1]


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
    inner = F.dropout(F.silu(layer.w_1(x)) * layer.w_3(x), 0.5)
    torch.testing.assert_close(dropped, layer.w_2(inner))


def test_gradients_are_the_slopes():
    layer = GatedFeedForward(3, 5).double()
    x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"dropout .* -0.1"):
        GatedFeedForward(7, 11, dropout=-0.1)
    with pytest.raises(ValueError, match=r"x and d_model .* width, got 3 and 7"):
        GatedFeedForward(7, 11)(torch.randn(2, 3))
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        GatedFeedForward(7, 11)(torch.ones(2, 7, dtype=torch.int64))
