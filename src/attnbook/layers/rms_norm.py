"""RMS norm: each position brought to size 1, without looking at its mean."""

import torch
from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.checks import check_floating, check_same_size


class RMSNorm(nn.Module):
    r"""Divide each position by its root mean square, then scale what comes out.

    Layer norm subtracts the mean first and adds a learned vector at the end. Both are
    left out here: what has to be kept in bounds is the size of a position.

    $$\mathrm{RMSNorm}(x) = \gamma \, \frac{x}{\sqrt{\frac{1}{d} \sum_i x_i^2 +
      \epsilon}}$$

    Args:
        d_model: width of a position, $d$.
        eps: $\epsilon$, which keeps a position of zeros from being 0/0.

    Examples:
        >>> import torch
        >>> RMSNorm(2, eps=0.0)(torch.tensor([1.0, 7.0])).tolist()  # mean square 25
        [0.20000000298023224, 1.399999976158142]

    Source:
        Zhang and Sennrich 2019, equation 4, which has no epsilon. The same numbers as
        `torch.nn.RMSNorm` with the same `eps`.
    """

    def __init__(self, d_model: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(
        self, x: Real[Tensor, "*batch _d_model"]
    ) -> Float[Tensor, "*batch d_model"]:
        """Normalise each position.

        Args:
            x: the positions; shape `(*batch, d_model)`, floating.

        Returns:
            The normalised positions; same shape and dtype.

        Raises:
            ValueError: `x` is not floating or not `d_model` wide.
        """
        check_floating(x=x)
        check_same_size("width", x=x.size(-1), d_model=self.weight.size(0))
        # The square of 256 is already more than float16 can hold.
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        mean_square = wide.square().mean(dim=-1, keepdim=True)
        return (self.weight * wide / torch.sqrt(mean_square + self.eps)).to(x.dtype)
