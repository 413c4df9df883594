"""Catches everything that a block prints, whoever prints it.

File descriptors 1 and 2 are pointed at a file, so that libraries, C code and child
processes are caught as well as `print`. What Python prints also passes a counter, which
stops a runaway block at the very line that went too far.
"""

import io
import os
import sys
from pathlib import Path
from typing import Any


class OutputLimitError(Exception):
    """A block printed more than a page can show."""


class Capture:
    """The process's output from now on, one block at a time."""

    def __init__(self, file: Path, limit: int) -> None:
        self._limit = limit
        self.start = 0
        with file.open("wb") as target:
            for descriptor in (1, 2):
                os.dup2(target.fileno(), descriptor)
        self._reader = file.open("rb")
        sys.stdout = self._stream(1)
        sys.stderr = self._stream(2)
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr

    def _stream(self, descriptor: int) -> io.TextIOWrapper:
        # Unbuffered, so that the two streams mix in the order of their lines.
        raw: Any = _Counted(descriptor, self)
        return io.TextIOWrapper(
            raw,
            encoding="utf-8",
            errors="backslashreplace",
            newline="\n",
            write_through=True,
        )

    def check(self) -> None:
        """Refuse what has been printed since the last `take`, if it is too much."""
        size = os.fstat(self._reader.fileno()).st_size - self.start
        if size > self._limit:
            raise OutputLimitError(f"the block printed more than {self._limit:,} bytes")

    def take(self) -> str:
        """The text printed since the last call."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self.check()
        self._reader.seek(self.start)
        data = self._reader.read()
        self.start += len(data)
        return data.decode("utf-8", errors="backslashreplace")


class _Counted(io.RawIOBase):
    """A raw stream that stops at the capture's limit."""

    def __init__(self, descriptor: int, capture: Capture) -> None:
        self._descriptor = descriptor
        self._capture = capture

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Any) -> int:
        written = os.write(self._descriptor, data)
        self._capture.check()
        return written
