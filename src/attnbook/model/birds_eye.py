"""From cameras to a map: every cell of the ground asks the pixels of all cameras."""

import torch
from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.checks import check_floating
from attnbook.functional.masks import Mask
from attnbook.layers.linear import glorot_linear
from attnbook.layers.multi_head import MultiHeadAttention
from attnbook.layers.positions import LearnedPositions


class BirdsEye(nn.Module):
    """Tell what stands in each cell of the ground, by one cross-attention.

    The queries are learned, one for each cell, and the same for every scene. Keys and
    values come from the pixels. Which camera faces where is told nowhere: each pixel has
    a learned vector that says no more than which one it is.

    Args:
        num_cells: cells of the ground.
        num_cameras: how many cameras there are.
        num_pixels: pixels of each camera.
        channels: numbers to a pixel.
        num_kinds: what may be in a cell, nothing included.
        d_model: width of queries and pixels.
        num_heads: heads of the attention.

    Raises:
        ValueError: a size is below 1, or `num_heads` does not divide `d_model`.

    Examples:
        >>> import torch
        >>> model = BirdsEye(num_cells=64, num_cameras=4, num_pixels=60)
        >>> model(torch.ones(2, 4, 60, 3)).shape
        torch.Size([2, 64, 4])

    Source:
        The pattern of Li et al. 2022 (BEVFormer), section 3.3. There the queries look
        only near the places that the known position of each camera gives.
    """

    def __init__(
        self,
        num_cells: int,
        num_cameras: int,
        num_pixels: int,
        channels: int = 3,
        num_kinds: int = 4,
        d_model: int = 32,
        num_heads: int = 1,
    ) -> None:
        super().__init__()
        sizes = {
            "num_cells": num_cells,
            "num_cameras": num_cameras,
            "num_pixels": num_pixels,
            "channels": channels,
            "num_kinds": num_kinds,
        }
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1, got {size}")
        self.shape = (num_cameras, num_pixels, channels)
        self.queries = nn.Parameter(torch.randn(num_cells, d_model))
        self.embedding = glorot_linear(channels, d_model, True)
        self.pixels = LearnedPositions(num_cameras * num_pixels, d_model)
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.to_logits = glorot_linear(d_model, num_kinds, True)

    def forward(
        self,
        views: Real[Tensor, "batch cameras pixels channels"],
        mask: Mask | None = None,
    ) -> Float[Tensor, "batch cells kinds"]:
        """Score everything that may be in each cell.

        Args:
            views: what the cameras show; shape
                `(batch, num_cameras, num_pixels, channels)`, floating.
            mask: True where a camera may be looked at; shape `(num_cameras,)`.

        Returns:
            The logits; shape `(batch, num_cells, num_kinds)`.

        Raises:
            ValueError: `views` is not floating or not of the shape promised, or
                `mask` is not boolean or not of the shape promised.
        """
        check_floating(views=views)
        if views.shape[1:] != self.shape:
            raise ValueError(
                f"views must have the shape (batch, {self.shape}), "
                f"got {tuple(views.shape)}"
            )
        x = self.embedding(views.flatten(1, 2))  # (batch, cameras * pixels, d_model)
        source = x + self.pixels(x.size(1))
        if mask is not None:
            if mask.shape != self.shape[:1]:
                raise ValueError(
                    f"mask must have the shape {self.shape[:1]}, got {tuple(mask.shape)}"
                )
            mask = mask.repeat_interleave(self.shape[1])  # all pixels of a camera
        queries = self.queries.expand(len(views), -1, -1)
        return self.to_logits(self.attention(queries, source, mask).output)
