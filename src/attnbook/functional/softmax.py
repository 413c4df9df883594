"""Softmax: scores become shares that are positive and sum to 1."""

import math

from jaxtyping import Float, Real
from torch import Tensor

from attnbook.functional.checks import check_floating, check_mask
from attnbook.functional.masks import Mask


def softmax(
    scores: Real[Tensor, "*batch key_len"], temperature: float = 1.0
) -> Float[Tensor, "*batch key_len"]:
    r"""Turn the scores along the last axis into shares.

    The largest score is subtracted first. That changes no share, since it multiplies
    every term above and below the line alike, and no power can overflow after it.

    $$\mathrm{softmax}(s)_j = \frac{e^{s_j / \tau}}{\sum_i e^{s_i / \tau}}$$

    Args:
        scores: any real numbers; shape `(*batch, key_len)`, floating.
        temperature: $\tau$, above 0. Near 0 the largest score takes all; the higher it
            is, the more equal the shares.

    Returns:
        The shares, each from 0 to 1 and each row summing to 1; same shape and dtype.

    Raises:
        ValueError: `scores` is not floating, or `temperature` is not above 0.

    Examples:
        >>> import torch
        >>> softmax(torch.tensor([1000.0, 1000.0, 0.0])).tolist()
        [0.5, 0.5, 0.0]

    Source:
        Vaswani et al. 2017, section 3.2.1, equation 1. The temperature is from Hinton
        et al. 2015 (distillation), equation 1; the paper's is 1.
    """
    check_floating(scores=scores)
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature}")
    scores = scores / temperature
    peak = scores.detach().amax(dim=-1, keepdim=True)
    powers = (scores - peak).exp()
    return powers / powers.sum(dim=-1, keepdim=True)


def masked_softmax(
    scores: Real[Tensor, "*batch key_len"], mask: Mask
) -> Float[Tensor, "*batch key_len"]:
    """Turn scores into shares, among the keys that each query may attend to.

    A forbidden score becomes minus infinity, whose power is exactly 0. A query that may
    attend to nothing (a dead row) would be 0/0: its shares are defined as 0, and so are
    the gradients through it.

    Args:
        scores: any real numbers; shape `(*batch, key_len)`, floating.
        mask: True where the query may attend; broadcasts to the shape of `scores`.

    Returns:
        The shares; same shape and dtype as `scores`. Each row sums to 1, or to 0 where
        its mask is False throughout.

    Raises:
        ValueError: `scores` is not floating, or `mask` is not boolean or does not
            broadcast to `scores`.

    Examples:
        >>> import torch
        >>> mask = torch.tensor([[True, True, False], [False, False, False]])
        >>> masked_softmax(torch.zeros(2, 3), mask).tolist()
        [[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]

    Source:
        Vaswani et al. 2017, section 3.2.3, sets forbidden scores to minus infinity. The
        rule for dead rows is ours; it is also that of torch's fused kernel.
    """
    check_floating(scores=scores)
    check_mask(mask, scores.shape)
    alive = mask.any(dim=-1, keepdim=True)
    # A dead row gets scores that softmax can bear, and loses its shares afterwards.
    allowed = scores.masked_fill(~mask, -math.inf).masked_fill(~alive, 0.0)
    return softmax(allowed) * alive
