"""A Python-Markdown extension: the first mention of a glossary's term on a page explains itself.

The mention becomes a link to the term's entry, with the entry's sentence as its title. The
glossary is read, not repeated: a page of entries such as

    **Token** · <span lang="ko">토큰</span> { #token }
    :   One piece of a text, as a model sees it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from bookbuild.render.page import beside_or_above, current_page

ENTRY = re.compile(
    r"^\*\*(?P<term>[^*]+)\*\* · <span[^>]*>(?P<also>[^<]+)</span> \{ #(?P<id>\S+) \}\n"
    r":   (?P<sentence>.+)$",
    re.MULTILINE,
)
# What is looked through for mentions, and what is left alone in it.
PROSE = {"p", "li", "dd"}
OTHER = {"a", "abbr", "code", "pre", "strong", "sub", "sup", "svg", "button"}


class Entry(NamedTuple):
    """A term, the anchor of its entry, and what a reader is told."""

    term: str
    anchor: str
    title: str


def entries_of(text: str) -> list[Entry]:
    """Read the entries of a glossary."""
    return [
        Entry(it["term"], it["id"], f"{_plain(it['sentence'])} ({it['also']})")
        for it in ENTRY.finditer(text)
    ]


def _plain(sentence: str) -> str:
    told = re.sub(r" See \[.*", "", sentence)
    return re.sub(r"\[([^]]+)\]\([^)]*\)|[$*`\\]", r"\1", told)


class GlossaryExtension(Extension):
    """Registers the part; `file` is the glossary's place below the pages' folder."""

    def __init__(self, **options: Any) -> None:
        self.config = {"file": ["reference/glossary.md", "the glossary"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Come after inline markup is read, and before links are made relative."""
        terms = _Terms(md, self.getConfig("file"))
        md.treeprocessors.register(terms, "bookbuild-glossary", 8)


class _Terms(Treeprocessor):
    def __init__(self, md: Markdown, file: str) -> None:
        super().__init__(md)
        self.file = file

    def run(self, root: ElementTree.Element) -> None:
        if "mkdocstrings_headings" in self.md.treeprocessors:
            return  # a docstring, which stands in the middle of other elements
        page = current_page(self.md)
        glossary = beside_or_above(page, self.file) if page else None
        if page is None or glossary is None or glossary == page:
            return
        self.href = Path(os.path.relpath(glossary, page.parent)).as_posix()
        entries = entries_of(glossary.read_text(encoding="utf-8"))
        self.open = {entry.term.lower(): entry for entry in entries}
        for parent in _prose(root):
            self._link_in(parent)

    def _link_in(self, parent: ElementTree.Element) -> None:
        """Link in the text of an element, and in what follows its children."""
        parent.text = self._link(parent, 0, parent.text)
        for child in list(parent):
            child.tail = self._link(parent, list(parent).index(child) + 1, child.tail)
            if child.tag not in OTHER | PROSE:
                self._link_in(child)

    def _link(
        self, parent: ElementTree.Element, place: int, text: str | None
    ) -> str | None:
        """Put links for the terms of a text into `parent`, and return what stands before."""
        if not text or not self.open:
            return text
        terms = sorted(map(re.escape, self.open), key=len, reverse=True)
        match = re.search(rf"(?<![\w-])({'|'.join(terms)})s?(?![\w-])", text, re.I)
        if not match:
            return text
        entry = self.open.pop(match[1].lower())
        link = ElementTree.Element(
            "a", {"class": "term", "href": f"{self.href}#{entry.anchor}"}
        )
        link.set("title", entry.title)
        link.text = match[0]
        parent.insert(place, link)
        link.tail = self._link(parent, place + 1, text[match.end() :])
        return text[: match.start()]


def _prose(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    yield from [element for element in root.iter() if element.tag in PROSE]


def makeExtension(**options: Any) -> GlossaryExtension:
    """Python-Markdown's door."""
    return GlossaryExtension(**options)
