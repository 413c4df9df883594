"""A matrix as a grid of cells: the larger the number, the fuller the colour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from attnbook.plot import numbers, svg

MAX_WRITTEN = 8  # columns; with more, there is no room for numbers in the cells


def heatmap(
    weights: numbers.Numbers,
    rows: Sequence[Any] | None = None,
    cols: Sequence[Any] | None = None,
    title: str | None = None,
    role: str = "weights",
    digits: int = 2,
) -> svg.Svg:
    """Draw a matrix: one row a query, one column a key.

    A cell's colour is as full as its number: none at 0, all at 1. Where numbers lie
    outside of 0 and 1, the scale stretches to hold them. Up to eight columns, the numbers
    are written into the cells.

    Args:
        weights: Matrix of shape `(query_len, key_len)`: a tensor, an array or lists.
        rows: A name for each row.
        cols: A name for each column.
        title: What the picture shows; stands above it.
        role: Whose colour: query, key, value, weights or output.
        digits: Decimals of the numbers in the cells; whole numbers have none.

    Returns:
        The drawing. A notebook shows it; `str(...)` of it is the SVG.

    Raises:
        ValueError: If `weights` is no matrix of finite numbers, if names and rows or
            columns differ in number, or if there is no such role.

    Examples:
        >>> picture = heatmap([[0.25, 0.75]], rows=["2026년"], cols=["Sunday", "2026"])
        >>> "2026년" in picture, ">0.75<" in picture
        (True, True)
    """
    values = numbers.matrix(weights, "weights")
    row_names = numbers.labels(rows, len(values), "rows")
    col_names = numbers.labels(cols, len(values[0]), "cols")
    colour = svg.colour(role)

    few = len(values[0]) <= MAX_WRITTEN
    every = [[numbers.written(v, digits) for v in row] for row in values]
    words = every if few else []
    grid = _layout(words, len(values[0]), row_names, col_names, bool(title))
    right = grid.left + grid.width * len(values[0])
    bottom = grid.top + grid.height * len(values)
    overhang = 0.77 * svg.widest(col_names) - grid.width / 2 if grid.slanted else 0

    return svg.drawing(
        max(right + overhang, svg.widest([title or ""])),
        bottom,
        title or f"Heat map of {len(values)} rows and {len(values[0])} columns",
        [
            *([svg.text(0, 14, title, ' font-weight="600"')] if title else []),
            *_row_names(grid, row_names),
            *_col_names(grid, col_names),
            *_cells(grid, _shares(values), words, colour),
            _frame(grid, right, bottom),
        ],
        _table(every, row_names, col_names),
    )


def _table(
    words: list[list[str]], row_names: list[str], col_names: list[str]
) -> list[list[str]]:
    rows = row_names or [str(number) for number in range(len(words))]
    cols = col_names or [str(number) for number in range(len(words[0]))]
    body = [[name, *row] for name, row in zip(rows, words, strict=True)]
    return [["", *cols], *body]


@dataclass(frozen=True)
class _Grid:
    """Where the cells are: the corner of the first, and the size of each."""

    left: int
    top: int
    width: int
    height: int
    slanted: bool


def _layout(
    words: list[list[str]],
    columns: int,
    row_names: list[str],
    col_names: list[str],
    titled: bool,
) -> _Grid:
    """Make room for the names; those wider than their column go up on a slope."""
    width = height = max(6, min(24, 320 // columns))
    if words:
        width, height = max(40, *(svg.widest(row) + 10 for row in words)), 32
    slanted = svg.widest(col_names) > width - 4
    left = svg.widest(row_names) + 8 if row_names else 1
    names = (0.64 * svg.widest(col_names) + 14 if slanted else 20) if col_names else 1
    return _Grid(left, round(24 * titled + names), width, height, slanted)


def _row_names(grid: _Grid, names: list[str]) -> Iterator[str]:
    for i, name in enumerate(names):
        y = grid.top + grid.height * (i + 0.5) + 4
        yield svg.text(grid.left - 8, y, name, ' text-anchor="end"')


def _col_names(grid: _Grid, names: list[str]) -> Iterator[str]:
    for j, name in enumerate(names):
        x, y = grid.left + grid.width * (j + 0.5), grid.top - 7
        slope = f' transform="rotate(-40 {svg.num(x)} {svg.num(y)})"'
        yield svg.text(x, y, name, slope if grid.slanted else ' text-anchor="middle"')


def _shares(values: list[list[numbers.Real]]) -> list[list[numbers.Real]]:
    """How full each cell is; 0 and 1 stay what they are unless numbers go beyond."""
    low, high = min(0, *map(min, values)), max(1, *map(max, values))
    return [[(value - low) / (high - low) for value in row] for row in values]


def _cells(
    grid: _Grid, shares: list[list[numbers.Real]], words: list[list[str]], colour: str
) -> Iterator[str]:
    """The cells with their numbers, row by row: rows of equal text compress well."""
    size = f'width="{svg.num(grid.width - 1)}" height="{svg.num(grid.height - 1)}"'
    yield '<g text-anchor="middle">'
    for i, row in enumerate(shares):
        y = svg.num(grid.top + grid.height * i)
        yield f'<g transform="translate({svg.num(grid.left)} {y})">'
        for j, share in enumerate(row):
            x, opacity = svg.num(grid.width * j), svg.num(share)
            yield f'<rect x="{x}" {size} fill="{colour}" fill-opacity="{opacity}"/>'
            if words:
                x = grid.width * j + grid.width // 2
                yield svg.text(x, grid.height / 2 + 4, words[i][j], svg.ink(share))
        yield "</g>"
    yield "</g>"


def _frame(grid: _Grid, right: numbers.Real, bottom: numbers.Real) -> str:
    """A line around the cells: those at 0 have no colour of their own."""
    width, height = svg.num(right - grid.left), svg.num(bottom - grid.top)
    return (
        f'<rect x="{svg.num(grid.left - 0.5)}" y="{svg.num(grid.top - 0.5)}" '
        f'width="{width}" height="{height}" '
        'fill="none" stroke="currentColor" stroke-opacity=".25"/>'
    )
