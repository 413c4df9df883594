"""A page as plain Markdown and code, for readers that have no browser: notebooks and machines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from bookbuild.render.quiz import VERDICTS
from bookbuild.render.source_of import source_of
from bookbuild.run.blocks import INLINE, Block, executable
from bookbuild.run.fences import Fence, find_fences
from bookbuild.run.results import Output, Run
from bookbuild.settings import Settings

ADMONITION = re.compile(r'^( *)(?:\?\?\?\+?|!!!) (\w+)(?: "(.*)")?$')
HEADING_ID = re.compile(r"^(#+ .*?) *\{ #[\w-]+ \}$", re.MULTILINE)
ROLE = re.compile(r"\\(?:query|key|val|weights|out)\{((?:[^{}]|\{[^{}]*\})*)\}")
TAG = re.compile(r"</?(?:span|div|small)\b[^>]*>")
# Links to other pages and to the reference lead nowhere outside of the site.
LINK = re.compile(r"\[([^][]+)\](?:\((?!https?:)[^()\s]*\)|\[[\w.]+\])")


@dataclass(frozen=True)
class Piece:
    """A stretch of prose, or a block of code with what it gave."""

    text: str
    block: Block | None = None
    output: Output | None = None
    alt: str = ""


def title_of(run: Run) -> str:
    """The page's first heading."""
    heading = next((line for line in run.page.lines if line.startswith("# ")), "# Page")
    return HEADING_ID.sub(r"\1", heading)[2:]


def pieces_of(run: Run, settings: Settings) -> Iterator[Piece]:
    """Cut a page that ran into its pieces, in order.

    Args:
        run: The page's run; it did not fail.
        settings: Where the code is that `source-of` fences name.

    Yields:
        Prose, with the values of inline results in it, and blocks of code.
    """
    pairs = list(zip(run.page.blocks, run.outputs, strict=True))
    blocks = {
        block.line: (block, output) for block, output in pairs if not block.inline
    }
    # A result inside a fence's option is told at the line above the block's first.
    inline = [(block.line + 1, output.text) for block, output in pairs if block.inline]
    told = iter([text for line, text in inline if line not in blocks])
    lines, start, levels = run.page.lines, _after_front(run.page.lines), [0]
    prose: list[str] = []
    for fence in find_fences(lines):
        if not fence.end or fence.line <= start:
            continue
        prose += _plain(lines[start : fence.line - 1], levels)
        start = fence.end
        if executable(fence):
            yield from _prose(prose, told)
            block, output = blocks[fence.line + 1]
            own = iter([text for line, text in inline if line == block.line])
            options = {
                key: INLINE.sub(lambda _, own=own: next(own), value)
                for key, value in block.options.items()
            }
            yield Piece(block.code, block, output, options.get("alt", ""))
            prose = []
        else:
            prose += _listing(fence, settings)
    yield from _prose(prose + _plain(lines[start:], levels), told)


def _prose(lines: list[str], told: Iterator[str]) -> Iterator[Piece]:
    text = INLINE.sub(lambda _: next(told), "\n".join(lines)).strip("\n")
    if text:
        yield Piece(re.sub(r"\n{3,}", "\n\n", text))


def _plain(lines: list[str], levels: list[int]) -> list[str]:
    """Take the site's own markup off: boxes, anchors, colours of symbols."""
    plain = []
    for line in lines:
        width = len(line) - len(line.lstrip(" "))
        while line.strip() and width < levels[-1]:
            levels.pop()
        if box := ADMONITION.match(line):
            levels.append(width + 4)
            told = f" {VERDICTS[box[2]]}" if box[2] in VERDICTS else ""  # of a quiz
            plain += ["", f"**{box[3] or box[2].title()}**{told}", ""]
        else:
            plain.append(line[levels[-1] :] if line.strip() else "")
    for pattern, kept in ((HEADING_ID, r"\1"), (ROLE, r"\1"), (TAG, ""), (LINK, r"\1")):
        plain = [pattern.sub(kept, line) for line in plain]
    return plain


def _listing(fence: Fence, settings: Settings) -> list[str]:
    """A fence that does not run, as one at the margin."""
    if fence.language != "source-of":
        return [f"```{fence.language}", *fence.code.split("\n"), "```"]
    folders = [settings.root / folder for folder in settings.source]
    found = [source_of(name, folders)[1] for name in fence.code.split()]
    return ["```python", *"\n\n".join(found).split("\n"), "```"]


def _after_front(lines: list[str]) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next(n for n in count(1) if lines[n].rstrip() in {"---", "..."}) + 1
