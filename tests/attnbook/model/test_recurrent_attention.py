"""The model with attention against a loop by hand, and what its weights obey."""

import pytest
import torch
from torch import nn

from attnbook import AdditiveAttentionSeq2Seq

CELLS = {"rnn": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}


def build(kind="gru", score_dim=7):
    torch.manual_seed(0)
    return AdditiveAttentionSeq2Seq(
        kind, vocab_size=11, embed_dim=3, hidden_dim=5, score_dim=score_dim
    )


def sources():
    return torch.tensor([[3, 4, 5, 6, 7], [8, 9, 0, 0, 0]])


def targets():
    return torch.tensor([[1, 4, 6], [1, 3, 2]])


def visible(state):
    return state[0] if isinstance(state, tuple) else state


def copied_cell(kind, layer):
    cell = CELLS[kind](layer.input_size, layer.hidden_size)
    with torch.no_grad():
        for name, weight in cell.named_parameters():
            weight.copy_(getattr(layer, f"{name}_l0"))
    return cell


def by_hand(kind, model, source, target):
    """Write one target as the paper's appendix does, state by state."""
    reader = copied_cell(kind, model.encoder.recurrence)
    writer = copied_cell(kind, model.recurrence)
    state, states = None, []
    for symbol in source[source != 0]:
        state = reader(model.encoder.embedding(symbol)[None], state)
        states.append(visible(state)[0])
    logits, rows = [], []
    for symbol in target:
        asked = model.scores.w_query(visible(state)[0])
        scores = [
            model.scores.v(torch.tanh(asked + model.scores.w_key(h))) for h in states
        ]
        weights = torch.cat(scores).softmax(dim=0)
        context = sum(weight * h for weight, h in zip(weights, states, strict=True))
        entry = torch.cat([model.embedding(symbol), context])
        state = writer(entry[None], state)
        logits.append(model.to_logits(torch.cat([visible(state)[0], context])))
        rows.append(weights)
    return torch.stack(logits), torch.stack(rows), reader, writer


@pytest.mark.parametrize("kind", CELLS)
def test_it_equals_a_loop_over_cells(kind):
    model = build(kind)
    decoded = model.decode(targets(), model.encoder(sources()))
    assert decoded.logits.equal(model(sources(), targets()))
    for row, (source, target) in enumerate(zip(sources(), targets(), strict=True)):
        logits, weights, reader, writer = by_hand(kind, model, source, target)
        length = weights.size(1)
        torch.testing.assert_close(decoded.logits[row], logits)
        torch.testing.assert_close(decoded.weights[row, :, :length], weights)

        slope = torch.randn(logits.shape)
        shared = [*model.scores.parameters(), model.encoder.embedding.weight]
        pairs = [(model.encoder.recurrence, reader), (model.recurrence, writer)]
        for layer, cell in pairs:
            names = [f"{name}_l0" for name, _ in cell.named_parameters()]
            torch.testing.assert_close(
                torch.autograd.grad(
                    decoded.logits[row],
                    [*shared, *(getattr(layer, name) for name in names)],
                    slope,
                    retain_graph=True,
                ),
                torch.autograd.grad(
                    logits, [*shared, *cell.parameters()], slope, retain_graph=True
                ),
            )


@pytest.mark.parametrize("kind", CELLS)
def test_the_weights_are_shares_of_the_real_source(kind):
    model = build(kind)
    weights = model.decode(targets(), model.encoder(sources())).weights
    assert weights.shape == (2, 3, 5)
    assert weights.ge(0).all()
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 3))
    assert weights[1, :, 2:].eq(0).all()
    assert weights[1, :, :2].gt(0).all()


@pytest.mark.parametrize("kind", CELLS)
def test_permuting_the_states_permutes_the_weights_and_no_answer(kind):
    model = build(kind)
    encoded = model.encoder(sources()[:1])
    order = torch.tensor([3, 0, 4, 1, 2])
    shuffled = encoded._replace(memory=encoded.memory[:, order])
    plain, moved = (
        model.decode(targets()[:1], encoded),
        model.decode(targets()[:1], shuffled),
    )
    torch.testing.assert_close(moved.weights, plain.weights[:, :, order])
    torch.testing.assert_close(moved.logits, plain.logits)
    assert not torch.isclose(plain.weights, moved.weights).all()


def test_what_it_looks_at_changes_its_answer():
    model = build()
    encoded = model.encoder(sources())
    other = encoded._replace(memory=encoded.memory.roll(1, dims=0))
    first, second = model.decode(targets(), encoded), model.decode(targets(), other)
    assert not torch.isclose(first.logits, second.logits).any()


def test_equal_states_are_looked_at_equally():
    model = build()
    encoded = model.encoder(sources()[:1])
    alike = encoded._replace(memory=encoded.memory[:, :1].expand(-1, 5, -1))
    weights = model.decode(targets()[:1], alike).weights
    torch.testing.assert_close(weights, torch.full((1, 3, 5), 1 / 5))


def test_the_scorer_is_as_wide_as_the_state_unless_told():
    assert build(score_dim=None).scores.w_key.weight.shape == (5, 5)
    assert build(score_dim=7).scores.w_key.weight.shape == (7, 5)


def test_a_scorer_without_width_is_refused():
    with pytest.raises(ValueError, match="hidden_dim must be at least 1, got 0"):
        build(score_dim=0)
