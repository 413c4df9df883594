"""Layer norm, written out: each position at mean 0 and variance 1, then scaled."""

import torch
from jaxtyping import Float, Real
from torch import Tensor

from attnbook.functional.checks import check_floating, check_same_size


def layer_norm(
    x: Real[Tensor, "*batch _d_model"],
    weight: Real[Tensor, " _d_model"],
    bias: Real[Tensor, " _d_model"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "*batch d_model"]:
    r"""Bring each position to mean 0 and variance 1, then to a learned size and place.

    The variance is the mean square distance from the mean, over $d_{model}$ and not one
    less, and `eps` stands under the root.

    $$\mathrm{LayerNorm}(x) = \gamma \, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} +
      \beta, \qquad \mu = \frac{1}{d} \sum_i x_i, \quad
      \sigma^2 = \frac{1}{d} \sum_i (x_i - \mu)^2$$

    Args:
        x: the positions; shape `(*batch, d_model)`, floating.
        weight: $\gamma$; shape `(d_model,)`.
        bias: $\beta$; shape `(d_model,)`, or None for 0.
        eps: $\epsilon$, which keeps a position of equal numbers from being 0/0.

    Returns:
        The normalised positions; same shape.

    Raises:
        ValueError: `x` is not floating, or `weight` is not as wide as it.

    Examples:
        >>> import torch
        >>> layer_norm(torch.tensor([1.0, 1.0, 3.0, 3.0]), torch.ones(4), eps=0.0).tolist()
        [-1.0, -1.0, 1.0, 1.0]

    Source:
        Ba et al. 2016, equation 4, which Vaswani et al. 2017, section 5.4, uses.
    """
    check_floating(x=x)
    check_same_size("width", x=x.size(-1), weight=weight.size(0))
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    scaled = weight * centred / torch.sqrt(variance + eps)
    return scaled if bias is None else scaled + bias
