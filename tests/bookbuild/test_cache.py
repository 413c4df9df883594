"""What runs again, and what does not: exactly what an edit can have changed."""

import re
import signal
import subprocess
import sys
import time

import pytest

from .conftest import Book, fence

TWO_PAGES = {
    "with-module": "# A\n\n"
    + fence("from toy.sums import divide\nprint(divide(7, 2))"),
    "without": "# B\n\n" + fence("print('no module here')"),
}


@pytest.fixture
def run_book(book: Book) -> Book:
    for name, text in TWO_PAGES.items():
        book.page(text, name)
    assert "2 run, 0 from the cache" in book.press("check").text
    return book


def test_nothing_changed_runs_nothing(run_book: Book) -> None:
    assert "0 run, 2 from the cache" in run_book.press("check").text


def test_prose_comments_and_layout_change_nothing(run_book: Book) -> None:
    text = TWO_PAGES["without"].replace("# B", "# Title\n\nMore prose.")
    run_book.page(text.replace("print(", "# a comment\nprint( "), "without")
    assert "0 run, 2 from the cache" in run_book.press("check").text


def test_one_block_edited_runs_one_page(run_book: Book) -> None:
    run_book.page(TWO_PAGES["without"].replace("no module", "nothing"), "without")
    assert "1 run, 1 from the cache" in run_book.press("check").text


def test_one_module_edited_runs_the_pages_that_use_it(run_book: Book) -> None:
    source = run_book.root / "src/toy/sums.py"
    before = source.read_text()
    source.write_text(before.replace("//", "%"))  # same size, same second
    told = run_book.press("check")
    assert "1 run, 1 from the cache" in told.text
    assert "with-module.md" in told.text
    source.write_text(before)
    assert "0 run, 2 from the cache" in run_book.press("check").text, (
        "old results are still there"
    )


def test_the_result_is_that_of_the_edited_module(book: Book) -> None:
    book.page(TWO_PAGES["with-module"])
    book.press("build")
    assert "3\n" in book.built()
    source = book.root / "src/toy/sums.py"
    source.write_text(source.read_text().replace("//", "*"))
    book.press("build")
    assert "14\n" in book.built()


def test_a_file_that_a_block_reads_counts(book: Book) -> None:
    data = book.write("data/numbers.txt", "1 2 3")
    book.page(fence("print(open('data/numbers.txt').read())"))
    book.press("check")
    assert "0 run, 1 from" in book.press("check").text
    data.write_text("4 5 6")
    assert "1 run, 0 from" in book.press("check").text


def test_a_page_that_reads_its_own_source_depends_on_its_comments(book: Book) -> None:
    code = "import inspect\ndef f():\n    return 1  # one\nprint(inspect.getsource(f))"
    book.page(fence(code))
    book.press("check")
    book.page(fence(code.replace("# one", "# uno")))
    assert "1 run, 0 from" in book.press("check").text


def test_a_page_that_starts_processes_is_not_cached_unless_it_declares(
    book: Book,
) -> None:
    code = fence(
        "import subprocess\nprint(subprocess.check_output(['cat', 'data.txt']))"
    )
    book.write("data.txt", "one")
    book.page(code)
    book.press("check")
    told = book.press("check")
    assert "1 run, 0 from" in told.text
    assert "not cached (starts processes): docs/en/index.md" in told.text
    book.page("---\ndepends: data.txt\n---\n" + code)
    book.press("check")
    assert "0 run, 1 from" in book.press("check").text
    book.write("data.txt", "two")
    assert "1 run, 0 from" in book.press("check").text


def damage_cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def damage_changed(data: bytes) -> bytes:
    return data.replace(b"no module", b"no murder")


def damage_foreign(data: bytes) -> bytes:
    return b'{"someone": "else"}'


def damage_binary(data: bytes) -> bytes:
    return b"\xff\x00" * 100


@pytest.mark.parametrize(
    "damage", [damage_cut, damage_changed, damage_foreign, damage_binary]
)
def test_a_damaged_entry_is_run_again(run_book: Book, damage) -> None:
    for file in (run_book.root / ".bookbuild/runs").glob("*.json"):
        file.write_bytes(damage(file.read_bytes()))
    told = run_book.press("check")
    assert told.code == 0
    assert "0 from the cache" in told.text or damage is damage_changed
    assert "0 run, 2 from the cache" in run_book.press("check").text
    run_book.press("build")
    assert "no module here" in run_book.built("without")


def test_an_old_unused_entry_goes(run_book: Book) -> None:
    import os

    entries = list((run_book.root / ".bookbuild/runs").glob("*.json"))
    long_ago = time.time() - 40 * 24 * 3600
    for file in entries:
        os.utime(file, (long_ago, long_ago))
    run_book.page(TWO_PAGES["without"].replace("no module", "nothing"), "without")
    run_book.press("check")
    kept = set((run_book.root / ".bookbuild/runs").glob("*.json"))
    assert len(kept & set(entries)) == 1, "what is used stays, what is not goes"


def test_two_builds_at_once_do_not_disturb_each_other(book: Book) -> None:
    for number in range(4):
        book.page(
            fence(f"import time\ntime.sleep(0.2)\nprint({number})"), f"page-{number}"
        )
    book.page("# Home")
    command = [sys.executable, "-m", "bookbuild", "build"]
    both = [
        subprocess.Popen(command, cwd=book.root, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ran = 0
    for process in both:
        _, text = process.communicate(timeout=60)
        assert process.returncode == 0, text
        ran += int(re.search(r"blocks: (\d+) run", text)[1])
    assert ran == 4, "a page that one build was running was run by the other, too"
    assert "<code>3\n" in book.built("page-3")
    assert not list((book.root / ".bookbuild").glob("site-*"))


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_build_leaves_no_orphan_and_no_broken_cache(
    book: Book, blow: signal.Signals
) -> None:
    mark = f"press-test-{time.monotonic_ns()}"
    sleep = f"[sys.executable, '-c', 'import time; time.sleep(50)', '{mark}']"
    sleeper = f"import subprocess, sys\nsubprocess.run({sleep})"
    book.page("---\ndepends: []\n---\n" + fence(sleeper))
    book.page(fence("print('quick')"), "quick")
    process = subprocess.Popen(
        [sys.executable, "-m", "bookbuild", "build"],
        cwd=book.root,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,
    )
    assert _eventually(lambda: mark in _processes())
    process.send_signal(blow)
    process.wait(timeout=20)
    assert _eventually(lambda: mark not in _processes())
    assert _eventually(lambda: str(book.root) not in _processes())
    book.page(fence("print('well')"))
    assert book.press("build").code == 0


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job ignores it


def _processes() -> str:
    return subprocess.run(
        ["ps", "axww", "-o", "args"], capture_output=True, text=True
    ).stdout


def _eventually(condition) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
