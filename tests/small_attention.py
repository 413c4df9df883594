"""A small attention layer, torch's twin of it, and inputs, for several test files."""

import torch
from torch import nn

from attnbook import MultiHeadAttention
from parity import attention_pairs, from_torch, shake, to_torch

BATCH, QUERY_LEN, KEY_LEN, HEADS, D_MODEL = 2, 5, 7, 3, 33


def twins(way="to_torch", bias=True):
    """Build ours and torch's with the same weights."""
    ours = MultiHeadAttention(D_MODEL, HEADS, bias=bias)
    theirs = nn.MultiheadAttention(D_MODEL, HEADS, bias=bias, batch_first=True)
    shake(ours)
    shake(theirs)
    pairs = attention_pairs(ours, theirs)
    if way == "to_torch":
        to_torch(pairs)
    else:
        from_torch(pairs)
    return ours, theirs


def inputs(cross, query_len=QUERY_LEN):
    x = torch.randn(BATCH, query_len, D_MODEL, requires_grad=True)
    if not cross:
        return x, None
    return x, torch.randn(BATCH, KEY_LEN, D_MODEL, requires_grad=True)
