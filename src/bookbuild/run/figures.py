"""Collects the figures of a block, as SVG that follows the theme of the page.

Text and axes take the page's own colour, the colour cycle is a set of CSS variables, and
nothing in the file depends on the day or on chance. `matplotlibrc` beside this file sets the look.
"""

import io
import re
import sys
from typing import Any

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


def collect(value: Any) -> list[str]:
    """The markup of a block's last value, if it draws itself, and of all open figures."""
    drawings = [drawing] if (drawing := _own_drawing(value)) else []
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        drawings += [_svg(pyplot.figure(number)) for number in pyplot.get_fignums()]
        pyplot.close("all")
    return drawings


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
