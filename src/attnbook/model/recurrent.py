"""What came before the Transformer: one network reads, a second one writes."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from attnbook.functional.checks import check_same_size
from attnbook.model.checks import check_ids
from attnbook.model.recurrent_encoder import Encoded, RecurrentEncoder, State


class Decoded(NamedTuple):
    """What a decoder says.

    Attributes:
        logits: a score for each id that might come next; shape
            `(batch, tgt_len, vocab)`.
        state: the decoder's state after its last step; pass it on to go on writing.
        weights: how much each step took from each source position; shape
            `(batch, tgt_len, src_len)`, or None in a model that cannot look back.
    """

    logits: Float[Tensor, "batch tgt_len vocab"]
    state: State
    weights: Float[Tensor, "batch tgt_len src_len"] | None = None


class RecurrentSeq2Seq(nn.Module, ABC):
    """Rewrite one sequence as another: the part that all such models share.

    A recurrent encoder reads the source; what a decoder is told of it, and how the
    decoder uses it, is the business of `decode`, which a subclass writes.

    Args:
        cell: "rnn", "gru" or "lstm", for both sides.
        vocab_size: how many different ids there are, the three special ones included.
        embed_dim: width of an embedded symbol.
        hidden_dim: width of the state, on both sides.
        pad_id: the id that fills up short sequences.
        bos_id: the id that every target begins with.
        eos_id: the id that ends one.

    Raises:
        ValueError: `cell` is unknown, or a size is below 1.
    """

    def __init__(
        self,
        cell: str,
        vocab_size: int,
        embed_dim: int,
        hidden_dim: int,
        *,
        pad_id: int = 0,
        bos_id: int = 1,
        eos_id: int = 2,
    ) -> None:
        super().__init__()
        self.pad_id, self.bos_id, self.eos_id = pad_id, bos_id, eos_id
        self.encoder = RecurrentEncoder(cell, vocab_size, embed_dim, hidden_dim, pad_id)
        self.embedding = nn.Embedding(vocab_size, embed_dim)

    @abstractmethod
    def decode(
        self, tgt_ids: Int[Tensor, "batch tgt_len"], encoded: Encoded
    ) -> Decoded:
        """Read what has been written so far, and say what comes next.

        Args:
            tgt_ids: ids that follow on what led to `encoded.state`; shape
                `(batch, tgt_len)`.
            encoded: the source as it was read.

        Returns:
            Logits `(batch, tgt_len, vocab)`, the new state, and weights where the
            model has any.
        """

    def forward(
        self,
        src_ids: Int[Tensor, "batch src_len"],
        tgt_ids: Int[Tensor, "_batch tgt_len"],
    ) -> Float[Tensor, "batch tgt_len vocab"]:
        """Say what comes next at every position, given the right beginning.

        This is teacher forcing: position i is told the true target up to i, whatever
        the model would have written itself.

        Args:
            src_ids: the sources, padded at their end; shape `(batch, src_len)`.
            tgt_ids: the targets from `bos_id` on, without their last column; shape
                `(batch, tgt_len)`.

        Returns:
            The logits; those at position i answer for column i + 1 of the target, and
            depend on no later one.

        Raises:
            ValueError: the batches differ in size, there is no id or one that the model
                does not know, or a source is empty or has padding before a symbol.
        """
        check_same_size("batch", src_ids=src_ids.size(0), tgt_ids=tgt_ids.size(0))
        check_ids("tgt_ids", tgt_ids, self.embedding.num_embeddings)
        return self.decode(tgt_ids, self.encoder(src_ids)).logits

    @torch.no_grad()
    def greedy(
        self, src_ids: Int[Tensor, "batch src_len"], max_len: int
    ) -> Int[Tensor, "batch max_len"]:
        """Write targets, each time the likeliest next id.

        Args:
            src_ids: the sources, padded at their end; shape `(batch, src_len)`.
            max_len: how many ids to write at most.

        Returns:
            What was written: without `bos_id`, with `eos_id` where a target ended, and
            padding after it; shape `(batch, max_len)`.

        Raises:
            ValueError: `max_len` is below 1, or `src_ids` is refused as by `forward`.
        """
        if max_len < 1:
            raise ValueError(f"max_len must be at least 1, got {max_len}")
        encoded = self.encoder(src_ids)
        written = src_ids.new_full((len(src_ids), max_len), self.pad_id)
        newest = src_ids.new_full((len(src_ids), 1), self.bos_id)
        ended = torch.zeros_like(newest, dtype=torch.bool)
        for step in range(max_len):
            decoded = self.decode(newest, encoded)
            encoded = encoded._replace(state=decoded.state)
            newest = decoded.logits.argmax(dim=-1).where(~ended, self.pad_id)
            written[:, step] = newest[:, 0]
            ended = ended | (newest == self.eos_id)
            if ended.all():
                break
        return written
