"""Multi-head attention: several looks at once, each of its own kind."""

from typing import NamedTuple

from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.attention import scaled_dot_product_attention
from attnbook.functional.checks import check_floating, check_same_size
from attnbook.functional.fused import fused_attention
from attnbook.functional.masks import Mask, causal_mask
from attnbook.layers.cache import KeyValueCache
from attnbook.layers.heads import merge_heads, split_heads
from attnbook.layers.linear import glorot_linear


class MultiHeadAttended(NamedTuple):
    """The heads' answers put together, and each head's weights if they were asked for.

    Attributes:
        output: shape `(*batch, query_len, d_model)`.
        weights: before dropout; shape `(*batch, heads, query_len, key_len)`, or None.
    """

    output: Float[Tensor, "*batch query_len d_model"]
    weights: Float[Tensor, "*batch heads query_len key_len"] | None = None


class MultiHeadAttention(nn.Module):
    r"""Attend several times at once, each time through projections of its own.

    One head can mix the values in one way only. With several, one may look for the year
    while another looks for the month. Together they cost as much as one of full width.

    $$\mathrm{MultiHead}(X, Y) = \mathrm{Concat}(head_1, \dots, head_h) \, W_O, \quad
      head_i = \mathrm{Attention}(X W_{Q,i}, \, Y W_{K,i}, \, Y W_{V,i})$$

    Args:
        d_model: width of what comes in and goes out.
        num_heads: number of heads, $h$.
        d_k: width of each head's queries and keys; `d_model / num_heads` if None.
        d_v: width of each head's values; `d_model / num_heads` if None.
        bias: whether the four projections add a learned vector.
        dropout: share of the weights that training sets to 0. Above 0, attention is
            always written out: the fused kernel shows no weights to drop.

    Raises:
        ValueError: `num_heads` is below 1 or does not divide `d_model` (where `d_k` or
            `d_v` is None), or `dropout` is not from 0 to 1.

    Examples:
        >>> import torch
        >>> attention = MultiHeadAttention(d_model=8, num_heads=2)
        >>> x, source = torch.ones(1, 3, 8), torch.ones(1, 7, 8)
        >>> attention(x, source, need_weights=True).weights.shape
        torch.Size([1, 2, 3, 7])

    Source:
        Vaswani et al. 2017, section 3.2.2. The heads' matrices stand side by side in
        `w_q`, `w_k` and `w_v`. No bias, as in the paper's formula. Section 5.4 lists no
        dropout on weights, though 6.3 speaks of it: it has a switch, which is off.
    """

    def __init__(
        self,
        d_model: int,
        num_heads: int,
        d_k: int | None = None,
        d_v: int | None = None,
        bias: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if num_heads < 1:
            raise ValueError(f"num_heads must be at least 1, got {num_heads}")
        if (d_k is None or d_v is None) and d_model % num_heads:
            raise ValueError(
                f"d_model must be divisible by num_heads, got {d_model} and {num_heads}"
            )
        d_k = d_model // num_heads if d_k is None else d_k
        d_v = d_model // num_heads if d_v is None else d_v
        self.num_heads = num_heads
        self.w_q = glorot_linear(d_model, num_heads * d_k, bias)
        self.w_k = glorot_linear(d_model, num_heads * d_k, bias)
        self.w_v = glorot_linear(d_model, num_heads * d_v, bias)
        self.w_o = glorot_linear(num_heads * d_v, d_model, bias)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Real[Tensor, "*batch query_len _d_model"],
        source: Real[Tensor, "*_batch key_len _d_model"] | None = None,
        mask: Mask | None = None,
        *,
        is_causal: bool = False,
        need_weights: bool = False,
        cache: KeyValueCache | None = None,
    ) -> MultiHeadAttended:
        """Let every position of `x` look at every position of the source.

        Args:
            x: who asks; shape `(*batch, query_len, d_model)`, floating.
            source: who is asked; shape `(*batch, key_len, d_model)`, floating. If None,
                `x` itself: that is self-attention. Another one is cross-attention.
            mask: True where the query may attend; broadcasts to
                `(*batch, heads, query_len, key_len)`.
            is_causal: whether no position sees a later one, on top of `mask`; for
                self-attention.
            need_weights: whether to return the weights, and so to write attention out.
                Without them the fused kernel runs; the output is the same.
            cache: keys and values of earlier calls. In self-attention `x` follows on
                them; in cross-attention those of the first call's source are used.

        Returns:
            The output `(*batch, query_len, d_model)`, and the weights
            `(*batch, heads, query_len, key_len)` or None. A query that may attend to
            nothing has weights 0, and its output is `w_o`'s bias alone.

        Raises:
            ValueError: `x` or `source` is not floating or not `d_model` wide, their
                batches differ, `mask` is not boolean or does not broadcast, or
                `is_causal` is given together with a source.
        """
        if source is not None and is_causal:
            raise ValueError("is_causal is for self-attention, got a source as well")
        self._check(x, x if source is None else source)
        query = split_heads(self.w_q(x), self.num_heads)
        key, value = self._keys_and_values(x, source, cache)
        written_out = need_weights or self.dropout.p > 0
        query_len, key_len = query.size(-2), key.size(-2)
        if query_len == 1:
            is_causal = False  # the newest position sees all there is
        if is_causal and (written_out or mask is not None or key_len > query_len):
            rows = causal_mask(key_len, x.device)[-query_len:]
            mask, is_causal = rows if mask is None else rows & mask, False
        if written_out:
            output, weights = scaled_dot_product_attention(query, key, value, mask)
            if self.training and self.dropout.p > 0:
                output = self.dropout(weights) @ value
        else:
            output = fused_attention(query, key, value, mask, is_causal=is_causal)
            weights = None
        output = self.w_o(merge_heads(output))
        return MultiHeadAttended(output, weights if need_weights else None)

    def _keys_and_values(
        self, x: Tensor, source: Tensor | None, cache: KeyValueCache | None
    ) -> tuple[Tensor, Tensor]:
        if source is not None and cache is not None and len(cache):
            return cache.held()
        source = x if source is None else source
        key = split_heads(self.w_k(source), self.num_heads)
        value = split_heads(self.w_v(source), self.num_heads)
        return (key, value) if cache is None else cache.append(key, value)

    def _check(self, x: Tensor, source: Tensor) -> None:
        check_floating(x=x, source=source)
        d_model = self.w_q.in_features
        check_same_size("width", x=x.size(-1), d_model=d_model)
        check_same_size("width", source=source.size(-1), d_model=d_model)
        if x.dim() > 2:
            check_same_size("batch", x=x.size(0), source=source.size(0))
