"""The draw against Glorot and Bengio's formula."""

import math

import pytest
import torch

from attnbook.layers.linear import glorot_linear


def test_weights_fill_the_range_and_biases_begin_at_zero():
    torch.manual_seed(0)
    layer = glorot_linear(131, 257, bias=True)
    reach = math.sqrt(6 / (131 + 257))
    assert layer.weight.abs().max() <= reach
    assert layer.weight.abs().max() > 0.99 * reach
    assert layer.weight.std().item() == pytest.approx(reach / math.sqrt(3), rel=0.01)
    assert layer.bias.eq(0).all()


def test_the_bias_can_be_left_out():
    assert glorot_linear(3, 5, bias=False).bias is None
