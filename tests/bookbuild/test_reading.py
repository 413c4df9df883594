"""How long a page takes to read."""

import re

from markdown import Markdown

EXTENSIONS = [
    "bookbuild.render.reading",
    "bookbuild.render.math",
    "pymdownx.superfences",
    "pymdownx.details",
]
WORDS = "word " * 180


def minutes(text: str) -> list[str]:
    page = Markdown(extensions=EXTENSIONS).convert(text)
    return re.findall(r'<h1 data-minutes="(\d+)">', page)


def test_prose_counts_at_a_readers_pace() -> None:
    assert minutes(f"# T\n\n{WORDS}") == ["1"]
    assert minutes(f"# T\n\n{WORDS}\n\n- {WORDS}\n- {WORDS}\n") == ["3"]


def test_listings_count_half_a_minute_each() -> None:
    listing = "```python\n" + "x = 1\n" * 300 + "```\n\n"
    assert minutes(f"# T\n\n{WORDS}\n\n{listing * 4}") == ["3"]


def test_what_is_closed_and_how_a_formula_is_made_do_not_count() -> None:
    closed = f'??? question "Q"\n    {WORDS}{WORDS}\n'
    formulas = "$a_1 + b_2 = c_3$ " * 100
    assert minutes(f"# T\n\n{WORDS}\n\n{closed}\n\n{formulas}") == ["1"]


def test_a_page_without_a_title_has_none() -> None:
    assert minutes(WORDS) == []
