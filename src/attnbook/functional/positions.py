"""Positions: a table of waves that says where a token stands."""

import torch
from jaxtyping import Float, Float64
from torch import Tensor


def sinusoidal_positions(
    length: int,
    d_model: int,
    offset: int = 0,
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str | None = None,
) -> Float[Tensor, "length d_model"]:
    r"""Write down a vector for each position, from waves of growing length.

    Even columns hold sines and odd columns cosines, pair by pair. The first pair turns
    once in $2\pi$ positions, the last nearly once in $10000 \cdot 2\pi$.

    $$PE_{pos,\,2i} = \sin\frac{pos}{10000^{2i/d_{model}}}, \qquad
      PE_{pos,\,2i+1} = \cos\frac{pos}{10000^{2i/d_{model}}}$$

    Args:
        length: number of positions.
        d_model: width of each vector; even.
        offset: the first position; the number of tokens already written when decoding.
        dtype: of the result. The table is computed in float64, because angles of
            thousands leave float32 few digits after the point, and then rounded once.
        device: of the result; torch's default if None.

    Returns:
        The vector of position `offset + i` in row i, each number from -1 to 1; shape
        `(length, d_model)`.

    Raises:
        ValueError: `d_model` is not even and above 0, or `length` is below 0.

    Examples:
        >>> sinusoidal_positions(1, 4).tolist()
        [[0.0, 1.0, 0.0, 1.0]]
        >>> sinusoidal_positions(2, 6, offset=3).shape
        torch.Size([2, 6])

    Source:
        Vaswani et al. 2017, section 3.5, as the paper: sines and cosines interleaved.
    """
    if length < 0:
        raise ValueError(f"length must be at least 0, got {length}")
    positions = torch.arange(offset, offset + length, dtype=torch.float64)
    angles = torch.outer(positions, frequencies(d_model))
    table = torch.stack((angles.sin(), angles.cos()), dim=-1)  # (length, d_model/2, 2)
    return table.flatten(-2).to(device=device, dtype=dtype)


def shift_rotation(shift: int, d_model: int) -> Float64[Tensor, "d_model d_model"]:
    r"""Build the matrix that moves every position's vector by the same shift.

    Each sine-cosine pair is a point on a circle, and a shift turns it by an angle that
    depends on the shift alone. So one matrix $M$ of 2x2 rotations serves all positions:

    $$PE_{pos + shift} = PE_{pos} \, M^\top, \qquad M_i =
      \begin{pmatrix} \cos\theta_i & \sin\theta_i \\ -\sin\theta_i & \cos\theta_i
      \end{pmatrix}, \qquad \theta_i = \frac{shift}{10000^{2i/d_{model}}}$$

    Args:
        shift: number of positions to move by; below 0 to move back.
        d_model: width of the vectors; even.

    Returns:
        The rotation $M$, in float64; shape `(d_model, d_model)`.

    Raises:
        ValueError: `d_model` is not even and above 0.

    Examples:
        >>> import torch
        >>> table = sinusoidal_positions(10, 6, dtype=torch.float64)
        >>> torch.allclose(table[:7] @ shift_rotation(3, 6).T, table[3:])
        True

    Source:
        Vaswani et al. 2017, section 3.5, states that such a matrix exists; this is it.
    """
    angles = shift * frequencies(d_model)
    sines, cosines = angles.sin(), angles.cos()
    rows = torch.stack((cosines, sines, -sines, cosines), dim=-1)
    return torch.block_diag(*rows.unflatten(-1, (2, 2)))


def frequencies(d_model: int) -> Float64[Tensor, " half_d_model"]:
    r"""List how fast each sine-cosine pair turns: $10000^{-2i/d_{model}}$.

    Args:
        d_model: width of the position vectors; even.

    Returns:
        Radians per position, from 1 downwards, in float64; shape `(d_model / 2,)`.

    Raises:
        ValueError: `d_model` is not even and above 0.

    Examples:
        >>> frequencies(4)
        tensor([1.0000, 0.0100], dtype=torch.float64)
    """
    if d_model < 2 or d_model % 2:
        raise ValueError(f"d_model must be even and above 0, got {d_model}")
    exponents = torch.arange(0, d_model, 2, dtype=torch.float64) / d_model
    return 10000.0**-exponents
