"""Collects the figures of a block, as SVG that follows the theme of the page.

Text and axes take the page's own colour, the colour cycle is a set of CSS variables, and
nothing in the file depends on the day or on chance. `matplotlibrc` beside this file sets the look.
"""

import io
import re
import sys
from dataclasses import asdict, dataclass
from typing import Any

from bookbuild.run.numbers import Table, own_table, plotted

CYCLE = ("#3b6fd4", "#c94a17", "#25804f", "#8e44ad", "#946b00", "#c2185b")
"""The colours C0 to C5 of a plot, each replaced by the CSS variable `--figure-0` to `-5`."""

NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}

CLEANING = (
    # Matplotlib writes no fill on text: without one on the root it stays black in the dark.
    (
        r"^<svg ",
        '<svg fill="currentColor" stroke-linejoin="round" stroke-linecap="butt" ',
    ),
    (r"#000000\b", "currentColor"),
    (
        r"<metadata>.*?</metadata>|<style.*?</style>",
        "",
    ),  # a style would reach the whole page
    (r" font-family: [^;\"]*;?", ""),  # the page's own font
    (r" transform=\"rotate\(-0 [^)]*\)\"", ""),
    (
        r"<[^>]*>",
        lambda tag: re.sub(r"(\.\d\d)\d+", r"\1", tag[0]),
    ),  # no label's number
    (r"\s*\n\s*", " "),
    (r"> <", "><"),
)
"""What makes matplotlib's file small and at home in a page: patterns and replacements."""


@dataclass(frozen=True)
class Figure:
    """The markup of a drawing, and the numbers that it shows, a table for each part."""

    drawing: str
    tables: list[Table]


def collect(value: Any) -> list[dict[str, Any]]:
    """A block's last value, if it draws itself, and all open figures, as plain data."""
    found = []
    if drawing := _own_drawing(value):
        found.append(Figure(drawing, own_table(value)))
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            found.append(Figure(_svg(figure), plotted(figure)))
        pyplot.close("all")
    return [asdict(figure) for figure in found]


def _own_drawing(value: Any) -> str:
    """What notebooks would show for `value`: its SVG or HTML, else nothing."""
    for name in ("_repr_svg_", "_repr_html_"):
        method = getattr(type(value), name, None)
        if method and (text := method(value)):
            return str(text)
    return ""


def _svg(figure: Any) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata=NO_METADATA, bbox_inches="tight")
    text = file.getvalue()
    text = text[text.index("<svg") :]
    for pattern, instead in CLEANING:
        text = re.sub(pattern, instead, text, flags=re.DOTALL)
    for number, colour in enumerate(CYCLE):
        text = text.replace(colour, f"var(--figure-{number}, {colour})")
    return text
