"""Reads the book's pages as text: their order, their headings, their blocks."""

import re
from pathlib import Path
from typing import Any

import yaml

from bookbuild.run.blocks import executable
from bookbuild.run.fences import find_fences

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "en"


class _Loader(yaml.SafeLoader):
    """Reads mkdocs.yml without running what its tags name."""


_Loader.add_multi_constructor("", lambda loader, tag, node: None)


def pages_of(items: list[Any]) -> list[str]:
    """The pages of a navigation, in order."""
    found = []
    for item in items:
        inside = next(iter(item.values())) if isinstance(item, dict) else item
        found += pages_of(inside) if isinstance(inside, list) else [inside]
    return found


NAV = pages_of(
    yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), _Loader)["nav"]
)
CHAPTERS = [page for page in NAV if re.match(r"\d\d-", page)]


def read(page: str) -> list[str]:
    """The lines of a page; none where there is no such page."""
    file = DOCS / page
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def section(lines: list[str], heading: str) -> list[str]:
    """The lines beneath a heading, up to the next one that is not below it."""
    code = {
        number
        for fence in find_fences(lines)
        for number in range(fence.line - 1, fence.end or len(lines))
    }
    start = depth = None
    for number, line in enumerate(lines):
        found = re.match(r"(#+) .*\{ #([\w-]+)[^}]*\}", line)
        if found is None or number in code:
            continue
        if depth and len(found[1]) <= depth:
            return lines[start:number]
        if found[2] == heading:
            start, depth = number + 1, len(found[1])
    return [] if start is None else lines[start:]


def blocks(lines: list[str]) -> set[str]:
    """The names of the blocks that run."""
    return {f.options.get("id", "") for f in find_fences(lines) if executable(f)}
