"""What a project tells the press, in `[tool.bookbuild]` of its pyproject.toml."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Settings:
    """Where the pages and the code are, and how a page may run.

    Attributes:
        root: The project's folder; every path of the press is relative to it.
        pages: Folder of the pages. One folder a language below it, or pages directly.
        original: The language whose pages hold the code; translations take it over.
        source: Folders of local code, first on the path of every page.
        preload: Libraries that the server imports once, before pages fork.
        timeout: Seconds that the blocks of a page may take together.
        output_limit: Bytes that one block may print.
        jobs: How many pages run side by side.
        store: Folder of the cached results.
    """

    root: Path
    pages: str = "docs"
    original: str = "en"
    source: tuple[str, ...] = ("src",)
    preload: tuple[str, ...] = ()
    timeout: float = 120.0
    output_limit: int = 1_000_000
    jobs: int = 2
    store: Path = Path(".bookbuild")

    @classmethod
    def load(cls, root: Path) -> "Settings":
        """Read the settings of the project in `root`; what it leaves out has a default.

        Raises:
            ValueError: If the table holds a key that the press does not know.
        """
        file = root / "pyproject.toml"
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        table = tomllib.loads(text).get("tool", {}).get("bookbuild", {})
        known = {"pages", "original", "source", "preload", "timeout", "output_limit"}
        if unknown := sorted(set(table) - known):
            raise ValueError(f"[tool.bookbuild] has no setting named {unknown[0]!r}")
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in table.items()
        }
        store = Path(os.environ.get("BOOKBUILD_STORE", root / ".bookbuild"))
        jobs = int(os.environ.get("BOOKBUILD_JOBS", 0)) or _cores()
        return cls(root=root.resolve(), store=store.resolve(), jobs=jobs, **values)


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a pyproject.toml."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "pyproject.toml").exists():
            return folder
    return start.resolve()


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
