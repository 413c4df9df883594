"""Runs pages: from the cache where nothing they depend on has changed, else for real."""

import atexit
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bookbuild.run.blocks import Block, Page, read_page
from bookbuild.run.failure import PageError
from bookbuild.run.observe import file_hash
from bookbuild.run.pool import Pool
from bookbuild.run.results import Run, from_entry, from_message
from bookbuild.run.store import Store
from bookbuild.run.translations import original_of, translated
from bookbuild.run.versions import toolchain
from bookbuild.settings import Settings


class Report:
    """Is told what happens while pages run; this one keeps it to itself."""

    def started(self, path: str, seconds: float) -> None:
        """A page starts to run; `seconds` is how long it took last time, or 0."""

    def finished(self, run: Run) -> None:
        """A page has its result, new or from the cache."""


class Engine:
    """Runs the pages of one project.

    Attributes:
        settings: The project's settings.
        serving: True while a live server shows failures in place.
        results: The last result of each page that was asked for.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.serving = False
        self.results: dict[Path, Run] = {}
        self._store = Store(settings.store)
        self._pool = Pool(settings)

    def run(
        self, files: Iterable[Path], report: Report | None = None, fresh: bool = False
    ) -> dict[Path, Run]:
        """Run pages side by side; a page that failed does not stop the others.

        Args:
            files: The pages.
            report: Told of each page as it starts and ends.
            fresh: True to run what is cached, too.

        Returns:
            The result of each page, failed or not; a page without code gives an empty one.
        """
        files = list(files)
        originals = {file: original_of(file, self.settings) for file in files}
        wanted = {originals[file] or file for file in files}
        known = self._run(wanted, report or Report(), fresh)
        runs = {}
        for file in files:
            run = known[originals[file] or file]
            runs[file] = self._translate(file, run) if originals[file] else run
        self.results.update(runs)
        return runs

    def close(self) -> None:
        """End the server that the pages are forked from."""
        self._pool.close()

    def _run(self, files: set[Path], report: Report, fresh: bool) -> dict[Path, Run]:
        hashes = _Hashes(self.settings.root)
        found = {file: self._look_up(file, hashes, fresh) for file in sorted(files)}
        runs = {file: run for file, run in found.items() if isinstance(run, Run)}
        for run in runs.values():
            report.finished(run)
        jobs = [job for job in found.values() if isinstance(job, _Job)]
        claims = {job.key: self._store.claim(job.key) for job in jobs}
        if mine := [job for job in jobs if claims[job.key]]:
            runs.update(self._run_jobs(mine, report, claims))
        for job in jobs:
            if not claims[
                job.key
            ]:  # another build is at it, and we look when it is done
                runs[job.file] = self._run_after(job, report, fresh)
        return runs

    def _run_after(self, job: "_Job", report: Report, fresh: bool) -> Run:
        claims: dict[str, Any] = {job.key: self._store.claim(job.key, wait=True)}
        found = self._look_up(job.file, _Hashes(self.settings.root), fresh)
        if isinstance(found, _Job):
            return self._run_jobs([found], report, claims)[found.file]
        claims[job.key].close()
        report.finished(found)
        return found

    def _look_up(self, file: Path, hashes: "_Hashes", fresh: bool) -> "Run | _Job":
        """A page's result, if it is known or there is none to be had; else what to do."""
        try:
            page = read_page(file, self.settings.root)
        except PageError as error:
            return Run(Page(error.failure.page, [], []), failure=error.failure)
        if not page.blocks:
            return Run(page, cached=True)
        key = self._key(page, hashes)
        entry = None if fresh else self._store.find(key, hashes)
        return from_entry(page, entry) if entry else _Job(file, page, key)

    def _run_jobs(
        self, jobs: list["_Job"], report: Report, claims: dict[str, Any]
    ) -> dict[Path, Run]:
        times, by_path = self._store.times(), {job.page.path: job for job in jobs}
        # The longest start first, so that no long one is left alone at the end.
        order = sorted(by_path, key=lambda path: -times.get(path, 0.0))
        runs = {}
        for path, message in self._pool.run(
            [self._for_worker(by_path[path].page) for path in order],
            lambda path: report.started(path, times.get(path, 0.0)),
        ):
            job, settings = by_path[path], self.settings
            run = from_message(
                job.page, message, settings.timeout, settings.output_limit
            )
            if run.failure is None and run.kept:
                self._store.keep(job.key, message)
                times[path] = round(run.seconds, 2)
            runs[job.file] = run
            claims[job.key].close()
            report.finished(run)
        self._store.remember(times)
        self._store.prune()
        return runs

    def _translate(self, file: Path, run: Run) -> Run:
        try:
            return translated(read_page(file, self.settings.root), run)
        except PageError as error:
            return Run(Page(error.failure.page, [], []), failure=error.failure)

    def _key(self, page: Page, hashes: Callable[[str], str]) -> str:
        """What the page's result depends on, but for the files that its run will read."""
        root, preload = self.settings.root, self.settings.preload
        declared = sorted(
            file.relative_to(root).as_posix()
            for pattern in page.depends
            for file in root.glob(pattern)
        )
        parts = [
            page.path,
            toolchain(tuple({name.split(".")[0] for name in preload} | {"numpy"})),
            [block.meaning() for block in page.blocks],
            [(path, hashes(path)) for path in declared],
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def _for_worker(self, page: Page) -> dict[str, Any]:
        """What a worker needs to know to run a page."""
        settings = self.settings
        return {
            "root": str(settings.root),
            "store": str(settings.store),
            "source": settings.source,
            "page": page.path,
            "lines": len(page.lines),
            "hash": file_hash(settings.root / page.path),
            "timeout": settings.timeout,
            "limit": settings.output_limit,
            "blocks": [_block_for_worker(block) for block in page.blocks],
        }


@dataclass(frozen=True)
class _Job:
    """A page that has to run."""

    file: Path
    page: Page
    key: str


class _Hashes:
    """Hashes of project files as they are now, each computed once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self._known:
            self._known[path] = file_hash(self._root / path)
        return self._known[path]


def _block_for_worker(block: Block) -> dict[str, Any]:
    own = block.options.get("timeout")
    return {
        "line": block.line,
        "code": block.code,
        "inline": block.inline,
        "raises": block.options.get("raises", ""),
        "timeout": float(own) if own else None,
    }


@cache
def engine_for(root: Path) -> Engine:
    """The engine of the project in `root`: one a process, so that its server lives on."""
    engine = Engine(Settings.load(root))
    atexit.register(engine.close)
    return engine
