"""The search finds every term of the glossary, in English and by its Korean name."""

import re
from urllib.parse import parse_qs, urlparse

import pytest

from bookbuild.render.glossary import ENTRY
from browsing import open_page
from pages import DOCS

GLOSSARY = (DOCS / "reference" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = [(it["term"], it["also"]) for it in ENTRY.finditer(GLOSSARY)]
# The search is asked through its own box, term by term: what a reader does, only faster.
ASK = """async (terms) => {
  const box = document.querySelector("[data-md-component=search-query]");
  const found = () => [...document.querySelectorAll(".md-search-result__link")];
  const settle = (done) => new Promise((resolve) => {
    const start = Date.now();
    const look = () => done() || Date.now() - start > 4000 ? resolve() : setTimeout(look, 20);
    look();
  });
  const answers = {};
  for (const term of terms) {
    box.value = "zzzz";
    box.dispatchEvent(new KeyboardEvent("keyup"));
    await settle(() => found().length === 0);
    box.value = term;
    box.dispatchEvent(new KeyboardEvent("keyup"));
    await settle(() => found().length > 0);
    answers[term] = found().map((it) => it.href);
  }
  return answers;
}"""

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def is_found(term: str, links: list[str]) -> bool:
    """Whether a result is the glossary, or a section that has each word of the term."""
    words = set(re.findall(r"\w+", term.lower()))
    marked = [parse_qs(urlparse(link).query).get("h", [""])[0] for link in links]
    return any("/reference/glossary/" in link for link in links) or any(
        words <= set(it.lower().split()) for it in marked
    )


def test_every_term_is_found_in_both_languages(browser, base):
    assert len(ENTRIES) > 100
    terms = sorted(
        {part.strip() for it in ENTRIES for name in it for part in name.split(",")}
    )
    with open_page(browser, base) as (page, faults):
        page.locator("[data-md-component=search-query]").click()
        page.wait_for_load_state("networkidle")
        answers = page.evaluate(ASK, terms)
        assert not faults
    assert not [term for term, links in answers.items() if not is_found(term, links)]


def test_what_is_nowhere_is_not_found(browser, base):
    with open_page(browser, base) as (page, _):
        page.locator("[data-md-component=search-query]").click()
        page.wait_for_load_state("networkidle")
        assert page.evaluate(ASK, ["qqqqzzzz"]) == {"qqqqzzzz": []}
