"""The recurrent encoder: what it must read, and what it must leave unread."""

import pytest
import torch

from attnbook.model.recurrent_encoder import RecurrentEncoder

CELLS = ["rnn", "gru", "lstm"]


def encoder(cell="gru"):
    torch.manual_seed(0)
    return RecurrentEncoder(cell, vocab_size=11, embed_dim=3, hidden_dim=5)


def hidden(encoded):
    """Take the state's visible half: an LSTM has a second one."""
    state = encoded.state
    return (state[0] if isinstance(state, tuple) else state)[0]


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_is_the_memory_at_the_last_symbol(cell):
    src_ids = torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0], [9, 0, 0, 0]])
    encoded = encoder(cell)(src_ids)
    last = encoded.memory[torch.arange(3), torch.tensor([3, 1, 0])]
    torch.testing.assert_close(hidden(encoded), last)
    assert encoded.mask.tolist() == (src_ids != 0).tolist()


@pytest.mark.parametrize("cell", CELLS)
def test_padding_leaves_no_trace(cell):
    encoded = encoder(cell)(torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0]]))
    alone = encoder(cell)(torch.tensor([[7, 8]]))
    assert encoded.memory[1, 2:].eq(0).all()
    torch.testing.assert_close(encoded.memory[1:, :2], alone.memory)
    torch.testing.assert_close(hidden(encoded)[1:], hidden(alone))


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_read_later_does_not_change_an_earlier_state(cell):
    reader = encoder(cell)
    first = reader(torch.tensor([[3, 4, 5, 6]])).memory
    other = reader(torch.tensor([[3, 4, 7, 8]])).memory
    assert first[:, :2].equal(other[:, :2])
    assert not torch.isclose(first[:, 2:], other[:, 2:]).any()


def test_padding_gets_no_gradient():
    reader = encoder()
    src_ids = torch.tensor([[3, 4, 5], [7, 0, 0]])
    embedded = reader.embedding(src_ids).detach().requires_grad_()
    encoded = reader.read(embedded, src_ids != 0)
    (slopes,) = torch.autograd.grad(encoded.memory.square().sum(), embedded)
    assert slopes[1, 1:].eq(0).all()
    assert slopes[0].ne(0).all()


def test_its_padding_id_is_its_own():
    torch.manual_seed(0)
    other = RecurrentEncoder("gru", 11, embed_dim=3, hidden_dim=5, pad_id=10)
    encoded = other(torch.tensor([[3, 0, 10]]))
    assert encoded.mask.tolist() == [[True, True, False]]
    assert encoded.memory[0, 1].ne(0).all()
    assert encoded.memory[0, 2].eq(0).all()


@pytest.mark.parametrize(
    ("src_ids", "message"),
    [
        ([[3, 11]], "src_ids must be from 0 to 10, got 3 to 11"),
        ([[3, -1]], "src_ids must be from 0 to 10, got -1 to 3"),
        ([[3, 4], [0, 0]], "every source needs a symbol, got one of length 0"),
        ([[3, 0, 4]], "padding may stand at the end"),
        ([[0, 3, 4]], "padding may stand at the end"),
    ],
)
def test_sources_that_cannot_be_read_are_refused(src_ids, message):
    with pytest.raises(ValueError, match=message):
        encoder()(torch.tensor(src_ids))


def test_a_source_without_columns_is_refused():
    with pytest.raises(ValueError, match=r"at least one id, got \(2, 0\)"):
        encoder()(torch.zeros(2, 0, dtype=torch.long))


def test_arguments_that_make_no_encoder_are_refused():
    with pytest.raises(ValueError, match=r"cell must be one of .*rnn.* got 'tanh'"):
        RecurrentEncoder("tanh", 11, 3, 5)
    for place, name in enumerate(["vocab_size", "embed_dim", "hidden_dim"]):
        sizes = [11, 3, 5]
        sizes[place] = 0
        with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
            RecurrentEncoder("gru", *sizes)
