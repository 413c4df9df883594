"""Real words in two languages: the names that Unicode gives to the emoji.

They come from the package `emoji` (extra `text`), whose names are Unicode's own.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import torch

# What makes many names of one: "man astronaut: dark skin tone" is an astronaut.
_VARIANTS = re.compile(
    r"\b(?:(?:light|medium-light|medium|medium-dark|dark) skin tone"
    r"|person|people|man|men|woman|women|boy|girl)\b"
)


class NamePair(NamedTuple):
    """One emoji's name in two languages.

    Attributes:
        english: the source, for example `artist dark skin tone`.
        korean: the name in Korean; several word orders are in use.
    """

    english: str
    korean: str


class NameSplit(NamedTuple):
    """Pairs to learn from, and pairs that are kept for the test.

    Attributes:
        train: the pairs to learn from.
        held_out: the others.
    """

    train: list[NamePair]
    held_out: list[NamePair]


def name_pairs() -> list[NamePair]:
    """List the names of all emoji in English and Korean, in Unicode's order.

    Returns:
        One pair for each emoji, and for each part such as a skin tone; 3,972 with
        version 2.16 of the package.

    Raises:
        ImportError: the package `emoji` is not installed.

    Examples:
        >>> pairs = name_pairs()
        >>> pairs[0]
        NamePair(english='1st place medal', korean='금메달')
    """
    try:
        import emoji
    except ImportError as error:
        raise ImportError(
            "the names need the package emoji: pip install 'attnbook[text]'"
        ) from error
    emoji.config.load_language("ko")
    whole = (emoji.STATUS["component"], emoji.STATUS["fully_qualified"])
    named = [it for it in emoji.EMOJI_DATA.values() if it["status"] in whole]
    return [NamePair(_plain(it["en"]), _plain(it["ko"])) for it in named]


def base_name(english: str) -> str:
    """Take from a name what makes variants of it: skin tones, man, woman, person.

    Args:
        english: a name.

    Returns:
        What the variants share, or the name itself where nothing would be left.

    Examples:
        >>> base_name("man astronaut dark skin tone"), base_name("woman")
        ('astronaut', 'woman')
    """
    return " ".join(_VARIANTS.sub("", english).split()) or english


def split_names(
    pairs: Sequence[NamePair], held_out: int, generator: torch.Generator
) -> NameSplit:
    """Hold out names at random; their variants may stay among the others.

    A model can then build a new name from parts that it has seen. That is composition,
    and not yet a sign that it could translate a word that it never met.

    Args:
        pairs: all pairs.
        held_out: how many to keep for the test.
        generator: where all chance comes from.

    Returns:
        Every pair, on one side or the other.

    Raises:
        ValueError: `held_out` is below 1 or leaves nothing to learn from.
    """
    return _split(pairs, held_out, generator, key=lambda pair: pair.english)


def split_names_by_base(
    pairs: Sequence[NamePair], held_out: int, generator: torch.Generator
) -> NameSplit:
    """Hold out base names with all their variants, so that none is on both sides.

    Args:
        pairs: all pairs.
        held_out: how many pairs to keep for the test at least; the last base name that
            is chosen brings all its variants.
        generator: where all chance comes from.

    Returns:
        Every pair, on one side or the other.

    Raises:
        ValueError: `held_out` is below 1 or leaves nothing to learn from.
    """
    return _split(pairs, held_out, generator, key=lambda pair: base_name(pair.english))


def _split(
    pairs: Sequence[NamePair],
    held_out: int,
    generator: torch.Generator,
    key: Callable[[NamePair], Hashable],
) -> NameSplit:
    groups: dict[Hashable, list[NamePair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair), []).append(pair)
    shuffled = list(groups.values())
    order = torch.randperm(len(shuffled), generator=generator).tolist()
    split = NameSplit([], [])
    for place in order:
        short = len(split.held_out) < held_out
        (split.held_out if short else split.train).extend(shuffled[place])
    if held_out < 1 or not split.train:
        raise ValueError(
            f"held_out must be from 1 to less than all {len(pairs)}, got {held_out}"
        )
    return split


def _plain(name: str) -> str:
    return name.strip(":").replace("_", " ")
