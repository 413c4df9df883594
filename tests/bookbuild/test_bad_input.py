"""Whatever a page does, the author is told where and why, and nothing is lost."""

import subprocess
import sys

import pytest

from .conftest import Book, fence

GOOD = "# Good\n\n" + fence("print('all is well')")

BAD = {
    "a syntax error": (fence("x = 1\ny = (2"), "bad.md:5", "SyntaxError"),
    "an exception": (fence("x = 0\n1 / x"), "bad.md:5", "ZeroDivisionError"),
    "an exception inside src": (
        fence("from toy.sums import divide\nprint(1)\ndivide(1, 0)"),
        "bad.md:6",
        'File "src/toy/sums.py", line 3, in divide',
    ),
    "an expected exception that does not come": (
        fence("int('7')", 'raises="ValueError"'),
        "bad.md:4",
        "must raise ValueError, and raised nothing",
    ),
    "another exception than expected": (
        fence("[][1]", 'raises="ValueError"'),
        "bad.md:4",
        "IndexError",
    ),
    "sys.exit": (fence("import sys\nsys.exit(0)"), "bad.md:5", "SystemExit: 0"),
    "os._exit": (fence("import os\nos._exit(3)"), "bad.md:4", "(exit status 3)"),
    "a crash": (
        fence("import ctypes\nx = 1\nctypes.string_at(0)"),
        "bad.md:6",
        "(signal SIGSEGV)",
    ),
    "an endless loop": (
        fence("x = 1\nwhile True:\n    x += 1", 'timeout="0.5"'),
        "bad.md:",
        "ran longer than 0.5 s",
    ),
    "an endless loop that swallows exceptions": (
        fence(
            "while True:\n    try:\n        x = 1\n    except Exception: pass",
            'timeout="0.5"',
        ),
        "bad.md:",
        "ran longer than 0.5 s",
    ),
    "a wait that cannot be interrupted": (
        fence(
            "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(60)",
            'timeout="0.5"',
        ),
        "bad.md:4",
        "deaf to the clock",
    ),
    "too much output": (
        fence("for number in range(10**6):\n    print('x' * 100)"),
        "bad.md:5",
        "printed more than 1,000,000 bytes",
    ),
    "too much output from another process": (
        "---\ndepends: []\n---\n" + fence("import subprocess\nsubprocess.run(['yes'])"),
        "bad.md:7",
        "printed more than 1,000,000 bytes",
    ),
    "a connection": (
        fence("import socket\nsocket.create_connection(('127.0.0.1', 9))"),
        "bad.md:5",
        "a page runs without a network",
    ),
    "a connection, swallowed": (
        fence(
            "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9))\n"
            "except OSError:\n    print('never mind')"
        ),
        "bad.md:4",
        "a page runs without a network",
    ),
    "a name looked up": (
        fence("import socket\nsocket.gethostbyname('example.org')"),
        "bad.md:5",
        "a page runs without a network",
    ),
    "an unclosed fence": ('```python exec="1"\nprint(1)\n', "bad.md:3", "never closed"),
    "a fence whose code leaves its list": (
        '- item\n\n    ```python exec="1"\nprint(1)\n    ```\n',
        "bad.md:5",
        "line 6 is indented less than its opening",
    ),
    "a doubled id": (
        fence("x = 1", 'id="one"') + "\n" + fence("x = 2", 'id="one"'),
        "bad.md:7",
        "block id 'one' is taken by the block at line 3",
    ),
    "an inline expression that fails": (
        "text {{= nothing }}\n",
        "bad.md:3",
        "NameError",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_each_fault_is_told_with_its_place(book: Book, name: str) -> None:
    text, place, message = BAD[name]
    front, separator, rest = text.partition("---\n```")
    page = f"{front}---\n# Bad\n\n```{rest}" if separator else f"# Bad\n\n{text}"
    book.page(page, "bad")
    book.page(GOOD, "good")

    told = book.press("check")

    assert told.code == 1
    assert f"ERROR docs/en/{place}" in told.text
    assert message in told.text
    assert "bookbuild/run" not in told.text, "the press's own frames are of no use here"
    again = book.press("check")
    assert "1 from the cache" in again.text, "what the good page computed is kept"


def test_every_failing_page_is_told_at_once(book: Book) -> None:
    for number in range(4):
        book.page(fence(f"raise ValueError({number})"), f"page-{number}")
    told = book.press("check")
    assert told.code == 1
    assert all(
        f"docs/en/page-{number}.md:2: ValueError: {number}" in told.text
        for number in range(4)
    )


def test_front_matter_that_is_no_yaml_is_told_with_its_line(book: Book) -> None:
    book.page("---\ntitle: A\ndescription: one: two\n---\n# A\n")
    told = book.press("check")
    assert told.code == 1
    assert "ERROR docs/en/index.md:3: the front matter is no YAML" in told.text


def test_the_excerpt_shows_the_line_and_its_surroundings(book: Book) -> None:
    book.page("# Title\n\n" + fence("first = 1\nsecond = first / 0\nthird = 3"))
    told = book.press("check")
    assert "  4 | first = 1\n> 5 | second = first / 0\n  6 | third = 3\n" in told.text


def test_a_failing_build_leaves_the_last_good_site(book: Book) -> None:
    book.page(GOOD)
    assert book.press("build").code == 0
    good = book.files()
    book.page(fence("1 / 0"))
    told = book.press("build")
    assert told.code == 1
    assert "docs/en/index.md:2: ZeroDivisionError" in told.text
    assert book.files() == good


@pytest.mark.parametrize(
    "flags", [(), ("--strict",), ("--quiet",), ("--strict", "--quiet")]
)
def test_mkdocs_itself_fails_whatever_the_flags(
    book: Book, flags: tuple[str, ...]
) -> None:
    book.page(fence("import sys\nsys.exit(0)"))
    command = [sys.executable, "-m", "mkdocs", "build", *flags]
    done = subprocess.run(
        command, cwd=book.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "docs/en/index.md:3: SystemExit: 0" in done.stderr


def test_an_unknown_setting_is_named(book: Book) -> None:
    book.write("pyproject.toml", "[tool.bookbuild]\npaegs = 'docs'\n")
    told = book.press("check")
    assert told.code == 2
    assert "no setting named 'paegs'" in told.text


def test_a_figure_needs_a_text_alternative(book: Book) -> None:
    book.page(
        fence(
            "class Dot:\n    def _repr_svg_(self):\n        return '<svg></svg>'\nDot()"
        )
    )
    told = book.press("build")
    assert told.code == 1
    assert "docs/en/index.md:1: this block draws a figure" in told.text


def test_a_quote_in_a_result_of_a_text_alternative_is_told(book: Book) -> None:
    book.page(
        '```python exec="1" alt="It says {{= told["x"] }}."\n'
        "class Dot:\n    def _repr_svg_(self):\n        return '<svg></svg>'\n"
        "told = {'x': 1}\nDot()\n```"
    )
    told = book.press("build")
    assert told.code == 1
    assert "docs/en/index.md:1: an inline result in alt or caption is cut" in told.text
