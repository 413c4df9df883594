"""The vocabulary: there and back, in memory and through a file, and nothing unseen."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import Vocabulary

SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")
WORDS = st.text(min_size=1, max_size=5).filter(lambda word: word not in SPECIALS)


def test_ids_are_places_and_the_frequent_words_come_first():
    vocabulary = Vocabulary.build([["b", "c", "a"], ["c", "b", "d"], ["c"]])
    assert vocabulary.tokens == (*SPECIALS, "c", "b", "a", "d")
    assert (vocabulary.pad_id, vocabulary.bos_id) == (0, 1)
    assert (vocabulary.eos_id, vocabulary.unknown_id) == (2, 3)
    assert vocabulary.encode(["d", "c", "e"]) == [7, 4, 3]
    assert len(vocabulary) == 8


def test_the_order_of_the_sentences_does_not_matter():
    sentences = [["b", "c"], ["a", "c"], ["d", "b"]]
    assert Vocabulary.build(sentences) == Vocabulary.build(sentences[::-1])


def test_rare_words_are_unknown():
    vocabulary = Vocabulary.build([["a", "b", "a"], ["b", "a", "c"]], min_count=2)
    assert vocabulary.tokens == (*SPECIALS, "a", "b")
    assert Vocabulary.build([["a", "b", "a"]], min_count=3).tokens == SPECIALS


def test_a_word_of_the_held_out_text_alone_is_unknown():
    train, held_out = [["a", "b"], ["b", "c"]], [["a", "d"]]
    vocabulary = Vocabulary.build(train)
    assert "d" not in vocabulary.tokens
    assert vocabulary.encode(held_out[0]) == [
        vocabulary.tokens.index("a"),
        vocabulary.unknown_id,
    ]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(WORDS)))
def test_text_comes_back_from_its_ids(sentences):
    vocabulary = Vocabulary.build(sentences)
    for sentence in sentences:
        ids = vocabulary.encode(sentence)
        assert vocabulary.unknown_id not in ids
        assert vocabulary.decode(ids) == sentence


def test_decoding_stops_at_the_end_and_leaves_out_what_is_no_text():
    vocabulary = Vocabulary.build([["a", "b"]])
    assert vocabulary.decode([1, 4, 0, 5, 3, 2, 4, 0]) == ["a", "b", "<unk>"]
    assert vocabulary.decode([]) == []


def test_text_that_is_spelt_like_a_special_token_is_unknown():
    vocabulary = Vocabulary.build([["a", "<eos>"], ["<pad>"]])
    assert vocabulary.tokens == (*SPECIALS, "a")
    assert vocabulary.encode(SPECIALS) == [vocabulary.unknown_id] * 4


def test_special_tokens_may_stand_anywhere():
    vocabulary = Vocabulary(("a", "<eos>", "<unk>", "b", "<bos>", "<pad>"))
    assert (vocabulary.pad_id, vocabulary.bos_id) == (5, 4)
    assert (vocabulary.eos_id, vocabulary.unknown_id) == (1, 2)
    assert vocabulary.encode(["b", "c", "a"]) == [3, 2, 0]
    assert vocabulary.decode([4, 3, 5, 0, 1, 3]) == ["b", "a"]


@settings(deadline=None, max_examples=25)
@given(st.sets(WORDS))
def test_a_file_gives_back_the_same_vocabulary(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("vocabulary") / "tokens.json"
    vocabulary = Vocabulary.build([words])
    vocabulary.save(path)
    assert Vocabulary.load(path) == vocabulary


def test_the_file_is_text_that_people_can_read(tmp_path):
    Vocabulary.build([["년", "a\nb"]]).save(tmp_path / "tokens.json")
    text = (tmp_path / "tokens.json").read_text(encoding="utf-8")
    assert text.splitlines()[5:7] == [r'"a\nb",', '"년"']
    assert json.loads(text) == [*SPECIALS, "a\nb", "년"]


@pytest.mark.parametrize("content", ['{"a": 1}', '["<pad>", 1]', "3"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.json must hold a JSON list of str"):
        Vocabulary.load(path)


def test_a_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "tokens.json"
    Vocabulary.build([["a"]]).save(path)
    path.write_text(path.read_text(encoding="utf-8")[:-4], encoding="utf-8")
    with pytest.raises(ValueError, match="line 6"):
        Vocabulary.load(path)


def test_tokens_that_make_no_vocabulary_are_refused():
    with pytest.raises(ValueError, match="must differ, got 'a' more than once"):
        Vocabulary((*SPECIALS, "a", "b", "a"))
    with pytest.raises(ValueError, match=r"got none of \['<bos>', '<unk>'\]"):
        Vocabulary(("<pad>", "<eos>", "a"))
    with pytest.raises(ValueError, match="min_count must be at least 1, got 0"):
        Vocabulary.build([["a"]], min_count=0)


@pytest.mark.parametrize("place", [-1, 5])
def test_ids_outside_the_vocabulary_are_refused(place):
    with pytest.raises(ValueError, match=f"ids must be from 0 to 4, got {place}"):
        Vocabulary.build([["a"]]).decode([4, place])
