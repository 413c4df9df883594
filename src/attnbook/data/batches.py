"""Batches: sequences of about one length, filled up to exactly one."""

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from attnbook.data.parallel import IdPair
from attnbook.data.tasks import PAD_ID, SequenceBatch


def pad_batch(
    pairs: Sequence[IdPair], *, src_pad_id: int = PAD_ID, tgt_pad_id: int = PAD_ID
) -> SequenceBatch:
    """Lay sequences under each other, and fill them up to the longest.

    Args:
        pairs: sources and targets in ids, of any lengths.
        src_pad_id: what fills up the sources.
        tgt_pad_id: what fills up the targets.

    Returns:
        Sources `(batch, src_len)` and targets `(batch, tgt_len)`, each as long as its
        longest.

    Raises:
        ValueError: there is no pair, or a sequence is empty.

    Examples:
        >>> pad_batch([([7, 8], [1, 5, 2]), ([9], [1, 2])]).src_ids.tolist()
        [[7, 8], [9, 0]]
    """
    _sizes(pairs)
    sources, targets = zip(*pairs, strict=True)
    return SequenceBatch(_filled(sources, src_pad_id), _filled(targets, tgt_pad_id))


def shuffled_batches(
    pairs: Sequence[IdPair],
    batch_size: int,
    generator: torch.Generator,
    *,
    src_pad_id: int = PAD_ID,
    tgt_pad_id: int = PAD_ID,
) -> Iterator[SequenceBatch]:
    """Go through all pairs once in random order, whatever their lengths.

    Args:
        pairs: sources and targets in ids.
        batch_size: how many pairs are in a batch; the last one may have fewer.
        generator: where all chance comes from; drawn from before this returns.
        src_pad_id: what fills up the sources.
        tgt_pad_id: what fills up the targets.

    Yields:
        Batches that hold each pair once among them.

    Raises:
        ValueError: there is no pair, a sequence is empty, or `batch_size` is below 1.
    """
    _sizes(pairs)
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    order = torch.randperm(len(pairs), generator=generator)
    pad = partial(pad_batch, src_pad_id=src_pad_id, tgt_pad_id=tgt_pad_id)
    return (pad([pairs[int(it)] for it in part]) for part in order.split(batch_size))


def bucketed_batches(
    pairs: Sequence[IdPair],
    max_tokens: int,
    generator: torch.Generator,
    *,
    src_pad_id: int = PAD_ID,
    tgt_pad_id: int = PAD_ID,
) -> Iterator[SequenceBatch]:
    """Go through all pairs once, in batches of like lengths and random order.

    Padding is computed like any token and thrown away. Sorted by length, the sentences
    of a batch need hardly any; short ones then come in larger batches. Equal lengths are
    in random order, and so are the batches.

    Args:
        pairs: sources and targets in ids.
        max_tokens: the most ids that a batch may hold on either side, padding included.
        generator: where all chance comes from; drawn from before this returns.
        src_pad_id: what fills up the sources.
        tgt_pad_id: what fills up the targets.

    Yields:
        Batches that hold each pair once among them.

    Raises:
        ValueError: there is no pair, a sequence is empty, or one is longer than
            `max_tokens`.

    Examples:
        >>> pairs = [([5] * size, [1, 2]) for size in (3, 2, 3, 2)]
        >>> batches = bucketed_batches(pairs, 6, torch.Generator())
        >>> sorted(batch.src_ids.shape for batch in batches)
        [torch.Size([2, 2]), torch.Size([2, 3])]

    Source:
        Vaswani et al. 2017, section 5.1: batches by approximate length, each of about
        25,000 source and 25,000 target tokens.
    """
    sizes = _sizes(pairs)
    if max(sizes) > max_tokens:
        place = sizes.index(max(sizes))
        raise ValueError(
            f"max_tokens must hold the longest sequence, got {max_tokens} "
            f"for pair {place} of {sizes[place]} ids"
        )
    shuffled = torch.randperm(len(pairs), generator=generator).tolist()
    by_length = sorted(shuffled, key=lambda place: (sizes[place], len(pairs[place][0])))
    groups = _cut(by_length, sizes, max_tokens)
    order = torch.randperm(len(groups), generator=generator).tolist()
    pad = partial(pad_batch, src_pad_id=src_pad_id, tgt_pad_id=tgt_pad_id)
    return (pad([pairs[place] for place in groups[number]]) for number in order)


def _cut(ascending: list[int], sizes: list[int], max_tokens: int) -> list[list[int]]:
    groups: list[list[int]] = [[]]
    for place in ascending:
        # The newest is the longest so far, and all are filled up to its length.
        if (len(groups[-1]) + 1) * sizes[place] > max_tokens:
            groups.append([])
        groups[-1].append(place)
    return groups


def _sizes(pairs: Sequence[IdPair]) -> list[int]:
    if not pairs:
        raise ValueError("pairs must hold at least 1 pair, got 0")
    for place, (source, target) in enumerate(pairs):
        if not source or not target:
            raise ValueError(
                f"pairs must hold no empty sequence, got {len(source)} and "
                f"{len(target)} ids in pair {place}"
            )
    return [max(len(source), len(target)) for source, target in pairs]


def _filled(sequences: Sequence[Sequence[int]], pad_id: int) -> Tensor:
    longest = max(len(sequence) for sequence in sequences)
    rows = [[*ids, *[pad_id] * (longest - len(ids))] for ids in sequences]
    return torch.tensor(rows, dtype=torch.long)
