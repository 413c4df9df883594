"""The Transformer: ids in, a score for every id that might come next out."""

from jaxtyping import Float, Int, Real
from torch import Tensor, nn

from attnbook.functional.checks import check_same_size
from attnbook.functional.masks import padding_mask
from attnbook.layers.linear import glorot_linear
from attnbook.model.checks import check_ids, check_padding
from attnbook.model.config import TransformerConfig
from attnbook.model.decoder import Decoder, DecoderCache
from attnbook.model.encoder import Encoder
from attnbook.model.sublayers import embedding


class Transformer(nn.Module):
    """Read a sequence with one stack, write another with a second one.

    Masks are made inside, from the ids: no position looks at padding of the source, and
    none of the target at a later one, in training or after it.

    Args:
        config: every size and switch.

    Examples:
        >>> import torch
        >>> config = TransformerConfig(13, d_model=8, num_heads=2, num_layers=1, d_ff=16)
        >>> src_ids, tgt_ids = torch.tensor([[3, 4, 7, 2]]), torch.tensor([[1, 5]])
        >>> Transformer(config)(src_ids, tgt_ids).shape
        torch.Size([1, 2, 13])

    Source:
        Vaswani et al. 2017, figure 1. The softmax at its end is left to the loss and to
        decoding, which need the numbers before it.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.src_embedding = embedding(config)
        self.encoder = Encoder(config)
        self.tgt_embedding = embedding(config)
        self.decoder = Decoder(config)
        self.to_logits = glorot_linear(
            config.d_model, config.vocab_size, config.output_bias
        )
        if config.tie == "all":
            self.src_embedding.tokens = self.tgt_embedding.tokens
        if config.tie != "none":
            self.to_logits.weight = self.tgt_embedding.tokens.weight

    def encode(
        self, src_ids: Int[Tensor, "batch src_len"]
    ) -> Float[Tensor, "batch src_len d_model"]:
        """Read the sources.

        Args:
            src_ids: the sources; shape `(batch, src_len)`, padded with `pad_id`.

        Returns:
            The memory: what became of each position; shape `(batch, src_len, d_model)`.

        Raises:
            ValueError: there are no ids, one is unknown, or there are more than
                `max_len` in a row.
        """
        check_ids("src_ids", src_ids, self.config.vocab_size)
        mask = padding_mask(src_ids, self.config.pad_id)
        return self.encoder(self.src_embedding(src_ids), mask)

    def decode(
        self,
        tgt_ids: Int[Tensor, "batch tgt_len"],
        memory: Real[Tensor, "_batch src_len d_model"],
        src_ids: Int[Tensor, "_batch _src_len"],
        cache: DecoderCache | None = None,
    ) -> Float[Tensor, "batch tgt_len d_model"]:
        """Read what has been written so far, with an eye on the memory.

        Args:
            tgt_ids: the targets from `bos_id` on; shape `(batch, tgt_len)`, padded with
                `pad_id` at their end alone. With a cache, what follows on it.
            memory: what `encode` made of the sources.
            src_ids: the sources, which say where the memory is padding.
            cache: what the decoder remembers; see `Decoder.new_cache`.

        Returns:
            What became of each target position; shape `(batch, tgt_len, d_model)`.

        Raises:
            ValueError: the batches differ in size, there are no ids or one is unknown,
                padding stands before a token, or there are more than `max_len` in a row.
        """
        check_same_size("batch", tgt_ids=tgt_ids.size(0), src_ids=src_ids.size(0))
        check_same_size("src_len", memory=memory.size(1), src_ids=src_ids.size(1))
        offset = 0 if cache is None else len(cache)
        self._check_target(tgt_ids, offset)
        mask = padding_mask(src_ids, self.config.pad_id)
        return self.decoder(self.tgt_embedding(tgt_ids, offset), memory, mask, cache)

    def logits(
        self, hidden: Real[Tensor, "*batch d_model"]
    ) -> Float[Tensor, "*batch vocab"]:
        """Score every id as what comes next: the one way, for training and decoding.

        Args:
            hidden: what `decode` made of the positions; shape `(*batch, d_model)`.

        Returns:
            A score for each id, any real number; shape `(*batch, vocab)`.
        """
        return self.to_logits(hidden)

    def forward(
        self,
        src_ids: Int[Tensor, "batch src_len"],
        tgt_ids: Int[Tensor, "_batch tgt_len"],
    ) -> Float[Tensor, "batch tgt_len vocab"]:
        """Say what comes next at every position, given the right beginning.

        This is teacher forcing: position i is told the true target up to i, whatever
        the model would have written itself.

        Args:
            src_ids: the sources; shape `(batch, src_len)`, padded with `pad_id`.
            tgt_ids: the targets from `bos_id` on, without their last column; shape
                `(batch, tgt_len)`, padded with `pad_id` at their end alone.

        Returns:
            The logits; those at position i answer for column i + 1 of the target, and
            depend on no later one.

        Raises:
            ValueError: see `encode` and `decode`.
        """
        return self.logits(self.decode(tgt_ids, self.encode(src_ids), src_ids))

    def _check_target(self, tgt_ids: Tensor, offset: int) -> None:
        check_ids("tgt_ids", tgt_ids, self.config.vocab_size)
        is_padding = tgt_ids == self.config.pad_id
        if offset == 0 and self.config.bos_id == self.config.pad_id:
            is_padding[:, 0] = False  # it is the beginning
        check_padding("tgt_ids", is_padding)
