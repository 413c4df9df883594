"""A step taken on several batches is the step that one batch of all would give."""

import math

import pytest
import torch

from attnbook import train
from small_training import (
    RATES,
    assert_alike,
    batches_of,
    joined,
    loss_of,
    model_of,
    run,
)


@pytest.mark.parametrize("max_norm", [0.05, math.inf])
def test_accumulated_batches_are_one_large_batch(max_norm):
    ours, theirs = model_of(), model_of()
    parts = list(batches_of(12))
    small = run(ours, parts, accumulate=3, max_norm=max_norm)
    whole = [joined(parts[start : start + 3]) for start in range(0, 12, 3)]
    large = run(theirs, whole, max_norm=max_norm)
    for one, other in zip(small, large, strict=True):
        assert one == pytest.approx(other)
    assert_alike(ours, theirs)


def test_the_mean_of_the_means_would_be_another_step():
    model, parts = model_of(), list(batches_of(3))
    means = [loss_of(model, part).mean for part in parts]
    of_all = loss_of(model, joined(parts)).mean
    assert abs(sum(means) / 3 - of_all) > 0.01


def test_a_step_waits_for_all_of_its_batches_and_the_rate_moves_once_a_step():
    model, drawn, rates = model_of(), [], []
    before = model[1].weight.detach().clone()

    def watched():
        for batch in batches_of(8):
            drawn.append(model[1].weight.equal(before))
            yield batch

    def schedule(step):
        rates.append(step)
        return RATES[step]

    optimizer = torch.optim.SGD(model.parameters())
    records = train(
        model, optimizer, watched(), loss_of, schedule, steps=4, accumulate=4
    )
    assert drawn == rates == []
    assert next(records).step == 1
    assert drawn == [True] * 4
    assert not model[1].weight.equal(before)
    assert [record.step for record in records] == [2]
    assert rates == [1, 2]


def test_what_is_left_over_makes_a_last_smaller_step():
    ours, theirs = model_of(), model_of()
    parts = list(batches_of(5))
    records = run(ours, parts, accumulate=3)
    run(theirs, [joined(parts[:3]), joined(parts[3:])])
    assert [record.step for record in records] == [1, 2]
    assert_alike(ours, theirs)


def test_no_batch_too_many_is_taken():
    batches = batches_of(12)
    run(model_of(), batches, steps=3, accumulate=2)
    assert len(list(batches)) == 6
