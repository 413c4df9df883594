"""The attention playground: what a reader sees while moving the query is what `src` computes."""

import json
import math

import pytest
import torch

from attnbook import attend, dot_scores
from browsing import NARROW, WIDE, open_page

PAGE = "02-attention/four-steps/#move-the-query"

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def visit(browser, base):
    with open_page(browser, base + PAGE) as visit:
        visit.page.locator("attention-playground .handle").wait_for()
        yield visit
        assert not visit.faults


def numbers(text):
    """The numbers of a cell: `(20.17, 0.78)`."""
    return [float(x) for x in text.replace("−", "-").strip("()").split(",")]


def query_of(page):
    shown = page.locator("attention-playground p.role-query").inner_text()
    return numbers(shown.removeprefix("query "))


def data_of(page):
    return json.loads(page.locator("attention-playground").get_attribute("data"))


def check_all_steps(page):
    """Compare each number of the table with the package, and give back what it found."""
    data = data_of(page)
    key, value = torch.tensor(data["key"]), torch.tensor(data["value"])
    scores = dot_scores(torch.tensor([query_of(page)]), key)
    output, weights = attend(scores, value)
    powers = scores[0].exp()
    rows = page.locator("attention-playground .demo-table tbody tr")
    assert rows.locator("th").all_inner_texts() == data["sentence"]
    for i in range(len(data["sentence"])):
        cells = rows.nth(i).locator("td")
        shown = [numbers(cells.nth(n).inner_text().split("\n")[0]) for n in range(4)]
        weighted = weights[0, i] * value[i]
        expected = [scores[0, i : i + 1], powers[i : i + 1], weights[0, i : i + 1]]
        for seen, true, digits in zip(
            shown, [*expected, weighted], (1, 3, 3, 2), strict=True
        ):
            error = abs(torch.tensor(seen) - true)
            assert (error <= 0.5 * 10**-digits + 1e-4).all(), (seen, true)
        bar = cells.nth(2).locator("i").get_attribute("style")
        assert float(bar.removeprefix("--share: ")) == pytest.approx(
            weights[0, i].item(), abs=1e-5
        )
    sums = [
        numbers(cell)
        for cell in page.locator(".demo-table tfoot td").all_inner_texts()
        if cell
    ]
    expected = [[powers.sum().item()], [1.0], output[0].tolist()]
    assert [len(one) for one in sums] == [1, 1, 2]
    for seen, true in zip(sums, expected, strict=True):
        assert seen == pytest.approx(true, abs=0.0051), (seen, true)
    return weights[0], output[0]


def test_it_starts_with_the_first_question(visit):
    weights, output = check_all_steps(visit.page)
    assert query_of(visit.page) == [1.0, 1.0]
    told = visit.page.locator("attention-playground [role=status]").inner_text()
    assert f"2026 gets the most, {weights[3]:.3f}" in told
    assert f"({output[0]:.2f}, {output[1]:.2f})" in told


def test_arrow_keys_move_the_query(visit):
    page = visit.page
    handle = page.get_by_role("slider", name="query")
    handle.focus()
    height = page.evaluate("scrollY")
    for key, times in (("ArrowLeft", 4), ("ArrowDown", 7), ("Shift+ArrowLeft", 1)):
        for _ in range(times):
            page.keyboard.press(key)
    assert query_of(page) == [0.1, 0.3]
    assert page.evaluate("scrollY") == height
    assert handle.get_attribute("aria-valuetext") == (
        "in digits? 0.1, longer than a day? 0.3"
    )
    check_all_steps(page)
    for _ in range(9):
        page.keyboard.press("Shift+ArrowUp")
    assert query_of(page) == [0.1, data_of(page)["reach"]]
    check_all_steps(page)


def test_a_hand_drags_the_query(visit):
    page = visit.page
    knob = page.locator("attention-playground .handle circle").last
    plane = page.locator("attention-playground .keys-plane svg")
    plane.scroll_into_view_if_needed()
    box, frame = knob.bounding_box(), plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*point(frame, data_of(page)["reach"], -2, 1.5), steps=5)
    assert query_of(page) == [-2.0, 1.5]
    weights, _ = check_all_steps(page)
    assert weights.argmax() == 2
    page.mouse.up()
    page.mouse.move(frame["x"] + 5, frame["y"] + 5)
    assert query_of(page) == [-2.0, 1.5]


