"""The bottleneck: a recurrent decoder that is told the encoder's last state alone."""

from jaxtyping import Int
from torch import Tensor, nn

from attnbook.model.recurrent import Decoded, RecurrentSeq2Seq
from attnbook.model.recurrent_encoder import LAYERS, Encoded


class LastStateSeq2Seq(RecurrentSeq2Seq):
    """Hand over the encoder's last state, and nothing else.

    The decoder begins where the encoder stopped. Whatever it will write about the first
    symbol has to be in that one vector, and to stay in it while the rest is written.

    Examples:
        >>> import torch
        >>> model = LastStateSeq2Seq("lstm", vocab_size=13, embed_dim=4, hidden_dim=5)
        >>> src_ids, tgt_ids = torch.tensor([[3, 4, 7]]), torch.tensor([[1, 3]])
        >>> model(src_ids, tgt_ids).shape
        torch.Size([1, 2, 13])

    Source:
        Sutskever et al. 2014, section 2, with one layer where they have four, and the
        source in its own order (they turn it round, section 3.3).
    """

    def __init__(
        self, cell: str, vocab_size: int, embed_dim: int, hidden_dim: int, **ids: int
    ) -> None:
        super().__init__(cell, vocab_size, embed_dim, hidden_dim, **ids)
        self.recurrence = LAYERS[cell](embed_dim, hidden_dim, batch_first=True)
        self.to_logits = nn.Linear(hidden_dim, vocab_size)

    def decode(
        self, tgt_ids: Int[Tensor, "batch tgt_len"], encoded: Encoded
    ) -> Decoded:
        """Read what has been written so far.

        Args:
            tgt_ids: ids that follow on what led to the state; shape `(batch, tgt_len)`.
            encoded: only its state is used.

        Returns:
            Logits `(batch, tgt_len, vocab)` and the new state; no weights.
        """
        states, state = self.recurrence(self.embedding(tgt_ids), encoded.state)
        return Decoded(self.to_logits(states), state)
