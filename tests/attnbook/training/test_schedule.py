"""Schedules against the paper's numbers, torch's schedulers, and their own laws."""

import math
from functools import partial
from itertools import pairwise

import pytest
import torch

from attnbook import cosine_schedule, linear_schedule, paper_schedule


@pytest.mark.parametrize(
    ("step", "d_model", "rate"),
    [
        (1, 512, "1.747e-07"),
        (4000, 512, "6.988e-04"),
        (100_000, 512, "1.398e-04"),
        (4000, 1024, "4.941e-04"),
    ],
)
def test_the_papers_numbers(step, d_model, rate):
    assert f"{paper_schedule(step, d_model):.3e}" == rate


def test_the_paper_climbs_in_a_line_and_falls_with_the_root():
    rates = [paper_schedule(step, 64, 200) for step in range(1, 801)]
    assert rates.index(max(rates)) == 199
    assert rates[199] == pytest.approx(1 / math.sqrt(64 * 200))
    climbs = [after - before for before, after in pairwise(rates[:200])]
    assert climbs == pytest.approx([rates[0]] * 199)
    assert rates[799] == pytest.approx(rates[199] / 2)
    assert sorted(rates[199:], reverse=True) == rates[199:]


def by_torch(scheduler, peak, steps):
    """The rates that one of torch's schedulers gives, step by step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
    scheduler = scheduler(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def test_the_cosine_is_torchs():
    rates = [cosine_schedule(step, 0.3, warmup=1, steps=23) for step in range(1, 24)]
    scheduler = partial(torch.optim.lr_scheduler.CosineAnnealingLR, T_max=23)
    assert rates == pytest.approx(by_torch(scheduler, 0.3, 23))


def test_the_cosine_climbs_first():
    bare = [cosine_schedule(step, 0.3, warmup=1, steps=23) for step in range(1, 24)]
    rates = [cosine_schedule(step, 0.3, warmup=5, steps=23) for step in range(1, 24)]
    shares = [rate / full for rate, full in zip(rates, bare, strict=True)]
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8] + [1.0] * 19)
    assert cosine_schedule(3, 0.3, warmup=50, steps=3) == pytest.approx(bare_at(3, 50))


def bare_at(step, warmup):
    return 0.3 * step / warmup * (1 + math.cos(math.pi * (step - 1) / step)) / 2


def test_the_line_is_torchs_on_both_sides_of_the_peak():
    rates = [linear_schedule(step, 0.3, warmup=5, steps=23) for step in range(1, 24)]
    linear = torch.optim.lr_scheduler.LinearLR
    climb = partial(linear, start_factor=1 / 5, end_factor=1.0, total_iters=4)
    fall = partial(linear, start_factor=1.0, end_factor=0.0, total_iters=19)
    assert rates[:5] == pytest.approx(by_torch(climb, 0.3, 5))
    assert rates[4:] == pytest.approx(by_torch(fall, 0.3, 19))
    assert rates[4] == max(rates) == pytest.approx(0.3)
    assert rates[-1] > 0


def test_the_line_may_climb_to_its_end():
    rates = [linear_schedule(step, 0.6, warmup=3, steps=3) for step in (1, 2, 3)]
    assert rates == pytest.approx([0.2, 0.4, 0.6])


@pytest.mark.parametrize("step", [0, -1])
def test_there_is_no_step_before_the_first(step):
    message = f"step must be at least 1, got {step}"
    with pytest.raises(ValueError, match=message):
        paper_schedule(step, 512)
    for schedule in (linear_schedule, cosine_schedule):
        with pytest.raises(ValueError, match=message):
            schedule(step, 0.3, warmup=2, steps=5)


@pytest.mark.parametrize("schedule", [linear_schedule, cosine_schedule])
def test_numbers_that_make_no_schedule_are_refused(schedule):
    right = {"step": 1, "peak": 0.3, "warmup": 2, "steps": 5}
    for name, number, message in (
        ("warmup", 0, "warmup must be at least 1, got 0"),
        ("steps", 0, "steps must be at least 1, got 0"),
        ("peak", 0.0, "peak must be above 0, got 0.0"),
        ("peak", math.nan, "peak must be above 0, got nan"),
        ("step", 6, "step must be at most steps, got 6 and 5"),
    ):
        with pytest.raises(ValueError, match=message):
            schedule(**{**right, name: number})


def test_a_line_that_never_comes_down_is_refused():
    with pytest.raises(ValueError, match="warmup must be at most steps, got 6 and 5"):
        linear_schedule(1, 0.3, warmup=6, steps=5)


def test_the_papers_sizes_are_checked_too():
    with pytest.raises(ValueError, match="d_model must be at least 1, got 0"):
        paper_schedule(1, 0)
    with pytest.raises(ValueError, match="warmup must be at least 1, got 0"):
        paper_schedule(1, 512, 0)
