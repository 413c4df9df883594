"""Beam search against brute force, greedy decoding and a case by hand."""

import itertools
import math
from functools import partial
from typing import NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from attnbook import (
    AdditiveAttentionSeq2Seq,
    Start,
    Transformer,
    TransformerConfig,
    beam_search,
    gnmt_penalty,
    greedy,
    length_power,
    start_recurrent,
    start_transformer,
)

PAD, BOS, EOS, VOCAB = 0, 1, 2, 5
SRC_IDS = torch.tensor([[3, 4, 4], [4, 0, 0]])
NORMALISERS = [
    gnmt_penalty,
    partial(gnmt_penalty, alpha=2.0),
    partial(length_power, alpha=0.0),
    length_power,
]


def build(seed, sharpness=3.0):
    torch.manual_seed(seed)
    sizes = {"d_model": 8, "num_heads": 2, "num_layers": 1, "d_ff": 7}
    model = Transformer(TransformerConfig(VOCAB, **sizes, tie="none")).eval()
    with torch.no_grad():
        model.to_logits.weight.mul_(sharpness)
    return model


class Prefix(NamedTuple):
    """A state that is the text so far: proof that rows are reordered rightly."""

    ids: Tensor

    def select(self, rows: Tensor) -> "Prefix":
        return Prefix(self.ids[rows])


def table(probabilities, firsts=(BOS,)):
    """Start a model that is a table: from the text so far to what comes next.

    After any other text it is sure to go on with 3: were such a text followed, as one
    that has ended or has padding in it, no other could be better.
    """

    def step(newest, state):
        ids = torch.cat([state.ids, newest[:, None]], dim=1)
        texts = map(tuple, ids[:, 1:].tolist())
        rows = [probabilities.get(text, [0.0, 0.0, 0.0, 1.0, 0.0]) for text in texts]
        return torch.tensor(rows).log(), Prefix(ids)

    first_ids = torch.tensor(firsts)
    empty = Prefix(first_ids.new_empty(len(firsts), 0))
    return Start(step, empty, first_ids, EOS, PAD)


def every_text(max_len):
    """List all texts: those that end, and those that are cut at the longest length."""
    going_on = [i for i in range(VOCAB) if i not in (PAD, EOS)]
    for length in range(1, max_len + 1):
        last = [EOS] if length < max_len else [*going_on, EOS]
        for text in itertools.product(*[going_on] * (length - 1), last):
            yield list(text)


def brute_force(model, source, max_len, normaliser):
    """Score every text that there is by teacher forcing, and take the best."""
    best = -math.inf, None
    for text in every_text(max_len):
        tgt_ids = torch.tensor([[BOS, *text[:-1]]])
        log_probs = model(source[source != PAD][None], tgt_ids).log_softmax(-1)[0]
        total = log_probs.gather(1, torch.tensor(text)[:, None]).sum()
        best = max(best, (normaliser(total, len(text)).item(), text))
    return best


@pytest.mark.parametrize("normaliser", NORMALISERS)
@torch.no_grad()
def test_a_beam_of_full_width_is_brute_force(normaliser):
    lengths = set()
    for seed in range(3):
        model, max_len = build(seed, sharpness=1.5), 4
        start = start_transformer(model, SRC_IDS)
        ids, scores = beam_search(
            start, max_len, len(list(every_text(max_len))), normaliser
        )
        for row, source in enumerate(SRC_IDS):
            score, text = brute_force(model, source, max_len, normaliser)
            assert ids[row].tolist() == text + [PAD] * (max_len - len(text))
            assert scores[row].item() == pytest.approx(score, abs=1e-5)
            lengths.add(len(text))
    assert lengths != {max_len}


@pytest.mark.parametrize("normaliser", NORMALISERS)
@pytest.mark.parametrize("max_len", [1, 3, 7])
def test_a_beam_of_one_is_greedy(normaliser, max_len):
    lengths = set()
    for seed in range(10):
        model = build(seed)
        ids, _ = beam_search(start_transformer(model, SRC_IDS), max_len, 1, normaliser)
        assert ids.equal(greedy(start_transformer(model, SRC_IDS), max_len))
        lengths.update((ids != PAD).sum(1).tolist())
    assert max_len == 1 or len(lengths) > 1


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 99),
    beam_size=st.integers(1, 6),
    max_len=st.integers(1, 6),
    which=st.integers(0, 3),
)
@torch.no_grad()
def test_a_score_is_the_normalised_log_probability_of_the_text(
    seed, beam_size, max_len, which
):
    """Teacher forcing gives the same: texts and caches were reordered together."""
    model, normaliser = build(seed), NORMALISERS[which]
    start = start_transformer(model, SRC_IDS)
    ids, scores = beam_search(start, max_len, beam_size, normaliser)
    for row, source in enumerate(SRC_IDS):
        text = ids[row][ids[row] != PAD]
        assert EOS not in text[:-1]
        assert len(text) == max_len or text[-1] == EOS
        tgt_ids = torch.cat([torch.tensor([BOS]), text[:-1]])[None]
        log_probs = model(source[source != PAD][None], tgt_ids).log_softmax(-1)[0]
        total = log_probs.gather(1, text[:, None]).sum()
        torch.testing.assert_close(scores[row], normaliser(total, len(text)))


@pytest.mark.parametrize("beam_size", [1, 2, 4])
def test_a_batch_is_each_of_its_own(beam_size):
    for seed in range(10):
        model = build(seed)
        whole = beam_search(start_transformer(model, SRC_IDS), 6, beam_size)
        for row, source in enumerate(SRC_IDS):
            start = start_transformer(model, source[source != PAD][None])
            alone = beam_search(start, 6, beam_size)
            assert whole.ids[row].equal(alone.ids[0])
            torch.testing.assert_close(whole.scores[row], alone.scores[0])


