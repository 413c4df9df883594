"""Synthetic sequence tasks: endless, seeded, and right or wrong beyond doubt."""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

# Three ids with a meaning of their own; a task's symbols follow them.
PAD_ID, BOS_ID, EOS_ID, FIRST_SYMBOL = range(4)


class SequenceBatch(NamedTuple):
    """Sources and what to write for each of them.

    The sequences of a task's batch have one length, so nothing is padded there.

    Attributes:
        src_ids: what is read; shape `(batch, src_len)`.
        tgt_ids: what is to be written, from `BOS_ID` to `EOS_ID`; shape
            `(batch, tgt_len)`. A model that is taught reads `tgt_ids[:, :-1]` and has
            to say `tgt_ids[:, 1:]`.
    """

    src_ids: Int[Tensor, "batch src_len"]
    tgt_ids: Int[Tensor, "batch tgt_len"]


def copy_task(
    batch_size: int,
    lengths: tuple[int, int],
    num_symbols: int,
    generator: torch.Generator,
) -> SequenceBatch:
    """Draw random symbols, to be written in the order in which they were read.

    It asks for memory and nothing else: no symbol can be guessed from another.

    Args:
        batch_size: how many sequences.
        lengths: the shortest and the longest length; one is drawn for the whole batch.
        num_symbols: how many different symbols; their ids begin at `FIRST_SYMBOL`.
        generator: where all chance comes from.

    Returns:
        Sources `(batch_size, length)` and targets `(batch_size, length + 2)`.

    Raises:
        ValueError: a size is below 1, or the shortest length is above the longest.

    Examples:
        >>> import torch
        >>> src_ids, tgt_ids = copy_task(2, (3, 3), 10, torch.Generator())
        >>> src_ids.equal(tgt_ids[:, 1:-1]), tgt_ids[:, 0].tolist()
        (True, [1, 1])
    """
    src_ids = _draw(batch_size, lengths, num_symbols, generator)
    return SequenceBatch(src_ids, _framed(src_ids))


def reverse_task(
    batch_size: int,
    lengths: tuple[int, int],
    num_symbols: int,
    generator: torch.Generator,
) -> SequenceBatch:
    """Draw random symbols, to be written backwards: the last one read comes first.

    Args:
        batch_size: how many sequences.
        lengths: the shortest and the longest length; one is drawn for the whole batch.
        num_symbols: how many different symbols; their ids begin at `FIRST_SYMBOL`.
        generator: where all chance comes from.

    Returns:
        Sources `(batch_size, length)` and targets `(batch_size, length + 2)`.

    Raises:
        ValueError: a size is below 1, or the shortest length is above the longest.

    Examples:
        >>> import torch
        >>> src_ids, tgt_ids = reverse_task(2, (3, 3), 10, torch.Generator())
        >>> src_ids.equal(tgt_ids[:, 1:-1].flip(1))
        True
    """
    src_ids = _draw(batch_size, lengths, num_symbols, generator)
    return SequenceBatch(src_ids, _framed(src_ids.flip(1)))


def recall_task(
    batch_size: int,
    pairs: tuple[int, int],
    num_symbols: int,
    generator: torch.Generator,
) -> SequenceBatch:
    """Draw pairs of a key and a value, then one of the keys: which value was beside it?

    A dictionary answers in one line. The source reads `key value key value ... key`.

    Args:
        batch_size: how many lists of pairs.
        pairs: the fewest and the most pairs; one number is drawn for the whole batch.
        num_symbols: how many different keys, whose ids begin at `FIRST_SYMBOL`, and how
            many different values, whose ids follow. The keys of one list differ.
        generator: where all chance comes from.

    Returns:
        Sources `(batch_size, 2 * pairs + 1)` and targets `(batch_size, 3)`.

    Raises:
        ValueError: a size is below 1, the fewest pairs are more than the most, or the
            most are more than there are keys.

    Examples:
        >>> import torch
        >>> src_ids, tgt_ids = recall_task(1, (2, 2), 5, torch.Generator())
        >>> key, value, other_key, other_value, asked = src_ids[0].tolist()
        >>> {key: value, other_key: other_value}[asked] == tgt_ids[0, 1]
        tensor(True)
    """
    if pairs[1] > num_symbols:
        raise ValueError(
            f"pairs must have different keys, got {pairs} of {num_symbols}"
        )
    values = _draw(batch_size, pairs, num_symbols, generator) + num_symbols
    order = torch.rand(batch_size, num_symbols, generator=generator).argsort(dim=1)
    keys = order[:, : values.size(1)] + FIRST_SYMBOL
    asked = torch.randint(values.size(1), (batch_size, 1), generator=generator)
    listed = torch.stack([keys, values], dim=2).flatten(1)  # (batch, 2 * pairs)
    src_ids = torch.cat([listed, keys.gather(1, asked)], dim=1)
    return SequenceBatch(src_ids, _framed(values.gather(1, asked)))


def _draw(
    batch_size: int,
    lengths: tuple[int, int],
    num_symbols: int,
    generator: torch.Generator,
) -> Tensor:
    sizes = {
        "batch_size": batch_size,
        "lengths": lengths[0],
        "num_symbols": num_symbols,
    }
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, got {size}")
    shortest, longest = lengths
    if shortest > longest:
        raise ValueError(f"lengths must ascend, got {shortest} before {longest}")
    length = int(torch.randint(shortest, longest + 1, (), generator=generator))
    ids = torch.randint(num_symbols, (batch_size, length), generator=generator)
    return ids + FIRST_SYMBOL


def _framed(ids: Tensor) -> Tensor:
    begin, end = (
        ids.new_full((len(ids), 1), BOS_ID),
        ids.new_full((len(ids), 1), EOS_ID),
    )
    return torch.cat([begin, ids, end], dim=1)
