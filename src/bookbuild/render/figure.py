"""Sets a drawing as a figure: its text alternative, its caption, its numbers, ids of its own."""

import html
import re

from bookbuild.run.figures import Figure
from bookbuild.run.numbers import Table

ID = re.compile(r'(\bid="|xlink:href="#|href="#|url\(#)')


def figure(found: Figure, name: str, alt: str, caption: str, numbers: str) -> str:
    """The markup of a figure.

    Args:
        found: SVG or HTML, and the numbers that it shows.
        name: Unique on the page; every id inside the drawing is put below it.
        alt: What a reader who does not see the drawing is told.
        caption: What stands below it; may be empty.
        numbers: What the disclosure of the numbers is called.
    """
    drawing = ID.sub(lambda m: f"{m[1]}{name}-", found.drawing)
    drawing = re.sub(r"<svg\b(?![^>]*\brole=)", '<svg role="img"', drawing, count=1)
    drawing = re.sub(r'(<svg\b[^>]*?) aria-label="[^"]*"', r"\1", drawing, count=1)
    drawing = drawing.replace("<svg ", f'<svg aria-label="{html.escape(alt)}" ', 1)
    below = (
        f"<figcaption>{html.escape(caption, quote=False)}</figcaption>"
        if caption
        else ""
    )
    if found.tables:
        tables = "".join(map(_table, found.tables))
        below += (
            f'<details class="numbers" data-search-exclude><summary>{numbers}</summary>'
            f"{tables}</details>"
        )
    return f'<figure class="bookbuild-figure" id="{name}">{drawing}{below}</figure>'


def element(name: str, data: str, inside: str) -> str:
    """The markup of a custom element around what stands where no script runs.

    Args:
        name: The element's, such as `attention-playground`.
        data: What the page computed for it, as JSON.
        inside: The figure that it takes the place of.
    """
    # The block element around it: Markdown would take the custom one for a part of a line.
    return (
        f'<div class="demo"><{name} data="{html.escape(data)}">{inside}</{name}></div>'
    )


def _table(rows: Table) -> str:
    """Rows as a table; a heading above, and one before each row where it has a name."""
    head, *body = rows
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in body
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
