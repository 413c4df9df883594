"""The trained network in a reader's browser: it says, step by step, what torch says."""

import json
import zipfile

import pytest
import torch

from attnbook import (
    TINY,
    Transformer,
    TransformerConfig,
    Vocabulary,
    record_attention,
    split_words,
    translate,
    unpack_weights,
)
from browsing import DARK, NARROW, WIDE, Screen, barriers_on, open_page

PAGE = "04-transformer/sentence/"
FIELD = "date-translator [type=text]"
BUTTON = "date-translator form button"
SLIDER = "date-translator [type=range]"
WRITTEN = "date-translator .written"
FIGURE = "date-translator > .bookbuild-figure"
REQUESTS = "performance.getEntriesByType('resource').map((it) => it.name)"
SHIFTS = """new Promise((told) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const it of list.getEntries()) if (!it.hadRecentInput) sum += it.value;
  })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(sum), 500);
})"""

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def trained(site):
    """The published weights, in torch."""
    text = (site / "en" / "js" / "date-model.js").read_text(encoding="utf-8").strip()
    file = json.loads(text.removeprefix("attnbook.dateModel = ").removesuffix(";"))
    vocabulary = Vocabulary(tuple(file["tokens"]))
    model = Transformer(TransformerConfig(len(vocabulary), **TINY)).eval()
    model.load_state_dict(unpack_weights(file["weights"]))
    return model, vocabulary


def translated(page, text):
    """Type a date and press the button; motion is reduced, so all is there at once."""
    page.locator(FIELD).fill(text)
    page.locator(BUTTON).click()
    page.locator("date-translator .looks td").first.wait_for()
    return page.locator(WRITTEN).inner_text().removesuffix("(end)")


def test_a_date_is_translated_and_nothing_is_asked_for_before(browser, base, trained):
    with open_page(browser, base + PAGE) as (page, faults):
        page.locator(BUTTON).wait_for()
        before = " ".join(page.evaluate(REQUESTS))
        assert "date-translator.js" in before
        assert "date-model" not in before
        assert "transformer.js" not in before
        assert page.locator(FIELD).input_value() == "Sunday 22 November 2026"
        for date in ("Friday 13 March 2015", "the 1st of May 1999", "2031-07-08"):
            assert [translated(page, date)] == translate(*trained, [date])
        assert translated(page, "Friday 13 March 2015") == "2015년 3월 13일 금요일"
        told = page.locator("date-translator [role=status]").inner_text()
        assert told == "The network wrote: 2015년 3월 13일 금요일"
        assert not faults


def test_every_step_shows_what_torch_computes(browser, base, trained):
    model, vocabulary = trained
    date = "Thursday, July 4, 2075"
    words = split_words(date)
    src_ids = torch.tensor([vocabulary.encode(words)])
    with open_page(browser, base + PAGE) as (page, _):
        written = [*translated(page, date), "<eos>"]
        tgt_ids = [vocabulary.bos_id, *vocabulary.encode(written[:-1])]
        with torch.no_grad(), record_attention(model) as seen:
            logits = model(src_ids, torch.tensor([tgt_ids]))[0]
        page.locator(SLIDER).focus()
        page.keyboard.press("Home")
        for step in range(len(written)):
            place = page.locator("date-translator output").inner_text()
            assert place == f"{step + 1} of {len(written)}"
            so_far = page.locator(f"{WRITTEN} > span").inner_text()
            assert so_far.rstrip() == "".join(written[:step]).rstrip()
            shares = logits[step].softmax(dim=-1).topk(4)
            shown = page.locator("date-translator .next li").all_inner_texts()
            for text, share, place in zip(
                shown, *map(torch.Tensor.tolist, shares), strict=True
            ):
                token, percent = text.split("\n")
                names = {" ": "(space)", "<eos>": "(end)"}
                wanted = vocabulary.tokens[place]
                # Far behind, two tokens may be as good as equal.
                assert token == names.get(wanted, wanted) or share < 0.01
                assert float(percent.rstrip("%")) == pytest.approx(
                    100 * share, abs=0.06
                )
            page.keyboard.press("ArrowRight")
        columns = page.locator("date-translator .looks thead th").all_inner_texts()
        assert columns == words
        for layer in (1, 2):
            page.locator("date-translator select").select_option(str(layer))
            weights = seen[f"decoder.layers.{layer - 1}.cross_attention"][0][0]
            now, means = (
                page.locator(
                    f"date-translator .looks tbody:nth-of-type({part}) tr:has(td)"
                )
                for part in (1, 2)
            )
            near(now, weights[:, -1])
            near(means, weights.mean(dim=0))


