"""The folder of checkpoints: whole ones under their names, and nothing else for long."""

import pytest

from attnbook import list_checkpoints
from attnbook.training.folder import keep_last, new_checkpoint


def write(folder, step, text):
    with new_checkpoint(folder, step) as draft:
        (draft / "file").write_text(text)
        assert draft not in list_checkpoints(folder)


def names(folder):
    return sorted(it.name for it in folder.iterdir())


def test_a_checkpoint_has_its_name_when_it_is_written(tmp_path):
    folder = tmp_path / "not" / "there"
    assert list_checkpoints(folder) == []
    for step in (20, 99_999_999, 100_000_000):
        write(folder, step, f"{step}")
    written = list_checkpoints(folder)
    assert sorted(it.name for it in written) == names(folder)
    assert [it.name for it in written][::2] == ["step-00000020", "step-100000000"]
    texts = [(it / "file").read_text() for it in written]
    assert texts == ["20", "99999999", "100000000"]


def test_an_error_while_writing_leaves_what_was_there(tmp_path):
    write(tmp_path, 3, "old")
    for step in (3, 4):
        with pytest.raises(TypeError):
            write(tmp_path, step, text=None)
        assert [it.name for it in list_checkpoints(tmp_path)] == ["step-00000003"]
        assert (list_checkpoints(tmp_path)[0] / "file").read_text() == "old"
    write(tmp_path, 3, "new")
    assert names(tmp_path) == ["step-00000003"]
    assert (list_checkpoints(tmp_path)[0] / "file").read_text() == "new"


def test_the_newest_are_kept(tmp_path):
    for step in (0, 1, 2, 10, 11):
        write(tmp_path, step, "")
    keep_last(tmp_path, 7)
    assert len(names(tmp_path)) == 5
    keep_last(tmp_path, 2)
    assert names(tmp_path) == ["step-00000010", "step-00000011"]


def test_steps_go_forward(tmp_path):
    write(tmp_path, 5, "")
    with pytest.raises(ValueError, match=r"not be before step-00000005 of .*, got 4"):
        write(tmp_path, 4, "")
    with pytest.raises(ValueError, match="step must be at least 0, got -1"):
        write(tmp_path, -1, "")
    assert names(tmp_path) == ["step-00000005"]
