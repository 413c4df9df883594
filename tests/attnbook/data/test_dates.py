"""Dates against what people write, against Babel, and against Python's calendar."""

import re
from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import english_date, korean_date
from attnbook.data.dates import SPELLINGS

DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))


def test_the_sentence_of_the_book():
    day = date(2026, 11, 22)
    assert english_date(day) == "Sunday 22 November 2026"
    assert korean_date(day) == "2026년 11월 22일 일요일"
    assert korean_date(day, weekday=False) == "2026년 11월 22일"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (
            date(2026, 11, 22),
            [
                "Sunday 22 November 2026",
                "Sunday, November 22, 2026",
                "Sunday the 22nd of November 2026",
                "Sun 22 Nov 2026",
                "22 November 2026",
                "November 22nd, 2026",
                "2026-11-22",
            ],
        ),
        (
            date(1969, 7, 3),
            [
                "Thursday 3 July 1969",
                "Thursday, July 3, 1969",
                "Thursday the 3rd of July 1969",
                "Thu 3 Jul 1969",
                "3 July 1969",
                "July 3rd, 1969",
                "1969-07-03",
            ],
        ),
    ],
)
def test_every_spelling_by_hand(day, written):
    assert [english_date(day, spelling) for spelling in SPELLINGS] == written


def test_ordinals_by_hand():
    day, written = date(2026, 1, 1), []
    while day.month == 1:
        written.append(english_date(day, "{ordinal}"))
        day += timedelta(days=1)
    expected = (
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th 14th 15th 16th 17th "
        "18th 19th 20th 21st 22nd 23rd 24th 25th 26th 27th 28th 29th 30th 31st"
    )
    assert written == expected.split()


@settings(deadline=None, max_examples=200)
@given(DAYS)
def test_babel_writes_the_same(day):
    assert korean_date(day) == format_date(day, "full", locale="ko")
    assert korean_date(day, weekday=False) == format_date(day, "long", locale="ko")
    american, british = "{weekday}, {month} {day}, {year}", "{day} {month} {year}"
    assert english_date(day, american) == format_date(day, "full", locale="en_US")
    assert english_date(day, british) == format_date(day, "long", locale="en_GB")


@settings(deadline=None, max_examples=50)
@given(DAYS)
def test_python_reads_back_what_was_written(day):
    year, month, number = (int(it) for it in re.findall(r"\d+", korean_date(day)))
    assert date(year, month, number) == day
    assert date.fromisoformat(english_date(day, SPELLINGS[-1])) == day


@settings(deadline=None, max_examples=50)
@given(DAYS, st.integers(1, 50))
def test_weekdays_return_every_seventh_day(day, weeks):
    later = min(day, date(9000, 1, 1)) + timedelta(days=7 * weeks)
    names = [english_date(it, "{weekday}") for it in (day, later)]
    assert (names[0] == names[1]) == ((later - day).days % 7 == 0)


def test_an_unknown_field_is_refused():
    with pytest.raises(
        ValueError, match=r"'month', .*got 'moon' in '\{day\} \{moon\}'"
    ):
        english_date(date(2026, 11, 22), "{day} {moon}")
