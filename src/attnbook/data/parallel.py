"""Parallel text: two files, where each line of one translates a line of the other."""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple, TypeAlias

from attnbook.data.vocabulary import Vocabulary

IdPair: TypeAlias = tuple[Sequence[int], Sequence[int]]
"""A source and its target in ids; the target is framed by `bos_id` and `eos_id`."""


class LinePair(NamedTuple):
    """A line and its translation.

    Attributes:
        source: the line that is read.
        target: the line that is to be written.
    """

    source: str
    target: str


def read_parallel(source: str | Path, target: str | Path) -> list[LinePair]:
    """Read two files that are aligned line by line.

    Line n of one belongs to line n of the other. So a missing line would shift all that
    follow, and an empty one translates nothing: both are refused, with the line's number.

    Args:
        source: a file in UTF-8, one sentence a line.
        target: the file with their translations.

    Returns:
        The lines side by side, without white space around them.

    Raises:
        ValueError: a line has no partner, or is empty.
    """
    pairs = []
    for number, lines in enumerate(zip_longest(_lines(source), _lines(target)), 1):
        for own, path, other in ((0, source, target), (1, target, source)):
            if lines[own] is None:
                raise ValueError(
                    f"line {number} of {other} has no partner: "
                    f"{path} has {number - 1} lines"
                )
            if not lines[own]:
                raise ValueError(f"line {number} of {path} is empty")
        pairs.append(LinePair(*lines))
    return pairs


def encode_pairs(
    pairs: Iterable[tuple[str, str]],
    split_source: Callable[[str], list[str]],
    split_target: Callable[[str], list[str]],
    src_vocabulary: Vocabulary,
    tgt_vocabulary: Vocabulary,
) -> list[IdPair]:
    """Turn pairs of texts into pairs of ids.

    Args:
        pairs: sources and targets.
        split_source: cuts a source into tokens, as `split_words` does.
        split_target: cuts a target into tokens, as `split_characters` does.
        src_vocabulary: the source's tokens.
        tgt_vocabulary: the target's tokens; may be the same.

    Returns:
        For each pair the ids of the source, and those of the target between `bos_id`
        and `eos_id`.

    Examples:
        >>> vocabulary = Vocabulary(("<pad>", "<bos>", "<eos>", "<unk>", "a", "b"))
        >>> encode_pairs([("ab", "b")], list, list, vocabulary, vocabulary)
        [([4, 5], [1, 5, 2])]
    """
    begin, end = tgt_vocabulary.bos_id, tgt_vocabulary.eos_id
    return [
        (
            src_vocabulary.encode(split_source(source)),
            [begin, *tgt_vocabulary.encode(split_target(target)), end],
        )
        for source, target in pairs
    ]


def _lines(path: str | Path) -> Iterable[str]:
    # Only a newline ends a line. Text has other signs that str.splitlines would cut at,
    # and a cut in one file alone would shift every pair after it.
    with Path(path).open(encoding="utf-8-sig", newline="\n") as file:
        for line in file:
            yield line.strip()
