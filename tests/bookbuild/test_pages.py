"""What a page shows is what its code does: isolation, capture, figures, nesting, rendering."""

import pytest
from markdown import Markdown

from .conftest import Book, fence


def test_blocks_of_a_page_share_a_namespace_and_pages_do_not(book: Book) -> None:
    book.page(fence("shared = 41") + "\n" + fence("print(shared + 1)"), "one")
    book.page(fence("import builtins\nprint('shared' in globals())"), "two")
    book.page("# Home")
    assert book.press("build").code == 0
    assert "<code>42\n" in book.built("one")
    assert "<code>False\n" in book.built("two")


def test_what_one_page_does_to_a_library_stays_with_it(book: Book) -> None:
    book.page(fence("import json\njson.dumps = None"), "a-first")
    book.page(
        fence("import json, random\nprint(json.dumps([1]), random.random())"),
        "b-second",
    )
    assert book.press("check", BOOKBUILD_JOBS="1").code == 0


CAPTURED = """\
import logging, os, subprocess, sys, warnings
from toy.sums import divide
print("one", 2, sep="|", end="!\\n")
divide(4, 2)
sys.stdout.write("written\\n")
print("to stderr", file=sys.stderr)
os.write(1, b"raw\\n")
subprocess.run(["echo", "child"])
logging.warning("logged")
warnings.warn("warned")
print("한글 🎉")
"""


def test_everything_printed_by_whomever_is_shown_in_order(book: Book) -> None:
    book.page("---\ndepends: []\n---\n" + fence(CAPTURED.rstrip()))
    assert book.press("build").code == 0
    shown = (
        "one|2!\ndividing\nwritten\nto stderr\nraw\nchild\n"
        "WARNING:root:logged\nUserWarning: warned\n한글 🎉\n"
    )
    assert shown in book.built()


def test_getsource_dataclasses_and_pickle_work_on_what_a_block_defines(
    book: Book,
) -> None:
    code = (
        "import dataclasses, inspect, pickle\n"
        "@dataclasses.dataclass\n"
        "class Point:\n"
        "    x: int\n"
        "print(pickle.loads(pickle.dumps(Point(3))))\n"
        "print(inspect.getsource(Point).splitlines()[1])"
    )
    quoted = "\n".join(f"> {line}" for line in fence(code).splitlines())
    book.page(f"# Quoted\n\n{quoted}\n")
    assert book.press("build").code == 0
    assert "Point(x=3)\nclass Point:\n" in book.built()


NESTED = {
    "a list": "- item\n\n{four}\n",
    "an admonition": '!!! note "Title"\n\n{four}\n',
    "a collapsed box in a box": '??? note "Out"\n\n    ??? note "In"\n\n{eight}\n',
    "a content tab": '=== "Tab"\n\n{four}\n',
    "a quote": "{quoted}\n",
}


@pytest.mark.parametrize("where", NESTED)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_fence_works_wherever_it_is_nested(book: Book, where: str, ends: str) -> None:
    code = fence('for n in [1]:\n\n    print("text", n)').rstrip()
    text = "# Nested\n\n" + NESTED[where].format(
        four=_indent(code, "    "),
        eight=_indent(code, " " * 8),
        quoted=_indent(code, "> "),
    )
    book.page(text.replace("\n", ends))
    told = book.press("build")
    assert told.code == 0, told.text
    assert "<code>text 1\n" in book.built()


@pytest.mark.parametrize("where", NESTED)
def test_a_nested_failure_has_its_right_line(book: Book, where: str) -> None:
    code = fence("x = 1\n1 / 0").rstrip()
    text = "# Nested\n\n" + NESTED[where].format(
        four=_indent(code, "    "),
        eight=_indent(code, " " * 8),
        quoted=_indent(code, "> "),
    )
    line = text[: text.index("1 / 0")].count("\n") + 1
    book.page(text)
    assert f"docs/en/index.md:{line}: ZeroDivisionError" in book.press("check").text


def test_tabs_in_code_and_before_it(book: Book) -> None:
    book.page(
        '- item\n\n\t```python exec="1" result="text"\n\tif True:\n\t\tprint("tabs")\n\t```\n'
    )
    told = book.press("build")
    assert told.code == 0, told.text
    assert "<code>tabs\n" in book.built()


