"""Every claim of the post that the book grew from has a page that shows it by running code.

A row fails when its page leaves the navigation, loses the heading, or loses the block
beneath that heading. The blocks themselves run in test_pages.py, and the row on the chain
of questions is in test_question_chain.py.
"""

from typing import NamedTuple

import pytest

from pages import NAV, blocks, read, section


class Shown(NamedTuple):
    """Where a claim is shown: a page, a heading on it, and a block beneath the heading."""

    page: str
    heading: str
    block: str


STEPS, SCORES = "02-attention/four-steps.md", "02-attention/scores.md"
SOURCES, ROLES = "02-attention/self-and-cross.md", "02-attention/query-key-value.md"
MEMORY, MIND = "01-why/last-state.md", "01-why/selection.md"
PROJECTIONS, FIRST = "02-attention/projections.md", "00-before/networks.md"
JACOBIAN, SENTENCE = "02-attention/implicit.md", "04-transformer/sentence.md"
CAMERAS, IMAGES = "05-beyond/cameras.md", "05-beyond/images.md"

ROWS = {
    "S1 a car: queries on a grid, several cameras": [
        Shown(CAMERAS, "world", "scene"),
        Shown(CAMERAS, "geometry", "geometry"),
        Shown(CAMERAS, "geometry", "front-figure"),
    ],
    "S2 the last state forgets, measured": [
        Shown(MEMORY, "the-task", "exact-match"),
        Shown(MEMORY, "slopes", "slopes"),
    ],
    "S3 attention looks back; positions bring the order": [
        Shown(MEMORY, "where-it-looks", "alignment"),
        Shown(SOURCES, "order", "order"),
        Shown("03-blocks/positions.md", "bag", "bag"),
    ],
    "S4 from below, or by the paper": [
        Shown("reference/paper-map.md", "arithmetic", "arithmetic"),
    ],
    "S5 the sentence": [
        Shown("index.md", "the-sentence", "teaser"),
        Shown(SENTENCE, "every-step", "look"),
        Shown(SENTENCE, "strike-out", "struck"),
        Shown(SENTENCE, "one-half", "halves"),
    ],
    "S6 shares of a limited whole, and a goal": [
        Shown(MIND, "shares", "salience"),
        Shown(MIND, "goal", "goal"),
    ],
    "S7 the same task with and without": [
        Shown(MEMORY, "the-task", "matches"),
        Shown(SENTENCE, "strike-out", "struck"),
    ],
    "S8 several kinds of data": [
        Shown(IMAGES, "the-code", "the-same"),
        Shown(IMAGES, "accuracy", "accuracy"),
        Shown(CAMERAS, "geometry", "geometry"),
        Shown(SENTENCE, "every-step", "write"),
    ],
    "S9 query, key and value": [
        Shown(ROLES, "dictionary", "dictionary"),
        Shown(ROLES, "alike", "soft-lookup"),
        Shown(ROLES, "older-symbols", "old-letters"),
    ],
    "S10 one source or two": [
        Shown(SOURCES, "cross", "cross"),
        Shown(SOURCES, "self", "self"),
        Shown(SOURCES, "same-source", "three-views"),
    ],
    "S11 four kinds of score, and the scale": [
        Shown(SCORES, "side-by-side", "side-by-side"),
        Shown(SCORES, "why-scale", "saturation"),
        Shown(SCORES, "without-scale", "learned"),
    ],
    "S12 softmax": [
        Shown(STEPS, "by-hand", "softmax"),
        Shown(STEPS, "without-softmax", "stable"),
        Shown(MIND, "sharpness", "temperature-picture"),
        Shown("03-blocks/masks.md", "dead-row", "dead-row"),
    ],
    "S13 weights on the values": [Shown(STEPS, "by-hand", "weight-sum")],
    "S14 the sum": [
        Shown(STEPS, "hull", "between"),
        Shown(STEPS, "the-code", "fused"),
    ],
    "S15 attention without an attention layer": [
        Shown(JACOBIAN, "by-hand", "door-shares"),
        Shown(JACOBIAN, "training", "trained"),
        Shown(JACOBIAN, "explicit", "explicit"),
    ],
    "S16 Q, K and V from X": [
        Shown(PROJECTIONS, "by-hand", "matrices"),
        Shown(PROJECTIONS, "linear", "linear"),
    ],
    "S17 the query is the yardstick": [
        Shown(STEPS, "by-hand", "score"),
        Shown(STEPS, "rows", "rows"),
    ],
    "S18 the class of three linear layers": [
        Shown(PROJECTIONS, "the-class", "class"),
        Shown(SOURCES, "self", "self"),
    ],
    "S19 what comes before": [
        Shown(FIRST, "activation", "collapse"),
        Shown(FIRST, "rnn", "rnn-cell"),
        Shown(FIRST, "roles", "pair"),
    ],
}


def missing(shown: Shown, lines: list[str], nav: list[str]) -> str:
    """What is not there of a claim's place; nothing where all is."""
    page, heading, block = shown
    if page not in nav:
        return f"{page} is not in the navigation"
    if not (inside := section(lines, heading)):
        return f"{page} has no heading #{heading}"
    if block not in blocks(inside):
        return f"{page} has no block {block!r} beneath #{heading}"
    return ""


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_its_page(row: str) -> None:
    assert ROWS[row], f"{row}: nothing shows it"
    gaps = [missing(shown, read(shown.page), NAV) for shown in ROWS[row]]
    assert not any(gaps), [gap for gap in gaps if gap]


def test_every_row_is_there() -> None:
    assert [row.split()[0] for row in ROWS] == [f"S{n}" for n in range(1, 20)]


PAGE = """# A page { #page }
## The question { #the-question }
Why?
## Shown { #shown }
### Below { #below }
```python exec="1" id="seen"
# { #no-heading }
```
## The question this raises { #next }
And then?
""".splitlines()


@pytest.mark.parametrize(
    ("shown", "nav", "gap"),
    [
        (Shown("a.md", "shown", "seen"), ["a.md"], ""),
        (Shown("a.md", "below", "seen"), ["a.md"], ""),
        (Shown("a.md", "shown", "seen"), ["b.md"], "navigation"),
        (Shown("a.md", "gone", "seen"), ["a.md"], "no heading"),
        (Shown("a.md", "no-heading", "seen"), ["a.md"], "no heading"),
        (Shown("a.md", "shown", "gone"), ["a.md"], "no block"),
        (Shown("a.md", "the-question", "seen"), ["a.md"], "no block"),
    ],
)
def test_a_row_that_loses_its_page_is_found(
    shown: Shown, nav: list[str], gap: str
) -> None:
    assert gap in missing(shown, PAGE, nav)
    assert bool(gap) == bool(missing(shown, PAGE, nav))