def test_a_case_where_two_beginnings_find_what_greedy_misses():
    # Greedy takes 3 (0.6), and can only go on badly: 0.6 * 0.4 = 0.24.
    # Beginning with 4 (0.4), the end is nearly sure: 0.4 * 0.9 = 0.36.
    probabilities = {
        (): [0.0, 0.0, 0.0, 0.6, 0.4],
        (3,): [0.0, 0.3, 0.4, 0.3, 0.0],
        (4,): [0.0, 0.0, 0.9, 0.1, 0.0],
    }
    plain = partial(length_power, alpha=0.0)
    assert greedy(table(probabilities), 2).tolist() == [[3, EOS]]
    ids, scores = beam_search(table(probabilities), 2, 2, plain)
    assert ids.tolist() == [[4, EOS]]
    assert scores.item() == pytest.approx(math.log(0.36))


def test_the_normaliser_decides_between_short_and_long():
    # Ending at once has 0.3. Going on to the end has 0.7 * 0.6 * 0.6 = 0.252.
    probabilities = {
        (): [0.0, 0.0, 0.3, 0.7, 0.0],
        (3,): [0.0, 0.4, 0.0, 0.6, 0.0],
        (3, 3): [0.0, 0.4, 0.6, 0.0, 0.0],
        (3, 1): [0.0, 0.5, 0.5, 0.0, 0.0],
    }
    plain = partial(length_power, alpha=0.0)
    short = beam_search(table(probabilities), 3, 3, plain)
    assert short.ids.tolist() == [[EOS, PAD, PAD]]
    assert short.scores.item() == pytest.approx(math.log(0.3))
    long = beam_search(table(probabilities), 3, 3, gnmt_penalty)
    assert long.ids.tolist() == [[3, 3, EOS]]
    expected = math.log(0.252) / (8 / 6) ** 0.6
    assert long.scores.item() == pytest.approx(expected)


def test_a_text_that_ends_takes_no_place_from_those_that_go_on():
    # Of the best two beginnings one ends at once. Were it one of the two to follow, the
    # third best (0.2, and then sure to end) would be lost.
    probabilities = {
        (): [0.0, 0.0, 0.5, 0.3, 0.2],
        (3,): [0.0, 0.3, 0.3, 0.4, 0.0],
        (4,): [0.0, 0.0, 1.0, 0.0, 0.0],
    }
    favours_long = partial(length_power, alpha=2.0)
    ids, scores = beam_search(table(probabilities), 2, 2, favours_long)
    assert ids.tolist() == [[4, EOS]]
    assert scores.item() == pytest.approx(math.log(0.2) / 2**2)


@pytest.mark.parametrize("normaliser", NORMALISERS)
@pytest.mark.parametrize("beam_size", [1, 2, 5])
def test_a_text_that_has_ended_does_not_grow(normaliser, beam_size):
    probabilities = {
        (): [0.0, 0.0, 0.4, 0.5, 0.1],
        (3,): [0.0, 0.0, 0.9, 0.0, 0.1],
        (3, 4): [0.0, 0.0, 1.0, 0.0, 0.0],
        (4,): [0.0, 0.0, 1.0, 0.0, 0.0],
    }
    ids, scores = beam_search(table(probabilities), 9, beam_size, normaliser)
    texts = {
        (EOS,): 0.4,
        (3, EOS): 0.45,
        (3, 4, EOS): 0.05,
        (4, EOS): 0.1,
    }
    text = tuple(i for i in ids[0].tolist() if i != PAD)
    expected = normaliser(torch.tensor(texts[text]).log(), len(text))
    torch.testing.assert_close(scores[0], expected)


def test_it_stops_when_nothing_can_become_better():
    calls = []
    probabilities = {(): [0.0, 0.04, 0.9, 0.03, 0.03]}
    start = table(probabilities)

    def counted(newest, state):
        calls.append(newest)
        return start.step(newest, state)

    plain = partial(length_power, alpha=0.0)
    ids, _ = beam_search(start._replace(step=counted), 9, 3, plain)
    assert ids.tolist() == [[EOS] + [PAD] * 8]
    assert len(calls) == 1


def test_padding_is_never_written():
    probabilities = {
        (): [0.7, 0.0, 0.01, 0.29, 0.0],
        (3,): [0.8, 0.0, 0.2, 0.0, 0.0],
    }
    ids, _ = beam_search(table(probabilities), 2, 2)
    assert ids.tolist() == [[3, EOS]]


def test_a_recurrent_model_can_be_searched_too():
    for seed in range(5):
        torch.manual_seed(seed)
        model = AdditiveAttentionSeq2Seq("lstm", VOCAB, 3, 5)
        narrow = beam_search(start_recurrent(model, SRC_IDS), 5, 1)
        assert narrow.ids.equal(greedy(start_recurrent(model, SRC_IDS), 5))
        wide = beam_search(start_recurrent(model, SRC_IDS), 5, VOCAB**5)
        assert (wide.scores >= narrow.scores - 1e-6).all()


def test_no_graph_is_built():
    ids, scores = beam_search(start_transformer(build(0), SRC_IDS), 3)
    assert not scores.requires_grad
    assert ids.shape == (2, 3)
    assert torch.is_grad_enabled()


def test_arguments_that_do_not_fit_are_refused():
    start = start_transformer(build(0), SRC_IDS)
    with pytest.raises(ValueError, match="max_len must be at least 1, got 0"):
        beam_search(start, 0)
    with pytest.raises(ValueError, match="beam_size must be at least 1, got 0"):
        beam_search(start, 3, 0)
