"""A Python-Markdown extension: a question with options, each of which says why it is right or not.

    !!! quiz "A row of weights sums to 1. What does a column sum to?"
        ??? wrong "Also to 1"
            Each query shares out its own 1.
        ??? right "Anything from 0 to the number of queries"
            Several queries may look at the same word.

Without scripts each option opens, one at a time. With them `quiz-item.js` makes radio
buttons of the options. A quiz without exactly one right answer stops the build.
"""

import logging
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from bookbuild.render.page import current_page
from bookbuild.run.engine import engine_for
from bookbuild.run.failure import Failure, PageError, excerpt
from bookbuild.run.fences import find_fences
from bookbuild.settings import find_root

OPENING = re.compile(r"\s*!!! quiz\b")
VERDICTS = {"right": "Right.", "wrong": "Not so."}
"""The kinds of options, and what an explanation begins with."""

log = logging.getLogger("mkdocs.bookbuild")


class QuizExtension(Extension):
    """Registers the part; `right` and `wrong` are the verdicts in the page's language."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            kind: [told, f"how the explanation of a {kind} option begins"]
            for kind, told in VERDICTS.items()
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Come after inline markup is read.

        The glossary (8) explains the first mention of a term, which must be one in sight.
        So quizzes are away while it looks.
        """
        quizzes = _Quizzes(md, self.getConfigs())
        md.treeprocessors.register(quizzes, "bookbuild-quiz", 9)
        md.treeprocessors.register(_Return(md, quizzes), "bookbuild-quiz-return", 7)


class _Quizzes(Treeprocessor):
    def __init__(self, md: Markdown, verdicts: dict[str, str]) -> None:
        super().__init__(md)
        self.verdicts = verdicts
        self.away: list[tuple[Element, Element]] = []

    def run(self, root: Element) -> None:
        self.away.clear()
        boxes = [it for it in root.iter("div") if _is_quiz(it)]
        for number, box in enumerate(boxes, start=1):
            if fault := _fault(box):
                self._fail(box, locate(current_page(self.md), number, fault))
            else:
                self._set(box, f"quiz-{number}")

    def _set(self, box: Element, name: str) -> None:
        """Make an element of a box; options with the same `name` open one at a time."""
        inside = Element("div", {"class": "quiz"})
        inside.extend(box)
        title, *options = inside
        title.attrib = {"class": "quiz-question"}
        _wrap(title, Element("strong"))
        for option in options:
            option.set("name", name)
            if option[1].tag != "p":
                option.insert(1, Element("p"))
            verdict = Element("strong")
            verdict.text = self.verdicts[option.get("class", "")]
            verdict.tail, option[1].text = f" {option[1].text or ''}", None
            option[1].insert(0, verdict)
        box.clear()  # what follows the box goes, too: nothing but a line's end
        box.tag = "quiz-item"
        box.set("data-search-exclude", "")
        self.away.append((box, inside))

    def _fail(self, box: Element, failure: Failure) -> None:
        """Stop; a server shows the failure in place, and lives on."""
        page = current_page(self.md)
        if page is None or not engine_for(find_root(page.parent)).serving:
            raise PageError(failure)
        log.error(str(failure))
        told = SubElement(box, "p", {"class": "bookbuild-failure"})
        told.text = f"{failure.place}: {failure.message}"


class _Return(Treeprocessor):
    """Puts quizzes where they belong."""

    def __init__(self, md: Markdown, quizzes: _Quizzes) -> None:
        super().__init__(md)
        self.quizzes = quizzes

    def run(self, root: Element) -> None:
        for box, inside in self.quizzes.away:
            box.append(inside)


def locate(page: Path | None, number: int, reason: str) -> Failure:
    """The failure of a page's quiz, counted from 1, with the line where it begins."""
    if page is None:
        return Failure("<text>", 1, reason)
    lines = page.read_text(encoding="utf-8").splitlines()
    code = {
        line
        for fence in find_fences(lines)
        for line in range(fence.line, (fence.end or len(lines)) + 1)
    }
    places = [
        place
        for place, line in enumerate(lines, start=1)
        if OPENING.match(line) and place not in code
    ]
    line = places[number - 1]
    name = page.resolve().relative_to(find_root(page.parent)).as_posix()
    return Failure(name, line, reason, excerpt(lines, line))


def _is_quiz(element: Element) -> bool:
    return element.get("class", "").split()[:2] == ["admonition", "quiz"]


def _fault(box: Element) -> str:
    """What is wrong with a quiz; nothing where it is well made."""
    if not len(box) or box[0].get("class") != "admonition-title":
        return "a quiz has no question"
    options = box[1:]
    kinds = [it.get("class", it.tag) for it in options]
    if other := next((kind for kind in kinds if kind not in VERDICTS), None):
        return f"a quiz holds options, each right or wrong; this one holds {other!r}"
    if len(options) < 2:
        return f"a quiz has two options or more; this one has {len(options)}"
    if kinds.count("right") != 1:
        return f"a quiz has one right answer; this one has {kinds.count('right')}"
    silent = [it for it in options if len(it) < 2]
    return "an option of this quiz does not say why" if silent else ""


def _wrap(parent: Element, child: Element) -> None:
    """Put all that an element holds into a child of its own."""
    child.text, parent.text = parent.text, None
    child.extend(list(parent))
    parent[:] = [child]


def makeExtension(**options: Any) -> QuizExtension:
    """Python-Markdown's door."""
    return QuizExtension(**options)
