"""The first attention: a recurrent decoder that looks back at every state."""

import torch
from jaxtyping import Int
from torch import Tensor, nn

from attnbook.functional.attention import attend
from attnbook.layers.additive import AdditiveScores
from attnbook.model.recurrent import Decoded, RecurrentSeq2Seq
from attnbook.model.recurrent_encoder import LAYERS, Encoded


class AdditiveAttentionSeq2Seq(RecurrentSeq2Seq):
    r"""Let the decoder ask the encoder's states anew for every symbol that it writes.

    The decoder's state $s_{t-1}$ is the query, the encoder's states $h_j$ are keys and
    values alike. What comes back, the context $c_t$, goes into the next step and into
    its answer.

    $$\alpha_{tj} = \mathrm{softmax}_j \, \mathrm{score}(s_{t-1}, h_j), \quad
      c_t = \sum_j \alpha_{tj} \, h_j, \quad s_t = f([y_{t-1}; c_t], s_{t-1})$$

    Args:
        cell: "rnn", "gru" or "lstm", for both sides.
        vocab_size: how many different ids there are, the three special ones included.
        embed_dim: width of an embedded symbol.
        hidden_dim: width of the state, on both sides.
        score_dim: width of the scorer's hidden layer; `hidden_dim` if None.
        **ids: `pad_id`, `bos_id` and `eos_id`, as for every `RecurrentSeq2Seq`.

    Raises:
        ValueError: `cell` is unknown, or a size is below 1.

    Examples:
        >>> import torch
        >>> model = AdditiveAttentionSeq2Seq("gru", 13, embed_dim=4, hidden_dim=5)
        >>> src_ids, tgt_ids = torch.tensor([[3, 4, 7]]), torch.tensor([[1, 3]])
        >>> model.decode(tgt_ids, model.encoder(src_ids)).weights.shape
        torch.Size([1, 2, 3])

    Source:
        Bahdanau et al. 2014, section 3.1 and appendix A. Ours is plainer: an encoder of
        one direction, $s_0$ is its last state as it stands, and the answer is linear in
        $[s_t; c_t]$ where the paper has a maxout layer.
    """

    def __init__(
        self,
        cell: str,
        vocab_size: int,
        embed_dim: int,
        hidden_dim: int,
        score_dim: int | None = None,
        **ids: int,
    ) -> None:
        super().__init__(cell, vocab_size, embed_dim, hidden_dim, **ids)
        score_dim = hidden_dim if score_dim is None else score_dim
        self.scores = AdditiveScores(hidden_dim, hidden_dim, score_dim)
        self.recurrence = LAYERS[cell](
            embed_dim + hidden_dim, hidden_dim, batch_first=True
        )
        self.to_logits = nn.Linear(2 * hidden_dim, vocab_size)

    def decode(
        self, tgt_ids: Int[Tensor, "batch tgt_len"], encoded: Encoded
    ) -> Decoded:
        """Read what has been written so far, looking back before each step.

        Args:
            tgt_ids: ids that follow on what led to the state; shape `(batch, tgt_len)`.
            encoded: the states to look at, and the state to begin from.

        Returns:
            Logits `(batch, tgt_len, vocab)`, the new state, and the weights
            `(batch, tgt_len, src_len)`: each row sums to 1, with 0 at padding.
        """
        memory, mask, state = encoded
        answers, weights = [], []
        for embedded in self.embedding(tgt_ids).split(1, dim=1):
            hidden = state[0] if isinstance(state, tuple) else state
            query = hidden.transpose(0, 1)  # (batch, 1, hidden_dim)
            looked = attend(self.scores(query, memory), memory, mask.unsqueeze(1))
            step = torch.cat([embedded, looked.output], dim=-1)
            output, state = self.recurrence(step, state)
            answers.append(torch.cat([output, looked.output], dim=-1))
            weights.append(looked.weights)
        logits = self.to_logits(torch.cat(answers, dim=1))
        return Decoded(logits, state, torch.cat(weights, dim=1))
