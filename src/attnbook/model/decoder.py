"""The decoder: reads what it has written and what the encoder read, and goes on."""

from collections.abc import Sequence
from typing import NamedTuple

from jaxtyping import Float, Int, Real
from torch import Tensor, nn

from attnbook.functional.masks import Mask
from attnbook.layers.cache import KeyValueCache
from attnbook.model.stack_config import StackConfig
from attnbook.model.sublayers import attention, feed_forward, final_norm, residual


class LayerCache(NamedTuple):
    """What one decoder layer need not compute again.

    Attributes:
        self_attention: keys and values of the target so far; one position more for each
            token.
        cross_attention: keys and values of the memory; made once.
    """

    self_attention: KeyValueCache
    cross_attention: KeyValueCache


class DecoderCache:
    """What a decoder remembers of one batch while it writes.

    Args:
        layers: a cache for each layer; see `Decoder.new_cache`.
    """

    def __init__(self, layers: Sequence[LayerCache]) -> None:
        self.layers = layers

    def __len__(self) -> int:
        """Count the target tokens that have been read."""
        return len(self.layers[0].self_attention)

    def select(self, rows: Int[Tensor, " new_batch"]) -> "DecoderCache":
        """Take rows of the batch, in any order and as often as wished.

        Args:
            rows: which rows; shape `(new_batch,)`.

        Returns:
            A new cache with these rows; this one stays as it is.
        """
        return DecoderCache(
            [
                LayerCache(*(part.select(rows) for part in layer))
                for layer in self.layers
            ]
        )


class DecoderLayer(nn.Module):
    """Look at what is written, look at what was read, then think: three sub-layers.

    Args:
        config: its sizes and switches; `num_layers` is not used.

    Examples:
        >>> import torch
        >>> layer = DecoderLayer(StackConfig(d_model=8, num_heads=2, d_ff=16))
        >>> layer(torch.ones(2, 3, 8), memory=torch.ones(2, 5, 8)).shape
        torch.Size([2, 3, 8])

    Source:
        Vaswani et al. 2017, section 3.1 and figure 1, on the right.
    """

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.self_attention = attention(config)
        self.cross_attention = attention(config)
        self.feed_forward = feed_forward(config)
        self.self_residual = residual(config)
        self.cross_residual = residual(config)
        self.feed_forward_residual = residual(config)

    def forward(
        self,
        x: Real[Tensor, "batch tgt_len _d_model"],
        memory: Real[Tensor, "_batch src_len _d_model"],
        memory_mask: Mask | None = None,
        cache: LayerCache | None = None,
    ) -> Float[Tensor, "batch tgt_len d_model"]:
        """Run the three sub-layers.

        Args:
            x: the target's positions; shape `(batch, tgt_len, d_model)`, floating.
            memory: what the encoder read; shape `(batch, src_len, d_model)`, floating.
            memory_mask: True where the memory may be looked at; broadcasts to
                `(batch, heads, tgt_len, src_len)`.
            cache: what this layer remembers; `x` follows on it and is added to it.

        Returns:
            What became of each target position; same shape as `x`.
        """
        written, read = (None, None) if cache is None else cache
        x = self.self_residual(
            x, lambda y: self.self_attention(y, is_causal=True, cache=written).output
        )
        x = self.cross_residual(
            x,
            lambda y: self.cross_attention(y, memory, memory_mask, cache=read).output,
        )
        return self.feed_forward_residual(x, self.feed_forward)


class Decoder(nn.Module):
    """Stack layers of one make, each with weights of its own.

    No position sees a later one, in training or after it. Padding at a target's end thus
    stays unseen by what stands before it, and needs no mask.

    Args:
        config: sizes and switches.

    Examples:
        >>> import torch
        >>> decoder = Decoder(StackConfig(d_model=8, num_heads=2, num_layers=3, d_ff=16))
        >>> decoder(torch.ones(2, 3, 8), memory=torch.ones(2, 5, 8)).shape
        torch.Size([2, 3, 8])

    Source:
        Vaswani et al. 2017, section 3.1: six layers, and no norm after the last one.
    """

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            DecoderLayer(config) for _ in range(config.num_layers)
        )
        self.norm = final_norm(config)

    def new_cache(self) -> DecoderCache:
        """Make an empty cache, for a batch that is about to be written.

        Returns:
            The cache, which grows with every call of `forward` that it is passed to.
        """
        return DecoderCache(
            [LayerCache(KeyValueCache(), KeyValueCache()) for _ in self.layers]
        )

    def forward(
        self,
        x: Real[Tensor, "batch tgt_len _d_model"],
        memory: Real[Tensor, "_batch src_len _d_model"],
        memory_mask: Mask | None = None,
        cache: DecoderCache | None = None,
    ) -> Float[Tensor, "batch tgt_len d_model"]:
        """Run every layer.

        Args:
            x: the target's positions; shape `(batch, tgt_len, d_model)`, floating.
            memory: what the encoder read; shape `(batch, src_len, d_model)`, floating.
            memory_mask: True where the memory may be looked at; broadcasts to
                `(batch, heads, tgt_len, src_len)`.
            cache: what the layers remember; `x` follows on it and is added to it.

        Returns:
            What became of each target position; same shape as `x`.
        """
        for number, layer in enumerate(self.layers):
            remembered = None if cache is None else cache.layers[number]
            x = layer(x, memory, memory_mask, remembered)
        return self.norm(x)
