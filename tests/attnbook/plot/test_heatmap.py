import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from attnbook.plot import Svg, heatmap

WEIGHTS = [[0.25, 0.75, 0.0], [0.1, 0.2, 0.7]]
NS = "{http://www.w3.org/2000/svg}"


def parse(picture: Svg) -> ElementTree.Element:
    return ElementTree.fromstring(str(picture))


def texts(picture: Svg) -> list[str]:
    return [element.text or "" for element in parse(picture).iter(f"{NS}text")]


def opacities(picture: Svg) -> list[float]:
    found = (cell.get("fill-opacity") for cell in parse(picture).iter(f"{NS}rect"))
    return [float(opacity) for opacity in found if opacity is not None]


def test_a_cell_is_as_full_as_its_number():
    assert opacities(heatmap(WEIGHTS)) == [0.25, 0.75, 0, 0.1, 0.2, 0.7]


def test_numbers_stand_in_the_cells_row_by_row():
    assert texts(heatmap(WEIGHTS)) == ["0.25", "0.75", "0.00", "0.10", "0.20", "0.70"]
    assert texts(heatmap(WEIGHTS, digits=1))[:2] == ["0.2", "0.8"]


def test_whole_numbers_and_masks_have_no_decimals():
    assert texts(heatmap([[1, 0]])) == ["1", "0"]
    assert texts(heatmap(torch.tensor([[True, False]]))) == ["1", "0"]


def test_a_number_that_rounds_to_zero_has_no_sign():
    assert texts(heatmap([[-0.001, 0.5]]))[0] == "0.00"


def test_tensor_array_and_lists_give_the_same_picture():
    tensor = torch.tensor(WEIGHTS, dtype=torch.float64, requires_grad=True)
    assert heatmap(tensor) == heatmap(np.array(WEIGHTS)) == heatmap(WEIGHTS)
    assert heatmap([torch.tensor(row).double() for row in WEIGHTS]) == heatmap(
        torch.tensor(WEIGHTS).double()
    )


def test_the_scale_stretches_to_numbers_outside_of_zero_and_one():
    assert opacities(heatmap([[-3.0, 0.0, 3.0]])) == [0, 0.5, 1]
    assert opacities(heatmap([[0.0, 4.0, 1.0]])) == [0, 1, 0.25]


def test_names_stand_outside_of_the_cells_in_order():
    picture = heatmap(WEIGHTS, rows=["2026년", "<s>"], cols=["Sunday", '"&"', "22"])
    assert texts(picture)[:5] == ["2026년", "<s>", "Sunday", '"&"', "22"]


def test_a_wide_name_goes_up_on_a_slope_and_stays_on_the_canvas():
    flat = parse(heatmap(WEIGHTS, cols=["a", "b", "c"]))
    steep = parse(heatmap(WEIGHTS, cols=["a", "b", "a very long name"]))
    assert not any("rotate" in e.get("transform", "") for e in flat.iter())
    assert sum("rotate" in e.get("transform", "") for e in steep.iter()) == 3
    assert float(steep.get("width", 0)) > float(flat.get("width", 0)) + 40


def test_korean_letters_get_twice_the_room():
    narrow, wide = (
        parse(heatmap(WEIGHTS, rows=[name, name])) for name in ("abcd", "가나다라")
    )
    assert float(wide.get("width", 0)) > float(narrow.get("width", 0)) + 15


def test_many_columns_leave_no_room_for_numbers():
    assert texts(heatmap(torch.rand(2, 13))) == []
    assert len(opacities(heatmap(torch.rand(2, 13)))) == 26


@pytest.mark.parametrize("size", [(1, 1), (5, 7), (3, 50)])
def test_every_cell_lies_on_the_canvas(size):
    root = parse(heatmap(torch.rand(size), rows=range(size[0]), title="Anything"))
    width, height = (float(x) for x in root.get("viewBox", "").split()[2:])
    for row in root.findall(f"{NS}g/{NS}g"):
        left, top = map(float, re.findall(r"[\d.]+", row.get("transform", "")))
        for cell in row.iter(f"{NS}rect"):
            at = {k: float(v) for k, v in cell.attrib.items() if k != "fill"}
            assert 0 <= left + at["x"] <= width - at["width"]
            assert 0 <= top <= height - at["height"]


def test_who_cannot_see_it_is_told():
    assert parse(heatmap(WEIGHTS)).get("role") == "img"
    assert (
        parse(heatmap(WEIGHTS)).get("aria-label") == "Heat map of 2 rows and 3 columns"
    )
    titled = heatmap(WEIGHTS, title='Who "looks" <where>')
    assert parse(titled).get("aria-label") == 'Who "looks" <where>'
    assert texts(titled)[0] == 'Who "looks" <where>'


def test_colours_come_from_the_page_and_fall_back_to_ones_of_their_own():
    picture = heatmap(WEIGHTS, role="query")
    assert "var(--role-query,#" in picture
    assert "var(--role-weights" not in picture
    assert parse(picture).get("fill") == "currentColor"
    # Dark cells carry light numbers: what is written on 0.75 is not written on 0.25.
    fills = {t.text: t.get("fill") for t in parse(picture).iter(f"{NS}text")}
    assert fills["0.25"] is None
    assert fills["0.75"] == "var(--figure-ink-mid,currentColor)"


def test_it_is_a_value_that_notebooks_show():
    picture = heatmap(WEIGHTS)
    assert isinstance(picture, Svg)
    assert picture._repr_svg_() == picture._repr_html_() == str(picture)
    assert "id=" not in picture


def test_a_small_picture_is_small():
    assert len(heatmap(torch.full((5, 5), 0.2))) < 4000


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([0.1, 0.9], "weights must have 2 axes, got 1"),
        (torch.zeros(2, 3, 5), "weights must have 2 axes, got 3"),
        ([[1, 2], [3]], "weights must have rows of one length, got 1 and 2"),
        (torch.zeros(2, 0), "weights must hold at least one number, got none"),
        ([[0.5, float("nan")]], r"weights\[0\]\[1\] must be finite, got nan"),
        ([[0.5], [float("-inf")]], r"weights\[1\]\[0\] must be finite, got -inf"),
    ],
)
def test_what_is_no_matrix_is_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        heatmap(weights)


def test_names_must_be_as_many_as_rows_and_columns():
    with pytest.raises(ValueError, match="rows must hold 2 names, got 3"):
        heatmap(WEIGHTS, rows=["a", "b", "c"])
    with pytest.raises(ValueError, match="cols must hold 3 names, got 2"):
        heatmap(WEIGHTS, cols=["a", "b"])


def test_a_role_must_be_one_of_five():
    with pytest.raises(ValueError, match=r"role must be one of query, .*, got 'mask'"):
        heatmap(WEIGHTS, role="mask")
