"""Embeddings by hand: rows, times the root, plus positions."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from attnbook import (
    LearnedPositions,
    SinusoidalPositions,
    TokenEmbedding,
    sinusoidal_positions,
)

IDS = torch.tensor([[3, 4, 7, 0], [5, 0, 0, 0]])


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def test_it_is_the_row_times_the_root_plus_the_position():
    embed = TokenEmbedding(11, 6, SinusoidalPositions(13, 6))
    for offset in (0, 5):
        x = embed(IDS, offset)
        for row, ids in enumerate(IDS.tolist()):
            for place, number in enumerate(ids):
                wave = sinusoidal_positions(1, 6, offset + place)[0]
                expected = embed.tokens.weight[number] * math.sqrt(6) + wave
                torch.testing.assert_close(x[row, place], expected)


def test_the_scale_can_be_left_out():
    embed = TokenEmbedding(11, 6, scale=False)
    torch.testing.assert_close(embed(IDS), embed.tokens.weight[IDS])


def test_positions_can_be_learned_or_left_out():
    positions = LearnedPositions(13, 6)
    embed = TokenEmbedding(11, 6, positions)
    plain = embed.tokens.weight[IDS] * math.sqrt(6)
    torch.testing.assert_close(embed(IDS, 2), plain + positions.table[2:6])
    bare = TokenEmbedding(11, 6)
    assert bare(torch.tensor([[3, 3]]))[:, 0].equal(bare(torch.tensor([[3, 3]]))[:, 1])


def test_a_norm_comes_last_but_for_dropout():
    norm = nn.LayerNorm(6)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    embed = TokenEmbedding(11, 6, SinusoidalPositions(13, 6), norm=norm, dropout=0.5)
    summed = embed.tokens(IDS) * math.sqrt(6) + sinusoidal_positions(4, 6)
    expected = F.layer_norm(summed, (6,), norm.weight, norm.bias)
    torch.testing.assert_close(embed.eval()(IDS), expected)
    dropped = embed.train()(IDS)
    assert dropped.eq(0).any()
    torch.testing.assert_close(dropped, (2 * expected).where(dropped != 0, 0.0))


def test_numbers_begin_with_size_one_beside_the_waves():
    """The reason for the root: any other draw drowns one of the two in the other."""
    d_model = 512
    embed = TokenEmbedding(1009, d_model, pad_id=0)
    numbers = embed(torch.arange(1, 1009))
    assert numbers.square().mean().sqrt().item() == pytest.approx(1.0, rel=0.01)
    waves = sinusoidal_positions(1009, d_model).square().mean().sqrt().item()
    assert waves == pytest.approx(0.5**0.5, rel=1e-6)
    rows = embed.tokens.weight[1:]
    assert rows.std().item() == pytest.approx(d_model**-0.5, rel=0.01)


@pytest.mark.parametrize("pad_id", [0, 5])
def test_padding_begins_at_zero_and_learns_nothing(pad_id):
    embed = TokenEmbedding(11, 6, pad_id=pad_id)
    others = [number for number in range(11) if number != pad_id]
    assert embed.tokens.weight[pad_id].eq(0).all()
    assert embed.tokens.weight[others].ne(0).all()
    embed(torch.arange(11)).sum().backward()
    assert embed.tokens.weight.grad[pad_id].eq(0).all()
    assert embed.tokens.weight.grad[others].ne(0).all()


def test_what_is_too_long_is_refused():
    embed = TokenEmbedding(11, 6, SinusoidalPositions(13, 6))
    assert embed(IDS, 9).shape == (2, 4, 6)
    with pytest.raises(ValueError, match="at most max_len = 13 long, got 14"):
        embed(IDS, 10)
    with pytest.raises(ValueError, match=r"dropout .* -0.1"):
        TokenEmbedding(11, 6, dropout=-0.1)
