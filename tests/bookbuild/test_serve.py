"""Serving: an edit shows, only what it touches runs again, a failure shows in place."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Book, fence


class Server:
    """`python -m bookbuild serve`, watched from outside."""

    def __init__(self, book: Book) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = book.root / "mkdocs.yml"
        config.write_text(config.read_text() + f"dev_addr: 127.0.0.1:{self.port}\n")
        self.log = book.root / "serve.log"
        self._stream = self.log.open("ab")  # appends: it is emptied between looks
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bookbuild", "serve"],
            cwd=book.root,
            stderr=self._stream,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        self._stream.close()

    def shows(self, text: str, path: str = "") -> bool:
        """Whether the page shows `text`, within a patient while."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                address = f"http://127.0.0.1:{self.port}/{path}"
                with urllib.request.urlopen(address, timeout=2) as answer:
                    if text in answer.read().decode():
                        return True
            time.sleep(0.1)
        return False

    def ran(self) -> list[str]:
        """The pages that ran since the last call."""
        text = self.log.read_text()
        os.truncate(self.log, 0)
        return sorted(re.findall(r"^ +[\d.]+s  docs/en/(.+)\.md$", text, re.MULTILINE))


@pytest.fixture
def server(book: Book) -> Iterator[Server]:
    book.page("# Home\n\n" + fence("print('home', 1 + 1)"))
    book.page(
        "# A\n\n" + fence("from toy.sums import divide\nprint(divide(8, 2))"), "a"
    )
    server = Server(book)
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.slow
def test_edits_show_and_run_only_what_they_touch(book: Book, server: Server) -> None:
    assert server.shows("<code>home 2\n")
    assert server.shows("<code>dividing\n4\n", "a/")
    assert server.ran() == ["a", "index"]

    book.page("# Home again\n\n" + fence("print('home', 1 + 1)"))
    assert server.shows("Home again")
    assert server.ran() == [], "an edit of prose runs nothing"

    book.page("# Home again\n\n" + fence("print('home', 2 + 1)"))
    assert server.shows("<code>home 3\n")
    assert server.ran() == ["index"]

    module = Path(book.root / "src/toy/sums.py")
    module.write_text(module.read_text().replace("number // by", "number *  by"))
    assert server.shows("<code>dividing\n16\n", "a/")
    assert server.ran() == ["a"], "an edit of a module runs the pages that use it"

    book.page("# Home\n\nbefore\n\n" + fence("print('fine')") + "\n" + fence("1 / 0"))
    assert server.shows('class="bookbuild-failure"')
    assert server.shows("docs/en/index.md:10: ZeroDivisionError")
    assert server.shows("<code>dividing\n16\n", "a/"), "the other pages live on"
    assert server.process.poll() is None

    book.page("# Home\n\n" + fence("print('mended')"))
    assert server.shows("<code>mended\n")
