"""A Python-Markdown extension: keeps code and drawings out of the search index.

They are more than a third of its bytes, which every page loads, and nobody looks for what
they hold: names of functions stand in headings and prose, and numbers of cells nowhere.
"""

import re
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

UNSEARCHED = re.compile(
    r'<(?:pre|svg(?= [^>]*\brole="img"))(?! data-search-exclude)(?=[ >])'
)


class SearchExtension(Extension):
    """Marks what is not to be searched."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Come after the stashed HTML is back in its place."""
        md.postprocessors.register(_Mark(md), "bookbuild-search", 5)


class _Mark(Postprocessor):
    def run(self, text: str) -> str:
        return UNSEARCHED.sub(r"\g<0> data-search-exclude", text)


def makeExtension(**options: Any) -> SearchExtension:
    """Python-Markdown's door."""
    return SearchExtension(**options)
