"""Sets a drawing as a figure: its text alternative, its caption, ids of its own."""

import html
import re

ID = re.compile(r'(\bid="|xlink:href="#|href="#|url\(#)')


def figure(drawing: str, name: str, alt: str, caption: str) -> str:
    """The markup of a figure.

    Args:
        drawing: SVG or HTML.
        name: Unique on the page; every id inside the drawing is put below it.
        alt: What a reader who does not see the drawing is told.
        caption: What stands below it; may be empty.
    """
    drawing = ID.sub(lambda m: f"{m[1]}{name}-", drawing)
    drawing = re.sub(r"<svg\b(?![^>]*\brole=)", '<svg role="img"', drawing, count=1)
    drawing = re.sub(r'(<svg\b[^>]*?) aria-label="[^"]*"', r"\1", drawing, count=1)
    drawing = drawing.replace("<svg ", f'<svg aria-label="{html.escape(alt)}" ', 1)
    below = (
        f"<figcaption>{html.escape(caption, quote=False)}</figcaption>"
        if caption
        else ""
    )
    return f'<figure class="bookbuild-figure" id="{name}">{drawing}{below}</figure>'
