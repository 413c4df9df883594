"""Dates in English and in Korean: a translation with one right answer."""

from datetime import date

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
KOREAN_WEEKDAYS = "월화수목금토일"

SPELLINGS = (
    "{weekday} {day} {month} {year}",
    "{weekday}, {month} {day}, {year}",
    "{weekday} the {ordinal} of {month} {year}",
    "{weekday:.3} {day} {month:.3} {year}",
    "{day} {month} {year}",
    "{month} {ordinal}, {year}",
    "{year:04}-{number:02}-{day:02}",
)
"""How people write a date in English, as templates.

The fields are `weekday`, `day`, `ordinal` (22nd), `month`, `number` (of the month) and
`year`; `:.3` cuts a word to three letters. A form such as 3/4/2026 is not among them:
it is the 3rd of April to some readers and the 4th of March to others.
"""


def english_date(day: date, spelling: str = SPELLINGS[0]) -> str:
    """Write a date in English.

    Args:
        day: which day.
        spelling: a template with the fields that `SPELLINGS` explains.

    Returns:
        The text.

    Raises:
        ValueError: the template has a field that no date has.

    Examples:
        >>> english_date(date(2026, 11, 22), "{weekday} the {ordinal} of {month} {year}")
        'Sunday the 22nd of November 2026'
    """
    fields = {
        "weekday": WEEKDAYS[day.weekday()],
        "day": day.day,
        "ordinal": _ordinal(day.day),
        "month": MONTHS[day.month - 1],
        "number": day.month,
        "year": day.year,
    }
    try:
        return spelling.format_map(fields)
    except KeyError as unknown:
        raise ValueError(
            f"spelling must have no other fields than {sorted(fields)}, "
            f"got {unknown} in {spelling!r}"
        ) from None


def korean_date(day: date, *, weekday: bool = True) -> str:
    """Write a date in Korean: year, month, day, weekday.

    Args:
        day: which day.
        weekday: whether to name the day of the week.

    Returns:
        The text.

    Examples:
        >>> korean_date(date(2026, 11, 22))
        '2026년 11월 22일 일요일'
    """
    text = f"{day.year}년 {day.month}월 {day.day}일"
    return f"{text} {KOREAN_WEEKDAYS[day.weekday()]}요일" if weekday else text


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 11 <= number <= 13 else endings.get(number % 10, 'th')}"
