"""Linear maps, drawn so that signals keep their size at the start."""

from torch import nn


def glorot_linear(in_features: int, out_features: int, bias: bool) -> nn.Linear:
    r"""Make a linear map whose weights are drawn as Glorot and Bengio draw them.

    The range depends on both widths, so that neither the signals on their way up nor the
    gradients on their way down swell or fade. A bias begins at 0.

    $$W_{ij} \sim U(-r, r), \qquad
      r = \sqrt{\frac{6}{in\_features + out\_features}}$$

    Args:
        in_features: width of what comes in.
        out_features: width of what goes out.
        bias: whether a learned vector is added.

    Returns:
        The layer; its weight has shape `(out_features, in_features)`, as torch stores it.

    Examples:
        >>> layer = glorot_linear(2, 4, bias=True)
        >>> layer.weight.abs().max().item() <= 1.0, layer.bias.tolist()
        (True, [0.0, 0.0, 0.0, 0.0])

    Source:
        Glorot and Bengio 2010, equation 16. Vaswani et al. 2017 does not say how it
        draws weights; `nn.Transformer` draws them so as well.
    """
    layer = nn.Linear(in_features, out_features, bias=bias)
    nn.init.xavier_uniform_(layer.weight)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer
