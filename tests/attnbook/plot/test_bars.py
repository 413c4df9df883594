import subprocess
import sys
from xml.etree import ElementTree

import pytest
import torch

from attnbook.plot import Svg, bars

NS = "{http://www.w3.org/2000/svg}"
NAMES = ["Sunday", "22", "2026년"]


def parse(picture: Svg) -> ElementTree.Element:
    return ElementTree.fromstring(str(picture))


def widths(picture: Svg) -> tuple[list[float], list[float]]:
    tracks, filled = (
        [float(bar.get("width", 0)) for bar in group]
        for group in parse(picture).iter(f"{NS}g")
    )
    return tracks, filled


def test_a_bar_is_as_long_as_its_share_of_the_whole():
    tracks, filled = widths(bars([0.25, 0.0, 0.75], NAMES))
    assert len(set(tracks)) == 1
    assert filled == [tracks[0] * share for share in (0.25, 0.0, 0.75)]


def test_the_largest_number_is_the_whole_where_it_is_more_than_one():
    tracks, filled = widths(bars([1, 4, 2], NAMES))
    assert filled == [tracks[0] / 4, tracks[0], tracks[0] / 2]


def test_names_and_numbers_are_written():
    picture = bars(
        torch.tensor([0.25, 0.0, 0.75]), ["<s>", "a & b", "2026년"], title="T"
    )
    written = [element.text for element in parse(picture).iter(f"{NS}text")]
    assert written == ["T", "<s>", "a & b", "2026년", "0.25", "0.00", "0.75"]


def test_who_cannot_see_it_is_told():
    root = parse(bars([0.5, 0.5], ["a", "b"]))
    assert (root.get("role"), root.get("aria-label")) == (
        "img",
        "Bar chart of 2 shares",
    )
    assert parse(bars([1], ["a"], title="Limits")).get("aria-label") == "Limits"


def test_the_colour_is_the_role_s():
    assert "var(--role-value,#" in bars([0.5], ["a"], role="value")


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([[0.5, 0.5, 0.0]], "shares must have 1 axis, got 2"),
        (torch.tensor(0.5), "shares must have 1 axis, got 0"),
        ([], "shares must hold at least one number, got none"),
        ([0.5, -0.25, 0.75], "shares must not be negative, got -0.25"),
        ([0.5, float("inf"), 0.5], r"shares\[1\] must be finite, got inf"),
        ([0.5, 0.5], "names must hold 2 names, got 3"),
    ],
)
def test_what_is_no_vector_of_shares_is_refused(shares, message):
    with pytest.raises(ValueError, match=message):
        bars(shares, NAMES)


def test_drawing_loads_no_plotting_library_and_no_torch():
    code = (
        "import sys; from attnbook.plot import bars; bars([1], ['a']);"
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
