"""Length normalisers: how to compare a short text with a long one."""

from jaxtyping import Float
from torch import Tensor


def gnmt_penalty(
    log_probs: Float[Tensor, "*texts"], length: int, alpha: float = 0.6
) -> Float[Tensor, "*texts"]:
    r"""Divide a text's log-probability by a penalty that grows with its length.

    Every further id multiplies a probability below 1, so that the shortest text would
    win by being short. The division takes that back in part.

    $$score = \frac{\log p}{lp(length)}, \qquad
      lp(length) = \left(\frac{5 + length}{6}\right)^\alpha$$

    Args:
        log_probs: the sum of the log-probabilities of a text's ids; any shape.
        length: how many ids that is, `eos_id` among them.
        alpha: how much is taken back: 0 for nothing.

    Returns:
        The scores, at most 0; same shape.

    Examples:
        >>> import torch
        >>> gnmt_penalty(torch.tensor(-6.0), length=7, alpha=1.0).item()
        -3.0

    Source:
        Wu et al. 2016, section 7, equation 14, without its coverage term. Vaswani et al.
        2017, section 6.1, uses it with 0.6.
    """
    return log_probs / ((5 + length) / 6) ** alpha


def length_power(
    log_probs: Float[Tensor, "*texts"], length: int, alpha: float = 1.0
) -> Float[Tensor, "*texts"]:
    r"""Divide a text's log-probability by a power of its length.

    At 1 it is the mean log-probability of an id.

    $$score = \frac{\log p}{length^\alpha}$$

    Args:
        log_probs: the sum of the log-probabilities of a text's ids; any shape.
        length: how many ids that is, `eos_id` among them.
        alpha: the power: 0 for the sum as it is.

    Returns:
        The scores, at most 0; same shape.

    Examples:
        >>> import torch
        >>> length_power(torch.tensor(-6.0), length=3).item()
        -2.0

    Source:
        The common form in translation libraries.
    """
    return log_probs / length**alpha
