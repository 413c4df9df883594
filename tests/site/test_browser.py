"""The site in a real browser: nothing leaves it, nothing fails, nobody is shut out."""

import random
import re
from pathlib import Path

import pytest

from browsing import NARROW, WIDE, Screen, faults_of, open_page
from hosting import serve

DOCS = Path(__file__).parents[2] / "docs" / "en"
PAGES = sorted(
    str(page.relative_to(DOCS).with_suffix("")).removesuffix("index")
    for page in DOCS.rglob("*.md")
)
CHAPTER = "02-attention/four-steps/"
HOME_BUDGET, CHAPTER_BUDGET, REFERENCE_BUDGET = 87_000, 146_000, 180_000

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def budget_of(page):
    if page.startswith("reference"):
        return REFERENCE_BUDGET
    return CHAPTER_BUDGET if page else HOME_BUDGET


@pytest.mark.parametrize("page", PAGES)
def test_nothing_goes_wrong_and_nobody_is_shut_out(browser, base, page):
    for screen in (WIDE, NARROW):
        assert not faults_of(browser, base + page, screen, budget_of(page)), screen


def test_the_root_leads_to_the_book(browser, base):
    with open_page(browser, base.removesuffix("en/")) as (page, faults):
        page.wait_for_url(base)
        assert not faults


def test_it_reads_without_scripts(browser, base):
    with open_page(browser, base + CHAPTER, Screen(scripts=False)) as (page, _):
        assert page.locator("h1").is_visible()
        assert page.locator(".katex").first.is_visible()
        answer = page.locator("details.success").first
        assert not answer.is_visible()
        page.locator("details.question > summary").first.click()
        answer.locator("summary").click()
        assert answer.locator("p").first.is_visible()
        page.locator(".md-footer__link--next").click()
        assert page.url.endswith("scores/")


@pytest.mark.parametrize("page", PAGES)
def test_without_scripts_no_page_scrolls_sideways_on_a_phone(browser, base, page):
    screen = Screen(NARROW.width, scripts=False)
    with open_page(browser, base + page, screen) as (view, _):
        metrics = view.context.new_cdp_session(view).send("Page.getLayoutMetrics")
        assert metrics["cssContentSize"]["width"] <= screen.width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_has_dark_letters_and_nothing_that_only_a_screen_needs(
    browser, base, scheme
):
    screen = Screen(scheme=scheme, paper=True)
    with open_page(browser, base + CHAPTER, screen) as (page, _):
        for place in ("h1", "p", ".sentence a.lit", "figure text", "pre code"):
            it = page.locator(f".md-content {place}").first
            assert it.is_visible(), place
            colour = it.evaluate("it => getComputedStyle(it).color")
            red, green, blue, *_ = map(float, re.findall(r"[\d.]+", colour))
            assert max(red, green, blue) < 100, (place, colour)
        hidden = (
            ".md-header", ".md-tabs", ".md-sidebar", ".md-path", ".md-content__button",
            ".md-code__nav", "details.numbers",
        )  # fmt: skip
        for part in hidden:
            assert page.locator(part).count(), part
            assert not page.locator(part).first.is_visible(), part


def test_search_finds_terms_in_both_languages(browser, base):
    for asked, found in (("self-attention", "Self-attention"), ("어텐션", "Glossary")):
        with open_page(browser, base + CHAPTER) as (page, _):
            page.locator("[data-md-component=search-query]").click()
            page.locator("[data-md-component=search-query]").type(asked)
            first = page.locator(".md-search-result__item").first
            first.wait_for(timeout=10_000)
            results = page.locator(".md-search-result__list").inner_text()
            assert found.lower() in results.lower()


JUMPING = """<p id=top></p><p style="height: 300px">below</p><script>
onload = () => setTimeout(() => { document.querySelector("#top").style.height = "600px" }, 200);
</script>"""
PLANTED = [
    ('<img src="https://example.org/x.png" alt="x">', "asks another host"),
    ('<script>console.error("oh")</script>', "console: oh"),
    ("<script>nothing.at.all()</script>", "script error"),
    ('<p style="width: 3000px">wide</p>', "scrolls sideways"),
    ("<a href='x'></a>", "link-name"),
    ('<p style="color: #bbb; background: #fff">pale</p>', "color-contrast"),
    ('<div role="img"></div>', "role-img-alt"),
    ("<script src=big.js></script>", "weighs "),
    (JUMPING, "jumps by"),
]
WHOLE = "<!doctype html><html lang=en><title>t</title><main><h1>t</h1>{}</main>"


def planted(tmp_path, markup):
    (tmp_path / "index.html").write_text(WHOLE.format(markup), encoding="utf-8")
    noise = random.Random(0).randbytes(CHAPTER_BUDGET).hex()
    (tmp_path / "big.js").write_text(f"// {noise}", encoding="utf-8")
    return serve(tmp_path)


@pytest.mark.parametrize(("markup", "told"), PLANTED)
def test_a_planted_fault_is_found(browser, tmp_path, markup, told):
    with planted(tmp_path, markup) as base:
        faults = faults_of(browser, base, budget=CHAPTER_BUDGET)
        assert any(told in fault for fault in faults)


def test_a_page_without_faults_has_none(browser, tmp_path):
    (tmp_path / "favicon.ico").write_bytes(b"")
    with planted(tmp_path, "<p>well</p>") as base:
        assert not faults_of(browser, base, budget=CHAPTER_BUDGET)
