"""What keeps a deep stack alive: a way past each sub-layer, and a norm."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.checks import check_floating, check_same_size


class LayerNorm(nn.Module):
    """Bring each position to mean 0 and variance 1, then to a learned size and place.

    The formula and its code, written out, are `layer_norm`'s. This layer holds what is
    learned and runs torch's kernel, which gives the same numbers in a fraction of the time.

    Args:
        d_model: width of a position.
        eps: what keeps a position of equal numbers from being 0/0.
        bias: whether a learned vector is added.

    Examples:
        >>> import torch
        >>> LayerNorm(4)(torch.tensor([1.0, 1.0, 3.0, 3.0])).round().tolist()
        [-1.0, -1.0, 1.0, 1.0]

    Source:
        Ba et al. 2016, equation 4, which Vaswani et al. 2017, section 5.4, uses.
    """

    def __init__(self, d_model: int, eps: float = 1e-5, bias: bool = True) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model)) if bias else None

    def forward(
        self, x: Real[Tensor, "*batch _d_model"]
    ) -> Float[Tensor, "*batch d_model"]:
        """Normalise each position.

        Args:
            x: the positions; shape `(*batch, d_model)`, floating.

        Returns:
            The normalised positions; same shape.

        Raises:
            ValueError: `x` is not floating or not `d_model` wide.
        """
        check_floating(x=x)
        check_same_size("width", x=x.size(-1), d_model=self.weight.size(0))
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class Residual(nn.Module):
    r"""Add to each position what a sub-layer makes of it, and normalise.

    The sum leaves a way past the sub-layer, on which the signal goes up and the gradient
    comes down unchanged. The paper normalises the sum; `norm_first` normalises what goes
    into the sub-layer instead, and leaves the way past it free.

    $$\text{norm after:} \ \mathrm{LayerNorm}(x + f(x)), \qquad
      \text{norm first:} \ x + f(\mathrm{LayerNorm}(x))$$

    Args:
        d_model: width of a position.
        dropout: share of the sub-layer's numbers that training sets to 0.
        norm_first: which of the two.
        norm_eps: the norm's $\epsilon$.
        bias: whether the norm has a learned $\beta$.

    Raises:
        ValueError: `dropout` is not from 0 to 1.

    Examples:
        >>> import torch
        >>> residual = Residual(2, norm_first=True)
        >>> residual(torch.tensor([1.0, 3.0]), lambda x: 10 * x.sign()).tolist()
        [-9.0, 13.0]

    Source:
        Vaswani et al. 2017, sections 3.1 and 5.4 (norm after, dropout before the sum).
        Norm first: Xiong et al. 2020, figure 1.
    """

    def __init__(
        self,
        d_model: int,
        dropout: float = 0.0,
        norm_first: bool = False,
        norm_eps: float = 1e-5,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        self.norm = LayerNorm(d_model, norm_eps, bias)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Real[Tensor, "*batch _d_model"],
        sublayer: Callable[[Tensor], Tensor],
    ) -> Float[Tensor, "*batch d_model"]:
        """Run the sub-layer and go past it.

        Args:
            x: the positions; shape `(*batch, d_model)`, floating.
            sublayer: from positions to positions of the same shape.

        Returns:
            The positions after it; same shape.

        Raises:
            ValueError: `x` is not floating or not `d_model` wide.
        """
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))
