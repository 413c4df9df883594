"""Beam search on models that are tables: what it writes and scores can be found by hand."""

import math
from functools import partial
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from attnbook import Start, beam_search, gnmt_penalty, greedy, length_power
from small_search import BOS, EOS, NORMALISERS, PAD


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
