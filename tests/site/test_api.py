"""The reference: every public name is in it, with a way to a chapter and back."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import attnbook

DOCS = Path(__file__).parents[2] / "docs" / "en"
API = DOCS / "reference" / "api"
SECTIONS = [
    (page.stem, *match)
    for page in sorted(API.glob("*.md"))
    for match in re.findall(
        r"^## (.+?) \{.*?\n(.*?)^::: (\S+)$", page.read_text(), re.DOTALL | re.MULTILINE
    )
]
# What has no chapter of its own: parts that hold others together, and files.
NO_CHAPTER = {
    "attnbook.data.names",
    "attnbook.data.parallel",
    "attnbook.data.vocabulary",
    "attnbook.functional.checks",
    "attnbook.layers.linear",
    "attnbook.model.checks",
    "attnbook.model.loading",
    "attnbook.model.sublayers",
    "attnbook.training.checkpoint",
    "attnbook.training.folder",
    "attnbook.training.weights",
}


def public_modules():
    return {f"attnbook.{home}" for home in attnbook._HOME.values()}


def test_each_module_with_a_public_name_has_a_section():
    assert public_modules() <= {module for *_, module in SECTIONS}


def test_each_section_is_of_a_module_that_there_is():
    assert len(SECTIONS) > 30
    for *_, module in SECTIONS:
        assert import_module(module).__doc__


@pytest.mark.parametrize(
    ("page", "title", "text", "module"), SECTIONS, ids=[it[-1] for it in SECTIONS]
)
def test_each_section_leads_to_a_chapter(page, title, text, module):
    if module not in NO_CHAPTER:
        assert re.search(r"\]\(\.\./\.\./\d\d-", text), (page, title)


def test_chapters_lead_to_the_reference():
    """Each chapter of the blocks and the Transformer names what it explains, with a link."""
    chapters = [*DOCS.glob("03-blocks/*.md"), *DOCS.glob("04-transformer/*.md")]
    # The last one reads the whole again, and leads to the chapters.
    for chapter in set(chapters) - {DOCS / "04-transformer" / "sentence.md"}:
        assert "][attnbook." in chapter.read_text(), chapter.name
