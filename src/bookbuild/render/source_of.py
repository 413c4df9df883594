"""Shows an object's own code on a page: a `source-of` fence names it, the build fetches it.

The code is read from the file as text; nothing is imported. Its docstring is left out, for
the page around it says the same at length, and the API reference word for word.
"""

import ast
import textwrap
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown_exec import MarkdownConverter, code_block
from markupsafe import Markup

from bookbuild.render.ledger import FenceError
from bookbuild.render.page import current_page
from bookbuild.run.engine import engine_for
from bookbuild.run.failure import Failure, excerpt
from bookbuild.settings import find_root

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def format_source(
    source: str, language: str, css_class: str, options: Any, md: Markdown, **_: Any
) -> Markup:
    """What superfences calls for a `source-of` fence: the code of each object it names."""
    return Markup("").join(_listing(name, md) for name in source.split())


def source_of(name: str, folders: list[Path]) -> tuple[Path, str]:
    """The file and the code of an object.

    Args:
        name: Its dotted name: modules, then a function or class, then perhaps a method.
        folders: Where packages are looked for.

    Raises:
        LookupError: If there is no such object.
    """
    parts = name.split(".")
    for folder in folders:
        for split in range(len(parts) - 1, 0, -1):
            base = folder.joinpath(*parts[:split])
            for file in (base.with_suffix(".py"), base / "__init__.py"):
                if file.exists():
                    return file, _cut(
                        file.read_text(encoding="utf-8"), parts[split:], name
                    )
    raise LookupError(f"no module holds {name}")


def _cut(text: str, path: list[str], name: str) -> str:
    node: ast.Module | Definition = ast.parse(text)
    for part in path:
        inner = [n for n in node.body if isinstance(n, Definition) and n.name == part]
        if not inner:
            raise LookupError(
                f"{name}: there is no {part!r} in {getattr(node, 'name', 'it')}"
            )
        node = inner[-1]
    if isinstance(node, ast.Module):
        raise LookupError(f"{name} names a module; name a function or a class in it")
    lines = text.split("\n")
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    hidden = {
        number
        for inner in ast.walk(node)
        if isinstance(inner, Definition) and ast.get_docstring(inner)
        for number in range(inner.body[0].lineno, _after(inner, lines))
    }
    last = node.end_lineno or first
    kept = [lines[n - 1] for n in range(first, last + 1) if n not in hidden]
    return textwrap.dedent("\n".join(kept))


def _after(node: Definition, lines: list[str]) -> int:
    """The line after a docstring, and after the blank lines that follow it."""
    number = (node.body[0].end_lineno or node.body[0].lineno) + 1
    while number <= len(lines) and not lines[number - 1].strip():
        number += 1
    return number


def _listing(name: str, md: Markdown) -> Markup:
    page = current_page(md) or Path.cwd() / "unknown.md"
    settings = engine_for(find_root(page.parent)).settings
    try:
        file, code = source_of(
            name, [settings.root / folder for folder in settings.source]
        )
    except LookupError as error:
        lines = page.read_text(encoding="utf-8").splitlines()
        line = next(
            (n for n, text in enumerate(lines, 1) if text.strip("> \t") == name), 1
        )
        place = page.relative_to(settings.root).as_posix()
        failure = Failure(place, line, str(error.args[0]), excerpt(lines, line))
        raise FenceError(failure) from None
    title = file.relative_to(settings.root).as_posix()
    listing = code_block("python", code, title=title)
    return MarkdownConverter(md).convert(listing, id_prefix=f"{name}-")
