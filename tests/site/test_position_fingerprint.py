"""The clocks of two places: what a reader sees while moving them is what `src` computes."""

import pytest
import torch

from attnbook import shift_rotation, sinusoidal_positions
from attnbook.functional.positions import frequencies
from browsing import open_page

PAGE = "03-blocks/positions/#rotation"
ROWS = ("first", "second", "turn")

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def demo(browser, base):
    with open_page(browser, base + PAGE) as (page, faults):
        demo = page.locator("position-fingerprint")
        demo.get_by_role("status").wait_for()
        yield demo
        assert not faults


def number(text):
    return float(text.replace("−", "-"))


def numbers(places):
    return torch.tensor([number(text) for text in places.all_text_contents()]).double()


def places_of(demo):
    return [int(text) for text in demo.locator(".shown").all_text_contents()]


def row(demo, name):
    """The numbers of a row, the pairs of the eight hands one after the other."""
    return numbers(demo.locator(f"tbody .{name} td span"))


def check_all_steps(demo, hand):
    """Compare each number and each hand with the package, and give back the dot product."""
    first, second = places_of(demo)
    shift = second - first
    table = [
        sinusoidal_positions(1, 16, offset=place, dtype=torch.float64)[0]
        for place in (first, second)
    ]
    angles, rotation = shift * frequencies(16), shift_rotation(shift, 16)
    expected = [*table, torch.stack((angles, rotation.diagonal()[::2]), 1).flatten()]
    for name, true in zip(ROWS, expected, strict=True):
        assert ((row(demo, name) - true).abs() <= 0.005 + 1e-9).all(), name

    turned = torch.stack((angles.sin(), angles.cos()), 1).flatten()
    for name, true in zip(ROWS, [*table, turned], strict=True):
        lines = demo.locator(f"tbody .{name} line").all()
        tips = [[float(it.get_attribute(end)) for end in ("x2", "y2")] for it in lines]
        drawn = torch.tensor(tips).double() * torch.tensor([1, -1])  # y goes down
        assert torch.allclose(drawn.flatten(), true, atol=1e-5), name

    here = slice(2 * hand, 2 * hand + 2)
    block = rotation[here, here]
    assert torch.allclose(block @ table[0][here], table[1][here])
    shown = [
        numbers(demo.locator(f".matrix.{name} span"))
        for name in ("turn", "first", "second")
    ]
    true = [block.flatten(), table[0][here], table[1][here]]
    for seen, it in zip(shown, true, strict=True):
        assert ((seen - it).abs() <= 0.005 + 1e-9).all()

    told = demo.get_by_role("status").inner_text()
    product = (table[0] @ table[1]).item()
    assert f"shift of {shift}.".replace("-", "−") in told
    assert number(told.split(": ")[1].split(",")[0]) == pytest.approx(
        product, abs=0.0051
    )
    return product


def test_it_starts_with_the_places_of_the_figure(demo):
    assert places_of(demo) == [3, 10]
    check_all_steps(demo, hand=0)
    shown = demo.locator("tbody .speeds td").all_text_contents()
    for text, speed in zip(shown, frequencies(16).tolist(), strict=True):
        digits = len(text.split(".")[1])
        assert float(text) == pytest.approx(speed, abs=0.51 * 10**-digits)


def test_arrow_keys_move_a_place(demo):
    first = demo.get_by_role("slider", name="first place")
    first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        first.press(key)
    assert places_of(demo) == [5, 10]
    check_all_steps(demo, hand=0)
    demo.get_by_role("slider", name="second place").press("End")
    first.press("Home")
    assert places_of(demo) == [0, 99]
    check_all_steps(demo, hand=0)


@pytest.mark.parametrize("places", [(42, 42), (80, 17), (0, 6), (98, 1)])
def test_every_number_is_the_package_s(demo, places):
    for name, place in zip(("first", "second"), places, strict=True):
        demo.get_by_role("slider", name=f"{name} place").fill(str(place))
    assert places_of(demo) == list(places)
    product = check_all_steps(demo, hand=0)
    if places[0] == places[1]:
        assert product == pytest.approx(8)


def test_moved_together_the_places_turn_and_the_shift_does_not(demo):
    before = {
        name: demo.locator(f"tbody .{name}").inner_html() for name in (*ROWS, "speeds")
    }
    told = demo.get_by_role("status").inner_text()
    together = demo.get_by_role("checkbox", name="move both together")
    together.focus()
    together.press("Space")
    slider = demo.get_by_role("slider", name="first place")
    for _ in range(4):
        slider.press("ArrowRight")
    assert places_of(demo) == [7, 14]
    for name in ("first", "second"):
        assert demo.locator(f"tbody .{name}").inner_html() != before[name]
    assert demo.locator("tbody .turn").inner_html() == before["turn"]
    slider.press("End")  # the second place is at the end of the text first
    assert places_of(demo) == [92, 99]
    assert slider.input_value() == "92"
    assert demo.locator("tbody .turn").inner_html() == before["turn"]
    assert demo.get_by_role("status").inner_text() == told
    check_all_steps(demo, hand=0)
    together.uncheck()
    slider.press("ArrowLeft")
    assert places_of(demo) == [91, 99]
    assert demo.locator("tbody .turn").inner_html() != before["turn"]


def test_a_hand_is_chosen_by_key_or_by_its_clock(demo):
    demo.get_by_role("slider", name="second place").fill("61")
    hand = demo.get_by_role("radio", name="hand 0")
    hand.focus()
    hand.press("ArrowRight")
    check_all_steps(demo, hand=1)
    assert "Hand 1:" in demo.inner_text()
    demo.locator("tbody .second td").nth(3).click()
    check_all_steps(demo, hand=3)
    assert demo.get_by_role("radio", name="hand 3").is_checked()
