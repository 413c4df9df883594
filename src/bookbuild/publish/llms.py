"""The book for machines that read text: `llms.txt`, the list, and `llms-full.txt`, all of it."""

from collections.abc import Iterable

from bookbuild.publish.plain import pieces_of, title_of
from bookbuild.run.results import Run
from bookbuild.settings import Settings


def page_list(name: str, summary: str, pages: Iterable[tuple[str, str, str]]) -> str:
    """Write `llms.txt`.

    Args:
        name: The site's.
        summary: What it is, in a sentence.
        pages: Title, address and description of each page, in reading order.

    Returns:
        The text, in the form that llmstxt.org describes.
    """
    items = [f"- [{title}]({url}): {told}" for title, url, told in pages]
    return "\n".join(
        [f"# {name}", "", f"> {summary}", "", "## Chapters", "", *items, ""]
    )


def full_text(runs: Iterable[Run], settings: Settings) -> str:
    """Write `llms-full.txt`: every page with its code and what the code printed."""
    return "\n\n".join(plain_page(run, settings) for run in runs) + "\n"


def plain_page(run: Run, settings: Settings) -> str:
    """Write a page that ran as one plain Markdown text."""
    parts = (
        [] if any(line.startswith("# ") for line in run.page.lines) else [title_of(run)]
    )
    for piece in pieces_of(run, settings):
        if piece.block is None:
            parts.append(piece.text)
            continue
        parts.append(f"```python\n{piece.text}\n```")
        published = piece.block.options.get(
            "file"
        )  # a file for the site, not for a reader
        if piece.output and piece.output.text.strip() and not published:
            shown = piece.output.text.rstrip("\n")
            parts.append(f"```text\n{shown}\n```")
        if piece.alt:
            parts.append(f"[Figure: {piece.alt}]")
    return "\n\n".join(parts)
