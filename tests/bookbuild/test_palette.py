"""The colours of roles and figures can be read, on a light page and on a dark one."""

import re
from pathlib import Path

import pytest

PALETTE = Path(__file__).parents[2] / "docs/assets/css/palette.css"
ROLES = ("query", "key", "value", "weights", "output")
GROUND = {"light": ("#ffffff", "#f5f5f5"), "dark": ("#1e2129", "#272a35")}
"""What the theme puts under text and under code."""


def colours(scheme: str) -> dict[str, str]:
    """The variables of a scheme, in full form."""
    light, dark = PALETTE.read_text().split("@media screen")
    found = dict(
        re.findall(r"--([\w-]+): (#\w+);", light if scheme == "light" else dark)
    )
    return {
        name: "#" + "".join(2 * c for c in value[1:]) if len(value) == 4 else value
        for name, value in found.items()
    }


def channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in channels(colour))
    ]
    return sum(
        weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, ground: str, share: float) -> str:
    """The colour painted over the ground with this opacity."""
    pairs = zip(channels(colour), channels(ground), strict=True)
    return "#" + "".join(f"{round(share * c + (1 - share) * g):02x}" for c, g in pairs)


def test_contrast_is_computed_as_the_standard_says():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", GROUND)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_readable_as_text_and_in_code(scheme, role):
    for ground in GROUND[scheme]:
        assert contrast(colours(scheme)[f"role-{role}"], ground) >= 4.5


@pytest.mark.parametrize("scheme", GROUND)
@pytest.mark.parametrize("number", range(6))
def test_a_curve_is_visible(scheme, number):
    assert contrast(colours(scheme)[f"figure-{number}"], GROUND[scheme][0]) >= 4.5


@pytest.mark.parametrize("scheme", GROUND)
@pytest.mark.parametrize("role", ROLES)
def test_the_number_in_a_cell_is_readable_however_full_the_cell_is(scheme, role):
    palette = colours(scheme)
    for percent in range(101):
        cell = mixed(palette[f"role-{role}"], GROUND[scheme][0], percent / 100)
        step = "-mid" if 60 < percent <= 80 else "-high" if percent > 80 else ""
        assert contrast(palette[f"figure-ink{step}"], cell) >= 4.5, percent


def test_code_is_readable_where_the_theme_was_too_faint():
    for scheme, (_, ground) in GROUND.items():
        named = [v for k, v in colours(scheme).items() if k.startswith("md-code-hl")]
        assert named
        assert all(contrast(colour, ground) >= 4.5 for colour in named)
