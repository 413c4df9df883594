"""The training loop: draw, compare, follow the slope, repeat."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from attnbook.training.loss import Loss

Batch = TypeVar("Batch")
Model = TypeVar("Model", bound=nn.Module)


class Record(NamedTuple):
    """What one step of the optimizer was like.

    Attributes:
        step: its number, from 1.
        loss: the mean over all that the step was taken on, before the model changed.
        learning_rate: what the schedule said.
        gradient_norm: the gradient's length before it was cut.
        tokens: how many tokens, or whatever else, the loss is the mean over.
    """

    step: int
    loss: float
    learning_rate: float
    gradient_norm: float
    tokens: int


def train(
    model: Model,
    optimizer: torch.optim.Optimizer,
    batches: Iterable[Batch],
    loss: Callable[[Model, Batch], Loss],
    schedule: Callable[[int], float],
    *,
    steps: int,
    first_step: int = 1,
    accumulate: int = 1,
    max_norm: float = 1.0,
) -> Iterator[Record]:
    r"""Train a model step by step, and hand out a record of each step.

    It is a generator: no step is taken, and no batch is drawn, before it is asked for.
    What is printed, evaluated or saved between two steps is up to the caller; every step
    puts the model back into training mode. The loop takes nothing from chance itself.

    A step may be taken on several batches that do not fit into memory together. Their
    gradients are added with the weight of their tokens, so that the step is the one
    that all of them as one batch would give, $g = \sum_b n_b \, g_b / \sum_b n_b$. The
    sum is then cut to `max_norm`, and the rate moves on, once a step.

    Args:
        model: what to train, in place.
        optimizer: follows the slope; its learning rates are set at each step.
        batches: what to learn from; training ends with it, if it ends.
        loss: the model's mean loss on a batch, and what it is the mean over.
        schedule: the learning rate at each step, from step 1.
        steps: the last step.
        first_step: the first one; above 1 when training is taken up again.
        accumulate: how many batches a step is taken on.
        max_norm: the longest gradient that is left as it is; infinite to cut none.

    Yields:
        A record of each step.

    Raises:
        ValueError: a number is below 1, or `max_norm` is not above 0.
        RuntimeError: a gradient is not finite; the model is left as it was before.

    Examples:
        >>> import torch
        >>> model = torch.nn.Linear(1, 1)
        >>> optimizer = torch.optim.Adam(model.parameters())
        >>> data = [torch.ones(3, 1)] * 200
        >>> records = list(train(model, optimizer, data, steps=200,
        ...     loss=lambda model, batch: Loss(model(batch).square().mean(), len(batch)),
        ...     schedule=lambda step: 0.1 / step**0.5))
        >>> len(records), records[-1].loss < 1e-3
        (200, True)

    Source:
        Pascanu et al. 2013, algorithm 1 (cutting the gradient).
    """
    numbers = {"steps": steps, "first_step": first_step, "accumulate": accumulate}
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1, got {number}")
    if not max_norm > 0:
        raise ValueError(f"max_norm must be above 0, got {max_norm}")
    weights = [it for group in optimizer.param_groups for it in group["params"]]

    def walk() -> Iterator[Record]:
        remaining = iter(batches)
        for step in range(first_step, steps + 1):
            model.train()
            optimizer.zero_grad()
            losses = [
                _backward(loss(model, it)) for it in islice(remaining, accumulate)
            ]
            if not losses:
                return
            tokens = sum(part.tokens for part in losses)
            norm = _average_and_clip(weights, tokens, max_norm)
            rate = schedule(step)
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            total = sum(part.mean.item() * part.tokens for part in losses)
            yield Record(step, total / max(tokens, 1), rate, norm, tokens)

    return walk()


def _backward(part: Loss) -> Loss:
    (part.mean * part.tokens).backward()
    return Loss(part.mean.detach(), part.tokens)


def _average_and_clip(weights: list[Tensor], tokens: int, max_norm: float) -> float:
    for weight in weights:
        if weight.grad is not None:
            weight.grad /= max(tokens, 1)
    norm = nn.utils.clip_grad_norm_(weights, max_norm, error_if_nonfinite=True)
    return norm.item()
