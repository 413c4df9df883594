"""The words and the markup of the built site: spelling, and HTML that is valid."""

import subprocess
import sys
from pathlib import Path

import html5lib

ROOT = Path(__file__).parents[2]
CODESPELL = Path(sys.executable).parent / "codespell"
# Parse errors that a browser reads as meant: an SVG's own elements, attributes of a script.
FORGIVEN: set[str] = set()


def misspelt(*places: Path) -> str:
    """What the speller finds; nothing where all is well."""
    command = [
        CODESPELL,
        "--ignore-words-list",
        "fro,nd",
        "--skip",
        "*.svg,*/vendor/*,*.min.*,*.png",
        *places,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout


def invalid(page: Path) -> list[str]:
    """The errors of a page's HTML, each with its place."""
    parser = html5lib.HTMLParser()
    parser.parse(page.read_bytes(), transport_encoding="utf-8")
    return [
        f"{page}:{line}: {code} {told}"
        for (line, _), code, told in parser.errors
        if code not in FORGIVEN
    ]


def test_words_are_spelt_right():
    found = misspelt(ROOT / "docs" / "en", ROOT / "src", ROOT / "README.md")
    assert not found, found


def test_the_speller_finds_a_planted_fault(tmp_path):
    (tmp_path / "page.md").write_text("A funtion that recieves.")
    assert misspelt(tmp_path).count("==>") == 2


def test_every_page_is_valid(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 30
    errors = [error for page in pages for error in invalid(page)]
    assert not errors, "\n".join(errors[:20])


def test_the_validator_finds_a_planted_fault(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>t</title><p>fine</p>")
    assert not invalid(page)
    for markup in ("<p><b>open</p>", "<p id=a id=b>twice</p>", "</div>"):
        page.write_text(f"<!doctype html><title>t</title>{markup}")
        assert invalid(page), markup
