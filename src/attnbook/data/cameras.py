"""A toy world: coloured blocks on a grid, and what four cameras in its middle see."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

CAMERAS = ("front", "right", "back", "left")
COLOURS = ("red", "green", "blue")
GRID_SIZE = 8
ROWS, COLUMNS = 5, 12
_FIELD = 120.0  # degrees; four of them overlap by 30 at each seam


class CameraBatch(NamedTuple):
    """Views of the four cameras, and what stands on the ground.

    Attributes:
        views: red, green and blue at each pixel, with noise; shape
            `(batch, cameras, pixels, colours)`. Pixels are counted row by row.
        cells: 0 for an empty cell, else 1 and the place of its block's colour in
            `COLOURS`; shape `(batch, cells)`. Cells are counted row by row.
    """

    views: Float[Tensor, "batch cameras pixels colours"]
    cells: Int[Tensor, "batch cells"]


def camera_pixels() -> Int[Tensor, "cells cameras"]:
    """Say at which pixel each camera shows each cell of the ground.

    The grid is seen from above, with the front at its top and the cameras in its middle,
    facing outwards. A pixel's column is the direction, in steps of 10 degrees, from left
    to right. Its row is the distance, in whole cells. No two cells of this grid share a
    pixel of one camera, and most pixels show none.

    Returns:
        The pixel, or -1 where the camera does not see the cell; shape
        `(GRID_SIZE**2, len(CAMERAS))`.

    Examples:
        >>> pixels = camera_pixels()
        >>> pixels[3].tolist()  # in the first row, left of the middle: in front
        [41, -1, -1, -1]
        >>> pixels[0].tolist()  # the corner: in front and to the left
        [49, -1, -1, 58]
    """
    places = torch.arange(GRID_SIZE, dtype=torch.float64) - (GRID_SIZE - 1) / 2
    forward, right = torch.meshgrid(-places, places, indexing="ij")
    bearings = torch.rad2deg(torch.atan2(right, forward)).flatten()
    distances = torch.hypot(right, forward).flatten()
    facing = torch.arange(len(CAMERAS)) * 360 / len(CAMERAS)
    angles = (bearings[:, None] - facing + 180) % 360 - 180 + _FIELD / 2
    columns = (angles / _FIELD * COLUMNS).floor().long()
    pixels = distances.floor().long()[:, None] * COLUMNS + columns
    return pixels.where((angles > 0) & (angles < _FIELD), -1)


def camera_batch(
    batch_size: int,
    generator: torch.Generator,
    *,
    density: float = 0.15,
    noise: float = 0.3,
) -> CameraBatch:
    """Draw scenes: each cell holds a block by chance, and each camera shows what it sees.

    A camera shows the colour of a cell at the cell's pixel. Blocks do not hide each other.

    Args:
        batch_size: how many scenes.
        generator: where all chance comes from.
        density: the share of cells that hold a block.
        noise: standard deviation of what is added to each number of each pixel.

    Returns:
        The views, and the right answers.

    Raises:
        ValueError: `batch_size` is below 1, `density` is not from 0 to 1, or `noise` is
            below 0.

    Examples:
        >>> import torch
        >>> views, cells = camera_batch(2, torch.Generator().manual_seed(0))
        >>> views.shape, cells.shape
        (torch.Size([2, 4, 60, 3]), torch.Size([2, 64]))
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    if not 0 <= density <= 1:
        raise ValueError(f"density must be from 0 to 1, got {density}")
    if not noise >= 0:
        raise ValueError(f"noise must be at least 0, got {noise}")
    size = (batch_size, GRID_SIZE**2)
    colours = torch.randint(1, len(COLOURS) + 1, size, generator=generator)
    cells = colours * (torch.rand(size, generator=generator) < density)
    views = noise * torch.randn(
        batch_size, len(CAMERAS), ROWS * COLUMNS, len(COLOURS), generator=generator
    )
    light = torch.eye(len(COLOURS) + 1)[cells][..., 1:]  # (batch, cells, colours)
    for camera, pixels in enumerate(camera_pixels().T):
        seen = pixels >= 0
        views[:, camera, pixels[seen]] += light[:, seen]
    return CameraBatch(views, cells)
