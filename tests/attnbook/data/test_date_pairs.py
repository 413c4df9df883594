"""Drawing dates: seeded, right by rule, and nothing of the test in the training."""

from collections import Counter
from datetime import date

import pytest
import torch

from attnbook import Vocabulary, date_pairs, english_date, korean_date
from attnbook import split_characters as characters
from attnbook import split_words as words
from attnbook.data.date_pairs import is_held_out
from attnbook.data.dates import SPELLINGS


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("held_out", [False, True])
def test_a_pair_is_one_day_in_two_languages(held_out):
    for pair in date_pairs(500, generator(), held_out=held_out):
        named = any(name in pair.english for name in ("day", "Mon ", "Tue ", "Wed "))
        named = named or pair.english[:4] in ("Thu ", "Fri ", "Sat ", "Sun ")
        assert pair.korean == korean_date(pair.day, weekday=named)
        spelt = [english_date(pair.day, spelling) for spelling in SPELLINGS]
        assert pair.english in spelt
        assert 1900 <= pair.day.year <= 2099
        assert is_held_out(pair.day) == held_out


def test_no_day_is_on_both_sides_whatever_the_seeds():
    train = {
        pair.day for seed in (0, 1) for pair in date_pairs(20_000, generator(seed))
    }
    held_out = {pair.day for pair in date_pairs(1_000, generator(0), held_out=True)}
    assert len(train) > 20_000
    assert len(held_out) > 900
    assert not train & held_out


def test_the_sentence_of_the_book_is_held_out():
    assert is_held_out(date(2026, 11, 22))


def test_one_day_in_eleven_is_held_out_of_every_kind():
    first, last = date(1900, 1, 1).toordinal(), date(2099, 12, 31).toordinal()
    days = [date.fromordinal(number) for number in range(first, last + 1)]
    held_out = [day for day in days if is_held_out(day)]
    assert len(held_out) == pytest.approx(len(days) / 11, abs=1)
    weekdays = Counter(day.weekday() for day in held_out)
    assert max(weekdays.values()) - min(weekdays.values()) <= 1
    assert len({(day.month, day.day) for day in held_out}) == 366


def test_every_spelling_year_month_and_weekday_is_drawn():
    pairs = date_pairs(5_000, generator(), years=(2024, 2026))
    assert {pair.day.year for pair in pairs} == {2024, 2025, 2026}
    assert {pair.day.month for pair in pairs} == set(range(1, 13))
    assert {pair.day.day for pair in pairs} == set(range(1, 32))
    used = Counter(
        spelling
        for pair in pairs
        for spelling in SPELLINGS
        if pair.english == english_date(pair.day, spelling)
    )
    assert set(used) == set(SPELLINGS)
    assert min(used.values()) > 5_000 / len(SPELLINGS) * 0.8


def test_the_training_text_knows_every_token_of_the_test():
    train = date_pairs(20_000, generator())
    text = [cut for it in train for cut in (words(it.english), characters(it.korean))]
    vocabulary = Vocabulary.build(text)
    assert len(vocabulary) == 69
    for pair in date_pairs(1_000, generator(1), held_out=True):
        for tokens in (words(pair.english), characters(pair.korean)):
            assert vocabulary.decode(vocabulary.encode(tokens)) == tokens
            assert vocabulary.unknown_id not in vocabulary.encode(tokens)


def test_the_generator_is_the_only_source_of_chance():
    torch.manual_seed(1)
    first = date_pairs(7, generator(0))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert date_pairs(7, generator(0)) == first
    assert torch.get_rng_state().equal(state)
    assert date_pairs(7, generator(1)) != first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count must be at least 1, got 0"),
        ({"years": (2000, 1999)}, r"years must ascend .*, got \(2000, 1999\)"),
        ({"years": (0, 5)}, r"from 1 to 9999, got \(0, 5\)"),
        ({"years": (9000, 10_000)}, r"got \(9000, 10000\)"),
        ({"spellings": ()}, "spellings must hold at least 1 template, got 0"),
        ({"spellings": ("{moon}",)}, "got 'moon'"),
    ],
)
def test_what_gives_no_pairs_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        date_pairs(**{"count": 3, **arguments}, generator=generator())
