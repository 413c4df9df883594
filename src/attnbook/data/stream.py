"""A stream of batches without end, which knows its place and can be put back there."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import torch

Batch = TypeVar("Batch")


class BatchStream(Generic[Batch]):
    """Hand out batches, one epoch after the other.

    Each epoch is drawn from the stream's own generator. Its place is therefore told by
    two things: the generator's state when the epoch began, and how many batches have
    been taken since.

    Args:
        epoch: makes the batches of one epoch, and takes all chance from the generator
            that it is given. A task that never ends may give one batch at a time.
        seed: what the generator begins with.

    Examples:
        >>> stream = BatchStream(lambda g: torch.randperm(3, generator=g).tolist(), 0)
        >>> taken = [next(stream) for _ in range(4)]
        >>> place = stream.state_dict()
        >>> expected = [next(stream) for _ in range(5)]
        >>> stream.load_state_dict(place)
        >>> expected == [next(stream) for _ in range(5)]
        True
    """

    def __init__(
        self, epoch: Callable[[torch.Generator], Iterable[Batch]], seed: int
    ) -> None:
        self._epoch = epoch
        self._generator = torch.Generator().manual_seed(seed)
        self._begin(self._generator.get_state())

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        """Take the next batch; after the last of an epoch, begin the next one.

        Raises:
            ValueError: an epoch has no batch.
        """
        for batch in self._batches:
            self._taken += 1
            return batch
        if not self._taken:
            raise ValueError("epoch must give at least 1 batch, got 0")
        self._begin(self._generator.get_state())
        return next(self)

    def state_dict(self) -> dict[str, Any]:
        """Tell the place in the stream.

        Returns:
            The generator's state when the epoch began, and the batches taken since.
        """
        return {"epoch": self._start, "taken": self._taken}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go to a place in the stream.

        Args:
            state: what `state_dict` told, in a stream over the same data.

        Raises:
            ValueError: the epoch has fewer batches here than had been taken there.
        """
        self._begin(state["epoch"])
        for _ in range(state["taken"]):
            next(self)
        if self._taken != state["taken"]:
            raise ValueError(
                f"state must be of a stream over the same data, got {state['taken']} "
                f"batches taken of an epoch that ended {self._taken} batches earlier"
            )

    def _begin(self, state: torch.Tensor) -> None:
        self._start, self._taken = state, 0
        self._generator.set_state(state)
        self._batches = iter(self._epoch(self._generator))
