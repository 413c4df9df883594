"""Positions as layers: waves that are given, or vectors that are learned."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attnbook.functional.positions import sinusoidal_positions


class Positions(nn.Module):
    """A table with a vector for each position, which a subclass fills.

    Args:
        table: a vector in each row; shape `(max_len, d_model)`. A parameter is learned;
            any other tensor follows the model's dtype and device, and is not saved.

    Raises:
        ValueError: there are no rows.
    """

    table: Tensor

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        if len(table) < 1:
            raise ValueError(f"max_len must be at least 1, got {len(table)}")
        if isinstance(table, nn.Parameter):
            self.table = table
        else:
            self.register_buffer("table", table, persistent=False)

    def forward(self, length: int, offset: int = 0) -> Float[Tensor, "length d_model"]:
        """Look up a stretch of positions.

        Args:
            length: how many.
            offset: the first one; the number of tokens already written when decoding.

        Returns:
            The vector of position `offset + i` in row i; shape `(length, d_model)`.

        Raises:
            ValueError: the table ends before the stretch does.
        """
        end = offset + length
        if end > len(self.table):
            raise ValueError(
                f"a sequence may be at most max_len = {len(self.table)} long, got {end}"
            )
        return self.table[offset:end]


class SinusoidalPositions(Positions):
    """The waves, in a table that is made once.

    It is computed in float64 and rounded once to the dtype of the model.

    Args:
        max_len: how many positions there are.
        d_model: width of each vector; even.

    Raises:
        ValueError: `d_model` is not even and above 0, or `max_len` is below 1.

    Examples:
        >>> SinusoidalPositions(max_len=7, d_model=4)(2, offset=5).shape
        torch.Size([2, 4])

    Source:
        Vaswani et al. 2017, section 3.5, as the paper.
    """

    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__(sinusoidal_positions(max_len, d_model))


class LearnedPositions(Positions):
    """A vector for each position that training finds.

    It can say what no wave can, and nothing about positions that training never saw. It
    also takes tables from elsewhere, such as waves in another order.

    Args:
        max_len: how many positions there are.
        d_model: width of each vector.

    Raises:
        ValueError: `max_len` is below 1.

    Examples:
        >>> LearnedPositions(max_len=7, d_model=4)(2, offset=5).shape
        torch.Size([2, 4])

    Source:
        Gehring et al. 2017, section 3.1; Vaswani et al. 2017, table 3, row (E), where it
        does as well as the waves. Drawn with the waves' size, about 0.7.
    """

    def __init__(self, max_len: int, d_model: int) -> None:
        table = torch.randn(max_len, d_model) * 0.5**0.5
        super().__init__(nn.Parameter(table))


POSITIONS = {"sinusoidal": SinusoidalPositions, "learned": LearnedPositions}
