"""A translation repeats no code: its fences and inline results are those of the original.

`docs/ko/a.md` is a translation of `docs/en/a.md`. A fence there bears an id alone, and an
inline expression is one that the original has too; both take the original's result.
"""

from dataclasses import replace
from pathlib import Path

from bookbuild.run.blocks import Block, Page
from bookbuild.run.results import Output, Run, failed
from bookbuild.settings import Settings


def original_of(file: Path, settings: Settings) -> Path | None:
    """The page that `file` translates, or None where it stands for itself."""
    pages = settings.root / settings.pages
    if not file.is_relative_to(pages):
        return None
    language, *rest = file.relative_to(pages).parts
    original = pages.joinpath(settings.original, *rest)
    return (
        original
        if rest and language != settings.original and original.exists()
        else None
    )


def translated(page: Page, run: Run) -> Run:
    """The result of a translation, out of its original's result.

    Args:
        page: The translation.
        run: What the original gave.
    """
    if run.failure:
        return replace(run, page=page)
    known: dict[str, list[tuple[Block, Output]]] = {}
    for block, output in zip(run.page.blocks, run.outputs, strict=True):
        known.setdefault(_name(block), []).append((block, output))
    blocks, outputs = [], []
    for block in page.blocks:
        if not block.inline and block.code.strip():
            why = "a translation repeats no code: give the fence the original's id, and no body"
            return failed(page, block.line - 1, why)
        candidates = known.get(_name(block), [])
        if not candidates:
            kind = "inline expression" if block.inline else "block id"
            why = f"{run.page.path} has no {kind} {(block.code or block.id)!r}"
            return failed(page, block.line - (not block.inline), why)
        original, output = candidates.pop(0) if len(candidates) > 1 else candidates[0]
        options = {**original.options, **block.options}
        blocks.append(Block(block.line, original.code, block.inline, options))
        outputs.append(output)
    return replace(run, page=replace(page, blocks=blocks), outputs=tuple(outputs))


def _name(block: Block) -> str:
    return f"inline {block.code}" if block.inline else f"id {block.id}"
