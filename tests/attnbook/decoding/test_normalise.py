"""Length normalisers at numbers worked out by hand."""

import pytest
import torch

from attnbook import gnmt_penalty, length_power

LOG_PROBS = torch.tensor([-6.0, -3.0])


@pytest.mark.parametrize(
    ("length", "alpha", "penalty"),
    [
        (1, 0.6, 1.0),
        (7, 1.0, 2.0),
        (10, 0.6, 1.7329),
        (20, 0.6, 2.3543),
        (13, 0.0, 1.0),
    ],
)
def test_the_papers_penalty(length, alpha, penalty):
    expected = LOG_PROBS / penalty
    actual = gnmt_penalty(LOG_PROBS, length, alpha)
    torch.testing.assert_close(actual, expected, rtol=1e-4, atol=0.0)


def test_it_is_0_6_unless_it_is_said():
    assert gnmt_penalty(LOG_PROBS, 10).equal(gnmt_penalty(LOG_PROBS, 10, alpha=0.6))


@pytest.mark.parametrize(
    ("length", "alpha", "penalty"), [(3, 1.0, 3.0), (4, 0.5, 2.0), (7, 0.0, 1.0)]
)
def test_the_plain_power(length, alpha, penalty):
    torch.testing.assert_close(
        length_power(LOG_PROBS, length, alpha), LOG_PROBS / penalty
    )


def test_it_is_the_mean_unless_it_is_said():
    assert length_power(LOG_PROBS, 3).tolist() == [-2.0, -1.0]
