"""Scores: how alike are a query and a key? Four answers of one shape."""

import math

import torch
from jaxtyping import Float, Real
from torch import Tensor

from attnbook.functional.checks import check_floating, check_same_size


def dot_scores(
    query: Real[Tensor, "*batch query_len d_k"],
    key: Real[Tensor, "*batch key_len _d_k"],
) -> Float[Tensor, "*batch query_len key_len"]:
    r"""Score every query against every key by their dot product.

    It is large where two vectors are long and point the same way:

    $$\mathrm{score}(q, k) = q \cdot k = \sum_{i=1}^{d_k} q_i k_i$$

    Args:
        query: what each position asks; shape `(*batch, query_len, d_k)`, floating.
        key: what each position answers to; shape `(*batch, key_len, d_k)`, floating.

    Returns:
        One score for each pair, any real number; shape `(*batch, query_len, key_len)`.

    Raises:
        ValueError: an argument is not floating, or the two differ in `d_k`.

    Examples:
        >>> import torch
        >>> query = torch.tensor([[1.0, 2.0]])
        >>> key = torch.tensor([[3.0, 0.0], [1.0, 1.0], [-2.0, 1.0]])
        >>> dot_scores(query, key).tolist()
        [[3.0, 3.0, 0.0]]

    Source:
        Vaswani et al. 2017, section 3.2.1; Luong et al. 2015, section 3.1, "dot".
    """
    check_floating(query=query, key=key)
    check_same_size("d_k", query=query.size(-1), key=key.size(-1))
    return query @ key.mT


def scaled_dot_scores(
    query: Real[Tensor, "*batch query_len d_k"],
    key: Real[Tensor, "*batch key_len _d_k"],
) -> Float[Tensor, "*batch query_len key_len"]:
    r"""Score every query against every key by their dot product over $\sqrt{d_k}$.

    A sum of $d_k$ independent products of unit size has variance $d_k$. The division
    brings it back to 1, so that the softmax after it stays soft at every width.

    $$\mathrm{score}(q, k) = \frac{q \cdot k}{\sqrt{d_k}}$$

    Args:
        query: what each position asks; shape `(*batch, query_len, d_k)`, floating.
        key: what each position answers to; shape `(*batch, key_len, d_k)`, floating.

    Returns:
        One score for each pair, any real number; shape `(*batch, query_len, key_len)`.

    Raises:
        ValueError: an argument is not floating, or the two differ in `d_k`.

    Examples:
        >>> import torch
        >>> ones = torch.ones(1, 4)
        >>> scaled_dot_scores(ones, ones).item()
        2.0

    Source:
        Vaswani et al. 2017, section 3.2.1, equation 1, as the paper.
    """
    return dot_scores(query, key) / math.sqrt(query.size(-1))


def bilinear_scores(
    query: Real[Tensor, "*batch query_len query_dim"],
    key: Real[Tensor, "*batch key_len key_dim"],
    weight: Real[Tensor, "_query_dim _key_dim"],
) -> Float[Tensor, "*batch query_len key_len"]:
    r"""Score every query against every key through a learned matrix.

    The matrix says which feature of the query goes with which feature of the key, so
    the two need not have the same width.

    $$\mathrm{score}(q, k) = q \, W k^\top$$

    Args:
        query: what each position asks; shape `(*batch, query_len, query_dim)`.
        key: what each position answers to; shape `(*batch, key_len, key_dim)`.
        weight: the matrix $W$; shape `(query_dim, key_dim)`.

    Returns:
        One score for each pair, any real number; shape `(*batch, query_len, key_len)`.

    Raises:
        ValueError: an argument is not floating, or `weight` does not fit the widths.

    Examples:
        >>> import torch
        >>> query, key = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])
        >>> swap = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
        >>> bilinear_scores(query, key, swap).item()  # 1 * 4 + 2 * 3
        10.0

    Source:
        Luong et al. 2015, section 3.1, "general". Vectors are rows here, as everywhere
        in the book; the paper writes columns.
    """
    check_floating(query=query, key=key, weight=weight)
    check_same_size("query_dim", query=query.size(-1), weight=weight.size(0))
    check_same_size("key_dim", key=key.size(-1), weight=weight.size(1))
    return query @ weight @ key.mT


def additive_scores(
    query: Real[Tensor, "*batch query_len query_dim"],
    key: Real[Tensor, "*batch key_len key_dim"],
    w_query: Real[Tensor, "_query_dim hidden_dim"],
    w_key: Real[Tensor, "_key_dim _hidden_dim"],
    v: Real[Tensor, " _hidden_dim"],
) -> Float[Tensor, "*batch query_len key_len"]:
    r"""Score every query against every key by a small network with one hidden layer.

    Query and key are brought to one width, added and squashed; a vector $v$ reads the
    score off. Every pair has a hidden vector of its own, which costs memory.

    $$\mathrm{score}(q, k) = \tanh(q \, W_q + k \, W_k) \, v^\top$$

    Args:
        query: what each position asks; shape `(*batch, query_len, query_dim)`.
        key: what each position answers to; shape `(*batch, key_len, key_dim)`.
        w_query: the matrix $W_q$; shape `(query_dim, hidden_dim)`.
        w_key: the matrix $W_k$; shape `(key_dim, hidden_dim)`.
        v: reads the score off the hidden layer; shape `(hidden_dim,)`.

    Returns:
        One score for each pair, between minus and plus the sum of $|v_i|$; shape
        `(*batch, query_len, key_len)`.

    Raises:
        ValueError: an argument is not floating, or a weight does not fit the widths.

    Examples:
        >>> import torch
        >>> one, zero = torch.ones(1, 1), torch.zeros(1, 1)
        >>> additive_scores(one, one, one, zero - 1, one[0]).item()  # tanh(1 - 1)
        0.0

    Source:
        Bahdanau et al. 2014, appendix A.1.2. Vectors are rows here; the paper writes
        columns.
    """
    check_floating(query=query, key=key, w_query=w_query, w_key=w_key, v=v)
    check_same_size("query_dim", query=query.size(-1), w_query=w_query.size(0))
    check_same_size("key_dim", key=key.size(-1), w_key=w_key.size(0))
    check_same_size("hidden_dim", w_query=w_query.size(1), w_key=w_key.size(1))
    check_same_size("hidden_dim", w_query=w_query.size(1), v=v.size(0))
    queries = (query @ w_query).unsqueeze(-2)  # (*batch, query_len, 1, hidden_dim)
    keys = (key @ w_key).unsqueeze(-3)  # (*batch, 1, key_len, hidden_dim)
    return torch.tanh(queries + keys) @ v
