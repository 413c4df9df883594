"""The book on a disk: the zip, unpacked, opened without a server."""

import zipfile

import pytest

from browsing import NARROW, WIDE, faults_of, open_page

CHAPTER = "02-attention/four-steps.html"

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def disk(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("disk")
    with zipfile.ZipFile(site / "en" / "offline.zip") as archive:
        archive.extractall(folder)
    return folder / "attnbook"


@pytest.mark.parametrize("page", ["index.html", CHAPTER, "reference/glossary.html"])
def test_nothing_goes_wrong_on_a_disk(browser, disk, page):
    for screen in (WIDE, NARROW):
        assert not faults_of(browser, f"file://{disk / page}", screen), screen


def test_search_works_on_a_disk(browser, disk):
    with open_page(browser, f"file://{disk / CHAPTER}") as (page, faults):
        box = page.locator("[data-md-component=search-query]")
        box.click()
        box.fill("어텐션")
        box.press("End")  # the search listens to keys
        first = page.locator(".md-search-result__link").first
        first.wait_for(timeout=10_000)
        assert first.get_attribute("href").startswith("file://")
        first.click()
        page.wait_for_url("**/*.html*")
        assert not faults


def test_demos_and_quizzes_live_on_a_disk(browser, disk):
    with open_page(browser, f"file://{disk / CHAPTER}") as (page, faults):
        page.locator("quiz-item.live").first.wait_for()
        page.locator("attention-playground.live").wait_for()
        assert not faults


def test_the_zip_holds_the_whole_book_and_nothing_for_the_web_alone(site, disk):
    pages = {it.parent.relative_to(site / "en") for it in site.glob("en/**/index.html")}
    there = {it.relative_to(disk).with_suffix("") for it in disk.rglob("*.html")}
    assert {str(it) for it in pages if it.parts} <= {str(it) for it in there}
    assert not list(disk.rglob("*.map"))
    assert (site / "en" / "offline.zip").stat().st_size < 4_000_000
