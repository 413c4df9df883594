"""Every demo: anyone can use it, it stays in its place, and its figure can stand in for it."""

from typing import NamedTuple

import pytest

from browsing import DARK, NARROW, WIDE, Screen, faults_of, open_page


class Demo(NamedTuple):
    """Where a demo is, its figure's caption and least height, and whether it hides it at once."""

    tag: str
    page: str
    says: str
    height: int
    takes_over: bool = True


DEMOS = [
    Demo(
        "attention-playground", "02-attention/four-steps/#move-the-query",
        "The direction says which word wins", 100,
    ),
    Demo("softmax-slider", "02-attention/scores/#one-query", "one random query", 100),
    Demo("position-fingerprint", "03-blocks/positions/#rotation", "places 3 and 10", 200),
    Demo("head-explorer", "04-transformer/looking-inside/#look", "All heads", 300),
    Demo(
        "date-translator", "04-transformer/sentence/#type-a-date",
        "nobody told where to look", 300, takes_over=False,
    ),
]  # fmt: skip
NAMES = [demo.tag for demo in DEMOS]

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(params=DEMOS, ids=NAMES)
def demo(request):
    return request.param


def live(page, demo):
    """The demo, once its script runs."""
    page.locator(f"{demo.tag}.live .demo-panel").wait_for()
    return page.locator(demo.tag)


def test_every_demo_of_the_book_is_meant(site):
    pages = [
        file.read_text(encoding="utf-8") for file in site.glob("en/*/*/index.html")
    ]
    there = [tag for tag in NAMES if any(f"<{tag} " in text for text in pages)]
    scripts = {file.stem for file in (site / "en" / "js").glob("*-*.js")}
    assert there == NAMES
    assert scripts - {"quiz-item", "date-model"} == set(NAMES)


# Each page was looked at as a whole, demo included, wide in light and narrow in the dark.
@pytest.mark.parametrize("screen", [DARK, Screen(390)], ids=["dark", "narrow"])
def test_nobody_is_shut_out(browser, base, demo, screen):
    assert not faults_of(browser, base + demo.page, screen, within=demo.tag)


@pytest.mark.parametrize("demo", [it for it in DEMOS if it.takes_over], ids=NAMES[:4])
@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_is_as_high_as_its_figure(browser, base, demo, screen):
    with open_page(browser, base + demo.page, screen) as (page, _):
        it = live(page, demo)
        assert not it.locator("figure").is_visible()
        height = it.bounding_box()["height"]
        it.evaluate("""it => {
            it.classList.remove("live");
            it.querySelector(".demo-panel").remove();
        }""")
        assert it.bounding_box()["height"] == pytest.approx(height, abs=2)


@pytest.mark.parametrize("screen", [Screen(scripts=False), Screen(paper=True)])
def test_without_scripts_and_on_paper_its_figure_stands(browser, base, demo, screen):
    with open_page(browser, base + demo.page, screen) as (page, _):
        if screen.scripts:
            page.locator(f"{demo.tag}.live").wait_for()
        it = page.locator(demo.tag)
        assert it.locator("figure svg").bounding_box()["height"] > demo.height
        assert it.locator("figcaption").is_visible()
        assert demo.says in it.locator("figcaption").inner_text()
        assert not it.locator(".demo-panel").is_visible()
