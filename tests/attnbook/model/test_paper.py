"""The whole model against the numbers that the paper prints."""

import pytest
import torch

from attnbook import BASE, BIG, Transformer, TransformerConfig

# Table 3: what a row changes of the base model, our body without the vocabulary, and
# the paper's total in millions. The body is counted by hand from the layers' formula.
ROWS = [
    ("base", {}, 44_101_632, 65),
    ("(A) 1 head", {"num_heads": 1}, 44_101_632, 65),
    ("(A) 4 heads", {"num_heads": 4}, 44_101_632, 65),
    ("(A) 16 heads", {"num_heads": 16}, 44_101_632, 65),
    ("(A) 32 heads", {"num_heads": 32}, 44_101_632, 65),
    ("(B) d_k 16", {"d_k": 16, "d_v": 64}, 37_023_744, 58),
    ("(B) d_k 32", {"d_k": 32, "d_v": 64}, 39_383_040, 60),
    ("(C) 2 layers", {"num_layers": 2}, 14_700_544, 36),
    ("(C) 4 layers", {"num_layers": 4}, 29_401_088, 50),
    ("(C) 8 layers", {"num_layers": 8}, 58_802_176, 80),
    ("(C) d_model 256", {"d_model": 256, "d_k": 32, "d_v": 32}, 17_344_512, 28),
    ("(C) d_model 1024", {"d_model": 1024, "d_k": 128, "d_v": 128}, 125_927_424, 168),
    ("(C) d_ff 1024", {"d_ff": 1024}, 31_506_432, 53),
    ("(C) d_ff 4096", {"d_ff": 4096}, 69_292_032, 90),
    ("big", BIG, 176_283_648, 213),
]


def count(vocab_size=11, **changes):
    """Count all parameters, on a device that holds no numbers."""
    with torch.device("meta"):
        model = Transformer(TransformerConfig(vocab_size, **{**BASE, **changes}))
    return sum(p.numel() for p in model.parameters())


def body(**changes):
    d_model = {**BASE, **changes}["d_model"]
    return count(**changes) - 11 * d_model


@pytest.mark.parametrize(("name", "changes", "expected", "_"), ROWS)
def test_the_body_of_every_row_of_table_3(name, changes, expected, _):
    assert body(**changes) == expected, name


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("(C) 8 layers", "base"),
        ("base", "(C) 4 layers"),
        ("(C) 4 layers", "(C) 2 layers"),
        ("(C) d_ff 4096", "base"),
        ("base", "(C) d_ff 1024"),
        ("base", "(B) d_k 32"),
        ("base", "(B) d_k 16"),
    ],
)
def test_differences_that_no_vocabulary_enters(more, less):
    """Two totals rounded to millions may differ by one million more or less."""
    changes = {name: changes for name, changes, *_ in ROWS}
    paper = {name: total for name, *_, total in ROWS}
    ours = (body(**changes[more]) - body(**changes[less])) / 1e6
    assert abs(ours - (paper[more] - paper[less])) <= 1


def test_only_one_matrix_for_three_roles_can_give_65_million():
    totals = {tie: count(37_000, tie=tie) / 1e6 for tie in ("all", "output", "none")}
    assert {tie: round(total, 2) for tie, total in totals.items()} == {
        "all": 63.05,
        "output": 81.99,
        "none": 100.93,
    }


def test_what_nn_transformer_has_more_than_the_paper():
    """Biases in attention, and two norms at the ends: 44,140,544 in all."""
    biased = body(attention_bias=True)
    assert biased == 44_138_496
    assert body(attention_bias=True, final_norm=True) == 44_140_544
    with torch.device("meta"):
        theirs = torch.nn.Transformer(batch_first=True)
    assert sum(p.numel() for p in theirs.parameters()) == 44_140_544