def test_a_finger_drags_the_query_and_not_the_page(browser, base):
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    page.goto(base + PAGE)
    plane = page.locator("attention-playground .keys-plane svg")
    plane.evaluate("it => it.scrollIntoView({ block: 'center' })")
    top, frame = page.evaluate("scrollY"), plane.bounding_box()
    finger = phone.new_cdp_session(page)

    def touch(kind, *query):
        at = [point(frame, data_of(page)["reach"], *query)] if query else []
        points = [{"x": x, "y": y} for x, y in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 1, 1)
    for step in range(1, 11):
        touch("touchMove", 1 - 0.2 * step, 1 + 0.1 * step)
        page.wait_for_timeout(30)  # a finger takes its time
    touch("touchEnd")
    page.wait_for_function(
        "document.querySelector('p.role-query').textContent.includes('−1.0, 2.0')"
    )
    check_all_steps(page)
    assert page.evaluate("scrollY") == top
    phone.close()


def point(frame, reach, x, y):
    """Where a query lies on the screen: the middle of the plane is 150 of its 300 wide."""
    unit = frame["width"] / 300
    return (
        frame["x"] + unit * (150 + 140 * x / reach),
        frame["y"] + unit * (150 - 140 * y / reach),
    )


def test_a_click_in_the_plane_moves_it_there(visit):
    page = visit.page
    plane = page.locator("attention-playground .keys-plane svg")
    plane.scroll_into_view_if_needed()
    page.mouse.click(*point(plane.bounding_box(), data_of(page)["reach"], 0, 0))
    assert query_of(page) == [0.0, 0.0]
    weights, output = check_all_steps(page)
    told = page.locator("attention-playground [role=status]").inner_text()
    assert "every word gets the same weight" in told
    assert weights.tolist() == pytest.approx([0.25] * 4)
    assert f"({output[0]:.2f}, {output[1]:.2f})" in told


def test_each_question_finds_its_word(visit):
    page = visit.page
    buttons = page.locator("attention-playground button")
    asked = buttons.all_inner_texts()
    found = {}
    for i, question in enumerate(asked):
        buttons.nth(i).click()
        weights, _ = check_all_steps(page)
        found[question] = data_of(page)["sentence"][weights.argmax()]
        pressed = page.locator("attention-playground [aria-pressed=true]")
        assert pressed.all_inner_texts() == [question]
    assert found == {
        "which year?": "2026",
        "which month?": "November",
        "which day?": "22",
        "which weekday?": "Sunday",
    }


def test_the_output_stays_inside_the_line(visit):
    page = visit.page
    inside = """() => {
      const shape = document.querySelector("attention-playground polygon");
      const dot = document.querySelector("attention-playground .pulls circle");
      const at = Object.assign(shape.ownerSVGElement.createSVGPoint(),
        { x: dot.cx.baseVal.value, y: dot.cy.baseVal.value });
      return shape.isPointInFill(at) || shape.isPointInStroke(at);
    }"""
    places = set()
    plane = page.locator("attention-playground .keys-plane svg")
    plane.scroll_into_view_if_needed()
    for step in range(12):
        angle = step * math.pi / 6
        there = 2.4 * math.cos(angle), 2.4 * math.sin(angle)
        page.mouse.click(*point(plane.bounding_box(), 2.5, *there))
        places.add(page.locator("attention-playground p.role-output").inner_text())
        assert page.evaluate(inside), there
    assert len(places) > 8


@pytest.mark.parametrize("screen", [WIDE, NARROW])
def test_what_follows_stays_in_its_place(browser, base, screen):
    with open_page(browser, base + PAGE, screen) as (page, _):
        page.locator("attention-playground .handle").focus()
        tops = set()
        for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"):
            for _ in range(6):
                page.keyboard.press(f"Shift+{key}")
                tops.add(
                    page.evaluate("document.querySelector('#the-formula').offsetTop")
                )
        assert len(tops) == 1
