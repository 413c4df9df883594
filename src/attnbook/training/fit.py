"""A training loop in one function: draw, compare, follow the slope, repeat."""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn


def fit(
    model: nn.Module,
    loss: Callable[[], Tensor],
    steps: int,
    learning_rate: float,
    *,
    warmup: int = 100,
    max_norm: float = 1.0,
) -> Iterator[float]:
    r"""Train a model step by step, and hand out the loss of each step.

    It is a generator: no step is taken before it is asked for. Adam follows the slope;
    the rate climbs to its peak in a straight line and comes down in half a cosine, and a
    gradient longer than `max_norm` is cut to that length. At step t = 1, 2, ... of T:

    $$\eta_t = \eta \, \min\!\left(\frac{t}{w}, 1\right)
      \frac{1 + \cos(\pi (t - 1) / T)}{2}$$

    Args:
        model: what to train, in place.
        loss: draws a batch and returns the model's loss on it; called once a step.
        steps: how many steps there will be, $T$.
        learning_rate: the peak that the rate climbs to, $\eta$.
        warmup: how many steps it climbs, $w$.
        max_norm: the longest gradient that is left as it is.

    Yields:
        The loss of each step, before the model was changed by it.

    Raises:
        ValueError: an argument is not above 0.

    Examples:
        >>> import torch
        >>> model = torch.nn.Linear(1, 1)
        >>> losses = list(fit(model, lambda: model(torch.ones(1, 1)).square().sum(),
        ...                   steps=200, learning_rate=0.1, warmup=10))
        >>> len(losses), losses[-1] < 1e-3
        (200, True)

    Source:
        Kingma and Ba 2014 (Adam, torch's defaults); Pascanu et al. 2013, algorithm 1
        (clipping); Loshchilov and Hutter 2016, equation 5 (cosine, no restart).
    """
    numbers = {
        "steps": steps,
        "learning_rate": learning_rate,
        "warmup": warmup,
        "max_norm": max_norm,
    }
    for name, number in numbers.items():
        if not number > 0:
            raise ValueError(f"{name} must be above 0, got {number}")
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)

    def walk() -> Iterator[float]:
        for step in range(steps):
            climb = min((step + 1) / warmup, 1.0)
            descent = (1 + math.cos(math.pi * step / steps)) / 2
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * climb * descent
            optimizer.zero_grad()
            value = loss()
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            yield value.item()

    return walk()
