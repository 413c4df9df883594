"""The encoder: every word reads all the others, layer by layer."""

from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.masks import Mask
from attnbook.model.stack_config import StackConfig
from attnbook.model.sublayers import attention, feed_forward, final_norm, residual


class EncoderLayer(nn.Module):
    """Look at all positions, then think about each: two sub-layers.

    Args:
        config: its sizes and switches; `num_layers` is not used.

    Examples:
        >>> import torch
        >>> layer = EncoderLayer(StackConfig(d_model=8, num_heads=2, d_ff=16))
        >>> layer(torch.ones(2, 5, 8)).shape
        torch.Size([2, 5, 8])

    Source:
        Vaswani et al. 2017, section 3.1 and figure 1, on the left.
    """

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.self_attention = attention(config)
        self.feed_forward = feed_forward(config)
        self.self_residual = residual(config)
        self.feed_forward_residual = residual(config)

    def forward(
        self, x: Real[Tensor, "batch seq_len _d_model"], mask: Mask | None = None
    ) -> Float[Tensor, "batch seq_len d_model"]:
        """Run both sub-layers.

        Args:
            x: the positions; shape `(batch, seq_len, d_model)`, floating.
            mask: True where a position may be looked at; broadcasts to
                `(batch, heads, seq_len, seq_len)`.

        Returns:
            What became of each position; same shape.
        """
        x = self.self_residual(x, lambda y: self.self_attention(y, mask=mask).output)
        return self.feed_forward_residual(x, self.feed_forward)


class Encoder(nn.Module):
    """Stack layers of one make, each with weights of its own.

    What goes in are vectors, not ids: words, or patches of an image.

    Args:
        config: sizes and switches.

    Examples:
        >>> import torch
        >>> encoder = Encoder(StackConfig(d_model=8, num_heads=2, num_layers=3, d_ff=16))
        >>> len(encoder.layers), encoder(torch.ones(2, 5, 8)).shape
        (3, torch.Size([2, 5, 8]))

    Source:
        Vaswani et al. 2017, section 3.1: six layers, and no norm after the last one.
        `nn.Transformer` has one there, which for norms before the sub-layers is needed.
    """

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            EncoderLayer(config) for _ in range(config.num_layers)
        )
        self.norm = final_norm(config)

    def forward(
        self, x: Real[Tensor, "batch seq_len _d_model"], mask: Mask | None = None
    ) -> Float[Tensor, "batch seq_len d_model"]:
        """Run every layer.

        Args:
            x: the positions; shape `(batch, seq_len, d_model)`, floating.
            mask: True where a position may be looked at; broadcasts to
                `(batch, heads, seq_len, seq_len)`.

        Returns:
            What became of each position; same shape.
        """
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x)
