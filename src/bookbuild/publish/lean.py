"""Makes a rendered edition light: fonts hold the signs in use, and no file lies there unasked."""

import html
import json
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FORMULA = re.compile(r'<(var|div) class="math"[^>]*>(.*?)</\1>', re.DOTALL)
VISIBLE = re.compile(r'<span class="katex-html"[^>]*>(.*)', re.DOTALL)
# What the theme's search knows of languages: Japanese and Thai dictionaries, thirty stemmers.
LANGUAGES = "assets/javascripts/lunr"
STEMMER = "min/lunr.{}.min.js"


def make_lean(edition: Path) -> None:
    """Leave out of a rendered edition what its pages have no use for.

    Args:
        edition: The folder. Its fonts for formulas lie below `vendor/katex/fonts`.
    """
    for file in edition.glob("**/*.map"):
        file.unlink()
    kept = {STEMMER.format(it) for it in ("stemmer.support", *_languages(edition))}
    for file in (edition / LANGUAGES).rglob("*.js"):
        if file.relative_to(edition / LANGUAGES).as_posix() not in kept:
            file.unlink()
    signs = signs_in(edition)
    for file in edition.glob("vendor/katex/fonts/*.woff2"):
        _cut(file, signs)


def _languages(edition: Path) -> list[str]:
    """The languages of the search, as its index names them."""
    index = edition / "search" / "search_index.json"
    return (
        json.loads(index.read_text("utf-8"))["config"]["lang"] if index.exists() else []
    )


def signs_in(edition: Path) -> set[str]:
    """Every sign that stands in a formula of the edition."""
    signs: set[str] = set()
    for page in edition.rglob("*.html"):
        for found in FORMULA.finditer(page.read_text(encoding="utf-8")):
            if shown := VISIBLE.search(found[2]):
                signs |= set(html.unescape(re.sub(r"<[^>]*>", "", shown[1])))
    return signs


def _cut(file: Path, signs: set[str]) -> None:
    # The time stamp stays: two builds of one state are equal to the byte.
    font = TTFont(file, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=["*"], hinting=False))
    cutter.populate(unicodes=[ord(sign) for sign in signs])
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(file)
