"""Which page a Markdown converter is working on."""

from pathlib import Path

from markdown import Markdown


def current_page(md: Markdown) -> Path | None:
    """The file of the page that `md` converts, or None where there is no such file.

    MkDocs and its successors leave it with their link processor; whoever uses
    Python-Markdown alone sets `md.page_path`.
    """
    if "relpath" in md.treeprocessors:
        name = md.treeprocessors["relpath"].file.abs_src_path  # pyright: ignore
        return Path(name).resolve() if name else None
    return getattr(md, "page_path", None)


def beside_or_above(page: Path, file: str) -> Path | None:
    """Look for a file of the book, such as its glossary, beside a page and above it."""
    places = (folder / file for folder in page.parents)
    return next((place.resolve() for place in places if place.is_file()), None)
