"""The slider over the length of a key: what it shows is what `src` computes."""

import json

import pytest
import torch
from torch.autograd.functional import jacobian

from attnbook import softmax
from browsing import NARROW, WIDE, open_page

PAGE = "02-attention/scores/#one-query"

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def visit(browser, base):
    with open_page(browser, base + PAGE) as visit:
        visit.page.locator("softmax-slider .demo-table").wait_for()
        yield visit
        assert not visit.faults


def data_of(page):
    return json.loads(page.locator("softmax-slider").get_attribute("data"))


def number(text):
    return float(text.replace("−", "-"))


def state(page):
    """How the reader has set it: the length, the divisor that this means, and the scores."""
    data = data_of(page)
    at = int(page.get_by_role("slider", name="length of a key").input_value())
    warm = int(page.get_by_role("slider", name="temperature").input_value())
    divided = page.get_by_role("checkbox", name="divide").is_checked()
    size = data["sizes"][at]
    divisor = data["temperatures"][warm] * (size**0.5 if divided else 1)
    return size, divisor, torch.tensor(data["scores"][at])


def check_all_steps(page):
    """Compare each number that stands there with the package; give back the two measures."""
    _, divisor, scores = state(page)
    weights = softmax(scores, temperature=divisor)
    trace = jacobian(lambda row: softmax(row), scores / divisor).trace()
    heads = page.locator("softmax-slider .demo-table th[scope=col]").all_inner_texts()
    assert number(heads[2].removeprefix("÷ ")) == pytest.approx(divisor, abs=0.0051)
    rows = page.locator("softmax-slider .demo-table tbody tr")
    assert rows.count() == len(scores) == 16
    for i, row in enumerate(rows.all()):
        shown = [number(text) for text in row.locator("td").all_inner_texts()]
        true = [scores[i], scores[i] / divisor, weights[i]]
        for seen, expected, digits in zip(shown, true, (2, 2, 3), strict=True):
            assert abs(seen - expected) <= 0.5 * 10**-digits + 1e-4
        bar = row.locator("i").get_attribute("style").removeprefix("--share: ")
        assert float(bar) == pytest.approx(weights[i].item(), abs=1e-5)
    largest, slope = map(number, page.locator("softmax-slider dd").all_inner_texts())
    assert largest == pytest.approx(weights.max().item(), abs=0.00051)
    assert slope == pytest.approx(trace.item(), abs=0.00051)
    told = page.locator("softmax-slider [role=status]").inner_text()
    assert f"Key {weights.argmax() + 1} gets {largest:.3f}" in told
    assert f"trace is {slope:.3f}" in told
    return largest, slope


def press(page, name, key, times=1):
    slider = page.get_by_role("slider", name=name)
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)
    return slider


def test_every_length_divided_and_not(visit):
    page = visit.page
    divide = page.get_by_role("checkbox", name="divide")
    assert divide.is_checked()
    seen = {}
    for ticked in (True, False):
        divide.set_checked(ticked)
        press(page, "length of a key", "Home")
        for size in data_of(page)["sizes"]:
            slider = page.get_by_role("slider", name="length of a key")
            assert slider.get_attribute("aria-valuetext") == str(size)
            assert state(page)[0] == size
            seen[ticked, size] = check_all_steps(page)
            press(page, "length of a key", "ArrowRight")
    assert len(seen) == 16
    # What the page says of it: sharp without the division, soft with it.
    assert seen[False, 512][0] > 0.9 > 0.5 > seen[True, 512][0]
    assert seen[False, 512][1] < 0.1 < 0.7 < seen[True, 512][1]


def test_the_words_go_with_the_trace(visit):
    page = visit.page
    told = page.locator("softmax-slider [role=status]")
    assert "reacts well" in told.inner_text()
    press(page, "length of a key", "End")
    page.get_by_role("checkbox", name="divide").uncheck()
    assert "hardly reacts" in told.inner_text()


def test_the_division_is_a_temperature(visit):
    page = visit.page
    press(page, "length of a key", "End")
    with_the_root = page.locator(
        "softmax-slider .demo-table tbody td:last-child"
    ).all_inner_texts()
    page.get_by_role("checkbox", name="divide").uncheck()
    sharp = page.locator(
        "softmax-slider .demo-table tbody td:last-child"
    ).all_inner_texts()
    slider = press(page, "temperature", "End")
    check_all_steps(page)
    while number(slider.get_attribute("aria-valuetext")) > 512**0.5 + 0.01:
        page.keyboard.press("ArrowLeft")
    hot = page.locator(
        "softmax-slider .demo-table tbody td:last-child"
    ).all_inner_texts()
    assert hot == with_the_root != sharp
    check_all_steps(page)


@pytest.mark.parametrize("screen", [WIDE, NARROW])
def test_what_follows_stays_in_its_place(browser, base, screen):
    with open_page(browser, base + PAGE, screen) as (page, _):
        tops = set()
        page.get_by_role("checkbox", name="divide").uncheck()
        for key in ("Home", "End"):
            for name in ("length of a key", "temperature"):
                press(page, name, key)
                tops.add(
                    page.evaluate("document.querySelector('#without-scale').offsetTop")
                )
        assert len(tops) == 1
