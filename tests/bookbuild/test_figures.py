"""Figures of a page: how they are set, their numbers, custom elements, and files."""

import json
import re
from html import unescape

from .conftest import Book, fence

PLOT = """\
import matplotlib.pyplot as plt
plt.plot([1, 3, 2])
plt.xlabel("step")
"""


def test_figures_are_collected_follow_the_theme_and_have_ids_of_their_own(
    book: Book,
) -> None:
    header = 'id="{}" alt="A line that rises, then falls by {{{{= 3 - 2 }}}}" caption="Up & down"'
    book.page(
        "\n".join(fence(PLOT.rstrip(), header.format(name)) for name in ("one", "two"))
    )
    told = book.press("build")
    assert told.code == 0, told.text
    html = book.built()
    assert html.count("<svg") == 2
    assert 'aria-label="A line that rises, then falls by 1"' in html
    assert "<figcaption>Up &amp; down</figcaption>" in html
    assert "var(--figure-0, " in html
    assert 'fill="currentColor"' in html
    assert "#000000" not in html
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids)), "an id stands twice on the page"
    for used in {part.split('"')[0] for part in html.split('xlink:href="#')[1:]}:
        assert used in ids


def test_a_value_that_draws_itself_is_a_figure(book: Book) -> None:
    code = (
        "class Dot:\n    def _repr_svg_(self):\n"
        '        return \'<svg viewBox="0 0 1 1"><circle id="c" r="1"/></svg>\'\nDot()'
    )
    book.page(fence(code, 'id="dot" alt="a dot"'))
    assert book.press("build").code == 0
    assert '<circle id="dot-1-c"' in book.built()


def test_the_numbers_of_a_figure_stand_below_it(book: Book) -> None:
    two = (
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n"
        "axes.plot([1, 2, 3], [5, 6.25, 1e6], label='GRU <1>')\n"
        "axes.plot([1, 2, 3], [0, -1, 2], label='LSTM')\naxes.set(xlabel='length')"
    )
    own = (
        "class Dot:\n    def _repr_svg_(self):\n        return '<svg></svg>'\n"
        "    def _repr_table_(self):\n        return [['', 'x'], ['dot', 0.5]]\nDot()"
    )
    book.page(fence(two, 'alt="two lines"') + "\n" + fence(own, 'alt="a dot"'))
    assert book.press("build").code == 0
    lines, dot = re.findall(r"<table>.*?</table>", book.built())
    cells = re.findall(r"<t[hd](?: [^>]*)?>([^<]*)", lines)
    assert cells[:6] == ["length", "GRU &lt;1&gt;", "LSTM", "1", "5", "0"]
    assert cells[9:] == ["3", "1,000,000", "2"]
    assert '<th scope="row">dot</th><td>0.5</td>' in dot


def test_a_long_line_is_thinned_and_clouds_get_a_line_a_point(book: Book) -> None:
    code = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n{}\nNone"
    long, cloud = (
        "axes.plot(range(1000), range(1000))",
        "axes.plot([0, 1], [2, 3], label='a')\naxes.scatter([5], [7], label='b')",
    )
    book.page("\n".join(fence(code.format(it), 'alt="x"') for it in (long, cloud)))
    assert book.press("build").code == 0
    thin, points = re.findall(r"<table>.*?</table>", book.built())
    rows = re.findall(r"<tr>.*?</tr>", thin)
    assert len(rows) == 25
    assert "999" in rows[-1]
    assert points.count("<tr>") == 4
    assert '<th scope="row">b</th><td>5</td><td>7</td>' in points


def test_a_custom_element_holds_its_figure_and_what_the_page_computed(
    book: Book,
) -> None:
    header = 'id="play" alt="a line" element="toy-play" data="{{= data }}"'
    page = fence("import json\ndata = json.dumps({'names': ['a\"b', '<&']})")
    book.page(page + "\n" + fence(PLOT.rstrip(), header))
    assert book.press("build").code == 0
    inside = re.search(r'<div class="demo"><toy-play data="(.*?)">(.*)', book.built())
    assert inside
    assert json.loads(unescape(inside[1])) == {"names": ['a"b', "<&"]}
    assert inside[2].startswith('<figure class="bookbuild-figure" id="play-1">')
    assert "</figure></toy-play></div>" in book.built()


def test_what_a_block_prints_can_be_a_file_of_the_site(book: Book) -> None:
    book.page(fence("print('var x = 1')", 'file="js/x.js" source="above"'))
    assert book.press("build").code == 0
    assert book.files()["en/js/x.js"] == b"var x = 1\n"
    assert "var x = 1\n" not in re.sub(r"<[^>]*>", "", book.built())
    book.page(fence("print(1)", 'file="../out.js"'))
    told = book.press("build")
    assert told.code == 1
    assert "docs/en/index.md:1" in told.text
    assert "must be a new file inside the site" in told.text
    assert book.files()["en/js/x.js"] == b"var x = 1\n", "the last good site is gone"
