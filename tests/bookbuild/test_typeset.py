"""One formula at a time, and the files of KaTeX that set it."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bookbuild.render.typeset import plain, render

ROOT = Path(__file__).parents[2]
MATHML = "{http://www.w3.org/1998/Math/MathML}"


def test_a_formula_becomes_html_and_mathml():
    markup = ElementTree.fromstring(render(r"\sqrt{d_k}"))
    assert [child.get("class") for child in markup] == ["katex-mathml", "katex-html"]
    assert markup[1].get("aria-hidden") == "true"
    assert markup.find(f".//{MATHML}msqrt/{MATHML}msub/{MATHML}mi").text == "d"


@pytest.mark.parametrize(
    ("macro", "role"),
    [
        ("query", "query"),
        ("key", "key"),
        ("val", "value"),
        ("weights", "weights"),
        ("out", "output"),
    ],
)
def test_a_role_is_a_class_that_the_stylesheet_knows(macro, role):
    assert f'<span class="enclosing role-{role}">' in render(rf"\{macro}{{X}}")
    palette = (ROOT / "docs/assets/css/palette.css").read_text()
    assert f".role-{role} " in palette


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\nosuchmacro{x}", r"Undefined control sequence: \nosuchmacro"),
        (r"\frac{1", "Unexpected end of input"),
        ("한국어", "Unicode text character"),
        (r"\href{https://example.org}{x}", r"\href is not allowed here"),
        (r"\href{symbols.md}{x}", r"\href is not allowed here"),
        (r"\htmlClass{other}{x}", r"\htmlClass is not allowed here"),
        ("{{= d }}", "a computed value cannot stand inside a formula"),
    ],
)
def test_what_katex_cannot_read_is_refused(tex, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        render(tex)


def test_a_formula_can_be_said_in_words():
    assert plain(r"\query{Q}\key{K}^\top") == "QK^top"
    assert plain(r"\sqrt{d_k}") == "sqrt d_k"


def test_a_page_without_math_does_not_start_the_engine():
    code = (
        "import sys, markdown;"
        "convert = lambda text: markdown.markdown(text, extensions=['bookbuild.render.math']);"
        "convert('# Plain'); assert 'py_mini_racer' not in sys.modules;"
        "convert('$x$'); assert 'py_mini_racer' in sys.modules"
    )
    # It must also end by itself: an engine left open would hold the interpreter.
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_vendored_files_are_what_they_were():
    sums = (Path(__file__).parent / "katex.sha256").read_text()
    listed = [line.split() for line in sums.splitlines()]
    for digest, name in listed:
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, name
    folders = (ROOT / "src/bookbuild/render/katex", ROOT / "docs/assets/vendor/katex")
    there = {file for folder in folders for file in folder.rglob("*") if file.is_file()}
    assert there == {ROOT / name for _, name in listed}


def test_the_stylesheet_names_only_fonts_that_are_there():
    folder = ROOT / "docs/assets/vendor/katex"
    named = re.findall(r"url\((.+?)\)", (folder / "katex.min.css").read_text())
    assert {folder / name for name in named} == set((folder / "fonts").iterdir())
