"""The spine on every chapter: the sentence, more and more of it lit, and Figure 1."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
KINDS = {"attention", "forward", "norm", "embedding", "positions", "words"}


class Spine(HTMLParser):
    """What a page shows of the sentence and of Figure 1."""

    def __init__(self) -> None:
        super().__init__()
        self.lit, self.dim, self.boxes, self.here = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = {name.removeprefix("xlink:"): value for name, value in attrs}
        classes = (attributes.get("class") or "").split()
        if "lit" in classes:
            self.lit.append(attributes["href"])
        if "dim" in classes:
            self.dim.append(tag)
        if tag == "a" and KINDS & set(classes):
            self.boxes.append(attributes["href"])
        if attributes.get("aria-current") == "location":
            self.here.append(attributes["href"])


def chapters():
    """List the pages that are chapters, in the order of their numbers."""
    found = []
    for path in (ROOT / "docs" / "en").rglob("*.md"):
        match = re.search(r'^chapter: "(.*)"$', path.read_text(), re.MULTILINE)
        if match:
            name = path.relative_to(ROOT / "docs" / "en").with_suffix("")
            found.append((match[1], "" if str(name) == "index" else f"{name}/"))
    return sorted(found)


@pytest.fixture(scope="module")
def spines(site):
    spines = {}
    for number, url in chapters():
        spines[number] = Spine()
        spines[number].feed((site / "en" / url / "index.html").read_text())
    return spines


def test_the_order_of_the_numbers_is_that_of_the_navigation():
    text = (ROOT / "mkdocs.yml").read_text()
    listed = re.findall(r"^\s+- (?:\w+: )?(\S+)\.md$", text, re.MULTILINE)
    listed = [name for name in listed if not name.startswith("reference/")]
    assert listed == [url.rstrip("/") or "index" for _, url in chapters()]


def test_the_sentence_is_lit_word_by_word_and_whole_at_the_end(spines):
    lit = [len(spine.lit) for spine in spines.values()]
    assert lit == sorted(lit)
    assert lit[0] == 0
    assert not spines["4.8"].dim
    assert {len(spine.lit + spine.dim) for spine in spines.values()} == {9}


def test_each_word_and_each_box_leads_to_a_chapter(spines, site):
    pages = dict(chapters())
    for number, spine in spines.items():
        here = site / "en" / pages[number]
        assert len(spine.boxes) == (0 if number == "0" else 21)
        for target in spine.lit + spine.boxes:
            assert (here / target / "index.html").is_file(), (number, target)


def test_the_drawing_says_where_the_reader_is(spines):
    """A chapter about a box is marked on it; the spine knows no chapter that there is not."""
    extra = yaml.load((ROOT / "mkdocs.yml").read_text(), Loader=yaml.BaseLoader)[
        "extra"
    ]
    named = set(extra["figure"]["whole"]["chapters"])
    for box in extra["figure"]["boxes"]:
        numbers = {box["chapter"], *box.get("others", [])}
        named |= numbers
        for number in numbers:
            assert spines[number].here
    assert named == set(spines) - {"0"}
    assert {part["chapter"] for part in extra["sentence"]} <= set(spines)
