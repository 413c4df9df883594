"""The additive scorer against torch's layers, applied to one pair at a time."""

import pytest
import torch
from torch import nn

from attnbook import AdditiveScores, additive_scores


@pytest.fixture
def inputs():
    torch.manual_seed(0)
    scorer = AdditiveScores(query_dim=3, key_dim=5, hidden_dim=7).double()
    query = torch.randn(2, 11, 3, dtype=torch.float64, requires_grad=True)
    key = torch.randn(2, 13, 5, dtype=torch.float64, requires_grad=True)
    return scorer, query, key


def test_it_equals_a_network_that_reads_each_pair(inputs):
    scorer, query, key = inputs
    reader = nn.Sequential(
        nn.Linear(8, 7, bias=False), nn.Tanh(), nn.Linear(7, 1, bias=False)
    ).double()
    with torch.no_grad():
        both = torch.cat([scorer.w_query.weight, scorer.w_key.weight], dim=1)
        reader[0].weight.copy_(both)
        reader[2].weight.copy_(scorer.v.weight)
    expected = torch.stack(
        [
            torch.stack(
                [reader(torch.cat([q, k], dim=-1))[:, 0] for k in key.unbind(1)], 1
            )
            for q in query.unbind(1)
        ],
        dim=1,
    )
    scores = scorer(query, key)
    torch.testing.assert_close(scores, expected)
    slope = torch.randn(scores.shape, dtype=scores.dtype)
    ours = torch.autograd.grad(
        scores, [query, key, scorer.w_query.weight, scorer.v.weight], slope
    )
    theirs = torch.autograd.grad(
        expected, [query, key, reader[0].weight, reader[2].weight], slope
    )
    torch.testing.assert_close(ours[:2], theirs[:2])
    torch.testing.assert_close(ours[2], theirs[2][:, :3])
    torch.testing.assert_close(ours[3], theirs[3])


def test_it_is_the_ground_floor_function_with_weights(inputs):
    scorer, query, key = inputs
    weights = scorer.w_query.weight.T, scorer.w_key.weight.T, scorer.v.weight[0]
    assert scorer(query, key).equal(additive_scores(query, key, *weights))


def test_its_slopes_are_right(inputs):
    scorer, query, key = inputs
    assert torch.autograd.gradcheck(scorer, (query[:1, :2], key[:1, :3]))


def test_its_size_is_three_matrices_without_bias(inputs):
    scorer, *_ = inputs
    assert sum(weight.numel() for weight in scorer.parameters()) == 3 * 7 + 5 * 7 + 7


@pytest.mark.parametrize("name", ["query_dim", "key_dim", "hidden_dim"])
def test_a_width_below_one_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        AdditiveScores(**{"query_dim": 2, "key_dim": 3, "hidden_dim": 5, name: 0})


def test_inputs_of_another_width_are_refused(inputs):
    scorer, query, key = inputs
    with pytest.raises(ValueError, match=r"query_dim.* 5 and 3"):
        scorer(key, key)
    with pytest.raises(ValueError, match=r"key_dim.* 3 and 5"):
        scorer(query, query)
