"""A quiz: options that open one at a time, each with its verdict; a bad one stops the build."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown import Markdown

from bookbuild.run.engine import engine_for
from bookbuild.run.failure import PageError

from .conftest import CONFIG, Book

EXTENSIONS = ["admonition", "pymdownx.details", "pymdownx.superfences"]
QUIZ = """\
!!! quiz "What does `a` *mean*?"
    ??? wrong "Nothing"
        The page said so.

        Twice.
    ??? right "Much"
        It [does](b.md).
    ??? wrong "All"
        - too much
"""


def convert(text: str, page: Path | None = None, **options: str) -> str:
    md = Markdown(
        extensions=[*EXTENSIONS, "bookbuild.render.quiz"],
        extension_configs={"bookbuild.render.quiz": options},
    )
    if page:
        page.write_text(text, encoding="utf-8")
        md.page_path = page
    return md.convert(text)


def quiz_in(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<r>{html}</r>")[0]


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_a_quiz_is_a_question_and_options_of_one_name():
    quiz = quiz_in(convert(QUIZ))
    assert quiz.tag == "quiz-item"
    question, *options = quiz[0]
    assert words(question) == "What does a mean?"
    assert question.find(".//code") is not None
    assert [it.tag for it in options] == ["details"] * 3
    assert [it.get("class") for it in options] == ["wrong", "right", "wrong"]
    assert {it.get("name") for it in options} == {"quiz-1"}
    assert all(it.get("open") is None for it in options)


def test_each_explanation_begins_with_its_verdict():
    options = quiz_in(convert(QUIZ))[0][1:]
    assert [words(it) for it in options] == [
        "Nothing Not so. The page said so. Twice.",
        "Much Right. It does.",
        "All Not so. too much",
    ]


def test_verdicts_can_be_translated():
    options = quiz_in(convert(QUIZ, right="맞습니다.", wrong="아닙니다."))[0][1:]
    assert [words(it[1]) for it in options][:2] == [
        "아닙니다. The page said so.",
        "맞습니다. It does.",
    ]


def test_two_quizzes_do_not_close_each_other_and_the_text_goes_on():
    html = convert(f"{QUIZ}\nbetween\n\n{QUIZ}\nafter")
    assert html.count('name="quiz-1"') == html.count('name="quiz-2"') == 3
    assert "<p>between</p>" in html
    assert html.endswith("<p>after</p>")


def test_other_boxes_are_left_alone():
    box = '!!! note "A"\n    ??? question "B"\n        C\n'
    assert "quiz" not in convert(box)
    assert 'class="admonition note"' in convert(box)


def test_a_term_is_explained_where_it_is_in_sight(tmp_path):
    (tmp_path / "reference").mkdir()
    entry = '**Page** · <span lang="ko">쪽</span> { #page }\n:   A sheet.\n'
    (tmp_path / "reference" / "glossary.md").write_text(entry, encoding="utf-8")
    text = f"{QUIZ}\nA page.\n"
    page = tmp_path / "a.md"
    page.write_text(text, encoding="utf-8")
    terms = "bookbuild.render.glossary"
    md = Markdown(extensions=[*EXTENSIONS, "bookbuild.render.quiz", terms])
    md.page_path = page
    quiz, after = md.convert(text).split("</quiz-item>")
    assert 'class="term"' in after
    assert 'class="term"' not in quiz
    assert "The page said so." in quiz


def option(kind: str, why: str = "Because.") -> str:
    return f'    ??? {kind} "An option"\n        {why}\n'


BADLY_MADE = {
    "one right answer; this one has 0": option("wrong") * 2,
    "one right answer; this one has 2": option("right") * 2 + option("wrong"),
    "two options or more; this one has 1": option("right"),
    "two options or more; this one has 0": "",
    "each right or wrong; this one holds 'rigth'": option("rigth") + option("wrong"),
    "each right or wrong; this one holds 'p'": "    Text.\n\n" + option("right") * 2,
    "does not say why": option("right") + option("wrong", ""),
}
BEFORE = f"""\
# A page

{QUIZ}
```text
!!! quiz "This is code"
```

"""


@pytest.mark.parametrize(("told", "options"), BADLY_MADE.items(), ids=list(BADLY_MADE))
def test_a_badly_made_quiz_is_told_with_page_and_line(tmp_path, told, options):
    (tmp_path / "pyproject.toml").touch()
    text = f'{BEFORE}!!! quiz "Why?"\n{options}'
    with pytest.raises(PageError, match=told) as error:
        convert(text, tmp_path / "a.md")
    line = text.splitlines().index('!!! quiz "Why?"') + 1
    assert error.value.failure.place == f"a.md:{line}"
    assert re.search(rf"> +{line} \| !!! quiz", error.value.failure.excerpt)


def test_a_quiz_without_a_question_is_told(tmp_path):
    with pytest.raises(PageError, match="no question"):
        convert(f'!!! quiz ""\n{option("right")}{option("wrong")}')


def test_a_server_shows_the_fault_in_place_and_goes_on(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    engine_for(tmp_path).serving = True
    shown = convert(f'!!! quiz "Why?"\n{option("wrong")}', tmp_path / "a.md")
    assert re.search(r'class="bookbuild-failure">a\.md:1: .*two options', shown)


def test_the_press_builds_a_quiz_with_what_the_page_computed(book: Book):
    book.write("mkdocs.yml", CONFIG + "  - bookbuild.render.quiz\n")
    computed = option("right", "It is {{= 6 * 7 }}.") + option("wrong")
    book.page(f'# A\n\n!!! quiz "Is {{{{= 1 + 1 }}}} *two*?"\n{computed}')
    told = book.press("build")
    assert told.code == 0, told.text
    html = book.built()
    assert '<strong>Right.</strong> It is <span class="computed">42</span>.' in html
    assert '<strong>Is <span class="computed">2</span> <em>two</em>?</strong>' in html


def test_the_press_stops_at_a_quiz_without_a_right_answer(book: Book):
    book.write("mkdocs.yml", CONFIG + "  - bookbuild.render.quiz\n")
    book.page(f'# A\n\nText.\n\n!!! quiz "Why?"\n{option("wrong") * 2}')
    told = book.press("build")
    assert told.code != 0
    assert "docs/en/index.md:5: a quiz has one right answer" in told.text
    assert not (book.root / "site").exists()
