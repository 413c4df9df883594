"""Formulas: set at build time, coloured by role, and a fault in one is told with its place."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown import Markdown

from bookbuild.render.typeset import render
from bookbuild.run.engine import engine_for
from bookbuild.run.failure import PageError

from .conftest import CONFIG, Book

EXTENSIONS = [
    "bookbuild.render.math",
    "admonition",
    "attr_list",
    "footnotes",
    "tables",
    "toc",
    "pymdownx.superfences",
]


def page(text: str) -> str:
    return Markdown(extensions=EXTENSIONS).convert(text)


def formulas(text: str) -> list[str]:
    """The TeX of every formula on the page, as its MathML keeps it."""
    kept = r'<annotation encoding="application/x-tex">(.*?)</annotation>'
    return [" ".join(tex.split()) for tex in re.findall(kept, page(text), re.DOTALL)]


def test_math_stands_wherever_text_stands():
    text = """
    # Why $a$ { #why }

    In a line $b$, **bold $c$**, [a link $d$](https://example.org).

    - An item with $e$

        $$
        f
        $$

    !!! note "A title with $g$"
        $$
        \\begin{aligned}
        h &= i \\\\
        j &= k
        \\end{aligned}
        $$

    | head $l$ |
    |---|
    | $m$ |

    > $$
    > n
    > $$

    A note[^1], and a formula without blank lines:
    $$o$$
    and the text goes on with $$p$$ inside.

    [^1]: In the note $q$.
    """
    found = formulas("\n".join(line[4:] for line in text.split("\n")))
    assert [tex.replace("&amp;", "&") for tex in found] == [
        *"abcdefg",
        r"\begin{aligned} h &= i \\ j &= k \end{aligned}",
        *"lmnopq",
    ]


def test_dollars_in_code_and_in_prose_are_left_alone():
    text = "`$a$` costs $5 and $6, $5/$7, or \\$x\\$\n\n    $$ b $$\n\n```\n$c$\n```\n"
    assert formulas(text) == []
    assert "<code>$a$</code> costs $5 and $6, $5/$7, or $x$" in page(text)


def test_a_displayed_formula_is_no_part_of_a_paragraph():
    assert page("before\n$$x$$\nafter").startswith("<p>before</p>\n<div ")
    assert "<p>" not in page("$$x$$")


def test_formulas_are_kept_out_of_the_search_index():
    # The index forgets what to leave out at the first inner end tag of the same name.
    for text, tag in (("$x$", "var"), ("$$x$$", "div")):
        assert f'<{tag} class="math" data-search-exclude="">' in page(text)
        assert f"<{tag}" not in render("x", display=tag == "div")


def test_the_table_of_contents_holds_words():
    md = Markdown(extensions=EXTENSIONS)
    md.convert("# Why $\\sqrt{\\query{d}_k}$ & `code` { #a }\n\n# Plain { #b }\n")
    assert [entry["name"] for entry in md.toc_tokens] == [
        "Why sqrt d_k &amp; code",
        "Plain",
    ]


@pytest.mark.parametrize("form", ["A line with ${}$.", "$$\n{}\n$$"])
def test_what_katex_cannot_read_stops_the_build(form):
    with pytest.raises(
        PageError, match=re.escape(r"formula $\oops{x}$: Undefined control")
    ):
        page(form.replace("{}", r"\oops{x}"))


def converter(file: Path) -> Markdown:
    md = Markdown(extensions=EXTENSIONS)
    md.page_path = file
    return md


FAULTY = """\
---
title: A
---

Fine: $x$. Not a formula: a + \\oops.

!!! note
    > $$
    > a +
    > \\oops
    > $$
"""


def test_a_fault_is_told_with_page_and_line(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    file = tmp_path / "docs" / "a.md"
    file.parent.mkdir()
    file.write_text(FAULTY)
    text = FAULTY.split("---\n")[2]
    with pytest.raises(PageError) as error:
        converter(file).convert(text)
    assert error.value.failure.place == "docs/a.md:9"
    assert ">  9 |     > a +" in error.value.failure.excerpt


def test_a_formula_that_does_not_end_is_told_too(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("$$x$$\n\n$$\na\n\nb\n$$\n")
    with pytest.raises(PageError) as error:
        converter(file).convert(file.read_text())
    assert error.value.failure.place == "a.md:3"
    assert "$$ opens a formula that no $$" in error.value.failure.message


def test_a_server_shows_the_fault_in_place_and_goes_on(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    file = tmp_path / "a.md"
    file.write_text("one $\\oops$ two")
    engine_for(tmp_path).serving = True
    shown = converter(file).convert(file.read_text())
    assert re.search(
        r'one <span class="bookbuild-failure">a\.md:1: .*oops.*</span> two', shown
    )


def test_a_plain_build_fails_too(book: Book):
    book.write("mkdocs.yml", CONFIG + "  - bookbuild.render.math\n")
    book.page("# A\n\n$x$\n")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]

    def build() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=book.root, capture_output=True, text=True, check=False
        )

    assert build().returncode == 0
    assert 'class="katex"' in book.built()
    book.page("# A\n\n$\\oops$\n")
    told = build()
    assert told.returncode != 0
    assert "docs/en/index.md:3: formula $\\oops$: Undefined control" in told.stderr


NOTATION = """\
# Notation { #notation }

| symbol | meaning | code |
|---|---|---|
| $\\query{q}$ { #sym-query } | query: <what> is asked | `query` |
"""


def test_a_symbol_leads_to_its_definition(tmp_path: Path) -> None:
    book = Book(tmp_path)
    config = CONFIG + "  - attr_list\n  - tables\n  - bookbuild.render.math\n"
    book.write("mkdocs.yml", config)
    book.write("pyproject.toml", "")
    book.page(NOTATION, "reference/notation")
    book.page(
        r"$\query{Q}$, $e^{\query{q}}$ and [a link $\query{Q}$](two.md)", "part/one"
    )
    book.page(r"$\key{K}$, which the notation does not know", "part/two")
    told = book.press("build")
    assert told.code == 0, told.text
    one, two = book.built("part/one"), book.built("part/two")
    link = '<a class="symbol" href="../../reference/notation/#sym-query" tabindex="-1" '
    assert one.count(f'{link}title="query: &lt;what&gt; is asked">') == 1
    assert one.count('symbol"') == 2, "a link stands in a link"
    assert one.count('<a class="mtight symbol" href="../../reference/notation/') == 1
    assert "symbol" not in re.sub(r"<annotation.*?</annotation>", "", two)
    for markup in (one, two):
        assert 'href="sym-' not in markup
