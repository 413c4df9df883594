"""What a page's run gave and the page does not show yet, while the page is rendered."""

from collections import deque
from weakref import WeakKeyDictionary

from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from bookbuild.run.blocks import INLINE, Block
from bookbuild.run.failure import Failure, PageError, excerpt
from bookbuild.run.results import Output, Run


class FenceError(PageError, SuperFencesException):
    """A PageError that superfences lets through; it swallows all others."""


class Ledger:
    """What is still to be put on the page that is being rendered."""

    def __init__(self, run: Run, numbers: str) -> None:
        self.run = run
        self.numbers = numbers
        blank = [Output("")] * (len(run.page.blocks) - len(run.outputs))
        pairs = list(zip(run.page.blocks, (*run.outputs, *blank), strict=True))
        self._fences = [pair for pair in pairs if not pair[0].inline]
        self._inline = deque(pair for pair in pairs if pair[0].inline)

    def fence(self, code: str, name: str) -> tuple[Block, Output]:
        """Take the result of the block that the renderer has come to.

        Raises:
            FenceError: If no such block ran: then page and run have come apart.
        """
        for pair in self._fences:
            block = pair[0]
            same = not code.strip() or _layout(block.code) == _layout(code)
            if same and block.id == name:
                self._fences.remove(pair)
                return pair
        raise self.error("a fence is rendered whose code never ran:\n\n" + code)

    def value(self, expression: str) -> str:
        """Take the value of the inline expression that the renderer has come to."""
        for pair in self._inline:
            if pair[0].code == expression:
                self._inline.remove(pair)
                return pair[1].text
        raise self.error(f"an inline result is rendered that never ran: {expression}")

    def fill(self, text: str) -> str:
        """Put the values into a text that is not Markdown (a caption)."""
        return INLINE.sub(lambda match: self.value(match[1]), text)

    def finish(self) -> None:
        """Check that all that ran is on the page."""
        for block, _ in [*self._fences, *self._inline]:
            raise self.error("this ran, and the page does not show it", block.line)

    def error(self, message: str, line: int = 1) -> FenceError:
        """An error at a line of the page."""
        page = self.run.page
        return FenceError(Failure(page.path, line, message, excerpt(page.lines, line)))


def _layout(code: str) -> str:
    """Code as both parsers of the page see it: tabs and trailing blanks do not count."""
    lines = code.strip("\n").split("\n")
    return "\n".join(line.expandtabs(4).rstrip() for line in lines)


_open: "WeakKeyDictionary[Markdown, Ledger]" = WeakKeyDictionary()


def open_ledger(md: Markdown, run: Run, numbers: str) -> None:
    """Begin a page: `md` is about to render what `run` computed.

    Args:
        md: The page's converter.
        run: The page's run.
        numbers: What the table below a figure is called, in the page's language.
    """
    _open[md] = Ledger(run, numbers)


def ledger_of(md: Markdown) -> Ledger | None:
    """The ledger of the page that `md` renders, or renders a piece of."""
    return _open.get(outermost(md))


def close_ledger(md: Markdown) -> None:
    """End a page, and make sure that nothing got lost on the way."""
    ledger = _open.pop(md, None)
    if ledger and not ledger.run.failure:
        ledger.finish()


def outermost(md: Markdown) -> Markdown:
    """The converter of the page: markdown-exec renders each result with one of its own."""
    return getattr(md, "_original_md", md)
