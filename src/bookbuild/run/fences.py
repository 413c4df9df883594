"""Finds the fences of a page, with their real lines, wherever they are nested.

The rules are those of pymdownx.superfences, which renders the same text: a fence may be
indented (list, admonition, tab) or quoted, and closes with the very fence it opened with.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

OPENING = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[ \t]*(?:\{[ \t]*(?P<attributes>[^}]*)\}|(?P<header>[^`]*))[ \t]*$"
)
OPTION = re.compile(
    r"""(?P<key>[a-zA-Z][\w]*)(?:=(?P<quote>["'])(?P<value>.*?)(?P=quote))?"""
)
TAB = 4


@dataclass(frozen=True)
class Fence:
    """One fenced block: where it opens, what its header says, what it holds."""

    line: int
    language: str
    options: dict[str, str] = field(hash=False)
    code: str
    end: int | None
    """Line of the closing fence; None where it never closes."""
    problem: str = ""


def find_fences(lines: list[str]) -> Iterator[Fence]:
    """Yield every fence in `lines` (without line ends), top to bottom."""
    number = 0
    while number < len(lines):
        fence = _read(lines, number)
        if fence:
            yield fence
        number = fence.end if fence and fence.end else number + 1


def _read(lines: list[str], start: int) -> Fence | None:
    """The fence that opens on `lines[start]`, if one does."""
    prefix = re.match(r"[> \t]*", lines[start])
    indent = prefix.group() if prefix else ""
    opening = OPENING.match(lines[start][len(indent) :])
    if not opening:
        return None
    language, options = _header(opening)
    width = len(indent.expandtabs(TAB))
    quoted, closing = (
        ">" in indent,
        re.compile(re.escape(opening["fence"]) + r"[ \t]*$"),
    )
    code: list[str] = []
    for number in range(start + 1, len(lines)):
        blank, content = _strip(lines[number], width)
        if not content.strip("> \t" if quoted else " \t"):
            code.append("")
        elif blank < width and (
            not quoted or not lines[number].lstrip().startswith(">")
        ):
            problem = f"line {number + 1} is indented less than its opening"
            return Fence(start + 1, language, options, "", None, problem)
        elif closing.match(content):
            return Fence(start + 1, language, options, "\n".join(code), number + 1)
        else:
            code.append(content)
    return Fence(
        start + 1, language, options, "", None, "the page ends before it closes"
    )


def _strip(line: str, width: int) -> tuple[int, str]:
    """Take a prefix of `width` columns off; also say how many columns there were."""
    column = taken = 0
    while column < width and taken < len(line) and line[taken] in "> \t":
        column += TAB - column % TAB if line[taken] == "\t" else 1
        taken += 1
    return column, line[taken:]


def _header(opening: re.Match[str]) -> tuple[str, dict[str, str]]:
    """Language and options, from `python exec="1"` or `{.python exec="1"}`."""
    text = opening["header"] if opening["attributes"] is None else opening["attributes"]
    first, _, rest = text.strip().partition(" ")
    options = {m["key"]: m["value"] or "" for m in OPTION.finditer(rest)}
    return first.lstrip("."), options
