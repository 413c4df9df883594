"""Beam search: follow several texts at once, and keep the best that ends."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from attnbook.decoding.normalise import gnmt_penalty
from attnbook.decoding.start import Start, check_max_len, without_padding


class Found(NamedTuple):
    """The best texts that a search has found.

    Attributes:
        ids: without the first id, with `eos_id` where a text ended, and padding after
            it; shape `(batch, max_len)`.
        scores: what the normaliser made of each text's log-probability; shape
            `(batch,)`.
    """

    ids: Int[Tensor, "batch max_len"]
    scores: Float[Tensor, " batch"]


@torch.no_grad()
def beam_search(
    start: Start,
    max_len: int,
    beam_size: int = 4,
    normaliser: Callable[[Tensor, int], Tensor] = gnmt_penalty,
) -> Found:
    """Write a text for each source, following the `beam_size` best beginnings.

    At each step every beginning is continued by every id. Of the best `beam_size`, those
    that end are scored, and they live on as texts; the best others are the beginnings of
    the next step. A source is done when `beam_size` texts have ended, or when no
    beginning can become better than the best of them.

    Args:
        start: where writing starts.
        max_len: how many ids to write at most; a text that is still going on then
            counts as it is.
        beam_size: how many beginnings to follow. With 1 it is greedy decoding.
        normaliser: from log-probabilities and the length they belong to, to scores. As
            the length grows it may move a score up or down, but not both.

    Returns:
        The best text of each source, and its score.

    Raises:
        ValueError: `max_len` or `beam_size` is below 1.

    Source:
        Wu et al. 2016, section 7. Vaswani et al. 2017, section 6.1, uses four beginnings
        and this normaliser.
    """
    check_max_len(max_len)
    if beam_size < 1:
        raise ValueError(f"beam_size must be at least 1, got {beam_size}")
    step, state, first_ids, eos_id, pad_id = start
    batch = len(first_ids)
    sources = torch.arange(batch, device=first_ids.device).unsqueeze(1)
    parent = sources.expand(batch, beam_size).flatten()
    newest = first_ids[parent]
    written = newest.new_full((batch, beam_size, max_len), pad_id)
    # There is one beginning at first, and not `beam_size` equal ones.
    live = torch.full((batch, beam_size), -torch.inf, device=first_ids.device)
    live[:, 0] = 0.0
    best = Found(written[:, 0], live.new_full((batch,), -torch.inf))
    num_ended = torch.zeros_like(first_ids)
    for length in range(1, max_len + 1):
        logits, state = step(newest, state.select(parent))
        log_probs = without_padding(logits.float().log_softmax(dim=-1), pad_id)
        log_probs = log_probs.unflatten(0, (batch, beam_size))
        # Each beginning ends in one way: of twice as many, enough can go on.
        scores, choice = (live.unsqueeze(-1) + log_probs).flatten(1).topk(2 * beam_size)
        parent, newest = choice // logits.size(-1), choice % logits.size(-1)
        texts = written[sources, parent]
        texts[..., length - 1] = newest

        ends = newest == eos_id
        counts = ends if length < max_len else torch.ones_like(ends)
        counts = counts & scores.isfinite()
        counts[:, beam_size:] = False
        num_ended = num_ended + counts.sum(dim=1)
        best = better(best, texts, normaliser(scores, length).where(counts, -torch.inf))

        live, place = scores.masked_fill(ends, -torch.inf).topk(beam_size)
        written, newest = texts[sources, place], newest.gather(1, place).flatten()
        parent = (sources * beam_size + parent.gather(1, place)).flatten()
        top = live[:, 0]
        hope = torch.maximum(normaliser(top, length + 1), normaliser(top, max_len))
        done = (num_ended >= beam_size) | (hope <= best.scores)
        if done.all():
            break
        live = live.masked_fill(done.unsqueeze(1), -torch.inf)
    return best


def better(best: Found, texts: Tensor, scores: Tensor) -> Found:
    """Keep the best text of each source, or take a better one.

    Args:
        best: the best so far.
        texts: new ones; shape `(batch, candidates, max_len)`.
        scores: theirs; shape `(batch, candidates)`.

    Returns:
        The best of them all.
    """
    scores, place = scores.max(dim=1)
    texts = texts[torch.arange(len(texts), device=texts.device), place]
    wins = scores > best.scores
    return Found(
        texts.where(wins.unsqueeze(1), best.ids), scores.where(wins, best.scores)
    )
