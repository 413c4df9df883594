"""What an attention layer remembers, so that writing a word costs one word's work."""

from jaxtyping import Int, Real
from torch import Tensor

from attnbook.functional.checks import check_same_size


class KeyValueCache:
    """The keys and values that one attention layer need not compute again.

    A decoder that writes word by word asks with the newest word alone, but of all words
    so far. Their keys and values do not change, since no word sees a later one, so each
    is computed once and kept. A cache belongs to one layer and one batch, and grows in
    place.

    Examples:
        >>> import torch
        >>> cache = KeyValueCache()
        >>> for _ in range(3):
        ...     key, value = cache.append(torch.ones(2, 4, 1, 8), torch.ones(2, 4, 1, 8))
        >>> len(cache), key.shape
        (3, torch.Size([2, 4, 3, 8]))

    Source:
        Not in Vaswani et al. 2017; the authors' tensor2tensor decodes with one.
    """

    def __init__(self) -> None:
        self._keys: Tensor | None = None
        self._values: Tensor | None = None
        self._length = 0

    def __len__(self) -> int:
        """Count the positions held."""
        return self._length

    def held(self) -> tuple[Tensor, Tensor]:
        """Give back what is held.

        Returns:
            Keys `(batch, heads, positions, d_k)` and values
            `(batch, heads, positions, d_v)`.

        Raises:
            ValueError: nothing has been appended.
        """
        if self._keys is None or self._values is None:
            raise ValueError("cache must hold at least 1 position, got 0")
        used = slice(self._length)
        return self._keys[..., used, :], self._values[..., used, :]

    def append(
        self,
        key: Real[Tensor, "batch heads new d_k"],
        value: Real[Tensor, "batch heads new d_v"],
    ) -> tuple[Tensor, Tensor]:
        """Add the keys and values of positions that follow on those held.

        Args:
            key: shape `(batch, heads, new, d_k)`.
            value: shape `(batch, heads, new, d_v)`.

        Returns:
            All that is held now.

        Raises:
            ValueError: the batch is not of the size that is held.
        """
        self._keys = self._write(self._keys, key)
        self._values = self._write(self._values, value)
        self._length += key.size(-2)
        return self.held()

    def _write(self, room: Tensor | None, new: Tensor) -> Tensor:
        if room is None:
            return new
        check_same_size("batch", cache=room.size(0), x=new.size(0))
        end = self._length + new.size(-2)
        if room.size(-2) < end:
            # Twice what is needed now: a copy at every position would cost too much.
            larger = new.new_empty(*room.shape[:-2], 2 * end, room.size(-1))
            larger[..., : self._length, :] = room[..., : self._length, :]
            room = larger
        room[..., self._length : end, :] = new
        return room

    def select(self, rows: Int[Tensor, " new_batch"]) -> "KeyValueCache":
        """Take rows of the batch, in any order and as often as wished.

        Args:
            rows: which rows; shape `(new_batch,)`.

        Returns:
            A new cache with these rows; this one stays as it is.
        """
        selected = KeyValueCache()
        if len(self):
            keys, values = self.held()
            selected.append(keys[rows], values[rows])
        return selected
