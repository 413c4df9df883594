"""A crash while a checkpoint is written, or half a file, leaves the earlier one to go on from."""

import shutil

import pytest
import torch

from attnbook import list_checkpoints, load_checkpoint, save_checkpoint, snapshot
from attnbook.training.checkpoint import TRAINING, WEIGHTS
from small_runs import Run


class Breaking:
    """A part whose state cannot be told, as when the disk is full or the power cut."""

    def state_dict(self):
        raise OSError("no space left")

    def load_state_dict(self, state):
        raise AssertionError


def test_a_crash_while_writing_leaves_the_earlier_one_whole(tmp_path):
    run = Run()
    run.go(1, 3)
    save_checkpoint(tmp_path, 3, *run.parts, keep=1)
    saved = snapshot(run.model)
    for step in (3, 4):
        run.go(4, 4)
        with pytest.raises(OSError, match="no space left"):
            save_checkpoint(tmp_path, step, *run.parts[:2], Breaking(), keep=1)
        assert [it.name for it in list_checkpoints(tmp_path)] == ["step-00000003"]
    other = Run(seed=7)
    assert load_checkpoint(list_checkpoints(tmp_path)[-1], *other.parts) == 3
    torch.testing.assert_close(snapshot(other.model), saved, rtol=0, atol=0)
    place = save_checkpoint(tmp_path, 4, *run.parts, keep=1)
    assert [it.name for it in list_checkpoints(tmp_path)] == [place.name]


def test_a_crash_while_an_old_one_is_removed_leaves_no_half_of_it(
    tmp_path, monkeypatch
):
    def half_removed(folder):
        next(folder.iterdir()).unlink()
        raise OSError("killed")

    run = Run()
    save_checkpoint(tmp_path, 1, *run.parts)
    for step in (1, 2):
        with monkeypatch.context() as crash:
            crash.setattr(shutil, "rmtree", half_removed)
            with pytest.raises(OSError, match="killed"):
                save_checkpoint(tmp_path, step, *run.parts, keep=1)
        for place in list_checkpoints(tmp_path):
            load_checkpoint(place, *run.parts)
        save_checkpoint(tmp_path, step, *run.parts, keep=1)
        assert [it.name for it in tmp_path.iterdir()] == [f"step-0000000{step}"]


@pytest.mark.parametrize("name", [WEIGHTS, TRAINING])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_cut_short_is_named_and_the_earlier_one_serves(tmp_path, name, share):
    run = Run()
    for step in (1, 2):
        run.go(step, step)
        save_checkpoint(tmp_path, step, *run.parts)
    earlier, newest = list_checkpoints(tmp_path)
    content = (newest / name).read_bytes()
    (newest / name).write_bytes(content[: int(share * len(content))])
    other = Run(seed=7)
    before = snapshot(other.model)
    with pytest.raises(ValueError, match=rf"step-00000002.*{name} is cut short"):
        load_checkpoint(newest, *other.parts)
    torch.testing.assert_close(snapshot(other.model), before, rtol=0, atol=0)
    assert load_checkpoint(earlier, *other.parts) == 1
