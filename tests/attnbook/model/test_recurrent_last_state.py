"""The last-state model against a loop over torch's cells, written by hand."""

import pytest
import torch
from torch import nn

from attnbook import LastStateSeq2Seq

CELLS = {"rnn": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}


def copied_cell(kind, layer):
    cell = CELLS[kind](layer.input_size, layer.hidden_size)
    with torch.no_grad():
        for name, weight in cell.named_parameters():
            weight.copy_(getattr(layer, f"{name}_l0"))
    return cell


def by_hand(kind, model, src_ids, tgt_ids):
    """Return the logits, and the cells whose weights made them."""
    reader = copied_cell(kind, model.encoder.recurrence)
    writer = copied_cell(kind, model.recurrence)
    rows = []
    for source, target in zip(src_ids, tgt_ids, strict=True):
        state = None
        for symbol in source[source != 0]:
            state = reader(model.encoder.embedding(symbol)[None], state)
        logits = []
        for symbol in target:
            state = writer(model.embedding(symbol)[None], state)
            visible = state[0] if kind == "lstm" else state
            logits.append(model.to_logits(visible))
        rows.append(torch.cat(logits))
    return torch.stack(rows), reader, writer


@pytest.mark.parametrize("kind", CELLS)
def test_it_equals_a_loop_over_cells(kind):
    torch.manual_seed(0)
    model = LastStateSeq2Seq(kind, vocab_size=11, embed_dim=3, hidden_dim=5)
    src_ids = torch.tensor([[3, 4, 5, 6, 7], [8, 9, 0, 0, 0]])
    tgt_ids = torch.tensor([[1, 4, 6], [1, 3, 2]])
    logits = model(src_ids, tgt_ids)
    expected, reader, writer = by_hand(kind, model, src_ids, tgt_ids)
    torch.testing.assert_close(logits, expected)

    slope = torch.randn(logits.shape)
    ours, theirs = [model.encoder.recurrence, model.recurrence], [reader, writer]
    shared = [model.encoder.embedding.weight, model.embedding.weight]
    for layer, cell in zip(ours, theirs, strict=True):
        names = [name for name, _ in cell.named_parameters()]
        torch.testing.assert_close(
            torch.autograd.grad(
                logits,
                [*shared, *(getattr(layer, f"{name}_l0") for name in names)],
                slope,
                retain_graph=True,
            ),
            torch.autograd.grad(
                expected, [*shared, *cell.parameters()], slope, retain_graph=True
            ),
        )


@pytest.mark.parametrize("kind", CELLS)
def test_the_decoder_knows_nothing_but_the_last_state(kind):
    torch.manual_seed(0)
    model = LastStateSeq2Seq(kind, vocab_size=11, embed_dim=3, hidden_dim=5)
    encoded = model.encoder(torch.tensor([[3, 4, 5, 6, 7]]))
    other = encoded._replace(memory=torch.randn_like(encoded.memory))
    tgt_ids = torch.tensor([[1, 4, 6]])
    decoded = model.decode(tgt_ids, encoded)
    assert decoded.logits.equal(model.decode(tgt_ids, other).logits)
    assert decoded.weights is None


def test_the_state_does_not_grow_with_the_source():
    model = LastStateSeq2Seq("gru", vocab_size=11, embed_dim=3, hidden_dim=5)
    for length in (1, 2, 13):
        assert model.encoder(torch.full((1, length), 3)).state.shape == (1, 1, 5)
