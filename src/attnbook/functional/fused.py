"""The same attention by torch's fused kernel: faster, and it shows no weights."""

import torch
from jaxtyping import Float, Real
from torch import Tensor
from torch.nn import functional as F

from attnbook.functional.checks import check_floating, check_mask, check_same_size
from attnbook.functional.masks import Mask


def fused_attention(
    query: Real[Tensor, "*batch query_len d_k"],
    key: Real[Tensor, "*batch key_len _d_k"],
    value: Real[Tensor, "*batch _key_len d_v"],
    mask: Mask | None = None,
    *,
    is_causal: bool = False,
) -> Float[Tensor, "*batch query_len d_v"]:
    r"""Compute scaled dot-product attention in one kernel that keeps no weights.

    The table of weights is never held in memory as a whole, so long sequences cost far
    less. The numbers are those of `scaled_dot_product_attention`.

    Args:
        query: what each position asks; shape `(*batch, query_len, d_k)`, floating.
        key: what each position answers to; shape `(*batch, key_len, d_k)`, floating.
        value: what each key stands for; shape `(*batch, key_len, d_v)`, floating.
        mask: True where the query may attend; broadcasts to
            `(*batch, query_len, key_len)`.
        is_causal: same as `mask=causal_mask(query_len)`, but the kernel skips the
            forbidden half. For as many keys as queries, and without a mask.

    Returns:
        The output alone; shape `(*batch, query_len, d_v)`. A query that may attend to
        nothing gets 0, forward and backward.

    Raises:
        ValueError: an argument is not floating, `query` and `key` differ in `d_k`, `key`
            and `value` differ in `key_len`, `mask` is not boolean or does not broadcast
            to the scores, or `is_causal` is given together with a mask or with
            `query_len` other than `key_len`.

    Examples:
        >>> import torch
        >>> x = torch.tensor([[1.0], [3.0]])
        >>> fused_attention(torch.zeros(2, 1), torch.zeros(2, 1), x).tolist()
        [[2.0], [2.0]]
        >>> fused_attention(torch.zeros(2, 1), torch.zeros(2, 1), x, is_causal=True)
        tensor([[1.],
                [2.]])

    Source:
        Vaswani et al. 2017, section 3.2.1, equation 1. The kernel follows Dao et al.
        2022 (FlashAttention) where the hardware allows.
    """
    check_floating(query=query, key=key, value=value)
    check_same_size("d_k", query=query.size(-1), key=key.size(-1))
    check_same_size("key_len", key=key.size(-2), value=value.size(-2))
    if is_causal and mask is not None:
        raise ValueError(
            "mask and is_causal exclude each other: use causal_mask() & mask"
        )
    if is_causal:
        check_same_size("length", query=query.size(-2), key=key.size(-2))
    if mask is not None:
        check_mask(mask, (*query.shape[:-1], key.size(-2)))
        mask = torch.atleast_2d(mask)  # the kernel wants both the query and key axes
    batch = query.shape[:-2]
    if len(batch) != 2:  # else the kernel writes the whole table out, unasked
        query, key, value = (_as_heads(it) for it in (query, key, value))
        if mask is not None and mask.dim() > 2:
            mask = _as_heads(mask.expand(*batch, *mask.shape[-2:]))
    if mask is None:
        output = F.scaled_dot_product_attention(query, key, value, is_causal=is_causal)
    else:
        # On a GPU the kernel gives a row without a key any number, and its gradient nan:
        # such a row looks everywhere, and what it finds is thrown away.
        dead = ~mask.any(dim=-1, keepdim=True)
        output = F.scaled_dot_product_attention(query, key, value, mask | dead)
        output = output.masked_fill(dead, 0)
    return output.reshape(*batch, *output.shape[-2:])


def _as_heads(x: Tensor) -> Tensor:
    """Take all leading axes for heads of one example."""
    return x.reshape(1, -1, *x.shape[-2:])
