"""Table 1 of the paper, counted: what attention costs, and how far a signal has to go."""

import math

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from attnbook import Encoder, MultiHeadAttention, StackConfig, sensitivity

D_MODEL = 33


def operations(layer, *inputs, **options):
    """Count the multiplications of all matrix products, each with its addition."""
    with FlopCounterMode(display=False) as counter:
        layer(*inputs, **options)
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("length", [2, 7, 2 * D_MODEL, 101])
@pytest.mark.parametrize("heads", [1, 3, 11])
def test_attention_costs_projections_and_a_square(heads, length, need_weights):
    with torch.device("meta"):
        layer = MultiHeadAttention(D_MODEL, heads)
        x = torch.ones(1, length, D_MODEL)
    counted = operations(layer, x, need_weights=need_weights)
    projections, square = 4 * length * D_MODEL**2, 2 * length**2 * D_MODEL
    assert counted == projections + square
    assert (square >= projections) == (length >= 2 * D_MODEL)


@pytest.mark.parametrize("length", [D_MODEL - 1, D_MODEL, D_MODEL + 1])
def test_it_has_fewer_operations_than_a_gru_below_the_width_and_never_than_an_rnn(
    length,
):
    with torch.device("meta"):
        x = torch.ones(1, length, D_MODEL)
        attention = operations(MultiHeadAttention(D_MODEL, 3), x)
        gru = operations(nn.GRU(D_MODEL, D_MODEL, batch_first=True), x)
        rnn = operations(nn.RNN(D_MODEL, D_MODEL, batch_first=True), x)
    assert (attention < gru) == (length < D_MODEL)
    assert attention > rnn == 2 * length * D_MODEL**2


def test_a_mask_saves_no_operation():
    with torch.device("meta"):
        layer, x = MultiHeadAttention(D_MODEL, 3), torch.ones(1, 13, D_MODEL)
        near = torch.ones(13, 13).tril(2).triu(-2).bool()
    assert operations(layer, x, mask=near) == operations(layer, x)


@pytest.mark.parametrize("reach", [1, 3, 5, 16, None])
def test_the_path_is_one_step_and_restricted_n_over_r(reach):
    """The last word is felt by the first after so many layers, and not one earlier."""
    torch.manual_seed(0)
    length = 17
    place = torch.arange(length)
    mask = None if reach is None else (place[:, None] - place).abs() <= reach
    path = 1 if reach is None else math.ceil((length - 1) / reach)
    for depth in {max(path - 1, 1), path}:
        sizes = {"d_model": 8, "num_heads": 2, "d_ff": 8, "dropout": 0.0}
        encoder = Encoder(StackConfig(num_layers=depth, **sizes)).double()

        def first_output(x, encoder=encoder):
            return encoder(x, mask)[:, 0]

        x = torch.randn(1, length, 8, dtype=torch.float64)
        felt = sensitivity(first_output, x).sum(dim=-1)[0]
        assert (felt[-1] > 0) == (depth == path)
