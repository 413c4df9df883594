"""Ablation: take a head out of a model, or take its choice away, and see what breaks."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor

from attnbook.layers.multi_head import MultiHeadAttention


@contextmanager
def without_head(attention: MultiHeadAttention, head: int) -> Iterator[None]:
    r"""Silence one head of a layer while the block runs.

    The layer's output is a sum of one part for each head. The head's part is left out: its
    slice of `w_o` is 0, and is what it was when the block is left, by an error too.

    $$\sum_i head_i \, W_{O,i} \quad \text{without } i = head$$

    Args:
        attention: the layer.
        head: which of its heads, from 0.

    Yields:
        Nothing; the layer is changed in place.

    Raises:
        ValueError: the layer has no such head.

    Examples:
        >>> import torch
        >>> attention, x = MultiHeadAttention(d_model=4, num_heads=1), torch.ones(1, 3, 4)
        >>> with without_head(attention, 0):
        ...     attention(x).output.abs().max().item()
        0.0

    Source:
        Michel et al. 2019 (arXiv 1905.10650) silence heads like this, one at a time.
    """
    with _zero(attention.w_o.weight.T, attention.num_heads, head):
        yield


@contextmanager
def with_uniform_head(attention: MultiHeadAttention, head: int) -> Iterator[None]:
    """Let one head of a layer look everywhere alike while the block runs.

    It still takes part, but it cannot choose: its queries are 0, so that all scores are
    equal, and every key that the mask allows gets the same weight.

    Args:
        attention: the layer.
        head: which of its heads, from 0.

    Yields:
        Nothing; the layer is changed in place.

    Raises:
        ValueError: the layer has no such head.

    Examples:
        >>> import torch
        >>> attention, x = MultiHeadAttention(d_model=4, num_heads=2), torch.eye(4)[None]
        >>> with with_uniform_head(attention, 1):
        ...     attention(x, need_weights=True).weights[0, 1, 0].tolist()
        [0.25, 0.25, 0.25, 0.25]
    """
    layer = attention.w_q
    with _zero(layer.weight, attention.num_heads, head):
        if layer.bias is None:
            yield
        else:
            with _zero(layer.bias, attention.num_heads, head):
                yield


@contextmanager
def _zero(rows: Tensor, num_heads: int, head: int) -> Iterator[None]:
    """Set a head's share of the rows to 0, and put it back."""
    if not 0 <= head < num_heads:
        raise ValueError(f"head must be from 0 to {num_heads - 1}, got {head}")
    part = rows.detach().chunk(num_heads)[head]
    kept = part.clone()
    part.zero_()
    try:
        yield
    finally:
        part.copy_(kept)
