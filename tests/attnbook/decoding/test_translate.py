"""Texts in, texts out."""

import pytest
import torch

from attnbook import (
    TINY,
    Transformer,
    TransformerConfig,
    Vocabulary,
    greedy,
    start_transformer,
    translate,
)

VOCABULARY = Vocabulary.build([["one", "two", "three"], ["하나", "둘"]])


@pytest.fixture
def model():
    torch.manual_seed(1)
    return Transformer(TransformerConfig(len(VOCABULARY), **TINY)).eval()


def test_it_writes_what_greedy_writes(model):
    src_ids = torch.tensor([VOCABULARY.encode(["two", "one", "three"])])
    ids = greedy(start_transformer(model, src_ids), 5)[0].tolist()
    answer = translate(model, VOCABULARY, ["two one three"], max_len=5)
    assert answer == ["".join(VOCABULARY.decode(ids))]


def test_texts_side_by_side_equal_texts_one_by_one(model):
    texts = ["one", "three two one two", "two two"]
    together = translate(model, VOCABULARY, texts, max_len=7)
    alone = [translate(model, VOCABULARY, [text], max_len=7)[0] for text in texts]
    assert together == alone


def test_another_way_to_cut_and_to_join(model):
    usual = translate(model, VOCABULARY, ["one two"], max_len=3)
    [other] = translate(
        model,
        VOCABULARY,
        ["one-two"],
        max_len=3,
        split=lambda text: text.split("-"),
        join="|".join,
    )
    assert other.replace("|", "") == usual[0]


def test_nothing_to_translate_is_refused(model):
    with pytest.raises(ValueError, match="pairs"):
        translate(model, VOCABULARY, [])
    with pytest.raises(ValueError, match="empty"):
        translate(model, VOCABULARY, ["one", ""])
    with pytest.raises(ValueError, match="max_len must be at least 1, got 0"):
        translate(model, VOCABULARY, ["one"], max_len=0)
