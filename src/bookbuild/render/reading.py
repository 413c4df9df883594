"""A Python-Markdown extension: how long a page takes to read, as `data-minutes` of its title.

A template shows it. Prose counts at a reader's pace, a listing or a figure half a minute;
what opens only when asked for, such as an exercise's answer, is not counted.
"""

import re
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

WORDS_A_MINUTE = 180
MINUTES_A_BLOCK = 0.5


class ReadingExtension(Extension):
    """Registers the part."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Come after inline markup is read."""
        md.treeprocessors.register(_Minutes(md), "bookbuild-reading", 4)


class _Minutes(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        title = root.find("h1")
        if title is None:
            return
        text = " ".join(_read(root))
        blocks = len(HTML_PLACEHOLDER_RE.findall(text))
        words = len(re.findall(r"\w+", HTML_PLACEHOLDER_RE.sub(" ", text)))
        minutes = words / WORDS_A_MINUTE + blocks * MINUTES_A_BLOCK
        title.set("data-minutes", str(max(1, round(minutes))))


def _read(element: ElementTree.Element) -> list[str]:
    """The text of an element without what is closed, and without formulas' markup."""
    if element.tag == "details" or "math" in element.get("class", "").split():
        return []
    parts = [element.text or ""]
    for child in element:
        parts += [*_read(child), child.tail or ""]
    return parts


def makeExtension(**options: Any) -> ReadingExtension:
    """Python-Markdown's door."""
    return ReadingExtension(**options)
