"""Grouped queries: several heads ask, and share one head of keys and values."""

from torch import Tensor

from attnbook.layers.cache import KeyValueCache
from attnbook.layers.heads import split_heads
from attnbook.layers.linear import glorot_linear
from attnbook.layers.multi_head import MultiHeadAttention


class GroupedQueryAttention(MultiHeadAttention):
    r"""Attend with many heads of queries, over fewer heads of keys and values.

    While a text is written, the keys and values of all words so far are kept, and read
    again for each new word. With $g$ heads of them and not $h$, there are $g / h$ as many
    to keep. Query head $i$ uses head $\lfloor i g / h \rfloor$ of the keys and values.

    Args:
        d_model: width of what comes in and goes out.
        num_heads: number of heads that ask, $h$.
        num_groups: number of heads of keys and values, $g$. With 1 all queries share
            one (multi-query attention); with `num_heads` it is `MultiHeadAttention`.
        bias: whether the four projections add a learned vector.

    Raises:
        ValueError: `num_groups` is below 1 or does not divide `num_heads`, or
            `num_heads` is below 1 or does not divide `d_model`.

    Examples:
        >>> import torch
        >>> attention = GroupedQueryAttention(d_model=8, num_heads=4, num_groups=2)
        >>> cache = KeyValueCache()
        >>> _ = attention(torch.ones(1, 3, 8), cache=cache)
        >>> cache.held()[0].shape  # two heads of width 2
        torch.Size([1, 2, 3, 2])

    Source:
        Ainslie et al. 2023, section 2.2; with one group, Shazeer 2019, section 3.
    """

    def __init__(
        self, d_model: int, num_heads: int, num_groups: int, bias: bool = False
    ) -> None:
        super().__init__(d_model, num_heads, bias=bias)
        if num_groups < 1 or num_heads % num_groups:
            raise ValueError(
                f"num_heads must be divisible by num_groups, "
                f"got {num_heads} and {num_groups}"
            )
        self.num_groups = num_groups
        width = d_model // num_heads * num_groups
        self.w_k = glorot_linear(d_model, width, bias)
        self.w_v = glorot_linear(d_model, width, bias)

    def _keys_and_values(
        self, x: Tensor, source: Tensor | None, cache: KeyValueCache | None
    ) -> tuple[Tensor, Tensor]:
        if source is not None and cache is not None and len(cache):
            key, value = cache.held()
        else:
            source = x if source is None else source
            key = split_heads(self.w_k(source), self.num_groups)
            value = split_heads(self.w_v(source), self.num_groups)
            if cache is not None:
                key, value = cache.append(key, value)
        times = self.num_heads // self.num_groups
        return key.repeat_interleave(times, -3), value.repeat_interleave(times, -3)
