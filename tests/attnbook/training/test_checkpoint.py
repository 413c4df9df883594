"""Checkpoints: go on to the last bit, refuse what does not fit. (A crash: a file of its own.)"""

from functools import partial

import pytest
import torch

from attnbook import (
    average_weights,
    list_checkpoints,
    load_checkpoint,
    load_weights,
    save_checkpoint,
    snapshot,
)
from attnbook.training.checkpoint import CONFIG, TRAINING, WEIGHTS
from small_runs import Run

CONFIG_HERE = {"d_model": 5, "num_heads": 1, "sizes": (2, 3), "tie": "all"}


@pytest.mark.parametrize(
    "optimizer",
    [
        torch.optim.Adam,
        partial(torch.optim.AdamW, amsgrad=True),
        partial(torch.optim.SGD, momentum=0.9),
    ],
)
@pytest.mark.parametrize("broken_at", [1, 5, 6])
def test_a_resumed_training_is_the_uninterrupted_one_to_the_last_bit(
    tmp_path, optimizer, broken_at
):
    whole = Run(optimizer=optimizer)
    records = whole.go(1, 13)

    first = Run(optimizer=optimizer)
    before = first.go(1, broken_at)
    save_checkpoint(tmp_path, broken_at, *first.parts)
    first.go(broken_at + 1, 13)  # what happens to the first one is of no concern

    second = Run(seed=7, optimizer=optimizer)
    second.go(1, 2)
    step = load_checkpoint(list_checkpoints(tmp_path)[-1], *second.parts)
    assert step == broken_at
    assert before + second.go(step + 1, 13) == records
    for ours, theirs in zip(
        second.model.parameters(), whole.model.parameters(), strict=True
    ):
        assert ours.equal(theirs)
    assert second.model.output.weight is second.model.embedding.weight
    assert next(second.data).src_ids.equal(next(whole.data).src_ids)


def test_saving_changes_nothing(tmp_path):
    whole, saved = Run(), Run()
    torch.manual_seed(3)
    records = whole.go(1, 6)
    torch.manual_seed(3)
    again = saved.go(1, 3)
    save_checkpoint(tmp_path, 3, *saved.parts)
    assert again + saved.go(4, 6) == records


def test_the_weights_are_a_file_that_stands_alone(tmp_path):
    run = Run()
    place = save_checkpoint(tmp_path, 0, *run.parts)
    assert place == tmp_path / "step-00000000"
    torch.testing.assert_close(load_weights(place / WEIGHTS), snapshot(run.model))
    names = sorted(file.name for file in place.iterdir())
    assert names == sorted([WEIGHTS, TRAINING, CONFIG])


def test_the_last_few_are_kept_in_order_and_can_be_averaged(tmp_path):
    run, snapshots = Run(), []
    assert list_checkpoints(tmp_path / "none") == []
    for step in (8, 9, 10, 11):
        run.go(step, step)
        snapshots.append(snapshot(run.model))
        save_checkpoint(tmp_path, step, *run.parts, keep=3)
    kept = list_checkpoints(tmp_path)
    assert [it.name for it in kept] == [
        "step-00000009",
        "step-00000010",
        "step-00000011",
    ]
    mean = average_weights(load_weights(place / WEIGHTS) for place in kept)
    torch.testing.assert_close(mean, average_weights(snapshots[1:]))
    run.model.load_state_dict(mean)
    assert run.model.output.weight is run.model.embedding.weight


def test_the_same_step_is_replaced_and_an_earlier_one_is_refused(tmp_path):
    run = Run()
    save_checkpoint(tmp_path, 5, *run.parts)
    run.go(1, 1)
    place = save_checkpoint(tmp_path, 5, *run.parts)
    torch.testing.assert_close(load_weights(place / WEIGHTS), snapshot(run.model))
    assert list_checkpoints(tmp_path) == [place]
    with pytest.raises(ValueError, match=r"not be before step-00000005 of .*, got 4"):
        save_checkpoint(tmp_path, 4, *run.parts)


def test_another_configuration_is_refused_by_the_names_of_its_fields(tmp_path):
    run = Run()
    place = save_checkpoint(tmp_path, 1, *run.parts, config=CONFIG_HERE)
    other = Run(seed=7)
    before = snapshot(other.model)
    changed = {**CONFIG_HERE, "d_model": 7, "tie": "none"}
    with pytest.raises(
        ValueError,
        match=r"configuration: d_model \(5 there, 7 here\), tie \('all' .*, 'none' .*\)$",
    ):
        load_checkpoint(place, *other.parts, config=changed)
    more = {**CONFIG_HERE, "d_ff": 3}
    with pytest.raises(
        ValueError, match=r"configuration: d_ff \(None there, 3 here\)$"
    ):
        load_checkpoint(place, *other.parts, config=more)
    torch.testing.assert_close(snapshot(other.model), before, rtol=0, atol=0)
    assert load_checkpoint(place, *other.parts, config=CONFIG_HERE) == 1


def test_a_checkpoint_without_a_configuration_is_another_one(tmp_path):
    run = Run()
    place = save_checkpoint(tmp_path, 1, *run.parts)
    with pytest.raises(ValueError, match=r"d_model \(None .*\), num_heads .*, tie"):
        load_checkpoint(place, *run.parts, config=CONFIG_HERE)


def test_another_model_or_optimizer_is_refused_and_left_alone(tmp_path):
    place = save_checkpoint(tmp_path, 1, *Run().parts)
    wider = Run(seed=7, width=7)
    before = snapshot(wider.model)
    with pytest.raises(ValueError, match=r"embedding\.weight \(11, 5\) for \(11, 7\)"):
        load_checkpoint(place, *wider.parts)
    torch.testing.assert_close(snapshot(wider.model), before, rtol=0, atol=0)
    run = Run(seed=7)
    before = snapshot(run.model)
    fewer = torch.optim.Adam([run.model.output.bias])
    with pytest.raises(ValueError, match="parameter group"):
        load_checkpoint(place, run.model, fewer, run.data)
    torch.testing.assert_close(snapshot(run.model), before, rtol=0, atol=0)


def test_data_is_left_alone_where_there_is_none_to_restore(tmp_path):
    run = Run()
    run.go(1, 3)
    place = save_checkpoint(tmp_path, 3, *run.parts)
    other = Run()
    load_checkpoint(place, other.model, other.optimizer)
    assert other.data.state_dict()["taken"] == 0
    bare = save_checkpoint(tmp_path, 4, run.model, run.optimizer)
    with pytest.raises(ValueError, match=r"data must be None, as when .*step-00000004"):
        load_checkpoint(bare, *other.parts)


def test_numbers_that_make_no_checkpoint_are_refused(tmp_path):
    run = Run()
    with pytest.raises(ValueError, match="step must be at least 0, got -1"):
        save_checkpoint(tmp_path, -1, *run.parts)
    with pytest.raises(ValueError, match="keep must be at least 1, got 0"):
        save_checkpoint(tmp_path, 1, *run.parts, keep=0)
    assert list(tmp_path.iterdir()) == []
