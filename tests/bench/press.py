"""The press's table: how much running every page costs, and how little an edit does."""

import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import book
from tests.bench.measure import Cost, cost_of
from tests.bench.serving import seconds_until_served

PRESS = [sys.executable, "-m", "bookbuild"]
PLAIN = [sys.executable, "-m", "mkdocs", "build"]
ONE_THREAD = {"OMP_NUM_THREADS": "1"}

Row = tuple[str, str, str]


def rows() -> Iterator[Row]:
    """Each measure: its name, what came out, the goal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _made_up(folder)
        yield from _own(folder)


def _made_up(folder: Path) -> Iterator[Row]:
    ours, plain, listing = folder / "ours", folder / "plain", folder / "listing"
    ours.mkdir()
    book.write_book(ours)
    shutil.copytree(ours, plain)
    shutil.copytree(ours, listing)
    book.make_plain(plain)
    book.make_plain(listing, executed=False)
    environment = {**ONE_THREAD, "PYTHONPATH": str(plain / "src")}
    slow = cost_of(PLAIN, plain, **environment)
    cold = cost_of([*PRESS, "build"], ours)
    yield from _cold("made-up book", cold, slow)
    yield from _warm("made-up book", ours, cold)
    yield from _edits(ours)
    yield _light(folder)
    served = [
        seconds_until_served(ours, PRESS),
        seconds_until_served(listing, PLAIN[:-1]),
    ]
    ratio = f"{served[0] / served[1]:.2f}x ({served[0]:.1f} s)"
    yield "a prose edit until served / the same with mere listings", ratio, "<= 1.3x"
    yield from _languages(ours, cold)


def _own(folder: Path) -> Iterator[Row]:
    ours, plain = folder / "own", folder / "own-plain"
    for target in (ours, plain):
        target.mkdir()
        book.copy_own(target)
    book.make_plain(plain)
    slow = cost_of(PLAIN, plain, **ONE_THREAD)
    cold = cost_of([*PRESS, "build"], ours)
    yield from _cold("own pages", cold, slow)
    yield from _warm("own pages", ours, cold)


def _cold(name: str, cold: Cost, slow: Cost) -> Iterator[Row]:
    text = f"{cold.wall / slow.wall:.2f}x ({cold.wall:.1f} s)"
    yield f"{name}, cold / plain markdown-exec: wall time", text, "<= 0.7x"
    text = f"{cold.cpu / slow.cpu:.2f}x ({cold.cpu:.1f} s)"
    yield f"{name}, cold / plain markdown-exec: CPU time", text, "<= 1.25x"
    yield f"{name}, cold: peak memory", f"{cold.memory / 1000:.2f} GB", "<= 1.5 GB"


def _warm(name: str, folder: Path, cold: Cost) -> Iterator[Row]:
    warm = cost_of([*PRESS, "build"], folder)
    text = f"{warm.cpu / cold.cpu:.2f}x ({warm.wall:.1f} s), {_ran(warm)} pages run"
    yield f"{name}, nothing changed / cold: CPU time", text, "<= 0.1x, 0 pages"


def _edits(folder: Path) -> Iterator[Row]:
    page = folder / "docs/en/page-03.md"
    page.write_text(page.read_text().replace("print(3,", "print('three',"))
    yield (
        "one block edited",
        f"{_ran(cost_of([*PRESS, 'check'], folder))} page(s) run",
        "1",
    )
    module = folder / "src/toy/part2.py"
    module.write_text(module.read_text().replace("x * 2", "x + x"))
    text = f"{_ran(cost_of([*PRESS, 'check'], folder))} pages run"
    yield "one module edited, which 5 pages use", text, "5"


def _light(folder: Path) -> Row:
    """The slope between a book of 5 and one of 25 pages that do next to nothing."""
    spent = []
    for count in (5, 25):
        target = folder / f"light-{count}"
        target.mkdir()
        book.write_book(target)
        for number in range(book.PAGES):
            page = target / f"docs/en/page-{number:02}.md"
            if number >= count:
                page.unlink()
            else:
                page.write_text(
                    f'```python exec="1"\nimport torch\nprint({number})\n```\n'
                )
        costs = [cost_of([*PRESS, "check", "--cold"], target).cpu for _ in range(3)]
        spent.append(statistics.median(costs))
    return (
        "a light page in its own process",
        f"{(spent[1] - spent[0]) / 20:.2f} CPU s",
        "<= 0.4",
    )


def _languages(folder: Path, cold: Cost) -> Iterator[Row]:
    shutil.rmtree(folder / ".bookbuild")
    book.add_korean(folder)
    both = cost_of([*PRESS, "build", "mkdocs.yml", "mkdocs.ko.yml"], folder)
    ran = sum(int(n) for n in re.findall(r"(\d+) run,", both.text))
    text = f"{both.cpu / cold.cpu:.2f}x, {ran} runs for {2 * book.PAGES} pages"
    yield "two languages / one: CPU time", text, f"<= 1.1x, {book.PAGES} runs"


def _ran(cost: Cost) -> int:
    found = re.search(r"(\d+) run,", cost.text)
    return int(found[1]) if found else -1
