"""What a page asks to be run: its executable blocks and its inline results, in order."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bookbuild.run.failure import Failure, PageError, excerpt
from bookbuild.run.fences import Fence, find_fences

INLINE = re.compile(r"\{\{=\s*(.+?)\s*\}\}")
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Block:
    """One piece of code of a page.

    Attributes:
        line: The line of the page on which `code` starts.
        code: The code, free of its indentation on the page.
        inline: True for `{{= expression }}` in the prose.
        options: The fence's options (`id`, `source`, `raises`, `timeout`, ...).
    """

    line: int
    code: str
    inline: bool = False
    options: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def id(self) -> str:
        """The name that the author gave it, or nothing."""
        return self.options.get("id", "")

    def meaning(self) -> str:
        """What it does, whatever its layout and comments: its syntax tree."""
        try:
            tree = ast.dump(
                ast.parse(f"f'''{{{self.code}}}'''" if self.inline else self.code)
            )
        except SyntaxError:
            tree = self.code
        return repr((tree, self.inline, self.options.get("raises", "")))


@dataclass(frozen=True)
class Page:
    """A page's path (relative to the project), its lines, its code, and what it declares."""

    path: str
    lines: list[str]
    blocks: list[Block]
    depends: tuple[str, ...] = ()


def read_page(file: Path, root: Path) -> Page:
    """Read a page and find its code.

    Raises:
        PageError: At the line of an unclosed executable fence or a doubled id.
    """
    path = file.relative_to(root).as_posix()
    lines = file.read_text(encoding="utf-8").splitlines()
    front = _front_matter(path, lines)
    body = [""] * front[1] + lines[front[1] :]
    page = Page(path, lines, blocks_in(path, body), front[0])
    seen: dict[str, int] = {}
    for block in page.blocks:
        if block.id and block.id in seen:
            message = (
                f"block id {block.id!r} is taken by the block at line {seen[block.id]}"
            )
            raise PageError(
                Failure(path, block.line - 1, message, excerpt(lines, block.line - 1))
            )
        seen[block.id] = block.line - 1
    return page


def blocks_in(path: str, lines: list[str]) -> list[Block]:
    """The executable blocks and inline results of a text, in order; `path` is for messages."""
    blocks: list[Block] = []
    prose = list(lines)
    for fence in find_fences(lines):
        if fence.end:
            prose[fence.line - 1 : fence.end] = [""] * (fence.end - fence.line + 1)
        if not executable(fence):
            continue
        if fence.end is None:
            message = f"this fence is never closed: {fence.problem}"
            raise PageError(
                Failure(path, fence.line, message, excerpt(lines, fence.line))
            )
        blocks.append(Block(fence.line + 1, fence.code, options=fence.options))
        for value in fence.options.values():
            blocks += [
                Block(fence.line, m[1], inline=True) for m in INLINE.finditer(value)
            ]
    for number, line in enumerate(prose, start=1):
        for match in INLINE.finditer(CODE_SPAN.sub("", line)):
            blocks.append(Block(number, match[1], inline=True))
    return sorted(blocks, key=lambda block: (block.line + block.inline, block.inline))


def executable(fence: Fence) -> bool:
    """Whether markdown-exec would run this fence."""
    wanted = fence.options.get("exec", "no").lower()
    return fence.language in {"python", "py"} and wanted not in {
        "",
        "no",
        "off",
        "false",
        "0",
    }


def _front_matter(path: str, lines: list[str]) -> tuple[tuple[str, ...], int]:
    """The files that the page declares, and how many lines its front matter takes."""
    if not lines or lines[0].rstrip() != "---":
        return (), 0
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() in {"---", "..."}:
            table = _read_yaml(path, lines[: number - 1]) or {}
            depends = table.get("depends", []) if isinstance(table, dict) else []
            return tuple([depends] if isinstance(depends, str) else depends), number
    return (), 0


def _read_yaml(path: str, lines: list[str]) -> Any:
    try:
        return yaml.safe_load("\n".join(lines[1:]))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        message = (
            f"the front matter is no YAML: {getattr(error, 'problem', None) or error}"
        )
        raise PageError(Failure(path, line, message, excerpt(lines, line))) from None
