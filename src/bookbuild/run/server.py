"""The fork server: loads the heavy libraries once, then forks a clean process for each page.

It reads jobs as JSON lines from standard input and writes messages as JSON lines to standard
output. It loads none of the project's code, so every fork sees that code as it is on disk.
Its life hangs on standard input: when that closes, for whatever reason, every page dies with it.
"""

import contextlib
import gc
import importlib
import os
import selectors
import signal
import sys
import threading
import time
from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path
from typing import Any, BinaryIO

from bookbuild.run.worker import run_page

GRACE = 2.0
"""Seconds past its deadline after which a page that does not hear its clock is killed."""


@dataclass
class Child:
    """A page that is running."""

    job: dict[str, Any]
    pid: int
    buffer: bytes = b""
    deadline: float = float("inf")
    printed: int = 0
    cause: str = ""
    status: int | None = None


class Server:
    """Forks pages, passes their messages on, and ends those that run away."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, Child] = {}
        self._lifeline, self._life = os.pipe()

    def serve(self, source: BinaryIO) -> None:
        """Work until `source` closes."""
        self._selector.register(source, selectors.EVENT_READ)
        pending = b""
        while True:
            for key, _ in self._selector.select(0.1 if self._children else None):
                if key.fileobj is not source:
                    self._hear(key.fd)
                    continue
                data = os.read(source.fileno(), 1 << 16)
                if not data:
                    self._kill_all()
                    return
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    self._fork(loads(line))
            self._watch()

    def _fork(self, job: dict[str, Any]) -> None:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            ours = [0, self._output.fileno(), self._life, reader, *self._children]
            _live(job, writer, self._lifeline, ours)
        os.close(writer)
        self._children[reader] = Child(job, pid)
        self._selector.register(reader, selectors.EVENT_READ)

    def _hear(self, reader: int) -> None:
        child = self._children[reader]
        data = os.read(reader, 1 << 20)
        *lines, child.buffer = (child.buffer + data).split(b"\n")
        for line in lines:
            message = loads(line)
            child.deadline = message.get("deadline", child.deadline)
            child.printed = message.get("printed", child.printed)
            self._tell(child, message)
        if not data:
            self._bury(reader, child)

    def _bury(self, reader: int, child: Child) -> None:
        self._selector.unregister(reader)
        os.close(reader)
        del self._children[reader]
        if child.status is None:
            _, child.status = os.waitpid(child.pid, 0)
        _kill_group(child.pid)  # whatever the page started dies with it
        code = os.waitstatus_to_exitcode(child.status)
        self._tell(child, {"exit": code, "cause": child.cause})

    def _watch(self) -> None:
        """End the pages that hang where Python cannot see it, or whose children print on."""
        for child in self._children.values():
            pid, status = (
                os.waitpid(child.pid, os.WNOHANG) if child.status is None else (0, 0)
            )
            if pid:  # a process that it left behind may hold its channel open
                child.status = status
                _kill_group(child.pid)
            late = time.monotonic() > child.deadline + GRACE
            size = 0
            with contextlib.suppress(OSError):
                size = Path(child.job["output"]).stat().st_size
            if late or size - child.printed > 4 * child.job["limit"]:
                child.cause = "time" if late else "output"
                _kill_group(child.pid)

    def _tell(self, child: Child, message: dict[str, Any]) -> None:
        line = dumps({"page": child.job["page"], **message}) + "\n"
        self._output.write(line.encode())
        self._output.flush()

    def _kill_all(self) -> None:
        for child in self._children.values():
            _kill_group(child.pid)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _live(job: dict[str, Any], writer: int, lifeline: int, not_ours: list[int]) -> None:
    """The life of a forked child: run the page, report, and go without a trace."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for descriptor in not_ours:
        os.close(descriptor)
    os.open(os.devnull, os.O_RDONLY)
    threading.Thread(target=_die_with_server, args=(lifeline,), daemon=True).start()
    with open(writer, "wb", buffering=0) as channel:

        def send(message: dict[str, Any]) -> None:
            data = (dumps(message) + "\n").encode()
            while data:
                data = data[channel.write(data) or 0 :]

        with contextlib.suppress(BrokenPipeError):
            run_page(job, send)
    os._exit(0)


def _die_with_server(lifeline: int) -> None:
    """Wait for what never comes: the pipe closes only when the server is gone."""
    os.read(lifeline, 1)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Load the libraries named on the command line, say so, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started us
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for name in sys.argv[1:]:
        importlib.import_module(name)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    gc.collect()
    gc.freeze()  # shared with every fork: a collection must not touch, and so copy, it
    output.write(b'{"ready": true}\n')
    output.flush()
    Server(output).serve(sys.stdin.buffer)


if __name__ == "__main__":
    main()
