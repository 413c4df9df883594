"""Embeddings: what a token is, and where it stands, in one vector."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from attnbook.layers.positions import Positions


class TokenEmbedding(nn.Module):
    r"""Turn ids into vectors, and add to each the vector of its position.

    Rows are drawn with standard deviation $1/\sqrt{d_{model}}$, which suits the last
    layer where it shares them. Times $\sqrt{d_{model}}$ their numbers are of size 1, and
    stand beside the waves of the positions, of size 0.7, as equals.

    $$x_i = E_{id_i} \sqrt{d_{model}} + PE_{offset + i}$$

    Args:
        vocab_size: how many different ids there are.
        d_model: width of each vector.
        positions: the vectors of the positions; without them order is lost.
        pad_id: the id of padding, whose row begins at 0 and learns nothing here.
        dropout: share of the numbers that training sets to 0.
        scale: whether to multiply by $\sqrt{d_{model}}$.
        norm: what the sum goes through before dropout; nothing if None.

    Raises:
        ValueError: `dropout` is not from 0 to 1.

    Examples:
        >>> import torch
        >>> from attnbook.layers.positions import SinusoidalPositions
        >>> embed = TokenEmbedding(11, d_model=4, positions=SinusoidalPositions(7, 4))
        >>> embed(torch.tensor([[0]])).tolist()  # padding: its position alone
        [[[0.0, 1.0, 0.0, 1.0]]]

    Source:
        Vaswani et al. 2017, sections 3.4, 3.5 and 5.4. The paper does not say how it
        draws the rows; the authors' tensor2tensor draws them so. A norm at this place is
        from BERT's code (Devlin et al. 2018).
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int,
        positions: Positions | None = None,
        *,
        pad_id: int = 0,
        dropout: float = 0.0,
        scale: bool = True,
        norm: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model, padding_idx=pad_id)
        nn.init.normal_(self.tokens.weight, std=d_model**-0.5)
        with torch.no_grad():
            self.tokens.weight[pad_id] = 0.0
        self.positions = positions
        self.scale = math.sqrt(d_model) if scale else 1.0
        self.norm = nn.Identity() if norm is None else norm
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, ids: Int[Tensor, "*batch seq_len"], offset: int = 0
    ) -> Float[Tensor, "*batch seq_len d_model"]:
        """Look them up.

        Args:
            ids: token ids; shape `(*batch, seq_len)`.
            offset: the position of the first one; the number of tokens already written
                when decoding.

        Returns:
            A vector for each; shape `(*batch, seq_len, d_model)`.

        Raises:
            ValueError: there are fewer positions than `offset + seq_len`.
        """
        x = self.tokens(ids) * self.scale
        if self.positions is not None:
            x = x + self.positions(ids.size(-1), offset)
        return self.dropout(self.norm(x))
