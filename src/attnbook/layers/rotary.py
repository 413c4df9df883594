"""Rotary positions: a query and a key are turned by where they stand."""

import torch
from jaxtyping import Float, Real
from torch import Tensor

from attnbook.functional.attention import scaled_dot_product_attention
from attnbook.functional.checks import check_floating
from attnbook.functional.fused import fused_attention
from attnbook.functional.masks import Mask, causal_mask
from attnbook.functional.positions import sinusoidal_positions
from attnbook.layers.cache import KeyValueCache
from attnbook.layers.heads import merge_heads, split_heads
from attnbook.layers.multi_head import MultiHeadAttended, MultiHeadAttention


def rotate_by_position(
    x: Real[Tensor, "*batch seq_len d_k"], offset: int = 0
) -> Float[Tensor, "*batch seq_len d_k"]:
    r"""Turn each pair of numbers by an angle that grows with the position.

    The angles are those of the sinusoidal table, here multiplied in and not added. Two
    vectors that are turned by the same angle keep their dot product. So the score of a
    query and a key depends on how far apart they stand, and not on where.

    $$\begin{pmatrix} y_{2i} \\ y_{2i+1} \end{pmatrix} =
      \begin{pmatrix} \cos\theta & -\sin\theta \\ \sin\theta & \cos\theta \end{pmatrix}
      \begin{pmatrix} x_{2i} \\ x_{2i+1} \end{pmatrix}, \qquad
      \theta = \frac{pos}{10000^{2i/d_k}}$$

    Args:
        x: queries or keys; shape `(*batch, seq_len, d_k)`, floating, `d_k` even.
        offset: the position of the first one.

    Returns:
        The turned vectors, each as long as before; same shape and dtype.

    Raises:
        ValueError: `x` is not floating, or `d_k` is not even and above 0.

    Examples:
        >>> import torch
        >>> turned = rotate_by_position(torch.tensor([[1.0, 0.0]]), offset=2)
        >>> [round(number, 2) for number in turned[0].tolist()]  # cos 2, sin 2
        [-0.42, 0.91]

    Source:
        Su et al. 2021, section 3.4.2: neighbouring numbers are a pair. Much code pairs
        the first half with the second; weights trained with one do not fit the other.
    """
    check_floating(x=x)
    waves = sinusoidal_positions(
        x.size(-2), x.size(-1), offset, dtype=x.dtype, device=x.device
    )
    sines, cosines = waves[..., 0::2], waves[..., 1::2]
    first, second = x[..., 0::2], x[..., 1::2]
    turned = first * cosines - second * sines, first * sines + second * cosines
    return torch.stack(turned, dim=-1).flatten(-2)


class RotaryAttention(MultiHeadAttention):
    """Multi-head self-attention that turns its queries and keys.

    The values are not turned, and nothing is added to the embeddings. A cache keeps the
    keys as they were before, so all of them are turned at each call.

    Examples:
        >>> import torch
        >>> attention = RotaryAttention(d_model=8, num_heads=2)
        >>> attention(torch.ones(1, 3, 8), need_weights=True).weights.shape
        torch.Size([1, 2, 3, 3])

    Source:
        Su et al. 2021, section 3.2.2.
    """

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
        """Let every position of `x` look at every other, and at those in the cache.

        Args:
            x: who asks and is asked; shape `(*batch, query_len, d_model)`, floating.
            source: None. Two sequences have no distance from each other.
            mask: True where the query may attend; broadcasts to
                `(*batch, heads, query_len, key_len)`.
            is_causal: whether no position sees a later one, on top of `mask`.
            need_weights: whether to return the weights.
            cache: keys and values of earlier calls, on which `x` follows.

        Returns:
            The output `(*batch, query_len, d_model)`, and the weights
            `(*batch, heads, query_len, key_len)` or None.

        Raises:
            ValueError: there is a source, `x` is not floating or not `d_model` wide,
                a head's width is not even, or `mask` is not boolean or does not
                broadcast.
        """
        if source is not None:
            raise ValueError("source must be None: rotary is for self-attention")
        self._check(x, x)
        query = split_heads(self.w_q(x), self.num_heads)
        key, value = self._keys_and_values(x, None, cache)
        start = key.size(-2) - query.size(-2)
        query = rotate_by_position(query, start)
        key = rotate_by_position(key)
        if is_causal:
            seen = causal_mask(key.size(-2), x.device)[start:]
            mask = seen if mask is None else seen & mask
        weights = None
        if need_weights or self.dropout.p > 0:
            weights = scaled_dot_product_attention(query, key, value, mask).weights
            output = self.dropout(weights) @ value
        else:
            output = fused_attention(query, key, value, mask)
        output = self.w_o(merge_heads(output))
        return MultiHeadAttended(output, weights if need_weights else None)
