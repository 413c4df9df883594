"""Cutting a text into tokens: nothing of it is lost, and nothing is added."""

from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import split_characters, split_words


def test_digits_and_signs_stand_alone_and_letters_together():
    words = split_words("Sunday, the 22nd of November 2026")
    expected = "Sunday , the 2 2 nd of November 2 0 2 6"
    assert words == expected.split()
    assert split_words("2026년 11월, don't_stop") == [
        *["2", "0", "2", "6", "년", "1", "1", "월", ","],
        *["don", "'", "t_stop"],
    ]


def test_characters_keep_their_spaces():
    assert split_characters("2일 일") == ["2", "일", " ", "일"]


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_words_are_the_text_without_its_white_space(text):
    assert "".join(split_words(text)) == "".join(text.split())
    assert "" not in split_words(text)


@settings(deadline=None, max_examples=25)
@given(st.text())
def test_characters_are_the_text(text):
    assert "".join(split_characters(text)) == text
