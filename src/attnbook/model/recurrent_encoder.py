"""The reader of a recurrent model: one state, overwritten at each step."""

from typing import NamedTuple, TypeAlias

import torch
from jaxtyping import Bool, Float, Int, Real
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from attnbook.model.checks import check_ids

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}

State: TypeAlias = Tensor | tuple[Tensor, Tensor]
"""A state as torch's layers take it: `(1, batch, hidden_dim)`, for an LSTM two."""


class Encoded(NamedTuple):
    """What is left of the sources when they have been read.

    Attributes:
        memory: the state after each position; shape `(batch, src_len, hidden_dim)`,
            0 at padding.
        mask: True where a source has a symbol; shape `(batch, src_len)`.
        state: the state after each source's own last symbol.
    """

    memory: Float[Tensor, "batch src_len hidden_dim"]
    mask: Bool[Tensor, "batch src_len"]
    state: State


class RecurrentEncoder(nn.Module):
    r"""Read a sequence from left to right into a state of fixed size.

    Each step mixes the next symbol into the state. Padding is never read: every source
    of a batch stops at its own last symbol.

    $$h_t = f(x_t, h_{t-1}), \qquad h_0 = 0$$

    Args:
        cell: which $f$: "rnn" (one tanh), "gru" or "lstm" (with gates).
        vocab_size: how many different ids there are.
        embed_dim: width of an embedded symbol, $x_t$.
        hidden_dim: width of the state, $h_t$.
        pad_id: the id that fills up short sources, at their end alone.

    Raises:
        ValueError: `cell` is unknown, or a size is below 1.

    Examples:
        >>> import torch
        >>> encoder = RecurrentEncoder("gru", vocab_size=13, embed_dim=4, hidden_dim=5)
        >>> encoder(torch.tensor([[3, 4, 7], [6, 0, 0]])).memory.shape
        torch.Size([2, 3, 5])

    Source:
        Cho et al. 2014, section 2.2, and Bahdanau et al. 2014, section 2.1: the encoder
        of both. One layer and one direction; the second paper reads in two.
    """

    def __init__(
        self,
        cell: str,
        vocab_size: int,
        embed_dim: int,
        hidden_dim: int,
        pad_id: int = 0,
    ) -> None:
        super().__init__()
        if cell not in LAYERS:
            raise ValueError(f"cell must be one of {list(LAYERS)}, got {cell!r}")
        sizes = {
            "vocab_size": vocab_size,
            "embed_dim": embed_dim,
            "hidden_dim": hidden_dim,
        }
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1, got {size}")
        self.pad_id = pad_id
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.recurrence = LAYERS[cell](embed_dim, hidden_dim, batch_first=True)

    def forward(self, src_ids: Int[Tensor, "batch src_len"]) -> Encoded:
        """Read ids.

        Args:
            src_ids: the sources, padded at their end; shape `(batch, src_len)`.

        Returns:
            The states, all of them and the last.

        Raises:
            ValueError: an id is not below `vocab_size`, or see `read`.
        """
        check_ids("src_ids", src_ids, self.embedding.num_embeddings)
        return self.read(self.embedding(src_ids), src_ids != self.pad_id)

    def read(
        self,
        embedded: Real[Tensor, "batch src_len embed_dim"],
        mask: Bool[Tensor, "batch src_len"],
    ) -> Encoded:
        """Read vectors, for whoever wants to know how much each of them matters.

        Args:
            embedded: the sources as vectors; shape `(batch, src_len, embed_dim)`.
            mask: True where a source has a symbol; shape `(batch, src_len)`.

        Returns:
            The states, all of them and the last.

        Raises:
            ValueError: a source is empty, or has padding before a symbol.
        """
        lengths = mask.sum(dim=1)
        if not lengths.all():
            raise ValueError(
                "src_ids: every source needs a symbol, got one of length 0"
            )
        src_len = mask.size(1)
        if not mask.equal(torch.arange(src_len, device=mask.device) < lengths[:, None]):
            raise ValueError("src_ids: padding may stand at the end of a source alone")
        packed = pack_padded_sequence(
            embedded, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, state = self.recurrence(packed)
        memory, _ = pad_packed_sequence(states, batch_first=True, total_length=src_len)
        return Encoded(memory, mask, state)
