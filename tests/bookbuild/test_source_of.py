"""An implementation on a page is the one in `src`, fetched when the page is built."""

import pytest

from .conftest import CONFIG, Book

MODULE = '''\
import functools


@functools.cache
def outer(number):
    """Say what it does."""

    # a reason
    return number + 1


class Box:
    """A box."""

    size = 3

    def open(self):
        """Open it."""
        return "opened"
'''
FENCES = """\
  - pymdownx.superfences:
      custom_fences:
        - name: source-of
          class: source-of
          format: !!python/name:bookbuild.render.source_of.format_source
"""


@pytest.fixture
def shown(book: Book) -> Book:
    book.write("src/toy/things.py", MODULE)
    book.write("mkdocs.yml", CONFIG.replace("  - pymdownx.superfences\n", FENCES))
    return book


def text_of(book: Book) -> str:
    import html
    import re

    return html.unescape(re.sub(r"<[^>]+>", "", book.built()))


def test_code_is_shown_whole_without_its_docstring(shown: Book) -> None:
    shown.page("# A\n\n```source-of\ntoy.things.outer\ntoy.things.Box\n```\n")
    told = shown.press("build")
    assert told.code == 0, told.text
    text = text_of(shown)
    assert (
        "@functools.cache\ndef outer(number):\n    # a reason\n    return number + 1\n"
        in text
    )
    assert (
        'class Box:\n    size = 3\n\n    def open(self):\n        return "opened"\n'
        in text
    )
    assert "src/toy/things.py" in text


def test_an_edit_of_the_code_shows(shown: Book) -> None:
    shown.page("# A\n\n```source-of\ntoy.things.Box.open\n```\n")
    shown.press("build")
    assert 'def open(self):\n    return "opened"\n' in text_of(shown)
    shown.write("src/toy/things.py", MODULE.replace("opened", "shut"))
    shown.press("build")
    assert 'def open(self):\n    return "shut"\n' in text_of(shown)


@pytest.mark.parametrize(
    "name", ["toy.things.inner", "toy.nothing.at_all", "toy.things.Box.shut"]
)
def test_an_unknown_name_fails_the_build_at_its_line(shown: Book, name: str) -> None:
    shown.page(f"# A\n\n- item\n\n    ```source-of\n    {name}\n    ```\n")
    told = shown.press("build")
    assert told.code == 1
    assert "docs/en/index.md:6: " in told.text
    assert name in told.text
