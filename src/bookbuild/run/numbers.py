"""The numbers behind a figure, as a table: for readers who do not see it, or want to reuse it."""

from collections.abc import Iterator
from typing import Any

MOST_ROWS = 24
"""Longer series are thinned: the picture shows their course, the table its stations."""

Table = list[list[str]]


def own_table(value: Any) -> list[Table]:
    """The table of a drawing that has one: rows of text, the first one its heading."""
    method = getattr(type(value), "_repr_table_", None)
    return [[[str(cell) for cell in row] for row in method(value)]] if method else []


def plotted(figure: Any) -> list[Table]:
    """A table for each of a matplotlib figure's axes that holds lines or points."""
    tables = []
    for axes in figure.axes:
        series = list(_series(axes))
        if series:
            tables.append(_table(axes, series))
    return tables


def _series(axes: Any) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Each line and each cloud of points: its label, its places and its heights."""
    drawn = [(it, *_floats(it.get_xdata(), it.get_ydata())) for it in axes.get_lines()]
    drawn += [
        (it, *_floats(*it.get_offsets().T))
        for it in axes.collections
        if type(it).__name__ == "PathCollection"
    ]
    for it, x, y in drawn:
        label = str(it.get_label())
        yield "" if label.startswith("_") else label, x, y


def _floats(x: Any, y: Any) -> tuple[list[float], list[float]]:
    return [float(v) for v in x], [float(v) for v in y]


def _table(axes: Any, series: list[tuple[str, list[Any], list[Any]]]) -> Table:
    """One column a series where all have the same places, else one line a point."""
    x_name, y_name = axes.get_xlabel() or "x", axes.get_ylabel() or "y"
    named = [it for it in series if it[0]] or series
    places = named[0][1]
    if all(x == places for _, x, _ in named):
        kept = _stations(len(places))
        columns = [[_short(y[i]) for i in kept] for _, _, y in named]
        rows = zip([_short(places[i]) for i in kept], *columns, strict=True)
        return [[x_name, *(label or y_name for label, _, _ in named)], *map(list, rows)]
    rows = [
        [*([label] if named[0][0] else []), _short(x[i]), _short(y[i])]
        for label, x, y in named
        for i in _stations(len(x))
    ]
    return [[*([""] if named[0][0] else []), x_name, y_name], *rows]


def _stations(count: int) -> list[int]:
    """Which of so many points the table names: all of a few, else the ends and between."""
    if count <= MOST_ROWS:
        return list(range(count))
    return sorted({round(i * (count - 1) / (MOST_ROWS - 1)) for i in range(MOST_ROWS)})


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
