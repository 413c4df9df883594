"""Greedy decoding: the path of the largest logits, and where it ends."""

from typing import NamedTuple

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from attnbook import (
    AdditiveAttentionSeq2Seq,
    LastStateSeq2Seq,
    Start,
    Transformer,
    TransformerConfig,
    greedy,
    start_recurrent,
    start_transformer,
)

SIZES = {"d_model": 10, "num_heads": 5, "num_layers": 2, "d_ff": 7}
SRC_IDS = torch.tensor([[3, 4, 7, 5], [6, 8, 0, 0], [9, 4, 3, 0]])


def build(seed, **options):
    """Build a model that has opinions: weights are large, and no row is like another."""
    torch.manual_seed(seed)
    model = Transformer(TransformerConfig(11, **SIZES, tie="none", **options)).eval()
    with torch.no_grad():
        model.to_logits.weight.mul_(3.0)
    return model


class Nothing(NamedTuple):
    """The state of a model that needs none."""

    def select(self, rows: Tensor) -> "Nothing":
        return self


def chain(follows):
    """Start a model whose next id depends on the newest alone; 7 where nothing is said."""

    def step(newest, state):
        return F.one_hot(
            torch.tensor([follows.get(i, 7) for i in newest.tolist()]), 9
        ).float(), state

    return Start(step, Nothing(), torch.tensor([1, 4, 6]), eos_id=2, pad_id=0)


def test_a_chain_by_hand():
    start = chain({1: 3, 3: 5, 5: 2, 4: 4, 6: 2})
    assert greedy(start, 5).tolist() == [
        [3, 5, 2, 0, 0],
        [4, 4, 4, 4, 4],
        [2, 0, 0, 0, 0],
    ]


def test_it_stops_when_all_have_ended():
    calls = []
    start = chain({1: 3, 3: 2, 4: 2, 6: 5, 5: 2})

    def counted(newest, state):
        calls.append(newest)
        return start.step(newest, state)

    written = greedy(start._replace(step=counted), 7)
    assert written.tolist() == [[3, 2] + [0] * 5, [2] + [0] * 6, [5, 2] + [0] * 5]
    assert len(calls) == 2


def test_padding_is_never_written_before_the_end():
    start = chain({1: 3, 3: 3, 4: 4, 6: 6})

    def likes_padding(newest, state):
        logits, state = start.step(newest, state)
        logits[:, 0] = 5.0
        return logits, state

    written = greedy(start._replace(step=likes_padding), 3)
    assert written.tolist() == [[3] * 3, [4] * 3, [6] * 3]


def test_it_is_the_path_of_the_largest_logits():
    ended = 0
    for seed in range(10):
        model = build(seed)
        written = greedy(start_transformer(model, SRC_IDS), 6)
        for row, source in enumerate(SRC_IDS):
            path = [1]
            while len(path) < 7 and path[-1] != 2:
                logits = model(source[source != 0][None], torch.tensor([path]))[0, -1]
                path.append(int(logits[1:].argmax()) + 1)
            ended += path[-1] == 2
            assert written[row].tolist() == path[1:] + [0] * (7 - len(path))
    assert 0 < ended < 30


def test_a_batch_is_each_of_its_own():
    for seed in range(5):
        model = build(seed)
        alone = [
            greedy(start_transformer(model, source[source != 0][None]), 6)
            for source in SRC_IDS
        ]
        assert greedy(start_transformer(model, SRC_IDS), 6).equal(torch.cat(alone))


def test_more_source_padding_alters_nothing():
    model = build(0)
    written = greedy(start_transformer(model, SRC_IDS), 6)
    longer = F.pad(SRC_IDS, (0, 5))
    assert greedy(start_transformer(model, longer), 6).equal(written)


def test_a_model_may_begin_with_padding():
    model = build(0, bos_id=0)
    written = greedy(start_transformer(model, SRC_IDS), 6)
    tgt_ids = torch.cat([torch.zeros(3, 1, dtype=torch.int64), written[:, :-1]], dim=1)
    expected = model(SRC_IDS, tgt_ids)[..., 1:].argmax(-1) + 1
    assert written.equal(expected.where(written != 0, 0))


@pytest.mark.parametrize("kind", [LastStateSeq2Seq, AdditiveAttentionSeq2Seq])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_a_recurrent_model_writes_what_it_writes_by_itself(kind, cell):
    lengths = set()
    for seed in range(20):
        torch.manual_seed(seed)
        model = kind(cell, 11, 3, 5)
        with torch.no_grad():
            model.to_logits.weight.mul_(3.0)
            model.to_logits.bias[0] = -100.0  # it never writes padding
        written = greedy(start_recurrent(model, SRC_IDS), 6)
        assert written.equal(model.greedy(SRC_IDS, 6))
        lengths.update((written != 0).sum(1).tolist())
    assert len(lengths) > 1


def test_no_graph_is_built():
    model = build(0)
    assert not greedy(start_transformer(model, SRC_IDS), 2).requires_grad
    assert torch.is_grad_enabled()


def test_to_write_nothing_is_refused():
    with pytest.raises(ValueError, match="max_len must be at least 1, got 0"):
        greedy(start_transformer(build(0), SRC_IDS), 0)


def test_to_write_more_than_there_are_positions_is_refused():
    model = build(0, max_len=5)
    with torch.no_grad():
        model.to_logits.weight[2] = 0.0
    with pytest.raises(ValueError, match="at most max_len = 5 long, got 6"):
        greedy(start_transformer(model, SRC_IDS), 6)
