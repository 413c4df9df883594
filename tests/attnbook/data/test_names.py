"""Names of the emoji: real text, and two ways to keep a part of it for the test."""

import sys

import pytest
import torch

from attnbook import name_pairs, split_names, split_names_by_base
from attnbook.data.names import base_name

PAIRS = name_pairs()


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_there_are_as_many_as_the_book_says():
    assert len(PAIRS) == 3_972
    assert len({pair.english for pair in PAIRS}) == 3_972


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("1st place medal", "금메달"),
        ("star", "별"),
        ("tiger face", "호랑이 얼굴"),
        ("woman climbing", "클라이밍하는 여자"),
        ("man astronaut medium skin tone", "남자 우주비행사 갈색 피부"),
        ("dark skin tone", "검은색 피부"),
    ],
)
def test_some_of_them_by_hand(english, korean):
    assert (english, korean) in PAIRS


def test_they_are_words_with_spaces():
    for pair in PAIRS:
        for name in pair:
            assert name == " ".join(name.split())
            assert name
            assert not {"_", ":"} & set(name)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("man astronaut medium-dark skin tone", "astronaut"),
        ("woman astronaut", "astronaut"),
        ("astronaut", "astronaut"),
        ("people holding hands light skin tone dark skin tone", "holding hands"),
        ("woman", "woman"),
        ("dark skin tone", "dark skin tone"),
        ("snowman", "snowman"),
        ("Germany", "Germany"),
    ],
)
def test_variants_share_a_base(name, base):
    assert base_name(name) == base


@pytest.mark.parametrize("split", [split_names, split_names_by_base])
def test_every_pair_is_on_one_side(split):
    train, held_out = split(PAIRS, 300, generator())
    assert sorted(train + held_out) == sorted(PAIRS)
    assert 300 <= len(held_out) < 300 + 104


def test_at_random_as_many_are_held_out_as_were_asked_for_and_have_kin_on_both_sides():
    train, held_out = split_names(PAIRS, 300, generator())
    assert len(held_out) == 300
    bases = {base_name(pair.english) for pair in train}
    kin = [pair for pair in held_out if base_name(pair.english) in bases]
    assert len(kin) > 150


def test_by_base_no_kin_is_on_the_other_side():
    train, held_out = split_names_by_base(PAIRS, 300, generator())
    bases = [{base_name(pair.english) for pair in side} for side in (train, held_out)]
    assert not bases[0] & bases[1]
    assert len(bases[1]) > 50


@pytest.mark.parametrize("split", [split_names, split_names_by_base])
def test_the_generator_is_the_only_source_of_chance(split):
    torch.manual_seed(1)
    first = split(PAIRS, 7, generator())
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert split(PAIRS, 7, generator()) == first
    assert torch.get_rng_state().equal(state)
    assert split(PAIRS, 7, generator(1)) != first


@pytest.mark.parametrize("split", [split_names, split_names_by_base])
@pytest.mark.parametrize("held_out", [0, 3_972])
def test_a_split_without_two_sides_is_refused(split, held_out):
    message = f"held_out must be from 1 to less than all 3972, got {held_out}"
    with pytest.raises(ValueError, match=message):
        split(PAIRS, held_out, generator())


def test_without_the_package_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "emoji", None)
    with pytest.raises(ImportError, match=r"emoji: pip install 'attnbook\[text\]'"):
        name_pairs()
