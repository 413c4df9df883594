"""The parts of a drawing: SVG as text that takes its colours from the page it stands on."""

from html import escape
from unicodedata import east_asian_width

from attnbook.plot.numbers import Real

FONT_SIZE = 13
ROLES = {
    "query": "var(--role-query,#b3261e)",
    "key": "var(--role-key,#0b55b0)",
    "value": "var(--role-value,#006356)",
    "weights": "var(--role-weights,#742cd5)",
    "output": "var(--role-output,#685100)",
}
"""The colour of each role: the page's own, or this one where no page gives it."""


class Svg(str):
    """A drawing: text that pages and notebooks show as a picture.

    Attributes:
        table: the numbers that it shows, as rows of text; the first one is a heading.
    """

    table: list[list[str]]

    def _repr_table_(self) -> list[list[str]]:
        return self.table

    def _repr_svg_(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        # Notebooks put SVG into an image, where it cannot follow a dark theme; HTML can.
        return str(self)


def drawing(
    width: Real, height: Real, label: str, parts: list[str], table: list[list[str]]
) -> Svg:
    """Put the parts together.

    Args:
        width: Size of the canvas, in pixels at full size.
        height: The same, downwards.
        label: What the picture shows, for those who do not see it.
        parts: The elements, in order of painting.
        table: The numbers that it shows, as rows of text, the first one a heading.

    Returns:
        One `<svg>` element without ids, so that any number of them share a page.
    """
    picture = Svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(width)} {num(height)}" '
        f'width="{num(width)}" role="img" aria-label="{escape(label)}" '
        f'fill="currentColor" font-size="{FONT_SIZE}">{"".join(parts)}</svg>'
    )
    picture.table = table
    return picture


def text(x: Real, y: Real, words: str, extra: str = "") -> str:
    """A text whose baseline starts at `(x, y)`; `extra` holds further attributes."""
    return f'<text x="{num(x)}" y="{num(y)}"{extra}>{escape(words, quote=False)}</text>'


def widest(words: list[str]) -> int:
    """About how wide the widest text is; Korean letters take a full square each."""
    squares = [
        sum(1 if east_asian_width(letter) in "WF" else 0.66 for letter in text)
        for text in words
    ]
    return round(FONT_SIZE * max(squares, default=0))


def colour(role: str) -> str:
    """The colour of a role.

    Raises:
        ValueError: If there is no such role.
    """
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}, got {role!r}")
    return ROLES[role]


def num(value: Real) -> str:
    """A number in as few characters as two decimals allow: `.25`, `12`, `-.5`."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return short.replace("0.", ".", 1) if short.lstrip("-").startswith("0.") else short


def ink(share: Real) -> str:
    """The `fill` of a number on a cell that is full to this share; empty for the usual.

    Text and page trade places on the fuller cells, sooner on a dark page than on a light
    one: the page's stylesheet decides.
    """
    if share <= 0.6:
        return ""
    if share <= 0.8:
        return ' fill="var(--figure-ink-mid,currentColor)"'
    return ' fill="var(--figure-ink-high,#fff)"'
