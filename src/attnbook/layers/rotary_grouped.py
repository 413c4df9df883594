"""Rotary positions and grouped queries in one attention."""

from attnbook.layers.grouped_queries import GroupedQueryAttention
from attnbook.layers.rotary import RotaryAttention


class RotaryGroupedAttention(RotaryAttention, GroupedQueryAttention):
    """Self-attention whose queries and keys are turned, with fewer keys than queries.

    One part says how keys and values are made, the other what happens to them before the
    scores. Neither needs to know of the other, so nothing is left to write here.

    Args:
        d_model: width of what comes in and goes out.
        num_heads: number of heads that ask.
        num_groups: number of heads of keys and values.
        bias: whether the four projections add a learned vector.

    Raises:
        ValueError: `num_groups` is below 1 or does not divide `num_heads`, or
            `num_heads` is below 1 or does not divide `d_model`.

    Examples:
        >>> import torch
        >>> attention = RotaryGroupedAttention(d_model=8, num_heads=4, num_groups=2)
        >>> attention(torch.ones(1, 3, 8)).output.shape
        torch.Size([1, 3, 8])

    Source:
        Su et al. 2021, section 3.2.2; Ainslie et al. 2023, section 2.2.
    """
