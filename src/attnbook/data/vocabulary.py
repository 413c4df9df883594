"""Tokens and ids: a list of words, and the place of each word in it."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PAD, BOS, EOS, UNKNOWN = SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that a model knows; a token's id is its place among them.

    Four of them have a meaning of their own: `<pad>` fills up short sequences, `<bos>`
    begins a target, `<eos>` ends one, `<unk>` stands for every other token. Text that
    happens to be spelt like one of the four is unknown, not special.

    Args:
        tokens: all tokens, each once, the four special ones among them.

    Raises:
        ValueError: a token is there twice, or a special one is not there.

    Examples:
        >>> vocabulary = Vocabulary.build([["a", "b"], ["b"]])
        >>> vocabulary.encode(["a", "b", "c"]), len(vocabulary)
        ([5, 4, 3], 6)
    """

    tokens: tuple[str, ...]

    def __post_init__(self) -> None:
        twice = [token for token, times in Counter(self.tokens).items() if times > 1]
        if twice:
            raise ValueError(f"tokens must differ, got {twice[0]!r} more than once")
        missing = [special for special in SPECIALS if special not in self.tokens]
        if missing:
            raise ValueError(f"tokens must hold {SPECIALS}, got none of {missing}")

    @classmethod
    def build(
        cls, sentences: Iterable[Iterable[str]], min_count: int = 1
    ) -> "Vocabulary":
        """Collect the tokens of the training text, the most frequent ones first.

        Give it the training text alone. A word that only the held-out text has must be
        unknown, as it would be in a text that nobody has written yet.

        Args:
            sentences: the training text, each sentence in tokens.
            min_count: how often a token must be there to be known.

        Returns:
            A vocabulary with `<pad> <bos> <eos> <unk>` at ids 0 to 3; tokens that are
            equally frequent are in alphabetical order.

        Raises:
            ValueError: `min_count` is below 1.
        """
        if min_count < 1:
            raise ValueError(f"min_count must be at least 1, got {min_count}")
        counts = Counter(token for sentence in sentences for token in sentence)
        known = [
            token
            for token, count in sorted(counts.items(), key=lambda it: (-it[1], it[0]))
            if count >= min_count and token not in SPECIALS
        ]
        return cls((*SPECIALS, *known))

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Read a vocabulary that `save` wrote.

        Args:
            path: the file.

        Returns:
            The vocabulary, equal to the one that was saved.

        Raises:
            ValueError: the file is no JSON list of strings, or its tokens are refused.
        """
        tokens = json.loads(Path(path).read_text(encoding="utf-8"))
        if not isinstance(tokens, list) or {type(it) for it in tokens} - {str}:
            raise ValueError(f"{path} must hold a JSON list of strings")
        return cls(tuple(tokens))

    def save(self, path: str | Path) -> None:
        """Write the tokens as a JSON list, one a line, in the order of their ids.

        Args:
            path: the file; an existing one is replaced.
        """
        text = json.dumps(self.tokens, ensure_ascii=False, indent=0)
        Path(path).write_text(text + "\n", encoding="utf-8")

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {token: place for place, token in enumerate(self.tokens)}

    @property
    def pad_id(self) -> int:
        """The id that fills up short sequences."""
        return self._ids[PAD]

    @property
    def bos_id(self) -> int:
        """The id that every target begins with."""
        return self._ids[BOS]

    @property
    def eos_id(self) -> int:
        """The id that ends a target."""
        return self._ids[EOS]

    @property
    def unknown_id(self) -> int:
        """The id of every token that is not known."""
        return self._ids[UNKNOWN]

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Turn tokens into ids, with nothing put before or after them.

        Args:
            tokens: a sentence.

        Returns:
            As many ids; `unknown_id` for a token that is not known.
        """
        return [
            self.unknown_id
            if token in SPECIALS
            else self._ids.get(token, self.unknown_id)
            for token in tokens
        ]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Turn what a model wrote back into tokens, up to where it ended the sentence.

        Args:
            ids: ids, with or without the special ones.

        Returns:
            The tokens before the first `<eos>`, without `<bos>` and padding.

        Raises:
            ValueError: an id is below 0 or not below the number of tokens.
        """
        tokens = []
        for place in ids:
            if not 0 <= place < len(self):
                raise ValueError(f"ids must be from 0 to {len(self) - 1}, got {place}")
            if place == self.eos_id:
                break
            if place not in (self.pad_id, self.bos_id):
                tokens.append(self.tokens[place])
        return tokens
