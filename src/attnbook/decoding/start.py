"""Where writing starts: all that a search has to know of a model."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from attnbook.model.decoder import DecoderCache
from attnbook.model.recurrent import RecurrentSeq2Seq
from attnbook.model.recurrent_encoder import Encoded
from attnbook.model.transformer import Transformer


@runtime_checkable
class State(Protocol):
    """What a model has to remember between two ids that it writes.

    One row for each text that is being written.
    """

    def select(self, rows: Int[Tensor, " new_rows"]) -> "State":
        """Take rows, in any order and as often as wished."""
        ...


class Start(NamedTuple):
    """A model that has read its sources and is about to write, one text for each.

    Any model can be searched that can be put like this.

    Attributes:
        step: from the newest ids `(rows,)` and the state before them to the logits of
            what comes next, `(rows, vocab)`, and the state after them.
        state: the state before the first step. It may be used up by it.
        first_ids: what every text begins with; shape `(batch,)`.
        eos_id: the id that ends a text.
        pad_id: the id to fill up with, after the end.
    """

    step: Callable[[Tensor, Any], tuple[Tensor, State]]
    state: State
    first_ids: Int[Tensor, " batch"]
    eos_id: int
    pad_id: int


class TransformerState(NamedTuple):
    """What a Transformer remembers: what it read, and the decoder's cache.

    Attributes:
        memory: what the encoder made of the sources.
        src_ids: the sources.
        cache: keys and values of what has been written; it grows in place.
    """

    memory: Float[Tensor, "rows src_len d_model"]
    src_ids: Int[Tensor, "rows src_len"]
    cache: DecoderCache

    def select(self, rows: Int[Tensor, " new_rows"]) -> "TransformerState":
        """Take rows, in any order and as often as wished."""
        return TransformerState(
            self.memory[rows], self.src_ids[rows], self.cache.select(rows)
        )


class RecurrentState(NamedTuple):
    """What a recurrent model remembers.

    Attributes:
        encoded: what it read, and the decoder's state.
    """

    encoded: Encoded

    def select(self, rows: Int[Tensor, " new_rows"]) -> "RecurrentState":
        """Take rows, in any order and as often as wished."""
        memory, mask, state = self.encoded
        if isinstance(state, tuple):
            state = state[0][:, rows], state[1][:, rows]
        else:
            state = state[:, rows]
        return RecurrentState(Encoded(memory[rows], mask[rows], state))


def start_transformer(
    model: Transformer, src_ids: Int[Tensor, "batch src_len"]
) -> Start:
    """Let a Transformer read its sources, once.

    Args:
        model: the model, in evaluation mode where no dropout is wanted.
        src_ids: the sources; shape `(batch, src_len)`.

    Returns:
        Where writing starts. Each step costs one position's work, thanks to the cache.

    Raises:
        ValueError: `src_ids` is refused by `Transformer.encode`.
    """

    def step(newest: Tensor, state: TransformerState) -> tuple[Tensor, State]:
        hidden = model.decode(newest[:, None], state.memory, state.src_ids, state.cache)
        return model.logits(hidden[:, -1]), state

    with torch.no_grad():
        memory = model.encode(src_ids)
    state = TransformerState(memory, src_ids, model.decoder.new_cache())
    config = model.config
    first_ids = src_ids.new_full((len(src_ids),), config.bos_id)
    return Start(step, state, first_ids, config.eos_id, config.pad_id)


def start_recurrent(
    model: RecurrentSeq2Seq, src_ids: Int[Tensor, "batch src_len"]
) -> Start:
    """Let a recurrent model read its sources, once.

    Args:
        model: the model.
        src_ids: the sources, padded at their end; shape `(batch, src_len)`.

    Returns:
        Where writing starts.

    Raises:
        ValueError: `src_ids` is refused by the model's encoder.
    """

    def step(newest: Tensor, state: RecurrentState) -> tuple[Tensor, State]:
        decoded = model.decode(newest[:, None], state.encoded)
        encoded = state.encoded._replace(state=decoded.state)
        return decoded.logits[:, -1], RecurrentState(encoded)

    with torch.no_grad():
        state = RecurrentState(model.encoder(src_ids))
    first_ids = src_ids.new_full((len(src_ids),), model.bos_id)
    return Start(step, state, first_ids, model.eos_id, model.pad_id)


def without_padding(
    scores: Float[Tensor, "rows vocab"], pad_id: int
) -> Float[Tensor, "rows vocab"]:
    """Leave padding out of what may come next: it fills up, and is never written.

    Args:
        scores: logits or log-probabilities; shape `(rows, vocab)`.
        pad_id: the id that fills up.

    Returns:
        The same scores, with minus infinity for padding.

    Examples:
        >>> import torch
        >>> without_padding(torch.tensor([[5.0, 1.0, 2.0]]), pad_id=0).tolist()
        [[-inf, 1.0, 2.0]]
    """
    ids = torch.arange(scores.size(-1), device=scores.device)
    return scores.masked_fill(ids == pad_id, -torch.inf)


def check_max_len(max_len: int) -> None:
    """Refuse to write nothing.

    Args:
        max_len: how many ids to write at most.

    Raises:
        ValueError: it is below 1.
    """
    if max_len < 1:
        raise ValueError(f"max_len must be at least 1, got {max_len}")
