"""Lookup: from a dictionary, where one key answers, to shares, where all do."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from jaxtyping import Real
from torch import Tensor

from attnbook.functional.attention import Attended, attend
from attnbook.functional.scores import dot_scores

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def hard_lookup(query: Key, table: Mapping[Key, Value]) -> Value:
    """Answer with the value whose key equals the query.

    This is a dictionary at work. Exactly one key answers, and a query that equals none
    of them gets no answer at all, however near it comes.

    Args:
        query: what is looked for.
        table: a value for each key.

    Returns:
        The value that stands under `query`.

    Raises:
        KeyError: no key equals `query`, as with any dictionary; the message lists the
            keys.

    Examples:
        >>> hard_lookup("year", {"day": "22", "year": "2026"})
        '2026'
    """
    if query not in table:
        keys = ", ".join(map(repr, table))
        raise KeyError(f"no key equals {query!r}, the keys are {keys}")
    return table[query]


def soft_lookup(
    query: Real[Tensor, " d_k"],
    keys: Real[Tensor, "key_len _d_k"],
    values: Real[Tensor, "_key_len d_v"],
    sharpness: float = 1.0,
) -> Attended:
    r"""Answer with a mix of all values, each by how much its key is like the query.

    Likeness is the dot product. With keys of one length, the most alike key takes the
    whole as the sharpness grows, and the answer tends to that of
    [`hard_lookup`][attnbook.functional.lookup.hard_lookup].

    $$o = \sum_j a_j \, v_j, \qquad
      a = \mathrm{softmax}(\beta \, q \, K^\top)$$

    Args:
        query: one question; shape `(d_k,)`, floating.
        keys: what each value answers to; shape `(key_len, d_k)`, floating.
        values: what there is to answer with; shape `(key_len, d_v)`, floating.
        sharpness: $\beta$, at least 0. At 0 every value has the same share.

    Returns:
        The answer, shape `(d_v,)`, and the shares, shape `(key_len,)`, which sum to 1.

    Raises:
        ValueError: an argument is not floating, `query` and `keys` differ in `d_k`,
            `keys` and `values` in `key_len`, or `sharpness` is below 0.

    Examples:
        >>> import torch
        >>> keys, values = torch.eye(2), torch.tensor([[22.0], [2026.0]])
        >>> soft_lookup(keys[1], keys, values, sharpness=100.0).output.tolist()
        [2026.0]
        >>> soft_lookup(keys[1], keys, values, sharpness=0.0).output.tolist()
        [1024.0]

    Source:
        Vaswani et al. 2017, section 3.2: an output for a query and a set of key-value
        pairs. One query at a time here, and a sharpness in place of $1/\sqrt{d_k}$.
    """
    if not sharpness >= 0:
        raise ValueError(f"sharpness must be at least 0, got {sharpness}")
    scores = sharpness * dot_scores(query.unsqueeze(0), keys)  # (1, key_len)
    output, weights = attend(scores, values)
    return Attended(output.squeeze(0), weights.squeeze(0))
