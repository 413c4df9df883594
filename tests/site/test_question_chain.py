"""The chapters are a chain: each opens with a question and leads to the next one."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from pages import CHAPTERS, DOCS, read, section


def no_way_on(lines: list[str], following: str) -> str:
    """What a chapter lacks of the chain of questions; nothing where it is whole."""
    if not section(lines, "the-question"):
        return "it does not open with a question"
    if not (end := section(lines, "next")):
        return "it does not end with a question"
    links = re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", "\n".join(end))
    if following not in [link.split("/")[-1] for link in links]:
        return f"its end does not lead to {following}"
    return ""


@pytest.mark.parametrize(("page", "following"), [*pairwise(CHAPTERS)])
def test_each_chapter_opens_with_a_question_and_leads_to_the_next(
    page: str, following: str
) -> None:
    assert not (lack := no_way_on(read(page), Path(following).name)), f"{page}: {lack}"


def shown(lines: list[str]) -> list[str]:
    """What of the exercises stands outside of their boxes, for all to see."""
    exercises = section(lines, "exercises")
    return [
        it for it in exercises if it and not it.startswith(("    ", "??? question"))
    ]


@pytest.mark.parametrize("page", CHAPTERS)
def test_exercises_and_their_answers_are_hidden_until_asked_for(page: str) -> None:
    exercises = "\n".join(section(read(page), "exercises"))
    asked = exercises.count('\n??? question "Exercise ')
    assert asked >= 3
    assert exercises.count('\n    ??? success "Answer"') == asked
    assert not (seen := shown(read(page))), f"{page}: {seen}"


def test_an_answer_that_can_be_seen_is_found() -> None:
    page = ["## Exercises { #exercises }", '??? question "E"', "    Why?", "", "So."]
    assert shown(page) == ["So."]


def test_the_first_page_leads_to_the_first_chapter_and_the_last_ends_with_a_question():
    first = "\n".join(section(read("index.md"), "next"))
    assert f"]({CHAPTERS[0]}" in first
    assert section(read(CHAPTERS[-1]), "the-question")
    assert section(read(CHAPTERS[-1]), "next")


def test_the_chapters_climb_in_order_and_none_is_left_out() -> None:
    parts = [page.split("/")[0] for page in CHAPTERS]
    assert parts == sorted(parts)
    written = {str(file.relative_to(DOCS)) for file in DOCS.glob("[0-9]*/*.md")}
    assert written == set(CHAPTERS)
    assert len(CHAPTERS) == len(set(CHAPTERS))


PAGE = """# A page { #page }
## The question { #the-question }
Why?
## The question this raises { #next }
[And then?](../part/then.md#why)
""".splitlines()


@pytest.mark.parametrize(
    ("now", "then", "lack"),
    [
        ("#the-question", "#question", "open"),
        ("#next", "#after", "end with"),
        ("then.md", "now.md", "lead to"),
    ],
)
def test_a_broken_chain_is_found(now: str, then: str, lack: str) -> None:
    assert not no_way_on(PAGE, "then.md")
    broken = [line.replace(now, then) for line in PAGE]
    assert lack in no_way_on(broken, "then.md")
