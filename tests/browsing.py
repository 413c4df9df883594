"""A reader's browser, driven from Python: what goes wrong on a page when it is opened."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

# The shell draws pages alone, no window around them: tests take a fifth less time.
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome",
)  # fmt: skip
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOW = (
    "on Debian and Ubuntu: apt-get install chromium; elsewhere: a Chromium or Chrome "
    "on the PATH"
)


def chromium() -> str | None:
    """The machine's own Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Visit(NamedTuple):
    """An open page, and what has gone wrong on it so far."""

    page: Page
    faults: list[str]


class Screen(NamedTuple):
    """How a reader looks at a page."""

    width: int = 1280
    scheme: str = "light"
    scripts: bool = True
    paper: bool = False


MOST_SHIFT = 0.05
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map((it) => it.value)))
  .observe({ type: "layout-shift", buffered: true });
"""

WIDE, DARK, NARROW = Screen(), Screen(scheme="dark"), Screen(390, "dark")


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Run Chromium, cut off from every host but this one."""
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, url: str, screen: Screen = WIDE) -> Iterator[Visit]:
    """Open a page as a reader does, and write down what goes wrong."""
    context = browser.new_context(
        viewport={"width": screen.width, "height": 900},
        color_scheme=screen.scheme,
        java_script_enabled=screen.scripts,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.add_init_script(WATCH_SHIFTS)
    faults: list[str] = []
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    _answers[page] = answers

    def noted(request: Any) -> None:
        if not request.url.startswith((url[:16], "data:", "blob:", "file:")):
            faults.append(f"asks another host: {request.url}")

    page.on("request", noted)
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: (
            faults.append(f"console: {message.text}")
            if message.type in {"error", "warning"}
            else None
        ),
    )
    if screen.paper:
        page.emulate_media(media="print")
    page.goto(url, wait_until="load")
    yield Visit(page, faults)
    context.close()


def faults_of(
    browser: Browser,
    url: str,
    screen: Screen = WIDE,
    budget: float = float("inf"),
    within: str | None = None,
) -> list[str]:
    """What is wrong with a page: outside requests, errors, weight, jumps, scroll, barriers.

    Args:
        browser: From `start_browser`.
        url: The page's.
        screen: How it is looked at.
        budget: How many bytes may be sent for it, as the host packs them.
        within: The part where barriers are looked for; by default all of the page.
    """
    with open_page(browser, url, screen) as (page, faults):
        page.wait_for_load_state("networkidle")
        faults = list(faults)  # what axe does to a page does not count
        weight = sum(visit_weights(page).values())
        if weight > budget:
            faults.append(f"weighs {weight:,} bytes > {budget:,}")
        shift = page.evaluate("shifts.reduce((sum, it) => sum + it, 0)")
        if shift > MOST_SHIFT:
            faults.append(f"jumps by {shift:.3f} > {MOST_SHIFT}")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > screen.width:
            faults.append(f"scrolls sideways: {width} > {screen.width}")
        return faults + barriers_on(page, within)


_answers: "WeakKeyDictionary[Page, list[Any]]" = WeakKeyDictionary()


def visit_weights(page: Page) -> dict[str, int]:
    """The bytes that the host sent for an open page, by address."""
    return {
        it.url: int(it.headers.get("content-length", 0))
        for it in _answers[page]
        if it.ok
    }


def barriers_on(page: Page, within: str | None = None) -> list[str]:
    """What axe finds on an open page, or within a part of it."""
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": LEVELS},
    }
    found = Axe().run(page, within, options).response["violations"]
    return [
        f"{it['id']}: {it['help']}: {node['html'][:120]}"
        for it in found
        for node in it["nodes"]
    ]
