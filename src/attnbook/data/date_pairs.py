"""Dates to learn from, and dates that are kept for the test."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import torch

from attnbook.data.dates import SPELLINGS, english_date, korean_date

# Every eleventh day is held out, counted from the date that the book begins with. Eleven
# shares no divisor with seven, so each weekday is held out as often as any other.
_BEGINNING, _EVERY = date(2026, 11, 22), 11


class DatePair(NamedTuple):
    """One day, written in two languages.

    Attributes:
        day: which day it is.
        english: the source, in one of the `SPELLINGS`.
        korean: the one right answer.
    """

    day: date
    english: str
    korean: str


def is_held_out(day: date) -> bool:
    """Say whether a day is kept for the test: every eleventh, whatever the seed.

    The split is one of days. A day that a model was shown in one spelling is not new to
    it in another.

    Args:
        day: which day.

    Returns:
        True if no training pair may be about this day.

    Examples:
        >>> is_held_out(date(2026, 11, 22)), is_held_out(date(2026, 11, 23))
        (True, False)
    """
    return (day - _BEGINNING).days % _EVERY == 0


def date_pairs(
    count: int,
    generator: torch.Generator,
    *,
    held_out: bool = False,
    years: tuple[int, int] = (1900, 2099),
    spellings: Sequence[str] = SPELLINGS,
) -> list[DatePair]:
    """Draw days and spellings, and write each day in both languages.

    The Korean text names the weekday where the English one does, so that nothing has
    to be known which the source does not say.

    Args:
        count: how many pairs; a pair may be drawn more than once.
        generator: where all chance comes from.
        held_out: draw from the days that are kept for the test, else from the others.
        years: the first and the last year.
        spellings: the templates to choose from.

    Returns:
        The pairs. Those that are held out share no day with the others, for any seeds.

    Raises:
        ValueError: `count` is below 1, `years` does not ascend within 1 to 9999, there
            are no spellings, or one has a field that no date has.

    Examples:
        >>> import torch
        >>> pair = date_pairs(1, torch.Generator().manual_seed(0))[0]
        >>> pair.korean == korean_date(pair.day, weekday=pair.korean.endswith("요일"))
        True
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    if not 1 <= years[0] <= years[1] <= 9999:
        raise ValueError(f"years must ascend from 1 to 9999, got {years}")
    if not spellings:
        raise ValueError("spellings must hold at least 1 template, got 0")
    first, last = date(years[0], 1, 1).toordinal(), date(years[1], 12, 31).toordinal()
    days = [date.fromordinal(number) for number in range(first, last + 1)]
    days = [day for day in days if is_held_out(day) == held_out]
    chosen = torch.randint(len(days), (count,), generator=generator)
    forms = torch.randint(len(spellings), (count,), generator=generator)
    return [
        _pair(days[int(place)], spellings[int(form)])
        for place, form in zip(chosen, forms, strict=True)
    ]


def _pair(day: date, spelling: str) -> DatePair:
    korean = korean_date(day, weekday="{weekday" in spelling)
    return DatePair(day, english_date(day, spelling), korean)
