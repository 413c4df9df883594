"""The paper map is whole and true: nothing of the paper is missing, nothing named is gone."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/en/reference/paper-map.md").read_text(encoding="utf-8")

SECTIONS = [
    *("1", "2", "3", "3.1", "3.2", "3.2.1", "3.2.2", "3.2.3", "3.3", "3.4", "3.5"),
    *("4", "5", "5.1", "5.2", "5.3", "5.4", "6", "6.1", "6.2", "6.3", "7"),
]
PAPER = [
    *(f"Section {number}" for number in SECTIONS),
    *(f"Equation {number}" for number in range(1, 4)),
    *(f"Table {number}" for number in range(1, 5)),
    *(f"Figure {number}" for number in range(1, 6)),
    "Formula of section 3.2.2",
    "Formula of section 3.5",
]


def entries(page: str) -> dict[str, str]:
    """Each entry's text, by what its heading says before the colon."""
    parts = re.split(r"^(#{2,3}) (.+)$", page, flags=re.MULTILINE)
    return {
        title.split(":")[0]: text
        for depth, title, text in zip(
            parts[1::3], parts[2::3], parts[3::3], strict=True
        )
        if depth == "###"
    }


@cache
def functions(file: Path) -> set[str]:
    """The functions of a file, as they stand in it; none where there is no such file."""
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@cache
def names(file: Path) -> set[str]:
    """What a module defines: functions, classes, constants, and methods as `Class.name`."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            found |= {f"{node.name}.{method.name}" for method in methods}
    return found


def exists(target: str) -> bool:
    """Whether a dotted name leads to a module of the package and to something in it."""
    parts = target.split(".")
    for end in range(len(parts), 0, -1):
        file = ROOT.joinpath("src", *parts[:end]).with_suffix(".py")
        if file.is_file():
            return end == len(parts) or ".".join(parts[end:]) in names(file)
    return False


def faults(page: str) -> list[str]:
    """All that is wrong with the map."""
    found = entries(page)
    missing = [f"no entry for {place}" for place in PAPER if place not in found]
    unproven = [
        f"{place} has neither a test nor a reason"
        for place, text in found.items()
        if "`tests/" not in text and "not proven here:" not in text
    ]
    no_chapter = [f"{place} names no chapter" for place, text in found.items()
                  if "- **Chapter**:" not in text or "- **Code**:" not in text]  # fmt: skip
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    gone = [
        f"no test {path}::{name}"
        for path, name in tests
        if name not in functions(ROOT / path) or not name.startswith("test_")
    ]
    malformed = [
        f"not a test's name: {span}"
        for span in re.findall(r"`(tests/[^`]*::[^`]*)`", page)
        if not re.fullmatch(r"tests/[\w/]+\.py::\w+", span)
    ]
    objects = re.findall(r"\]\[(attnbook[\w.]*)\]", page)
    unknown = [f"no object {target}" for target in objects if not exists(target)]
    return missing + unproven + no_chapter + gone + malformed + unknown


def test_the_map_is_whole_and_all_that_it_names_exists() -> None:
    assert not (wrong := faults(PAGE)), "\n".join(wrong)


def test_it_names_as_much_as_the_paper_has() -> None:
    """The pattern that finds the names does find them."""
    assert len(re.findall(r"`tests/[\w/]+\.py::\w+`", PAGE)) > len(PAPER)
    assert len(re.findall(r"\]\[attnbook", PAGE)) > len(PAPER)


@pytest.mark.parametrize(
    ("now", "then", "complaint"),
    [
        ("### Section 3.2.1:", "### Section 3.2.7:", "no entry for Section 3.2.1"),
        ("### Equation 2:", "### Second equation:", "no entry for Equation 2"),
        ("::test_it_is_the_formula`", "::test_it_was_it`", "no test tests/"),
        ("feed_forward.py::test_it_is_the_formula`", "feed.py::test_x`", "no test"),
        ("py::test_it_is_the_formula`", "py::test it is it`", "not a test's name"),
        ("attnbook.layers.heads.split_heads", "attnbook.layers.heads.cut", "no object"),
        ("Transformer.logits]", "Transformer.logit]", "no object attnbook.model"),
        ("not proven here: it is", "it is", "Section 5.2 has neither"),
    ],
)
def test_a_planted_fault_is_found(now: str, then: str, complaint: str) -> None:
    wrong = faults(PAGE.replace(now, then))
    assert any(complaint in fault for fault in wrong), wrong
