"""What is left out of a built edition: signs of fonts that no formula has, and unasked files."""

import shutil
from pathlib import Path

from fontTools.ttLib import TTFont

from .conftest import CONFIG, ROOT, Book

FONT = "docs/assets/vendor/katex/fonts/KaTeX_Main-Regular.woff2"


def with_formulas(book: Book, config: str = "") -> Path:
    """A book with formulas, a font, and a source map; where the font lies once it is built."""
    book.write("mkdocs.yml", CONFIG + "  - bookbuild.render.math\n" + config)
    place = book.root / FONT.replace("assets", "en")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / FONT, place)
    book.write("docs/en/js/theme.js.map", "{}")
    book.page("$1 + 2 < \\alpha$, and in the prose 7")
    return book.root / "site" / FONT.replace("docs/assets", "en")


def signs(font: Path) -> set[str]:
    return {chr(code) for code in TTFont(font).getBestCmap()}


def test_a_font_keeps_the_signs_of_the_formulas_and_no_others(book: Book) -> None:
    font = with_formulas(book)
    assert book.press("build").code == 0
    assert {"1", "2", "+", "<"} <= signs(font)
    assert not {"7", "9", "Q"} & signs(font)
    assert {"7", "9", "Q"} < signs(ROOT / FONT)
    assert font.stat().st_size < 5_000


def test_two_builds_cut_a_font_alike(book: Book) -> None:
    font = with_formulas(book)
    assert book.press("build").code == 0
    first = font.read_bytes()
    assert book.press("build").code == 0
    assert font.read_bytes() == first


def test_no_source_map_is_published(book: Book) -> None:
    with_formulas(book)
    assert book.press("build").code == 0
    assert not [name for name in book.files() if name.endswith(".map")]


def test_a_wrong_address_leads_to_the_editions(book: Book) -> None:
    with_formulas(book)
    assert book.press("build").code == 0
    assert '<a href="/en/"' in book.files()["404.html"].decode()
    with_formulas(book, "site_url: https://example.org/book/en/\n")
    assert book.press("build").code == 0
    assert '<a href="https://example.org/book/en/"' in book.files()["404.html"].decode()


def test_an_address_that_is_not_the_editions_is_refused(book: Book) -> None:
    with_formulas(book, "site_url: https://example.org/book/\n")
    told = book.press("build")
    assert told.code == 1
    assert "site_url must end in /en/, got https://example.org/book" in told.text
