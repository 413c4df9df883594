"""The quizzes in a reader's browser: what is told when an option is chosen."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from browsing import DARK, NARROW, WIDE, Screen, barriers_on, open_page
from pages import CHAPTERS, read

CHAPTER = "02-attention/four-steps/"
SCREENS = {"wide": WIDE, "dark": DARK, "narrow": NARROW}

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.mark.parametrize("page", CHAPTERS)
def test_each_chapter_asks_before_its_exercises(page):
    text = "\n".join(read(page))
    asked = [found.start() for found in re.finditer("^!!! quiz", text, re.MULTILINE)]
    assert 1 <= len(asked) <= 2
    assert max(asked) < text.index("{ #exercises }")


def quiz_on(page: Page) -> Locator:
    return page.locator("quiz-item").first


def option(quiz: Locator, kind: str) -> tuple[str, str]:
    """The words of an option of a kind, and of its explanation, as the page holds them."""
    it = quiz.locator(f".quiz > .{kind}").first
    why = " ".join(it.locator("p").all_text_contents())
    return it.locator("summary").text_content() or "", why


def test_who_is_wrong_is_told_why_and_may_try_again(browser, base):
    with open_page(browser, base + CHAPTER) as (page, faults):
        quiz = quiz_on(page)
        radios, told = quiz.get_by_role("radio"), quiz.get_by_role("status")
        expect(radios).to_have_count(3)
        expect(told).to_be_empty()
        for kind, verdict, sign in (
            ("wrong", "Not so.", "✗"),
            ("right", "Right.", "✓"),
        ):
            name, why = option(quiz, kind)
            assert why.startswith(verdict)
            radio = quiz.get_by_role("radio", name=name)
            radio.click()
            expect(radio).to_be_checked()
            expect(told).to_have_text(why)
            label = quiz.locator(f"label.{kind}")
            expect(label).to_have_count(1)
            mark = "e => getComputedStyle(e, '::after').content"
            assert sign in label.evaluate(mark)
        assert not faults


def test_the_keyboard_chooses_as_among_radio_buttons(browser, base):
    with open_page(browser, base + CHAPTER) as (page, _):
        quiz = quiz_on(page)
        radios, told = quiz.get_by_role("radio"), quiz.get_by_role("status")
        whys = quiz.locator(".quiz > details > p").all_text_contents()
        radios.first.focus()
        page.keyboard.press("Space")
        expect(told).to_have_text(whys[0])
        for why in (whys[1], whys[2], whys[0]):
            page.keyboard.press("ArrowDown")
            expect(told).to_have_text(why)
        page.keyboard.press("Tab")
        assert not quiz.evaluate("it => it.contains(document.activeElement)")


def test_two_quizzes_of_a_page_are_answered_apart(browser, base):
    with open_page(browser, base + CHAPTER) as (page, _):
        first, second = page.locator("quiz-item").all()
        first.get_by_role("radio").first.check()
        second.get_by_role("radio").last.check()
        expect(first.get_by_role("radio").first).to_be_checked()
        expect(second.get_by_role("radio").last).to_be_checked()


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_nobody_is_shut_out_of_an_answered_quiz(browser, base, screen):
    with open_page(browser, base + CHAPTER, screen) as (page, faults):
        quiz = quiz_on(page)
        assert quiz.get_by_role("group").count() == 1
        for radio in quiz.get_by_role("radio").all():
            radio.check()
        assert not faults + barriers_on(page, "quiz-item")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= screen.width


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_when_the_script_takes_over(browser, base, width):
    heights = []
    for scripts in (True, False):
        screen = Screen(width, scripts=scripts)
        with open_page(browser, base + CHAPTER, screen) as (page, _):
            quiz = quiz_on(page)
            options = quiz.get_by_role("radio") if scripts else quiz.locator("summary")
            expect(options.first).to_be_visible()
            box = quiz.bounding_box()
            assert box
            heights.append(box["height"])
    assert heights[0] == pytest.approx(heights[1], abs=1)


def test_without_scripts_options_open_one_at_a_time(browser, base):
    with open_page(browser, base + CHAPTER, Screen(scripts=False)) as (page, _):
        quiz = quiz_on(page)
        options, whys = quiz.locator("summary"), quiz.locator("details > p")
        expect(quiz.locator(".quiz-question")).to_be_visible()
        for chosen in range(3):
            options.nth(chosen).click()
            for number in range(3):
                expect(whys.nth(number)).to_be_visible(visible=number == chosen)
        for why in whys.all_text_contents():
            assert re.match(r"(Right|Not so)\. \S", why)


def test_paper_has_all_options_and_why_the_right_one_is(browser, base):
    for scripts in (True, False):
        screen = Screen(scripts=scripts, paper=True)
        with open_page(browser, base + CHAPTER, screen) as (page, _):
            quiz = quiz_on(page)
            expect(quiz.locator(".quiz-question")).to_be_visible()
            expect(quiz.locator("summary").locator("visible=true")).to_have_count(3)
            expect(quiz.locator(".right > p")).to_be_visible()
            for why in quiz.locator(".wrong > p").all():
                expect(why).not_to_be_visible()
            expect(quiz.get_by_role("radio")).to_have_count(0)


def test_what_is_wrong_is_not_found_by_the_search(site):
    index = json.loads((site / "en/search/search_index.json").read_text())
    text = " ".join(it["text"] for it in index["docs"])
    page = (site / "en" / CHAPTER / "index.html").read_text()
    whys = re.findall(r"<p><strong>Not so\.</strong> ([^<]+)", page)
    assert len(whys) == 4
    assert not [why for why in whys if why[:40] in text]
    assert "Read along a row, never down a column" in text


def test_a_notebook_says_which_option_is_right(site):
    book = (site / "en" / CHAPTER.strip("/")).with_suffix(".ipynb")
    cells = json.loads(book.read_text())["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    assert "**Also to 1** Not so.\n\nEach query shares out" in text
    assert "**To anything between 0 and the number of queries** Right." in text
