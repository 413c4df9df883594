"""The explorer of heads: it shows the weights of the page's model, all of them and no others."""

import json

import pytest
import torch

from browsing import NARROW, WIDE, open_page

PAGE = "04-transformer/looking-inside/#look"
CROSS = "decoder.layers.1.cross_attention"

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def demo(browser, base):
    with open_page(browser, base + PAGE) as (page, faults):
        demo = page.locator("head-explorer")
        demo.get_by_role("status").wait_for()
        yield demo
        assert not faults


def data_of(demo):
    return json.loads(demo.get_attribute("data"))


def weights_of(data):
    """Each map as hundredths, in the order of the buttons: by kind, layer and head."""
    source, target = len(data["english"]), len(data["korean"]) + 1
    kinds = {
        "encoder.layers.{}.self_attention": (source, source),
        "decoder.layers.{}.self_attention": (target, target),
        "decoder.layers.{}.cross_attention": (target, source),
    }
    return {
        (name.format(layer), head): torch.tensor(list(bytes.fromhex(it))).view(shape)
        for name, shape in kinds.items()
        for layer in range(2)
        for head, it in enumerate(data["maps"][name.format(layer)])
    }


def shown(demo):
    """The numbers of the large map."""
    rows = demo.locator("table tbody").evaluate(
        "it => [...it.rows].map(row => [...row.cells].slice(1).map(c => c.textContent))"
    )
    return torch.tensor([[round(100 * float(text)) for text in row] for row in rows])


def readout(demo):
    """What the lit row looks at: tokens and hundredths."""
    pairs = [
        it.locator("span").all_text_contents() for it in demo.locator(".seen > *").all()
    ]
    return [token for token, _ in pairs], [round(100 * float(it)) for _, it in pairs]


def test_the_data_are_whole_and_small(demo):
    data = data_of(demo)
    assert "".join(data["korean"]) == "2026년 11월 22일 일요일"
    assert data["english"] == ["Sunday", *"22", "November", *"2026"]
    weights = weights_of(data)
    assert len(weights) == sum(map(len, data["maps"].values())) == 24
    for (name, _), it in weights.items():
        assert it.min() >= 0
        rounded_by = 0.5 * it.size(1)
        assert ((it.sum(dim=1) - 100).abs() <= rounded_by).all(), name
        if name.startswith("decoder") and "self" in name:
            assert not it.triu(1).any(), name
            assert it[0, 0] == 100
    raw = demo.evaluate("it => it.cloneNode().outerHTML")
    assert len(raw.encode()) <= 10_000


def test_the_mean_of_the_last_cross_attention_is_the_figure_before_it(demo):
    weights = weights_of(data_of(demo))
    mean = torch.stack([weights[CROSS, head] for head in range(4)]).float().mean(dim=0)
    rows = [0, 1, 2, 3, 6, 7, 10, 11, 14]
    cells = demo.page.locator("#alignment-1 details.numbers tbody td")
    figure = torch.tensor([100 * float(it) for it in cells.all_text_contents()])
    assert torch.allclose(figure.view(9, 8), mean[rows], atol=1.01)


def test_the_digits_of_the_year_look_at_the_end_of_the_date(demo):
    year = []
    for head in range(4):
        demo.get_by_role("radio", name=f"cross-attention, layer 1, head {head}").check()
        tokens = demo.locator("thead th").all_text_contents()
        assert tokens[4:] == list("2026")
        digits = [it.split(" → ")[1] for it in row_names(demo)[:4]]
        assert digits == list("2026")
        year.append(shown(demo)[:4].float())
    mean = torch.stack(year).mean(dim=0)
    assert (mean[:, 4:].sum(dim=1) > 70).all()
    assert mean[3].argmax() == 7


def row_names(demo):
    return demo.locator("tbody th").all_text_contents()


