"""Makes a formula's symbols lead to where they are defined: the notation page.

A row of the notation table says what a symbol means and what the code calls it:

    | $q$ { #sym-query } | query: what is asked | `query` | ...
"""

import os
import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from bookbuild.render.page import beside_or_above, current_page

ROW = re.compile(r"\{ #(sym-[\w-]+) \} \| ([^|]+?) \|")
LINK = re.compile(r'<a(?: class="([\w -]*)")? href="(sym-[\w-]+)">')
IN_MATHML = re.compile(r'(<m\w+) href="sym-[\w-]+"')
STASHED = re.compile("\x02wzxhzdk:(\\d+)\x03")


class SymbolLinks(Treeprocessor):
    """Gives the links that the typesetter left in a formula their address and title.

    They are for those who point: the keyboard passes them by (a formula has many), and a
    formula that itself stands in a link, or on a site without a notation page, has none.
    """

    def __init__(self, md: Markdown, file: str) -> None:
        super().__init__(md)
        self.file = file

    def run(self, root: ElementTree.Element) -> None:
        """Go through the formulas of a page."""
        page = current_page(self.md)
        notation = beside_or_above(page, self.file) if page else None
        titles = dict(ROW.findall(notation.read_text("utf-8"))) if notation else {}
        here = os.path.relpath(notation, page.parent) if page and notation else ""
        linked = {it for a in root.iter("a") for it in a.iter()}
        for element in root.iter():
            if "math" not in element.get("class", "").split():
                continue
            for number in STASHED.findall(element.text or ""):
                stash = self.md.htmlStash.rawHtmlBlocks
                known = {} if element in linked else titles
                stash[int(number)] = self._set(str(stash[int(number)]), known, here)

    def _set(self, markup: str, titles: dict[str, str], notation: str) -> str:
        markup = IN_MATHML.sub(r"\1", markup)
        if not all(name in titles for _, name in LINK.findall(markup)):
            return LINK.sub("", markup).replace("</a>", "")
        return LINK.sub(lambda it: self._open(it, titles, notation), markup)

    def _open(self, it: re.Match[str], titles: dict[str, str], notation: str) -> str:
        size, name = it.groups()  # a class of KaTeX's where the symbol is set small
        address = f"{Path(notation).as_posix()}#{name}"
        if "relpath" in self.md.treeprocessors:  # MkDocs knows where the page will be
            links = self.md.treeprocessors["relpath"]
            address = links.path_to_url(address)  # pyright: ignore
        title = escape(titles[name])
        kind = f"{size} symbol" if size else "symbol"
        return f'<a class="{kind}" href="{address}" tabindex="-1" title="{title}">'
