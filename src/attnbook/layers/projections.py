"""Projections: three learned views of one input."""

from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.checks import check_floating, check_same_size


class QueryKeyValue(nn.Module):
    r"""Make queries, keys and values out of embeddings, by three learned matrices.

    What a token asks, what it answers to and what it has to say are three views of the
    same vector, and training finds them:

    $$Q = X \, W_Q, \qquad K = X \, W_K, \qquad V = X \, W_V$$

    Args:
        d_model: width of the embeddings.
        d_k: width of queries and keys; `d_model` if None.
        d_v: width of values; `d_k` if None.
        bias: whether each projection adds a learned vector.

    Examples:
        >>> import torch
        >>> project = QueryKeyValue(d_model=8, d_k=4)
        >>> query, key, value = project(torch.ones(2, 5, 8))
        >>> query.shape
        torch.Size([2, 5, 4])

    Source:
        Vaswani et al. 2017, section 3.2.2, for one head. The paper has no bias; torch's
        layers add one by default, and so do we. `nn.Linear` stores the transpose of W.
    """

    def __init__(
        self,
        d_model: int,
        d_k: int | None = None,
        d_v: int | None = None,
        bias: bool = True,
    ) -> None:
        super().__init__()
        d_k = d_model if d_k is None else d_k
        d_v = d_k if d_v is None else d_v
        self.w_q = nn.Linear(d_model, d_k, bias=bias)
        self.w_k = nn.Linear(d_model, d_k, bias=bias)
        self.w_v = nn.Linear(d_model, d_v, bias=bias)

    def forward(
        self,
        x: Real[Tensor, "*batch query_len _d_model"],
        source: Real[Tensor, "*batch key_len _d_model"] | None = None,
    ) -> tuple[
        Float[Tensor, "*batch query_len d_k"],
        Float[Tensor, "*batch _key_len d_k"],
        Float[Tensor, "*batch _key_len d_v"],
    ]:
        """Project `x` to queries, and `source` to keys and values.

        Args:
            x: who asks; shape `(*batch, query_len, d_model)`, floating.
            source: who is asked; shape `(*batch, key_len, d_model)`, floating. If None,
                `x` itself: that is self-attention. Another one is cross-attention.

        Returns:
            Query `(*batch, query_len, d_k)`, key `(*batch, key_len, d_k)` and value
            `(*batch, key_len, d_v)`.

        Raises:
            ValueError: `x` or `source` is not floating or not `d_model` wide.

        Examples:
            >>> import torch
            >>> project = QueryKeyValue(d_model=8)
            >>> query, key, value = project(torch.ones(3, 8), torch.ones(7, 8))
            >>> len(query), len(key), len(value)
            (3, 7, 7)
        """
        source = x if source is None else source
        d_model = self.w_q.in_features
        check_floating(x=x, source=source)
        check_same_size("width", x=x.size(-1), d_model=d_model)
        check_same_size("width", source=source.size(-1), d_model=d_model)
        return self.w_q(x), self.w_k(source), self.w_v(source)
