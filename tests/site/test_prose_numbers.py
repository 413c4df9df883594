"""A number in a sentence is computed by its page, or it is no result. Exceptions by name.

A digit typed into prose goes stale when the code changes. So a chapter writes its results
as `{{= expression }}`. What may be typed is told by rules: places in a book or a paper,
years, the date that the book translates, 0 and 1, and numbers that the page's own code
states as a setting. All else is listed in prose_numbers.toml, each with its reason.
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from bookbuild.run.blocks import INLINE
from bookbuild.run.fences import find_fences

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "en"
CHAPTERS = sorted(DOCS.glob("[0-9]*/*.md"))
PAGES = [DOCS / "index.md", *CHAPTERS]

# What is no prose; each is taken out, or replaced by what a reader sees of it.
NO_PROSE = [
    (INLINE, ""),
    (re.compile(r"`(\d[\d,]*(?:\.\d+%?|%))`"), r"\1"),  # a result, dressed as code
    (re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)"), ""),  # code
    (re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL), ""),  # formulas
    (re.compile(r"^\|.*\n(?=\|[ :|-]+\|$)", re.MULTILINE), ""),  # heads of tables
    (re.compile(r"\[\d\.\d\]\([^)]*\.md[^)]*\)"), ""),  # [4.3](whole.md)
    (re.compile(r"\]\([^)\s]*\)|\]\[[^\]]*\]"), "]"),  # targets of links
    (re.compile(r"<[^>]*>|https?://\S+|\{ #[^}]*\}"), ""),  # tags, addresses, ids
]
ONE = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)*)"
NUMBERS = rf"{ONE}(?:(?:,| and| to| or|, and) {ONE})*"
# Numbers that are no results wherever they stand.
RULES = [
    r"\|[^|]*\((?:section )?\d\.\d\)[^|]*",  # a cell that names the paper's section
    rf"(?i)\b(?:chapters?|parts?|sections?|equations?|tables?|figures?|footnotes?) {NUMBERS}",
    rf"(?i)\b(?:exercise|steps?|rows?|columns?|layer|head|word|token|position) {NUMBERS}\b",
    r"\b(?:19\d\d|20[0-2]\d)\b(?![,.]\d)",  # years
    r"(?i)\barxiv \d{4}\.\d{4,5}",
    r"^ *(?:- )?\d\.\d(?= )",  # a chapter's number in a list of chapters
    r"^ *\d+\. ",  # a numbered list
    r"\b[A-Za-z]+-\d+\b|\b\d+-bit\b|\bissue \d+",  # a name: GPT-2
    r"\d+(?=[년월일])",  # a Korean date
    r"(?<![\w.])(?:Sunday|Monday|Friday)? ?\d\d? (?:November|March|February)\b",  # a date
    r"(?<![\w.,])-?[01](?![\w%]|[.,]\d)",  # nothing, all, and the signs
]
# A sentence, or a row of a table, that quotes: it names the paper, and where, or says so.
A_QUOTATION = re.compile(
    r"(?i)(?:(?!\. ).)*(?:\bthe paper says\b"
    r"|\bpaper\b(?:(?!\. ).)*\b(?:section|table|equation) \d"
    r"|\b(?:section|table|equation) \d(?:(?!\. ).)*\bpaper\b)(?:(?!\. ).)*"
)
A_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?%?")

# For each page: the words of a sentence that hold a number, and why it may be typed.
EXCEPTIONS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "prose_numbers.toml").read_text(encoding="utf-8")
)


def prose(text: str) -> str:
    """The sentences of a page, and nothing else."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    lines = text.splitlines()
    for fence in find_fences(lines):
        end = fence.end or len(lines)
        lines[fence.line - 1 : end] = [""] * (end - fence.line + 1)
    text = "\n".join(lines)
    for pattern, seen in NO_PROSE:
        text = pattern.sub(seen, text)
    return text


def stated(text: str) -> set[str]:
    """The numbers that the code of a page states, as a reader would write them."""
    found = set()
    for fence in find_fences(text.splitlines()):
        try:
            tree = ast.parse(fence.code)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
                found |= {f"{node.value:,}", f"{node.value}", f"{node.value:g}"}
    return found


def typed(text: str, exceptions: dict[str, str]) -> list[str]:
    """The numbers that stand in a page's prose without a reason, each in its sentence."""
    known, found = stated(text), []
    for line in prose(text).splitlines():
        rest = A_QUOTATION.sub("", line)
        for words in exceptions:
            rest = rest.replace(words, "")
        for rule in RULES:
            rest = re.sub(rule, "", rest)
        for number in A_NUMBER.findall(rest):
            number = number.rstrip(",")
            if number not in known:
                place = line.find(number)
                found.append(f"{number}: ...{line[max(0, place - 60) : place + 40]}...")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_number_is_computed_or_has_a_reason(page: Path) -> None:
    exceptions = EXCEPTIONS.get(page.relative_to(DOCS).as_posix(), {})
    found = typed(page.read_text(encoding="utf-8"), exceptions)
    assert not found, "\n".join(found)


def test_no_exception_is_left_over() -> None:
    for page, exceptions in EXCEPTIONS.items():
        text = prose((DOCS / page).read_text(encoding="utf-8"))
        gone = [words for words in exceptions if words not in text]
        assert not gone, f"{page}: {gone}"
        assert all(exceptions.values()), page


BLOCK = '```python exec="1"\nfor step in range(600):\n    pass\n```\n'


@pytest.mark.parametrize(
    "sentence",
    [
        "It gets 97% of the dates right.",
        "The loss falls to 2.35 after that.",
        "A share of 0.85 goes to the last word.",
        "There are 44,101,632 parameters.",
        "It needs 601 steps.",
        "| attention | 12.5 |",
        '??? question "Exercise 1. Why 77?"',
        "The answer is **17**, and [42](training.md).",
        "The paper has 8 heads (table 3). Ours gets 91% with fewer.",
        "It gets `97%` right, at a loss of `0.31`.",
    ],
)
def test_a_typed_result_is_found(sentence: str) -> None:
    assert typed(BLOCK + sentence, {})


@pytest.mark.parametrize(
    "sentence",
    [
        "It gets {{= right:.0%}} of the dates right, in `97` tries.",
        "See [chapter 4.4](x.md), section 3.2.1 and table 3; [4.5](y.md).",
        "In 2017, Vaswani et al. 2017 wrote equation 1 ([arXiv 1706.03762](https://a.b/2)).",
        "The weights lie between 0 and 1, and $2 + 2 = 4$.",
        "After 600 steps, Sunday 22 November 2026 is read by GPT-2.",
        "1. The first step.\n2. The second step.",
        "| heads 8 | x |\n|---|---|\n| a | b |",
        "## Step 3 { #step-3 }",
        "With the paper's 37,000 entries (section 5.1) it is a 32-bit number.",
    ],
)
def test_what_is_no_result_may_be_typed(sentence: str) -> None:
    assert not typed(BLOCK + sentence, {})


def test_an_exception_covers_its_words_alone() -> None:
    text = "There are 48 rows, and 48 of them are long."
    assert len(typed(text, {"48 rows": "counted by hand"})) == 1
