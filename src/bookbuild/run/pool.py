"""Our end of the fork server: starts it when first needed, hands it pages, hears the answers."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from bookbuild.settings import Settings

Job = dict[str, Any]

FIXED = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "MATPLOTLIBRC": str(Path(__file__).with_name("matplotlibrc")),
    "COLUMNS": "80",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONIOENCODING": "utf-8",
    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
}


class Pool:
    """Runs jobs side by side in forks of one server, which lives as long as the pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: subprocess.Popen[bytes] | None = None

    def run(
        self, jobs: Iterable[Job], started: Callable[[str], None]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each job's page and the sum of what it told, as they end.

        Args:
            jobs: What to run, in the order in which to start.
            started: Called with each page's path as it starts.
        """
        waiting, running = deque(jobs), dict[str, dict[str, Any]]()
        with tempfile.TemporaryDirectory(prefix="bookbuild-") as scratch:
            while waiting or running:
                while waiting and len(running) < self._settings.jobs:
                    job = waiting.popleft()
                    job["output"] = str(
                        Path(scratch) / f"{job['page'].replace('/', '-')}.txt"
                    )
                    running[job["page"]] = {"line": 1}
                    self._send(job)
                    started(job["page"])
                message = self._receive()
                running[message["page"]].update(message)
                if "exit" in message:
                    crash = (
                        Path(scratch) / f"{message['page'].replace('/', '-')}.txt.crash"
                    )
                    told = running.pop(message["page"])
                    yield message["page"], {**told, "crash": _text(crash)}

    def close(self) -> None:
        """End the server and every page that it runs."""
        if self._server:
            with contextlib.suppress(OSError):
                self._pipe().close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(timeout=5)
            self._server.kill()
            self._server.wait()
            if self._server.stdout:
                self._server.stdout.close()
        self._server = None

    def _pipe(self) -> Any:
        if self._server is None or self._server.poll() is not None:
            self._server = self._start()
        return self._server.stdin

    def _start(self) -> subprocess.Popen[bytes]:
        package = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        command = [
            sys.executable,
            "-P",
            "-m",
            "bookbuild.run.server",
            *self._settings.preload,
        ]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._settings.root,
            env={**os.environ, **FIXED, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C reaches us alone; we end the server
        )

    def _send(self, job: Job) -> None:
        pipe = self._pipe()
        pipe.write((json.dumps(job) + "\n").encode())
        pipe.flush()

    def _receive(self) -> dict[str, Any]:
        """The server's next message about a page."""
        while self._server and self._server.stdout:
            line = self._server.stdout.readline()
            if not line:
                code = self._server.wait()
                self._server = None
                raise RuntimeError(f"the page server ended (exit status {code})")
            message = json.loads(line)
            if "page" in message:
                return message
        raise RuntimeError("the page server is not running")


def _text(file: Path) -> str:
    with contextlib.suppress(OSError):
        return file.read_text(encoding="utf-8", errors="replace")
    return ""
