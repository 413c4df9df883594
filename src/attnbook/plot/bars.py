"""Shares as bars: how a limited whole is divided."""

from collections.abc import Iterator, Sequence
from typing import Any

from attnbook.plot import numbers, svg

LENGTH, HEIGHT, STEP = 220, 20, 27


def bars(
    shares: numbers.Numbers,
    names: Sequence[Any],
    title: str | None = None,
    role: str = "weights",
    digits: int = 2,
) -> svg.Svg:
    """Draw one bar a share, each in a track as long as the whole.

    The whole is 1, so that two pictures of shares can be compared; if a number is larger,
    the largest is the whole.

    Args:
        shares: Vector of numbers from 0 up: a tensor, an array or a list.
        names: A name for each.
        title: What the picture shows; stands above it.
        role: Whose colour: query, key, value, weights or output.
        digits: Decimals of the numbers; whole numbers have none.

    Returns:
        The drawing. A notebook shows it; `str(...)` of it is the SVG.

    Raises:
        ValueError: If `shares` is no vector of finite numbers from 0 up, if names and
            shares differ in number, or if there is no such role.

    Examples:
        >>> picture = bars([0.1, 0.9], ["Sunday", "2026"])
        >>> "Sunday" in picture, ">0.90<" in picture
        (True, True)
    """
    values = numbers.vector(shares, "shares")
    words = numbers.labels(names, len(values), "names")
    written = [numbers.written(value, digits) for value in values]
    left = svg.widest(words) + 8
    right = left + LENGTH + 8 + svg.widest(written)
    top = 24 * bool(title)
    lengths = [LENGTH * value / max(1, *values) for value in values]
    return svg.drawing(
        max(right, svg.widest([title or ""])),
        top + STEP * len(values) - (STEP - HEIGHT),
        title or f"Bar chart of {len(values)} shares",
        [
            *([svg.text(0, 14, title, ' font-weight="600"')] if title else []),
            *_tracks(lengths, left, top, svg.colour(role)),
            *_words(words, left - 8, top, ' text-anchor="end"'),
            *_words(written, left + LENGTH + 8, top, ""),
        ],
        [["", title or "share"], *map(list, zip(words, written, strict=True))],
    )


def _tracks(
    lengths: list[numbers.Real], left: int, top: int, colour: str
) -> Iterator[str]:
    """The bars, upon what the whole would be."""
    for opacity, widths in ((".12", [LENGTH] * len(lengths)), ("1", lengths)):
        yield f'<g fill="{colour}" fill-opacity="{opacity}">'
        for i, width in enumerate(widths):
            yield (
                f'<rect x="{svg.num(left)}" y="{top + STEP * i}" '
                f'width="{svg.num(width)}" height="{HEIGHT}"/>'
            )
        yield "</g>"


def _words(words: list[str], x: int, top: int, extra: str) -> Iterator[str]:
    for i, word in enumerate(words):
        yield svg.text(x, top + STEP * i + 14.5, word, extra)
