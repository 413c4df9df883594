"""Where writing starts: a step of the cache is a step of the whole model."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import (
    AdditiveAttentionSeq2Seq,
    LastStateSeq2Seq,
    Transformer,
    TransformerConfig,
    start_recurrent,
    start_transformer,
)

SIZES = {"d_model": 10, "num_heads": 5, "num_layers": 2, "d_ff": 7}
SRC_IDS = torch.tensor([[3, 4, 7, 5], [6, 8, 0, 0], [9, 4, 3, 0]])
TGT_IDS = torch.tensor([[1, 5, 9, 7, 3], [1, 8, 4, 6, 6], [1, 10, 3, 4, 4]])
MODELS = ["transformer", "rnn", "gru", "lstm", "last-state"]


def build(name, **ids):
    torch.manual_seed(0)
    if name == "transformer":
        model = Transformer(TransformerConfig(11, **SIZES, **ids)).eval()
        return model, start_transformer(model, SRC_IDS)
    if name == "last-state":
        model = LastStateSeq2Seq("lstm", 11, 3, 5, **ids)
    else:
        model = AdditiveAttentionSeq2Seq(name, 11, 3, 5, **ids)
    return model, start_recurrent(model, SRC_IDS)


@pytest.mark.parametrize("name", MODELS)
def test_steps_give_what_teacher_forcing_gives(name):
    model, (step, state, first_ids, *_) = build(name)
    assert first_ids.equal(TGT_IDS[:, 0])
    expected = model(SRC_IDS, TGT_IDS)
    for place in range(5):
        logits, state = step(TGT_IDS[:, place], state)
        torch.testing.assert_close(logits, expected[:, place])


@pytest.mark.parametrize("name", MODELS)
@settings(deadline=None, max_examples=25)
@given(
    rows=st.lists(st.integers(0, 2), min_size=1, max_size=4), place=st.integers(0, 4)
)
def test_rows_can_be_taken_in_any_order_at_any_time(name, rows, place):
    model, (step, state, *_) = build(name)
    rows = torch.tensor(rows)
    expected = model(SRC_IDS, TGT_IDS)[rows]
    targets = TGT_IDS
    for number in range(5):
        if number == place:
            state, targets = state.select(rows), TGT_IDS[rows]
        logits, state = step(targets[:, number], state)
        if number >= place:
            torch.testing.assert_close(logits, expected[:, number])


@pytest.mark.parametrize("name", MODELS)
def test_the_special_ids_are_those_of_the_model(name):
    ids = {"bos_id": 7, "eos_id": 8, "pad_id": 0}
    _, start = build(name, **ids)
    assert start.first_ids.tolist() == [7, 7, 7]
    assert (start.eos_id, start.pad_id) == (8, 0)


@pytest.mark.parametrize("name", MODELS)
def test_sources_are_read_without_a_graph(name):
    _, start = build(name)
    state = start.state
    memory = state.memory if name == "transformer" else state.encoded.memory
    assert not memory.requires_grad


def test_ids_that_do_not_fit_are_refused():
    model, _ = build("transformer")
    with pytest.raises(ValueError, match="src_ids must be from 0 to 10, got 3 to 11"):
        start_transformer(model, torch.tensor([[3, 11]]))
