"""Heads: one wide vector as several narrow ones, and back."""

from jaxtyping import Shaped
from torch import Tensor


def split_heads(
    x: Shaped[Tensor, "*batch seq_len width"], num_heads: int
) -> Shaped[Tensor, "*batch heads seq_len head_width"]:
    """Cut each position's vector into equal parts, and give each head its part of all.

    Args:
        x: the positions; shape `(*batch, seq_len, width)`.
        num_heads: into how many parts.

    Returns:
        The heads; shape `(*batch, heads, seq_len, width / heads)`, a view of `x`.

    Raises:
        ValueError: `num_heads` does not divide the width.

    Examples:
        >>> import torch
        >>> split_heads(torch.arange(12).view(3, 4), num_heads=2)[0].tolist()
        [[0, 1], [4, 5], [8, 9]]

    Source:
        Vaswani et al. 2017, section 3.2.2, whose heads have matrices of their own. With
        the matrices side by side, one product serves all heads, and this takes it apart.
    """
    if x.size(-1) % num_heads:
        raise ValueError(
            f"the width of x must be divisible by num_heads, "
            f"got {x.size(-1)} and {num_heads}"
        )
    return x.unflatten(-1, (num_heads, -1)).transpose(-3, -2)


def merge_heads(
    x: Shaped[Tensor, "*batch heads seq_len head_width"],
) -> Shaped[Tensor, "*batch seq_len width"]:
    """Lay the heads' parts side by side again: the inverse of `split_heads`.

    Args:
        x: the heads; shape `(*batch, heads, seq_len, head_width)`.

    Returns:
        The positions; shape `(*batch, seq_len, heads * head_width)`.

    Examples:
        >>> import torch
        >>> x = torch.arange(12).view(3, 4)
        >>> merge_heads(split_heads(x, num_heads=2)).equal(x)
        True
    """
    return x.transpose(-3, -2).flatten(-2)
