"""How long a reader of a served page waits for an edit."""

import contextlib
import socket
import statistics
import subprocess
import time
import urllib.request
from pathlib import Path

EDITS = 5


def seconds_until_served(folder: Path, command: list[str]) -> float:
    """The median time from an edit of one line of prose until the page shows it.

    Args:
        folder: The book.
        command: What serves it, before the word `serve`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "mkdocs.yml"
    config.write_text(f"{config.read_text()}\ndev_addr: 127.0.0.1:{port}\n")
    page = folder / "docs/en/page-01.md"
    server = subprocess.Popen(
        [*command, "serve"], cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, "Page 1")
        return statistics.median(_edit(page, port, number) for number in range(EDITS))
    finally:
        server.terminate()
        server.wait()


def _edit(page: Path, port: int, number: int) -> float:
    time.sleep(0.5)
    page.write_text(f"{page.read_text()}\n\nEdited for the {number}th time.\n")
    start = time.monotonic()
    _wait(port, f"Edited for the {number}th time.")
    return time.monotonic() - start


def _wait(port: int, text: str) -> None:
    address = f"http://127.0.0.1:{port}/page-01/"
    for _ in range(6000):
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(address, timeout=5) as answer,
        ):
            if text in answer.read().decode():
                return
        time.sleep(0.02)
    raise RuntimeError(f"{address} never showed {text!r}")
