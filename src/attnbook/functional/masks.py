"""Masks: who may look where. Boolean, and True means "may attend"."""

from typing import TypeAlias

import torch
from jaxtyping import Bool, Int, Shaped
from torch import Tensor

Mask: TypeAlias = Shaped[Tensor, "..."]
"""A boolean tensor, True = may attend, that broadcasts to `(*batch, query_len, key_len)`.

The functions that take one check both, and raise a ValueError where it does not hold.
"""


def padding_mask(
    ids: Int[Tensor, "*batch key_len"], pad_id: int
) -> Bool[Tensor, "*batch 1 1 key_len"]:
    """Let every query look at the real tokens and at no padding.

    Sentences of a batch are filled up to one length. The filling stands among the keys,
    so the mask lies along the key axis, and two axes of size 1 repeat it for every head
    and every query.

    Args:
        ids: token ids of the sequence that gives the keys; shape `(batch, key_len)`.
        pad_id: the id that fills up short sequences.

    Returns:
        True where the key is a real token; shape `(batch, 1, 1, key_len)`.

    Examples:
        >>> import torch
        >>> padding_mask(torch.tensor([[7, 4, 0]]), pad_id=0)
        tensor([[[[ True,  True, False]]]])

    Source:
        Not in Vaswani et al. 2017, which does not say how it treats padding; every
        implementation that works in batches needs it.
    """
    return (ids != pad_id)[..., None, None, :]


def causal_mask(
    size: int, device: torch.device | str | None = None
) -> Bool[Tensor, "size size"]:
    """Let every position look at itself and at what came before it.

    Row i is what query i may see: keys 0 to i. Combine it with a padding mask by `&`.

    Args:
        size: number of positions, which are both the queries and the keys.
        device: where to make the mask; torch's default if None.

    Returns:
        True on and below the diagonal; shape `(size, size)`.

    Examples:
        >>> import torch
        >>> causal_mask(3).int().tolist()
        [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
        >>> both = causal_mask(3) & padding_mask(torch.tensor([[7, 4, 0]]), pad_id=0)
        >>> both.shape
        torch.Size([1, 1, 3, 3])

    Source:
        Vaswani et al. 2017, section 3.2.3, third point, as the paper.
    """
    return torch.ones(size, size, dtype=torch.bool, device=device).tril()