def test_every_head_shows_its_own_map(demo):
    weights = weights_of(data_of(demo))
    radio = demo.locator("fieldset").get_by_role("radio")
    assert radio.count() == 24
    radio.first.focus()
    radio.first.check()
    for number, ((name, head), true) in enumerate(weights.items()):
        assert radio.nth(number).is_checked()
        stack, _, layer, kind = name.split(".")
        kind = "cross-attention" if "cross" in kind else f"{stack} self-attention"
        title = demo.locator("caption").inner_text()
        assert title == f"{kind}, layer {layer}, head {head}"
        assert title == radio.nth(number).get_attribute("aria-label")
        assert torch.equal(shown(demo), true), title

        small = demo.locator("fieldset label").nth(number).locator("path")
        drawn = torch.zeros_like(true)
        for step, path in enumerate(small.all(), start=1):
            for place in filter(None, path.get_attribute("d").split("M")):
                x, y = map(int, place.removesuffix("h1v1h-1z").split())
                drawn[y, x] = step
        assert ((drawn - 0.09 * true).abs() <= 0.5 + 1e-6).all(), title
        demo.page.keyboard.press("ArrowRight")


def test_up_and_down_lead_to_the_other_kinds(demo):
    names = []
    demo.get_by_role("radio", name="encoder self-attention, layer 1, head 2").check()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        demo.page.keyboard.press(key)
        names.append(demo.locator("caption").inner_text())
    decoder, cross = (
        f"{it}attention, layer 1, head 2" for it in ("decoder self-", "cross-")
    )
    assert names == [decoder, cross, cross, decoder]


def check_lit(demo, row, true):
    """The row that is lit, what is told of it, and the sums behind it."""
    lit = demo.locator("tbody tr.lit")
    assert lit.count() == 1
    assert lit.evaluate("it => it.sectionRowIndex") == row
    assert lit.get_by_role("radio").is_checked()
    tokens, weights = readout(demo)
    assert weights == true[row].tolist()
    assert tokens == demo.locator("thead th").all_text_contents()
    told = demo.get_by_role("status").inner_text()
    most = int(true[row].argmax())
    assert (
        f"most at token {most}, “{tokens[most]}”, with {weights[most] / 100:.2f}"
        in told
    )
    return told


def test_a_row_lights_up_when_pointed_at_or_reached_by_key(demo):
    weights = weights_of(data_of(demo))
    demo.get_by_role("radio", name="cross-attention, layer 1, head 1").check()
    true = weights[CROSS, 1]
    told = check_lit(demo, data_of(demo)["begin"][2], true)
    assert "“␣” was read, “1” comes next" in told
    demo.locator("tbody tr").nth(10).locator("td").nth(5).hover()
    assert "“␣” was read, “2” comes next" in check_lit(demo, 10, true)
    demo.locator("tbody tr").nth(10).get_by_role("radio").focus()
    for row in (11, 12):
        demo.page.keyboard.press("ArrowDown")
        check_lit(demo, row, true)

    demo.get_by_role("radio", name="decoder self-attention, layer 0, head 3").check()
    true = weights["decoder.layers.0.self_attention", 3]
    told = check_lit(demo, 12, true)  # the row stays
    assert "“2” was read, “일” comes next" in told
    assert readout(demo)[1][13:] == [0] * 5

    demo.get_by_role("radio", name="encoder self-attention, layer 0, head 0").check()
    true = weights["encoder.layers.0.self_attention", 0]
    assert "“6”: looks most" in check_lit(demo, 7, true)  # the last row of eight


def test_a_finger_lights_a_row(browser, base):
    context = browser.new_context(
        has_touch=True, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(base + PAGE)
    demo = page.locator("head-explorer")
    demo.locator("tbody tr").nth(3).locator("td").nth(2).tap()
    _, head, _ = data_of(demo)["begin"]
    check_lit(demo, 3, weights_of(data_of(demo))[CROSS, head])
    context.close()


@pytest.mark.parametrize("screen", [WIDE, NARROW])
def test_no_kind_is_higher_than_another(browser, base, screen):
    with open_page(browser, base + PAGE, screen) as (page, _):
        demo, heights = page.locator("head-explorer"), set()
        for kind in ("encoder self-", "decoder self-", "cross-"):
            demo.get_by_role("radio", name=f"{kind}attention, layer 0, head 0").check()
            heights.add(round(demo.bounding_box()["height"]))
        assert max(heights) - min(heights) <= 2
