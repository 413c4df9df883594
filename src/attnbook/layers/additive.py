"""The first attention's scorer: a small learned network reads each pair."""

from jaxtyping import Float, Real
from torch import Tensor, nn

from attnbook.functional.scores import additive_scores


class AdditiveScores(nn.Module):
    r"""Score every query against every key by a network with one hidden layer.

    Query and key may differ in width: each is projected to a common one, the two are
    added and squashed, and a learned vector reads the score off.

    $$\mathrm{score}(q, k) = \tanh(q \, W_q + k \, W_k) \, v^\top$$

    Args:
        query_dim: width of the queries.
        key_dim: width of the keys.
        hidden_dim: width of the hidden layer.

    Raises:
        ValueError: a width is below 1.

    Examples:
        >>> import torch
        >>> scores = AdditiveScores(query_dim=2, key_dim=3, hidden_dim=5)
        >>> scores(torch.ones(4, 2), torch.ones(7, 3)).shape
        torch.Size([4, 7])

    Source:
        Bahdanau et al. 2014, section 3.1 and appendix A.1.2: the alignment model, whose
        $s_{t-1}$ is the query here and whose $h_j$ is the key. Weights are drawn as
        `nn.Linear` draws them; the paper draws narrower Gaussians, and v as zeros.
    """

    def __init__(self, query_dim: int, key_dim: int, hidden_dim: int) -> None:
        super().__init__()
        widths = {"query_dim": query_dim, "key_dim": key_dim, "hidden_dim": hidden_dim}
        for name, width in widths.items():
            if width < 1:
                raise ValueError(f"{name} must be at least 1, got {width}")
        self.w_query = nn.Linear(query_dim, hidden_dim, bias=False)
        self.w_key = nn.Linear(key_dim, hidden_dim, bias=False)
        self.v = nn.Linear(hidden_dim, 1, bias=False)

    def forward(
        self,
        query: Real[Tensor, "*batch query_len _query_dim"],
        key: Real[Tensor, "*batch key_len _key_dim"],
    ) -> Float[Tensor, "*batch query_len key_len"]:
        """Score them.

        Args:
            query: what each position asks; shape `(*batch, query_len, query_dim)`.
            key: what each position answers to; shape `(*batch, key_len, key_dim)`.

        Returns:
            One score for each pair, any real number; shape
            `(*batch, query_len, key_len)`.

        Raises:
            ValueError: an argument is not floating, or not as wide as promised.
        """
        # `nn.Linear` stores its matrix transposed.
        w_query, w_key = self.w_query.weight.mT, self.w_key.weight.mT
        return additive_scores(query, key, w_query, w_key, self.v.weight[0])
