"""A folder of checkpoints: each is a folder in it, and is whole or not there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def list_checkpoints(folder: str | Path) -> list[Path]:
    """List the complete checkpoints of a training.

    Args:
        folder: where they are; need not exist.

    Returns:
        Their folders, the oldest step first.
    """
    whole = (it for it in Path(folder).glob("step-*") if it.suffix != ".part")
    return sorted(whole, key=_step)


@contextmanager
def new_checkpoint(folder: str | Path, step: int) -> Iterator[Path]:
    """Make a folder to write a checkpoint in, and give it its name when all is written.

    Until then it ends in `.part`, and what else may be there under its name stays. Parts
    of checkpoints that a crash has left behind are cleared away.

    Args:
        folder: where the checkpoints are; is made where it is not there.
        step: the step that the checkpoint is of.

    Yields:
        The folder to write in.

    Raises:
        ValueError: `step` is below 0, or before one that the folder has already.
    """
    if step < 0:
        raise ValueError(f"step must be at least 0, got {step}")
    place = Path(folder) / f"step-{step:08d}"
    later = [it.name for it in list_checkpoints(folder) if _step(it) > step]
    if later:
        raise ValueError(f"step must not be before {later[-1]} of {folder}, got {step}")
    for unfinished in Path(folder).glob("step-*.part"):
        shutil.rmtree(unfinished)
    draft = place.with_name(place.name + ".part")
    draft.mkdir(parents=True)
    yield draft
    for file in draft.iterdir():
        _flush(file)
    if place.exists():
        _remove(place)
    draft.rename(place)


def keep_last(folder: str | Path, count: int) -> None:
    """Remove all checkpoints but the newest.

    Args:
        folder: where they are.
        count: how many to keep, at least 1.
    """
    for old in list_checkpoints(folder)[:-count]:
        _remove(old)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix("step-"))


def _flush(path: Path) -> None:
    # Renaming is quick, the disk is slow: without this a power cut could leave a complete
    # name on an empty file.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove(checkpoint: Path) -> None:
    # Renamed first, since a folder that is half removed must not pass for a checkpoint.
    going = checkpoint.with_name(checkpoint.name + ".old.part")
    checkpoint.rename(going)
    shutil.rmtree(going)
