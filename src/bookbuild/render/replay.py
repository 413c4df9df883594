"""A Python-Markdown extension: puts what a page's code gave where the code stands.

markdown-exec stays the syntax and the renderer of the fences; in place of its own execution
it is handed the results of the page's run. `{{= expression }}` in the prose becomes the
value that the run computed there.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import markdown_exec
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString
from markupsafe import Markup
from pymdownx.superfences import SuperFencesException

from bookbuild.render.figure import element, figure
from bookbuild.render.ledger import (
    Ledger,
    close_ledger,
    ledger_of,
    open_ledger,
    outermost,
)
from bookbuild.render.page import current_page
from bookbuild.run.blocks import INLINE, Block, blocks_in
from bookbuild.run.engine import engine_for
from bookbuild.run.failure import PageError
from bookbuild.run.results import Output, Run
from bookbuild.settings import find_root

OURS = ("alt", "caption", "data", "element", "file", "raises", "timeout")
"""Options of a fence that are the press's own, and not markdown-exec's."""


class ReplayExtension(Extension):
    """Registers the parts; `page` names the page where no site generator does."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "page": ["", "path of the page, outside of a site generator"],
            "numbers": ["The numbers", "what the table below a figure is called"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Hook into the renderer."""
        if self.getConfig("page"):
            md.page_path = Path(self.getConfig("page")).resolve()  # pyright: ignore
        markdown_exec.formatters["python"] = format_fence
        markdown_exec.formatters["py"] = format_fence
        begin = _Begin(md, self.getConfig("numbers"))
        md.preprocessors.register(begin, "bookbuild-begin", 200)
        md.inlinePatterns.register(_Inline(INLINE.pattern, md), "bookbuild-inline", 185)
        md.postprocessors.register(_End(md), "bookbuild-end", -10)


class _Begin(Preprocessor):
    """Gets the page's run before anything of it is rendered."""

    def __init__(self, md: Markdown, numbers: str) -> None:
        super().__init__(md)
        self.numbers = numbers

    def run(self, lines: list[str]) -> list[str]:
        page = current_page(self.md) if outermost(self.md) is self.md else None
        # A docstring on the page is converted on its own, and has none of the page's code.
        if page and page.exists() and blocks_in(page.name, lines):
            open_ledger(self.md, _run(page), self.numbers)
        return lines


class _Inline(InlineProcessor):
    """`{{= expression }}` -> its value."""

    def handleMatch(self, m: re.Match[str], data: str) -> Any:
        ledger = ledger_of(self.md)
        if ledger is None:
            return None, None, None
        element = ElementTree.Element("span", {"class": "computed"})
        element.text = AtomicString(ledger.value(m[1]))
        return element, m.start(0), m.end(0)


class _End(Postprocessor):
    """Checks the page once it is rendered."""

    def run(self, text: str) -> str:
        close_ledger(self.md)
        return text


def format_fence(code: str, md: Markdown, **options: Any) -> Markup:
    """What markdown-exec calls for an executable fence, in place of running it."""
    try:
        return _fence(code, md, options)
    except SuperFencesException:
        raise
    except Exception as error:  # superfences would swallow it, and show bare text
        raise SuperFencesException(f"{type(error).__name__}: {error}") from error


def _fence(code: str, md: Markdown, options: dict[str, Any]) -> Markup:
    ledger = ledger_of(md)
    if ledger is None:
        raise SuperFencesException("an executable fence stands outside of a page")
    block, output = ledger.fence(code, options.get("id", ""))
    failure = ledger.run.failure
    options["extra"] = {k: v for k, v in options["extra"].items() if k not in OURS}
    options |= {"id": "", "id_prefix": f"{_stem(block)}-"}
    if block.options.get("raises"):
        options["result"] = options["result"] or "text"
    published = block.options.get("file")
    if published or not output.text:
        options["result"] = ""  # else an empty box
    if failure:
        options["source"] = "above"
    text = "" if published else output.text.rstrip("\n")
    markup = _render(block.code, text, md, options)
    if (
        failure
        and block.line - 1 <= failure.line <= block.line + block.code.count("\n") + 1
    ):
        markup += Markup('<pre class="bookbuild-failure">{}</pre>').format(failure)
    drawn = Markup("").join(_figures(ledger, block, output))
    if name := block.options.get("element"):
        data = ledger.fill(block.options.get("data", ""))
        drawn = Markup(element(name, data, drawn))
    return markup + drawn


def _render(code: str, text: str, md: Markdown, options: dict[str, Any]) -> Markup:
    """Let markdown-exec set code and text; listings are set once for all rebuilds of a server."""
    key = repr(
        (code, text, sorted(options.items()), markdown_exec.markdown_config.exts_config)
    )
    if key not in _listings:
        markup = markdown_exec.base_format(
            language="python", run=lambda *_, **__: text, code=code, md=md, **options
        )
        if text and not options["result"]:
            return markup  # Markdown, whose headings also go into the page's table of contents
        _listings[key] = markup
    return _listings[key]


_listings: dict[str, Markup] = {}


def _figures(ledger: Ledger, block: Block, output: Output) -> Iterator[Markup]:
    for number, found in enumerate(output.figures, start=1):
        if not block.options.get("alt"):
            raise ledger.error(
                'this block draws a figure, and has no alt="..."', block.line - 1
            )
        name = f"{_stem(block)}-{number}"
        alt, caption = (
            ledger.fill(block.options.get(key, "")) for key in ("alt", "caption")
        )
        if "{{=" in alt + caption:
            message = "an inline result in alt or caption is cut short by a quote in it"
            raise ledger.error(message, block.line - 1)
        yield Markup(figure(found, name, alt, caption, ledger.numbers))


def _stem(block: Block) -> str:
    """What ids of this block's markup begin with."""
    return block.id or f"block-{block.line}"


def _run(page: Path) -> Run:
    """The page's run: the one that the build prepared, or one made now."""
    engine = engine_for(find_root(page.parent))
    run = engine.results.get(page) or engine.run([page])[page]
    if run.failure and not engine.serving:
        raise PageError(run.failure)
    return run


def makeExtension(**options: Any) -> ReplayExtension:
    """Python-Markdown's door."""
    return ReplayExtension(**options)
