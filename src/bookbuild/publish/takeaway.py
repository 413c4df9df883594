"""What a reader takes away from the built site: notebooks, `llms.txt` and `llms-full.txt`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bookbuild.publish.llms import full_text, page_list
from bookbuild.publish.notebook import notebook
from bookbuild.publish.plain import title_of
from bookbuild.run.engine import Engine
from bookbuild.run.results import Run


def write_takeaways(config: Any, engine: Engine) -> None:
    """Write them into the built site: one notebook a chapter, and the two texts.

    Args:
        config: MkDocs's configuration; its `nav` gives the order. A chapter is a page with
            `chapter` in its front matter.
        engine: Holds the runs of the pages.
    """
    site, docs = Path(config.site_dir), Path(config.docs_dir)
    chapters: list[tuple[str, Run]] = []
    for name in _pages(config.nav or []):
        run = engine.results.get((docs / name).resolve())
        if run and not run.failure and "chapter" in _front(run):
            chapters.append((name, run))
    for name, run in chapters:
        place = site / notebook_of(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(notebook(run, engine.settings), encoding="utf-8")
    if chapters:
        base = config.site_url or ""
        listed = [
            (
                title_of(run),
                f"{base}{_address(name)}",
                _front(run).get("description", ""),
            )
            for name, run in chapters
        ]
        told = page_list(config.site_name, config.site_description or "", listed)
        (site / "llms.txt").write_text(told, encoding="utf-8")
        text = full_text((run for _, run in chapters), engine.settings)
        (site / "llms-full.txt").write_text(text, encoding="utf-8")


def notebook_of(name: str) -> str:
    """Where the notebook of a page lies: `02-attention/scores.md` -> the same, `.ipynb`."""
    return str(Path(name).with_suffix(".ipynb"))


def _address(name: str) -> str:
    stem = str(Path(name).with_suffix(""))
    return "" if stem == "index" else f"{stem}/"


def _pages(nav: list[Any]) -> Iterator[str]:
    """The pages of a navigation, in order."""
    for item in nav:
        inner = next(iter(item.values())) if isinstance(item, dict) else item
        if isinstance(inner, list):
            yield from _pages(inner)
        elif inner.endswith(".md"):
            yield inner


def _front(run: Run) -> dict[str, Any]:
    """The page's front matter."""
    lines = run.page.lines
    if not lines or lines[0].rstrip() != "---":
        return {}
    end = next(n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    return yaml.safe_load("\n".join(lines[1:end])) or {}
