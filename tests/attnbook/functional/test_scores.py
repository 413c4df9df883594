"""Four ways to score, each against the sum over pairs and against torch's own."""

import pytest
import torch
from torch.nn import functional as F

from attnbook import (
    additive_scores,
    bilinear_scores,
    dot_scores,
    scaled_dot_scores,
)

LEADING = [(), (2,), (2, 3)]


def random(*shape):
    return torch.randn(shape, dtype=torch.float64, requires_grad=True)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("leading", LEADING)
def test_dot_scores_are_the_sums_over_all_pairs(leading):
    query, key = random(*leading, 5, 7), random(*leading, 11, 7)
    expected = (query.unsqueeze(-2) * key.unsqueeze(-3)).sum(-1)
    torch.testing.assert_close(dot_scores(query, key), expected)


def test_scaled_dot_scores_are_dot_scores_over_the_root_of_d_k():
    query, key = random(2, 3, 16), random(2, 7, 16)
    torch.testing.assert_close(
        scaled_dot_scores(query, key), dot_scores(query, key) / 4
    )


@pytest.mark.parametrize("d_k", [4, 64, 512])
def test_the_scale_takes_the_width_out_of_the_variance(d_k):
    query, key = torch.randn(200, d_k), torch.randn(100, d_k)
    assert dot_scores(query, key).var().item() == pytest.approx(d_k, rel=0.1)
    assert scaled_dot_scores(query, key).var().item() == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("leading", LEADING)
def test_bilinear_scores_are_torch_bilinear_over_all_pairs(leading):
    query, key, weight = random(*leading, 5, 7), random(*leading, 11, 13), random(7, 13)
    queries = query.unsqueeze(-2).expand(*leading, 5, 11, 7)
    keys = key.unsqueeze(-3).expand(*leading, 5, 11, 13)
    expected = F.bilinear(queries, keys, weight[None]).squeeze(-1)
    torch.testing.assert_close(bilinear_scores(query, key, weight), expected)


def test_bilinear_scores_with_the_identity_are_dot_scores():
    query, key = random(3, 5), random(7, 5)
    identity = torch.eye(5, dtype=torch.float64)
    torch.testing.assert_close(
        bilinear_scores(query, key, identity), dot_scores(query, key)
    )


@pytest.mark.parametrize("leading", LEADING)
def test_additive_scores_are_a_network_run_on_every_pair(leading):
    query, key = random(*leading, 3, 5), random(*leading, 7, 11)
    w_query, w_key, v = random(5, 13), random(11, 13), random(13)
    scores = additive_scores(query, key, w_query, w_key, v)
    assert scores.shape == (*leading, 3, 7)
    joint = torch.cat((w_query, w_key))  # the same network on the pair side by side
    for row in range(3):
        for column in range(7):
            pair = torch.cat((query[..., row, :], key[..., column, :]), dim=-1)
            hidden = torch.tanh(pair @ joint)
            torch.testing.assert_close(scores[..., row, column], hidden @ v)


def test_additive_scores_stay_within_the_sum_of_v():
    query, key, v = 100 * random(3, 5), 100 * random(7, 11), random(13)
    scores = additive_scores(query, key, random(5, 13), random(11, 13), v)
    assert scores.abs().max() <= v.abs().sum() + 1e-9


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (dot_scores, [(2, 3, 5), (2, 7, 5)]),
        (scaled_dot_scores, [(2, 3, 5), (2, 7, 5)]),
        (bilinear_scores, [(3, 5), (7, 2), (5, 2)]),
        (additive_scores, [(3, 5), (7, 2), (5, 11), (2, 11), (11,)]),
    ],
)
def test_gradients_are_the_slopes(function, shapes):
    assert torch.autograd.gradcheck(function, [random(*shape) for shape in shapes])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_scores_keep_the_dtype_of_their_inputs(dtype):
    query, key = torch.ones(3, 5, dtype=dtype), torch.ones(7, 5, dtype=dtype)
    square, v = torch.ones(5, 5, dtype=dtype), torch.ones(5, dtype=dtype)
    assert dot_scores(query, key).dtype == dtype
    assert scaled_dot_scores(query, key).dtype == dtype
    assert bilinear_scores(query, key, square).dtype == dtype
    assert additive_scores(query, key, square, square, v).dtype == dtype
