"""Schedules: how large a step to take, as pure functions of the step's number."""

import math


def paper_schedule(step: int, d_model: int, warmup: int = 4000) -> float:
    r"""Climb in a straight line, then fall with the root of the step.

    Both branches meet at the peak, where `step` is `warmup`. Steps count from 1; at 0
    the formula has no value.

    $$\eta = d_{model}^{-0.5} \cdot
      \min\!\left(step^{-0.5}, \; step \cdot warmup^{-1.5}\right)$$

    Args:
        step: which step of the optimizer, from 1.
        d_model: width of the model; a wider one takes smaller steps.
        warmup: how many steps the rate climbs.

    Returns:
        The learning rate, above 0.

    Raises:
        ValueError: an argument is below 1.

    Examples:
        >>> f"{paper_schedule(1, 512):.4e} {paper_schedule(4000, 512):.4e}"
        '1.7469e-07 6.9877e-04'

    Source:
        Vaswani et al. 2017, section 5.3, equation 3, as the paper.
    """
    _check(step=step, d_model=d_model, warmup=warmup)
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def linear_schedule(step: int, peak: float, warmup: int, steps: int) -> float:
    r"""Climb in a straight line, then fall in a straight line to 0 after the last step.

    $$\eta = peak \cdot \min\!\left(\frac{step}{warmup},
      \frac{steps + 1 - step}{steps + 1 - warmup}\right)$$

    Args:
        step: which step of the optimizer, from 1 to `steps`.
        peak: the rate at `step` = `warmup`.
        warmup: how many steps the rate climbs, at most `steps`.
        steps: how many steps there will be.

    Returns:
        The learning rate, above 0.

    Raises:
        ValueError: an argument is below 1 (`peak`: not above 0), or `step` or `warmup`
            is above `steps`.

    Examples:
        >>> [linear_schedule(step, 0.5, warmup=2, steps=5) for step in (1, 2, 4)]
        [0.25, 0.5, 0.25]
    """
    _check(step=step, warmup=warmup, steps=steps)
    _check_end(peak, steps, step=step, warmup=warmup)
    return peak * min(step / warmup, (steps + 1 - step) / (steps + 1 - warmup))


def cosine_schedule(step: int, peak: float, warmup: int, steps: int) -> float:
    r"""Come down in half a cosine, and climb in a straight line to meet it.

    $$\eta = peak \cdot \min\!\left(\frac{step}{warmup}, 1\right)
      \frac{1 + \cos(\pi (step - 1) / steps)}{2}$$

    Args:
        step: which step of the optimizer, from 1 to `steps`.
        peak: the rate that both factors stay below.
        warmup: how many steps the rate climbs.
        steps: how many steps there will be.

    Returns:
        The learning rate, above 0.

    Raises:
        ValueError: an argument is below 1 (`peak`: not above 0), or `step` is
            above `steps`.

    Examples:
        >>> [cosine_schedule(step, 1.0, warmup=1, steps=2) for step in (1, 2)]
        [1.0, 0.5]

    Source:
        Loshchilov and Hutter 2016, equation 5, without a restart.
    """
    _check(step=step, warmup=warmup, steps=steps)
    _check_end(peak, steps, step=step)
    return (
        peak * min(step / warmup, 1) * (1 + math.cos(math.pi * (step - 1) / steps)) / 2
    )


def _check(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1, got {number}")


def _check_end(peak: float, steps: int, **numbers: int) -> None:
    if not peak > 0:
        raise ValueError(f"peak must be above 0, got {peak}")
    for name, number in numbers.items():
        if number > steps:
            raise ValueError(f"{name} must be at most steps, got {number} and {steps}")
