"""The cache: what pages gave, kept under what they depend on.

An entry's key says what ran (code, versions); the entry itself lists the files that the run
read, each with its hash. It counts only while all of them are as they were. Several entries
may share a key, so going back to an earlier state of the code finds its results again.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

DAYS_KEPT = 30


class Store:
    """A folder of entries, safe to share between builds that run at the same time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "runs"

    def find(self, key: str, hash_of: Callable[[str], str]) -> dict[str, Any] | None:
        """The newest entry of `key` whose files are all as they were.

        Args:
            key: What ran.
            hash_of: The hash of a project file as it is now, by its path.
        """
        entries = sorted(self._folder.glob(f"{key}-*.json"), key=_age)
        for file in entries:
            entry = _read(file)
            if entry is None:
                file.unlink(missing_ok=True)
            elif all(hash_of(path) == known for path, known in entry["reads"].items()):
                with contextlib.suppress(OSError):
                    os.utime(file)
                return entry
        return None

    def claim(self, key: str, wait: bool = False) -> IO[str] | None:
        """Say that one is about to compute `key`, so that another build does not, too.

        Args:
            key: What will run.
            wait: Whether to wait for a build that has said so before.

        Returns:
            What to close when it is done, or None where another build is at it.
        """
        place = self._folder.parent / "claims"
        place.mkdir(parents=True, exist_ok=True)
        file = (place / key).open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            file.close()
            return None
        return file

    def keep(self, key: str, entry: dict[str, Any]) -> None:
        """Write what is worth keeping of `entry`, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        entry = {name: entry[name] for name in ("outputs", "reads", "seconds", "cpu")}
        body = json.dumps(entry, sort_keys=True)
        files = hashlib.sha256(json.dumps(entry["reads"], sort_keys=True).encode())
        target = self._folder / f"{key}-{files.hexdigest()[:16]}.json"
        write_whole(target, f"{_sum(body)}\n{body}")

    def times(self) -> dict[str, float]:
        """How many seconds pages took when they last ran."""
        try:
            return json.loads(
                (self._folder.parent / "times.json").read_text(encoding="utf-8")
            )
        except (OSError, ValueError):
            return {}

    def remember(self, times: dict[str, float]) -> None:
        """Note how long pages took, for the order of the next build."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(
            self._folder.parent / "times.json", json.dumps(times, sort_keys=True)
        )

    def prune(self) -> None:
        """Drop what no build has used for a month."""
        oldest = time.time() - DAYS_KEPT * 24 * 3600
        claims = self._folder.parent / "claims"
        for file in [*self._folder.glob("*"), *claims.glob("*")]:
            with contextlib.suppress(OSError):
                if file.stat().st_mtime < oldest:
                    file.unlink()


def write_whole(target: Path, text: str) -> None:
    """Put `text` into `target` so that no reader ever sees half of it."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(target)


def _read(file: Path) -> dict[str, Any] | None:
    """An entry that is what was written, or None."""
    try:
        head, _, body = file.read_text(encoding="utf-8").partition("\n")
        return json.loads(body) if head == _sum(body) else None
    except (OSError, ValueError):
        return None


def _age(file: Path) -> float:
    try:
        return -file.stat().st_mtime
    except OSError:
        return 0.0


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
