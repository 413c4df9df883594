"""One path to the logits, and one matrix in three roles."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from attnbook import Transformer, TransformerConfig
from parity import (
    shake,
)
from small_transformers import D_MODEL, VOCAB, build, sources, targets


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("tie", ["all", "output", "none"])
@pytest.mark.parametrize("output_bias", [True, False])
def test_logits_are_one_product(tie, output_bias):
    model = build(tie=tie, output_bias=output_bias)
    shake(model)
    hidden = model.decode(targets(), model.encode(sources()), sources())
    table = model.to_logits if tie == "none" else model.tgt_embedding.tokens
    expected = hidden @ table.weight.T + (model.to_logits.bias if output_bias else 0.0)
    torch.testing.assert_close(model(sources(), targets()), expected)
    torch.testing.assert_close(model.logits(hidden), expected)


@pytest.mark.parametrize(("tie", "matrices"), [("all", 1), ("output", 2), ("none", 3)])
@pytest.mark.parametrize("change", ["none", "copy", "load", "dtype", "step"])
def test_tied_matrices_are_one_and_stay_one(tie, matrices, change):
    model = build(tie=tie)
    if change == "copy":
        model = copy.deepcopy(model)
    elif change == "load":
        model.load_state_dict(build(tie=tie).state_dict())
    elif change == "dtype":
        model = model.double()
    elif change == "step":
        model(sources(), targets()).sum().backward()
        torch.optim.SGD(model.parameters(), lr=0.1).step()
    source, target, output = (
        model.src_embedding.tokens.weight,
        model.tgt_embedding.tokens.weight,
        model.to_logits.weight,
    )
    assert (source.data_ptr() == target.data_ptr()) == (tie == "all")
    assert (target.data_ptr() == output.data_ptr()) == (tie != "none")
    body = sum(
        p.numel() for s in (model.encoder, model.decoder) for p in s.parameters()
    )
    counted = sum(p.numel() for p in model.parameters())
    assert counted - body == matrices * VOCAB * D_MODEL


@pytest.mark.parametrize("tie", ["all", "output", "none"])
def test_tied_or_not_the_model_begins_near_equal_odds(tie):
    """A first loss near ln(vocab): neither positions nor tokens drown the other."""
    torch.manual_seed(0)
    model = Transformer(
        TransformerConfig(
            1009, d_model=64, num_heads=4, num_layers=2, d_ff=128, tie=tie
        )
    )
    chance = torch.Generator().manual_seed(0)
    src_ids, tgt_ids = torch.randint(3, 1009, (2, 16, 12), generator=chance)
    logits = model(src_ids, tgt_ids[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), tgt_ids[:, 1:].flatten())
    assert torch.tensor(1009.0).log() - 0.1 < loss < torch.tensor(1009.0).log() + 1.5


def test_padding_begins_at_zero_in_every_embedding():
    for tie in ("all", "output", "none"):
        model = build(tie=tie, pad_id=5)
        assert model.src_embedding.tokens.weight[5].eq(0).all()
        assert model.tgt_embedding.tokens.weight[5].eq(0).all()


def test_an_embedding_can_have_a_norm_and_no_scale():
    plain = build(scale_embeddings=False, positions="none")
    torch.testing.assert_close(
        plain.src_embedding(sources()), plain.src_embedding.tokens.weight[sources()]
    )
    normed = build(embedding_norm=True, norm_eps=1e-3, bias=False)
    shake(normed)
    for embedding in (normed.src_embedding, normed.tgt_embedding):
        norm = embedding.norm
        assert norm.bias is None
        embedding.norm = nn.Identity()
        summed = embedding(sources())
        embedding.norm = norm
        expected = F.layer_norm(summed, (D_MODEL,), norm.weight, None, 1e-3)
        torch.testing.assert_close(embedding(sources()), expected)
    assert normed.src_embedding.norm is not normed.tgt_embedding.norm


def test_each_side_has_positions_of_its_own_where_they_are_learned():
    model = build(positions="learned", max_len=11)
    tables = [
        side.positions.table for side in (model.src_embedding, model.tgt_embedding)
    ]
    assert tables[0].shape == tables[1].shape == (11, D_MODEL)
    assert not tables[0].equal(tables[1])
