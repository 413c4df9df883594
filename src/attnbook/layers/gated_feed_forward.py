"""The gated feed-forward network: one half of the inner numbers opens the other."""

from jaxtyping import Float, Real
from torch import Tensor, nn
from torch.nn import functional as F

from attnbook.functional.checks import check_floating, check_same_size
from attnbook.layers.linear import glorot_linear


class GatedFeedForward(nn.Module):
    r"""Widen each position twice, let one result open or close the other, and narrow it.

    In the feed-forward network of 2017 an inner number is kept or set to 0 by its own
    sign. Here a second map computes how much of it passes. Three matrices of two thirds
    of the width have as many parameters as two of the full width.

    $$\mathrm{FFN}(x) = \left(\mathrm{SiLU}(x W_1) \odot x W_3\right) W_2, \qquad
      \mathrm{SiLU}(z) = \frac{z}{1 + e^{-z}}$$

    Args:
        d_model: width of what comes in and goes out.
        d_ff: width in between.
        dropout: share of the inner numbers that training sets to 0.

    Raises:
        ValueError: `dropout` is not from 0 to 1.

    Examples:
        >>> import torch
        >>> feed_forward = GatedFeedForward(d_model=2, d_ff=5)
        >>> feed_forward(torch.ones(3, 7, 2)).shape
        torch.Size([3, 7, 2])

    Source:
        Shazeer 2020, equation 6, row SwiGLU, without biases, as there; its $V$ is our
        `w_3`. SiLU is called Swish there.
    """

    def __init__(self, d_model: int, d_ff: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.w_1 = glorot_linear(d_model, d_ff, bias=False)
        self.w_3 = glorot_linear(d_model, d_ff, bias=False)
        self.w_2 = glorot_linear(d_ff, d_model, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, x: Real[Tensor, "*batch _d_model"]
    ) -> Float[Tensor, "*batch d_model"]:
        """Work on each position.

        Args:
            x: the positions; shape `(*batch, d_model)`, floating.

        Returns:
            What became of each; same shape.

        Raises:
            ValueError: `x` is not floating or not `d_model` wide.
        """
        check_floating(x=x)
        check_same_size("width", x=x.size(-1), d_model=self.w_1.in_features)
        inner = F.silu(self.w_1(x)) * self.w_3(x)
        return self.w_2(self.dropout(inner))