def test_fences_that_are_not_executable_are_left_alone(book: Book) -> None:
    inner = fence("print('not run')")
    book.page(
        f"# A\n\n````markdown\n{inner}````\n\n```python\n1 / 0\n```\n\n`{{{{= 1 / 0 }}}}`\n"
    )
    assert book.press("build").code == 0
    assert "<code>not run" not in book.built()


def test_inline_results(book: Book) -> None:
    book.page(
        fence("share = 0.875\nname = 'a<b'")
        + "\n## A share of {{= share:.0%}} { #share }\n\n| a | b |\n|---|---|\n"
        "| {{= share * 2 }} | {{= name }} |\n\nand `{{= share }}` as it stands.\n"
    )
    told = book.press("build")
    assert told.code == 0, told.text
    html = book.built()
    assert 'A share of <span class="computed">88%</span>' in html
    assert '<span class="computed">1.75</span>' in html
    assert '<span class="computed">a&lt;b</span>' in html
    assert "<code>{{= share }}</code>" in html


def test_an_expected_exception_is_shown(book: Book) -> None:
    book.page(
        fence("print('before')\nint('seven')", 'raises="ValueError" source="above"')
    )
    assert book.press("build").code == 0
    assert "before\nValueError: invalid literal for int()" in book.built()


PLOT = """\
import matplotlib.pyplot as plt
plt.plot([1, 3, 2])
plt.xlabel("step")
"""


def test_two_cold_builds_are_equal_to_the_byte(book: Book) -> None:
    code = "import random\nprint(random.random(), {'a', 'b', 'c'}, hash('x'))"
    book.page(fence(code) + "\n" + fence(PLOT.rstrip(), 'alt="a line"'))
    assert book.press("build", BOOKBUILD_STORE=str(book.root / "one")).code == 0
    first = book.files()
    assert book.press("build", BOOKBUILD_STORE=str(book.root / "two")).code == 0
    assert book.files() == first


def test_check_twice_finds_what_is_not_reproducible(book: Book) -> None:
    book.page(
        fence("print('steady')") + "\n" + fence("import time\nprint(time.time_ns())")
    )
    told = book.press("check", "--twice")
    assert told.code == 1
    assert (
        "docs/en/index.md:6: two runs of this block gave different results" in told.text
    )
    book.page(fence("import random\nprint(random.random())"))
    assert book.press("check", "--twice").code == 0


def test_a_page_may_show_docstrings_beside_its_code(book: Book) -> None:
    plugins = "plugins:\n  mkdocstrings: {handlers: {python: {paths: [src], inventories: []}}}"
    config = (book.root / "mkdocs.yml").read_text()
    book.write("mkdocs.yml", config.replace("plugins:", plugins))
    book.write(
        "src/toy/told.py",
        'def told() -> int:\n    """Tell.\n\n    Returns:\n        It.\n    """\n',
    )
    book.page(fence("print('before')") + "\n::: toy.told\n\n" + fence("print('after')"))
    told = book.press("build")
    assert told.code == 0, told.text
    assert "<code>before\n" in book.built()
    assert "<code>after\n" in book.built()


def test_a_page_renders_with_python_markdown_alone(book: Book) -> None:
    from markdown_exec import formatter, validator

    page = book.page("# Alone\n\n" + fence("print(6 * 7)") + "\nand {{= 6 + 1 }}\n")
    python = {
        "name": "python",
        "class": "python",
        "validator": validator,
        "format": formatter,
    }
    extensions = ["pymdownx.superfences", "bookbuild.render.replay"]
    configs = {
        "pymdownx.superfences": {"custom_fences": [python]},
        "bookbuild.render.replay": {"page": str(page)},
    }
    html = Markdown(extensions=extensions, extension_configs=configs).convert(
        page.read_text()
    )
    assert "<code>42\n" in html
    assert '<span class="computed">7</span>' in html


def test_a_fence_whose_code_never_ran_is_an_error(book: Book) -> None:
    book.write(
        "rename.py",
        "def on_page_markdown(markdown, **_):\n    return markdown.replace('6 * 7', '6 * 8')\n",
    )
    book.page(fence("print(6 * 7)"))
    config = (book.root / "mkdocs.yml").read_text()
    book.write(
        "mkdocs.yml", config.replace("hooks: [", f"hooks: [{book.root / 'rename.py'}, ")
    )
    told = book.press("build")
    assert told.code == 1
    assert "a fence is rendered whose code never ran" in told.text


def _indent(text: str, prefix: str) -> str:
    return "\n".join(f"{prefix}{line}" for line in text.splitlines())
