"""Beam search against brute force and greedy decoding. (Cases by hand: test_beam_by_hand.py.)"""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import (
    AdditiveAttentionSeq2Seq,
    Transformer,
    TransformerConfig,
    beam_search,
    greedy,
    start_recurrent,
    start_transformer,
)
from small_search import BOS, EOS, NORMALISERS, PAD, VOCAB

SRC_IDS = torch.tensor([[3, 4, 4], [4, 0, 0]])


def build(seed, sharpness=3.0):
    torch.manual_seed(seed)
    sizes = {"d_model": 8, "num_heads": 2, "num_layers": 1, "d_ff": 7}
    model = Transformer(TransformerConfig(VOCAB, **sizes, tie="none")).eval()
    with torch.no_grad():
        model.to_logits.weight.mul_(sharpness)
    return model


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
