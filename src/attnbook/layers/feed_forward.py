"""The feed-forward network: every position thinks for itself."""

from functools import partial

from jaxtyping import Float, Real
from torch import Tensor, nn
from torch.nn import functional as F

from attnbook.functional.checks import check_floating, check_same_size
from attnbook.layers.linear import glorot_linear

ACTIVATIONS = {
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu_tanh": partial(F.gelu, approximate="tanh"),
}


class FeedForward(nn.Module):
    r"""Widen each position, bend it, and narrow it again.

    Attention mixes positions and is linear in the values; here each position is worked
    on alone, by the same small network, and the bend between the two maps is what makes
    the model more than linear.

    $$\mathrm{FFN}(x) = \max(0, \, x W_1 + b_1) \, W_2 + b_2$$

    Args:
        d_model: width of what comes in and goes out.
        d_ff: width in between.
        dropout: share of the inner numbers that training sets to 0.
        activation: the bend: "relu" as in the formula, "gelu", or "gelu_tanh", which is
            the older approximation to it.
        bias: whether the two maps have $b_1$ and $b_2$.

    Raises:
        ValueError: `activation` is unknown, or `dropout` is not from 0 to 1.

    Examples:
        >>> import torch
        >>> feed_forward = FeedForward(d_model=2, d_ff=8)
        >>> feed_forward(torch.ones(3, 5, 2)).shape
        torch.Size([3, 5, 2])

    Source:
        Vaswani et al. 2017, section 3.3, equation 2. The paper drops nothing inside;
        `nn.Transformer` does. GELU is from Hendrycks and Gimpel 2016.
    """

    def __init__(
        self,
        d_model: int,
        d_ff: int,
        dropout: float = 0.0,
        activation: str = "relu",
        bias: bool = True,
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            known = list(ACTIVATIONS)
            raise ValueError(f"activation must be one of {known}, got {activation!r}")
        self.activation = ACTIVATIONS[activation]
        self.w_1 = glorot_linear(d_model, d_ff, bias)
        self.w_2 = glorot_linear(d_ff, d_model, bias)
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
        return self.w_2(self.dropout(self.activation(self.w_1(x))))
