"""Formulas, set while the site is built: `$...$` in a line, `$$...$$` on their own.

A Python-Markdown extension. The reader gets HTML and MathML and needs no script; what
KaTeX cannot read stops the build with the formula and its place.
"""

import logging
import re
import xml.etree.ElementTree as etree
from pathlib import Path
from typing import Any

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from bookbuild.render.page import current_page
from bookbuild.render.symbols import SymbolLinks
from bookbuild.render.typeset import plain, render
from bookbuild.run.engine import engine_for
from bookbuild.run.failure import Failure, PageError, excerpt
from bookbuild.settings import find_root

# A dollar sign opens a formula if no space follows, and closes it if no space precedes
# and no digit follows: an amount such as $5 in prose stays what it is. \x02 marks what
# is already taken out of the text, such as code.
BODY = r"((?:\\.|[^\\$\x02])+?)"
INLINE = rf"(?<![\\$])\$(?![\s$]){BODY}(?<!\s)\$(?![\d$])"
DISPLAY_INLINE = rf"(?<!\\)\$\${BODY}\$\$"
DISPLAY = re.compile(rf"^\$\${BODY}\$\$[ \t]*$", re.M | re.S)
UNFINISHED = r"(?<!\\)\$\$[^\x02]*"

log = logging.getLogger("mkdocs.bookbuild")


class MathExtension(Extension):
    """Formulas for Python-Markdown."""

    def __init__(self, **options: Any) -> None:
        self.config = {"symbols": ["reference/notation.md", "the page of the symbols"]}
        super().__init__(**options)
        self.sources: dict[str, str] = {}

    def extendMarkdown(self, md: Markdown) -> None:
        """Join in after code is taken out of the text, and before anything else is."""
        md.registerExtension(self)
        md.ESCAPED_CHARS.append("$")
        md.parser.blockprocessors.register(DisplayMath(md, self), "math", 79)
        for name, processor, priority in (
            ("math", InlineMath(INLINE, md, self), 189),
            ("math-display", InlineMath(DISPLAY_INLINE, md, self), 188),
            ("math-unfinished", UnfinishedMath(UNFINISHED, md, self), 187),
        ):
            md.inlinePatterns.register(processor, name, priority)
        md.treeprocessors.register(HeadingLabels(md, self), "math-labels", 6)
        links = SymbolLinks(md, self.getConfig("symbols"))
        md.treeprocessors.register(links, "math-symbols", 5)

    def reset(self) -> None:
        """Begin another text."""
        self.sources.clear()

    def element(self, md: Markdown, tex: str, display: bool, tag: str) -> etree.Element:
        """The formula in its wrapper, which keeps it out of the search index."""
        try:
            html = md.htmlStash.store(render(tex.strip(), display))
        except ValueError as error:
            return self.failed(md, tex.strip(), str(error))
        self.sources[html] = tex
        # The tag is no span: KaTeX is full of them, and the index of the search knows an
        # element by its tag alone.
        wrapper = etree.Element(tag)
        wrapper.set("class", "math")
        wrapper.set("data-search-exclude", "")
        wrapper.text = AtomicString(html)
        return wrapper

    def failed(self, md: Markdown, tex: str, reason: str) -> etree.Element:
        """Stop; a server shows the failure in place, and lives on."""
        page = current_page(md)
        failure = locate(page, tex, reason)
        if page is None or not engine_for(find_root(page.parent)).serving:
            raise PageError(failure)
        log.error(str(failure))
        box = etree.Element("span", {"class": "bookbuild-failure"})
        box.text = AtomicString(f"{failure.place}: {failure.message}")
        return box


def locate(page: Path | None, tex: str, reason: str) -> Failure:
    """The failure of a formula, with the line of the page where the formula stands."""
    message = f"formula ${' '.join(tex.split())}$: {reason}"
    if page is None:
        return Failure("<text>", 1, message)
    text = page.read_text(encoding="utf-8")
    # In a list, a note or a quotation its lines are indented or marked on the page.
    opening = "" if tex.startswith("$") else r"\$[\s>]*"
    words = r"[\s>]+".join(map(re.escape, tex.split()))
    found = re.search(f"{opening}({words})", text)
    if found is None:
        message += " (it stands in a docstring that this page shows)"
    line = 1 + text.count("\n", 0, found.start(1) if found else 0)
    name = page.resolve().relative_to(find_root(page.parent)).as_posix()
    return Failure(name, line, message, excerpt(text.splitlines(), line))


class InlineMath(InlineProcessor):
    """A formula within a line."""

    def __init__(self, pattern: str, md: Markdown, extension: MathExtension) -> None:
        super().__init__(pattern, md)
        self.extension = extension

    def handleMatch(
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        """Set the formula."""
        element = self.extension.element(
            self.md, m[1], display=m[0].startswith("$$"), tag="var"
        )
        return element, m.start(), m.end()


class UnfinishedMath(InlineMath):
    """`$$` that no other `$$` closes: an author's slip that must not reach a reader."""

    def handleMatch(
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        """Say so."""
        reason = "$$ opens a formula that no $$ at the end of a line closes"
        return self.extension.failed(self.md, m[0], reason), m.start(), m.end()


class DisplayMath(BlockProcessor):
    """A formula on lines of its own."""

    def __init__(self, md: Markdown, extension: MathExtension) -> None:
        super().__init__(md.parser)
        self.extension = extension

    def test(self, parent: etree.Element, block: str) -> bool:
        """Whether a displayed formula stands in this block."""
        return DISPLAY.search(block) is not None

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        """Put the formula between what the block holds before and after it."""
        before, tex, after = DISPLAY.split(blocks.pop(0), maxsplit=1)
        if before.strip():
            self.parser.parseBlocks(parent, [before.rstrip("\n")])
        parent.append(self.extension.element(self.parser.md, tex, True, tag="div"))
        if after.strip():
            blocks.insert(0, after.lstrip("\n"))


class HeadingLabels(Treeprocessor):
    """A plain label in the table of contents for a heading that holds a formula."""

    def __init__(self, md: Markdown, extension: MathExtension) -> None:
        super().__init__(md)
        self.sources = extension.sources

    def run(self, root: etree.Element) -> None:
        """Write formulas as words; a label that the author gave stays."""
        for heading in root.iter():
            if not re.fullmatch("h[1-6]", str(heading.tag)):
                continue
            parts = list(heading.itertext())
            if any(part in self.sources for part in parts):
                words = [
                    plain(self.sources[part]) if part in self.sources else part
                    for part in parts
                ]
                heading.attrib.setdefault("data-toc-label", "".join(words).strip())


def makeExtension(**options: Any) -> MathExtension:
    """Python-Markdown's door."""
    return MathExtension(**options)
