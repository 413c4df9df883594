"""Attention: score, softmax, weight the values, sum."""

from typing import NamedTuple

from jaxtyping import Float, Real
from torch import Tensor

from attnbook.functional.checks import check_floating, check_same_size
from attnbook.functional.masks import Mask
from attnbook.functional.scores import scaled_dot_scores
from attnbook.functional.softmax import masked_softmax, softmax


class Attended(NamedTuple):
    """What attention gives back: the answer, and how it was put together.

    Attributes:
        output: each query's weighted sum of the values; shape
            `(*batch, query_len, d_v)`.
        weights: the share of each value in it; shape `(*batch, query_len, key_len)`.
            Each row sums to 1, or to 0 where the query may attend to nothing.

    Examples:
        >>> import torch
        >>> output, weights = attend(torch.zeros(1, 2), torch.tensor([[1.0], [3.0]]))
        >>> output.item(), weights.tolist()
        (2.0, [[0.5, 0.5]])
    """

    output: Float[Tensor, "*batch query_len d_v"]
    weights: Float[Tensor, "*batch query_len key_len"]


def attend(
    scores: Real[Tensor, "*batch query_len key_len"],
    value: Real[Tensor, "*batch _key_len d_v"],
    mask: Mask | None = None,
) -> Attended:
    r"""Turn scores, wherever they come from, into a weighted sum of the values.

    This is the second half of attention, the same for every way to score. One matrix
    product does its last two steps: it multiplies each value by its weight and adds up.

    $$o_i = \sum_j a_{ij} \, v_j, \qquad
      a_i = \mathrm{softmax}(s_i)$$

    Args:
        scores: how well each key answers each query; shape
            `(*batch, query_len, key_len)`, floating.
        value: what each key stands for; shape `(*batch, key_len, d_v)`, floating.
        mask: True where the query may attend; broadcasts to the shape of `scores`.

    Returns:
        The output, shape `(*batch, query_len, d_v)`, and the weights, of the shape of
        `scores`. A query that may attend to nothing gets 0 in both.

    Raises:
        ValueError: an argument is not floating, `scores` and `value` differ in
            `key_len`, or `mask` is not boolean or does not broadcast to `scores`.

    Examples:
        >>> import torch
        >>> value = torch.tensor([[10.0], [20.0]])
        >>> attend(torch.zeros(1, 2), value).output.item()
        15.0
        >>> attend(torch.zeros(1, 2), value, torch.tensor([False, True])).output.item()
        20.0

    Source:
        Vaswani et al. 2017, section 3.2.1, equation 1, after the scores.
    """
    check_floating(scores=scores, value=value)
    check_same_size("key_len", scores=scores.size(-1), value=value.size(-2))
    weights = softmax(scores) if mask is None else masked_softmax(scores, mask)
    output = weights @ value
    return Attended(output, weights)


def scaled_dot_product_attention(
    query: Real[Tensor, "*batch query_len d_k"],
    key: Real[Tensor, "*batch key_len _d_k"],
    value: Real[Tensor, "*batch _key_len d_v"],
    mask: Mask | None = None,
) -> Attended:
    r"""Answer each query with a mix of the values whose keys are most like it.

    Four steps: score each key against the query, turn the scores into shares by
    softmax, weight each value by its share, and sum.

    $$O = A \, V, \qquad A =
      \mathrm{softmax}\!\left(\frac{Q \, K^\top}{\sqrt{d_k}}\right)$$

    Args:
        query: what each position asks; shape `(*batch, query_len, d_k)`, floating.
        key: what each position answers to; shape `(*batch, key_len, d_k)`, floating.
        value: what each key stands for; shape `(*batch, key_len, d_v)`, floating.
        mask: True where the query may attend; broadcasts to
            `(*batch, query_len, key_len)`.

    Returns:
        The output, shape `(*batch, query_len, d_v)`, and the weights, shape
        `(*batch, query_len, key_len)`. A query that may attend to nothing gets 0 in
        both, forward and backward.

    Raises:
        ValueError: an argument is not floating, `query` and `key` differ in `d_k`, `key`
            and `value` differ in `key_len`, or `mask` is not boolean or does not
            broadcast to the scores.

    Examples:
        >>> import torch
        >>> query, key = torch.tensor([[0.0, 0.0]]), torch.eye(2)
        >>> output, weights = scaled_dot_product_attention(query, key, key)
        >>> weights.tolist(), output.tolist()
        ([[0.5, 0.5]], [[0.5, 0.5]])

    Source:
        Vaswani et al. 2017, section 3.2.1, equation 1, as the paper.
    """
    check_same_size("key_len", key=key.size(-2), value=value.size(-2))
    scores = scaled_dot_scores(query, key)
    return attend(scores, value, mask)
