"""Between our layers and torch's: copies weights, both ways, and turns masks round."""

from typing import Protocol

import torch
from torch import Tensor, nn


class Projections(Protocol):
    """Whatever holds the three input projections under our names."""

    w_q: nn.Linear
    w_k: nn.Linear
    w_v: nn.Linear


def pack_projections(ours: Projections, theirs: nn.MultiheadAttention) -> None:
    """Write our three projections into torch's one packed matrix (and bias)."""
    linears = (ours.w_q, ours.w_k, ours.w_v)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([linear.weight for linear in linears]))
        if theirs.in_proj_bias is not None:
            theirs.in_proj_bias.copy_(torch.cat([linear.bias for linear in linears]))


def unpack_projections(theirs: nn.MultiheadAttention, ours: Projections) -> None:
    """Write torch's one packed matrix (and bias) into our three projections."""
    linears = (ours.w_q, ours.w_k, ours.w_v)
    with torch.no_grad():
        for linear, weight in zip(linears, theirs.in_proj_weight.chunk(3), strict=True):
            linear.weight.copy_(weight)
        if theirs.in_proj_bias is not None:
            for linear, bias in zip(linears, theirs.in_proj_bias.chunk(3), strict=True):
                linear.bias.copy_(bias)


def flip_mask(mask: Tensor) -> Tensor:
    """Turn "True = may attend" (ours) into "True = ignore" (nn.MultiheadAttention's)."""
    return ~mask
