"""Greedy decoding: write the likeliest next id, and never look back."""

import torch
from jaxtyping import Int
from torch import Tensor

from attnbook.decoding.start import Start, check_max_len, without_padding


@torch.no_grad()
def greedy(start: Start, max_len: int) -> Int[Tensor, "batch max_len"]:
    """Write a text for each source, each time the likeliest next id.

    Args:
        start: where writing starts.
        max_len: how many ids to write at most.

    Returns:
        What was written: without the first id, with `eos_id` where a text ended, and
        padding after it; shape `(batch, max_len)`.

    Raises:
        ValueError: `max_len` is below 1.
    """
    check_max_len(max_len)
    step, state, newest, eos_id, pad_id = start
    written = newest.new_full((len(newest), max_len), pad_id)
    ended = torch.zeros_like(newest, dtype=torch.bool)
    for position in range(max_len):
        logits, state = step(newest, state)
        newest = without_padding(logits, pad_id).argmax(dim=-1).where(~ended, pad_id)
        written[:, position] = newest
        ended = ended | (newest == eos_id)
        if ended.all():
            break
    return written