def near(rows, weights):
    texts = [row.split("\t")[1:] for row in rows.all_inner_texts()]
    shown = torch.tensor([[float(cell) for cell in row] for row in texts])
    torch.testing.assert_close(shown, 100 * weights, rtol=0, atol=0.51)


def test_unknown_words_are_told(browser, base, trained):
    date = "Sonntag 22 Novembre 2026"
    with open_page(browser, base + PAGE) as (page, _):
        assert [translated(page, date)] == translate(*trained, [date])
        for place in (".read .unknown", "thead .unknown"):
            found = page.locator(f"date-translator {place}").all_inner_texts()
            assert found == ["Sonntag", "Novembre"]
        translated(page, "Sunday 22 November 2026")
        assert page.locator("date-translator .unknown").count() == 0
        page.locator(FIELD).fill("  ")
        page.locator(BUTTON).click()
        assert "Write a date" in page.locator("date-translator .read").inner_text()


def test_it_plays_unless_motion_is_reduced(browser, base):
    output = "date-translator output"
    with open_page(browser, base + PAGE) as (page, _):
        translated(page, "22 November 2026")
        last = page.locator(output).inner_text()
        assert last == "14 of 14"
        page.wait_for_timeout(1000)
        assert page.locator(output).inner_text() == last
        page.emulate_media(reduced_motion="no-preference")
        page.locator(BUTTON).click()
        assert page.locator(output).inner_text() == "1 of 14"
        page.locator(output, has_text="3 of 14").wait_for()
        page.get_by_role("button", name="Pause").click()
        place = page.locator(output).inner_text()
        page.wait_for_timeout(1000)
        assert page.locator(output).inner_text() == place
        page.get_by_role("button", name="Play").click()
        page.locator(output, has_text=last).wait_for()
        assert page.get_by_role("button", name="Play").is_visible()


def test_the_keyboard_is_enough(browser, base):
    with open_page(browser, base + PAGE) as (page, _):
        page.locator(FIELD).focus()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("3 October 1990")
        page.keyboard.press("Enter")
        page.locator("date-translator .looks td").first.wait_for()
        assert page.locator(WRITTEN).inner_text() == "1990년 10월 3일(end)"
        for key in ("Tab", "Tab", "Enter"):  # past the button, to Back
            page.keyboard.press(key)
        assert page.locator("date-translator output").inner_text() == "12 of 13"
        for key in ("Tab", "Tab", "Tab", "ArrowLeft"):  # past Play and Next
            page.keyboard.press(key)
        assert page.locator("date-translator output").inner_text() == "11 of 13"


@pytest.mark.parametrize("screen", [WIDE, DARK, NARROW], ids=["wide", "dark", "narrow"])
def test_nobody_is_shut_out_and_nothing_jumps(browser, base, screen):
    with open_page(browser, base + PAGE, screen) as (page, faults):
        page.locator(BUTTON).wait_for()
        page.locator(FIGURE).scroll_into_view_if_needed()
        assert page.locator(FIGURE).is_visible()
        translated(page, "Wednesday the 23rd of Septembre 2026")
        assert not page.locator(FIGURE).is_visible()
        assert page.evaluate(SHIFTS) <= 0.05
        assert page.evaluate("document.documentElement.scrollWidth") <= screen.width
        assert not faults + barriers_on(page, "date-translator")
        page.emulate_media(media="print")
        assert page.locator(FIGURE).is_visible()
        assert not page.locator(FIELD).is_visible()


def test_without_scripts_or_weights_the_figure_stands(browser, base):
    with open_page(browser, base + PAGE, Screen(scripts=False)) as (page, _):
        assert page.locator(FIGURE).is_visible()
        assert page.locator(FIELD).count() == 0
    with open_page(browser, base + PAGE) as (page, _):
        page.route("**/date-model.js", lambda route: route.abort())
        page.locator(BUTTON).click()
        page.get_by_text("could not be loaded").wait_for()
        assert page.locator(FIGURE).is_visible()


def test_it_runs_from_a_disk(browser, site, tmp_path):
    with zipfile.ZipFile(site / "en" / "offline.zip") as archive:
        archive.extractall(tmp_path)
    (page_file,) = tmp_path.glob("*/04-transformer/sentence.html")
    with open_page(browser, page_file.as_uri()) as (page, faults):
        assert translated(page, "Sunday 22 November 2026") == "2026년 11월 22일 일요일"
        assert not faults
