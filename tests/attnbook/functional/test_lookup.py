"""The soft lookup tends to the hard one, and is attention by another name."""

import math

import pytest
import torch

from attnbook import hard_lookup, scaled_dot_product_attention, soft_lookup

WORDS = {"day": 22.0, "month": 11.0, "year": 2026.0}


@pytest.mark.parametrize("word", WORDS)
def test_hard_lookup_is_a_dictionary(word):
    assert hard_lookup(word, WORDS) == WORDS[word]


def test_hard_lookup_has_no_answer_for_a_query_that_is_only_near():
    with pytest.raises(
        KeyError, match=r"no key equals 'years', .*'day', 'month', 'year'"
    ):
        hard_lookup("years", WORDS)


def test_a_sharp_soft_lookup_gives_the_hard_answer_for_every_key():
    keys, values = torch.eye(3), torch.tensor(list(WORDS.values()))[:, None]
    for row, word in enumerate(WORDS):
        output, weights = soft_lookup(keys[row], keys, values, sharpness=200.0)
        assert output.tolist() == [hard_lookup(word, WORDS)]
        assert torch.equal(weights, keys[row])


def test_sharpness_moves_the_shares_from_equal_to_one_hot():
    torch.manual_seed(0)
    keys, values = torch.eye(5), torch.randn(5, 3)
    shares = [
        soft_lookup(keys[2], keys, values, sharpness).weights[2].item()
        for sharpness in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
    ]
    assert shares[0] == pytest.approx(1 / 5)
    assert shares == sorted(set(shares))
    mean = soft_lookup(keys[2], keys, values, sharpness=0.0).output
    torch.testing.assert_close(mean, values.mean(0))


def test_two_keys_by_hand():
    # Scores ln 3 and 0: powers 3 and 1, so shares 3/4 and 1/4.
    query, keys = torch.tensor([math.log(3.0), 5.0]), torch.tensor([[1.0, 0], [0, 0]])
    output, weights = soft_lookup(query, keys, torch.tensor([[8.0], [16.0]]))
    torch.testing.assert_close(weights, torch.tensor([0.75, 0.25]))
    torch.testing.assert_close(output, torch.tensor([10.0]))


def test_it_is_attention_with_one_query():
    torch.manual_seed(0)
    query, keys, values = torch.randn(5), torch.randn(7, 5), torch.randn(7, 11)
    ours = soft_lookup(query, keys, values, sharpness=1 / math.sqrt(5))
    attended = scaled_dot_product_attention(query[None], keys, values)
    torch.testing.assert_close(ours.output, attended.output[0])
    torch.testing.assert_close(ours.weights, attended.weights[0])


def test_wrong_arguments_are_refused():
    query, keys, values = torch.ones(5), torch.ones(7, 5), torch.ones(7, 11)
    with pytest.raises(ValueError, match="d_k, got 3 and 5"):
        soft_lookup(torch.ones(3), keys, values)
    with pytest.raises(ValueError, match="key_len, got 7 and 2"):
        soft_lookup(query, keys, values[:2])
    for sharpness in (-1.0, math.nan):
        with pytest.raises(ValueError, match=f"sharpness .* got {sharpness}"):
            soft_lookup(query, keys, values, sharpness)
