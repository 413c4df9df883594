"""Runs pages without building a site, and reports them."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path

from bookbuild.run.engine import Engine, Report
from bookbuild.run.results import Run

SHOWN = 10
LONG = 5.0


class Progress(Report):
    """Says on standard error what happens, page by page, and sums it up."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self.runs: list[Run] = []

    def started(self, path: str, seconds: float) -> None:
        """Name a page that will take a while."""
        if seconds > LONG:
            _say(f"     ...  {path} (last time {seconds:.0f} s)")

    def finished(self, run: Run) -> None:
        """Note a page's result; name the page if it really ran."""
        self.runs.append(run)
        if run.failure:
            _say(f"  {'failed':>7}  {run.failure.place}")
        elif not run.cached:
            _say(f"  {run.seconds:6.1f}s  {run.page.path}")

    def sum_up(self) -> None:
        """Say how many pages, blocks, runs and seconds; and what could not be cached."""
        pages = [run for run in self.runs if run.page.blocks or run.failure]
        blocks = sum(len(run.page.blocks) for run in pages)
        known = sum(run.cached for run in pages)
        line = (
            f"{len(pages)} pages with {blocks} blocks: {len(pages) - known} run, "
            f"{known} from the cache, {time.monotonic() - self._start:.1f} s"
        )
        loose = [run.page.path for run in pages if not run.kept]
        _say(
            line
            + "".join(f"\n  not cached (starts processes): {path}" for path in loose)
        )


def check(
    engine: Engine, pages: list[Path], cold: bool = False, twice: bool = False
) -> int:
    """Run pages (all, if none is named); return 0 if all went well, else 1."""
    files = [page.resolve() for page in pages] or all_pages(engine)
    progress = Progress()
    runs = engine.run(files, progress, fresh=cold or twice)
    failed = report_failures(runs.values())
    if twice and not failed:
        again = engine.run(files, fresh=True)
        failed = [run for file, run in runs.items() if _differs(run, again[file])]
    progress.sum_up()
    return 1 if failed else 0


def all_pages(engine: Engine) -> list[Path]:
    """Every page of the project."""
    return sorted((engine.settings.root / engine.settings.pages).rglob("*.md"))


def report_failures(runs: Iterable[Run]) -> list[Run]:
    """Tell every failing page, once; return those runs."""
    failed = list({run.failure.place: run for run in runs if run.failure}.values())
    for run in failed:
        _say(f"\nERROR {run.failure}\n")
    if failed:
        places = ", ".join(run.failure.place for run in failed[:SHOWN] if run.failure)
        _say(f"{len(failed)} page(s) failed: {places}")
    return failed


def _differs(first: Run, second: Run) -> bool:
    """Say where two runs of a page differ."""
    pairs = zip(first.page.blocks, first.outputs, second.outputs, strict=True)
    lines = [block.line for block, one, two in pairs if one != two]
    for line in lines:
        _say(f"{first.page.path}:{line}: two runs of this block gave different results")
    return bool(lines)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
