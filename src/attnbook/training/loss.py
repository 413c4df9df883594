"""The loss: how much the model was surprised by the right answer."""

import math
from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float, Int, Real
from torch import Tensor

from attnbook.data.tasks import PAD_ID, SequenceBatch
from attnbook.functional.checks import check_floating


class Loss(NamedTuple):
    """A mean, and how many tokens it is the mean of.

    Means of batches cannot be put together without it: the mean of two means is not the
    mean of all.

    Attributes:
        mean: what to make smaller; a scalar.
        tokens: the number of tokens, or of whatever else it is the mean over.
    """

    mean: Float[Tensor, ""]
    tokens: int


def label_smoothed_loss(
    logits: Real[Tensor, "*batch vocab"],
    targets: Int[Tensor, "*_batch"],
    smoothing: float = 0.1,
    *,
    pad_id: int,
) -> Float[Tensor, ""]:
    r"""Compare what a model expects with what comes, and let it keep a small doubt.

    The right id should get nearly all the probability; a share of $\epsilon$ is spread
    evenly over the $V$ ids of the vocabulary, the right one included. Padding adds nothing
    to the sum, and is not counted.

    $$L = \frac{1}{n} \sum_{i \,:\, t_i \neq pad} \left( -(1 - \epsilon) \log p_i(t_i)
      - \frac{\epsilon}{V} \sum_{v} \log p_i(v) \right)$$

    Args:
        logits: a score for each id, at each position; shape `(*batch, vocab)`, floating.
        targets: the ids that come, padding included; shape `(*batch)`.
        smoothing: the share $\epsilon$, from 0 to 1.
        pad_id: the id that fills up short targets. It need not be one that the logits
            have a place for.

    Returns:
        The mean over the real tokens, in the dtype of `logits`; 0 where all is padding.

    Raises:
        ValueError: `logits` is not floating, `targets` has another shape or an id that
            the logits have no place for, or `smoothing` is not from 0 to 1.

    Examples:
        >>> import torch
        >>> logits, targets = torch.zeros(1, 3, 5), torch.tensor([[4, 2, 0]])
        >>> label_smoothed_loss(logits, targets, pad_id=0).exp()
        tensor(5.0000)

    Source:
        Vaswani et al. 2017, section 5.4, $\epsilon = 0.1$; Szegedy et al. 2015, section
        7, spread it like this, the right label included. The same numbers as
        `torch.nn.functional.cross_entropy(label_smoothing=..., ignore_index=...)`,
        which gives NaN where all is padding.
    """
    check_floating(logits=logits)
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing must be from 0 to 1, got {smoothing}")
    if logits.shape[:-1] != targets.shape:
        raise ValueError(
            f"targets must have the shape of logits without its last axis, "
            f"got {tuple(targets.shape)} and {tuple(logits.shape)}"
        )
    real = targets != pad_id
    wanted = targets.where(real, 0)  # padding is left out below, whatever it asks for
    _check_targets(wanted, logits.size(-1))
    log_probabilities = logits.log_softmax(dim=-1)
    losses = -log_probabilities.gather(-1, wanted[..., None])[..., 0]  # (*batch)
    if smoothing:
        spread = -log_probabilities.mean(dim=-1)  # (*batch)
        losses = (1 - smoothing) * losses + smoothing * spread
    return losses.where(real, 0).sum() / real.sum().clamp(min=1)


def sequence_loss(
    model: Callable[[Tensor, Tensor], Tensor],
    batch: SequenceBatch,
    smoothing: float = 0.1,
    *,
    pad_id: int = PAD_ID,
) -> Loss:
    """Let a model read each target up to its last token, and say each from the second.

    Args:
        model: takes sources and targets in ids, and gives logits at each position.
        batch: sources, and targets from `bos_id` to `eos_id`.
        smoothing: the share that is spread evenly.
        pad_id: the id that fills up short targets.

    Returns:
        The label-smoothed loss, and the number of real tokens that it is the mean over.

    Raises:
        ValueError: as by `label_smoothed_loss`.
    """
    logits = model(batch.src_ids, batch.tgt_ids[:, :-1])
    targets = batch.tgt_ids[:, 1:]
    mean = label_smoothed_loss(logits, targets, smoothing, pad_id=pad_id)
    return Loss(mean, int((targets != pad_id).sum()))


def smoothing_floor(smoothing: float, vocab_size: int) -> float:
    r"""Compute the smallest loss that smoothing leaves possible.

    It is the entropy of what the model is asked to say: of a probability
    $q = 1 - \epsilon + \epsilon / V$ for the right id and $r = \epsilon / V$ for each
    other.

    $$H = -q \log q - (V - 1) \, r \log r$$

    Args:
        smoothing: the share $\epsilon$, from 0 to 1.
        vocab_size: how many ids there are, $V$.

    Returns:
        The floor in nats, from 0 to $\log V$.

    Raises:
        ValueError: `smoothing` is not from 0 to 1, or `vocab_size` is below 1.

    Examples:
        >>> round(smoothing_floor(0.1, 37_000), 4)
        1.3769
    """
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing must be from 0 to 1, got {smoothing}")
    if vocab_size < 1:
        raise ValueError(f"vocab_size must be at least 1, got {vocab_size}")
    other = smoothing / vocab_size
    right = 1 - smoothing + other
    others = (vocab_size - 1) * other * math.log(1 / other) if other else 0.0
    return right * math.log(1 / right) + others


def _check_targets(wanted: Tensor, vocab_size: int) -> None:
    outside = wanted[(wanted < 0) | (wanted >= vocab_size)]
    if len(outside):
        raise ValueError(
            f"targets must be padding or from 0 to {vocab_size - 1}, "
            f"got {int(outside[0])}"
        )
