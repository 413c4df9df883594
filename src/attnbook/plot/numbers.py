"""What a picture is drawn of: numbers from a tensor, an array or a list, checked."""

import math
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class HasToList(Protocol):
    """A tensor or an array, of whichever library."""

    def tolist(self) -> Any:
        """The numbers as nested lists."""


Real = int | float
Numbers = HasToList | Sequence[Any]


def matrix(values: Numbers, name: str) -> list[list[Real]]:
    """The rows of a matrix.

    Raises:
        ValueError: If `values` has not two axes of at least one, if its rows differ in
            length, or if a number is infinite or no number.
    """
    rows = _nested(values)
    if _depth(rows) != 2:
        raise ValueError(f"{name} must have 2 axes, got {_depth(rows)}")
    lengths = sorted({len(row) for row in rows})
    if lengths == [0] or not rows:
        raise ValueError(f"{name} must hold at least one number, got none")
    if len(lengths) > 1:
        raise ValueError(
            f"{name} must have rows of one length, got {lengths[0]} and {lengths[-1]}"
        )
    for i, row in enumerate(rows):
        _finite(row, f"{name}[{i}]")
    return rows


def vector(values: Numbers, name: str) -> list[Real]:
    """The numbers of a vector.

    Raises:
        ValueError: If `values` has not one axis of at least one, or if a number is
            negative, infinite or no number.
    """
    numbers = _nested(values)
    if _depth(numbers) != 1:
        raise ValueError(f"{name} must have 1 axis, got {_depth(numbers)}")
    if not numbers:
        raise ValueError(f"{name} must hold at least one number, got none")
    _finite(numbers, name)
    if min(numbers) < 0:
        raise ValueError(f"{name} must not be negative, got {min(numbers)}")
    return numbers


def labels(names: Sequence[Any] | None, count: int, name: str) -> list[str]:
    """The names as text, one for each of `count` numbers; none at all without names.

    Raises:
        ValueError: If there are more names or fewer than numbers.
    """
    if names is None:
        return []
    if len(names) != count:
        raise ValueError(f"{name} must hold {count} names, got {len(names)}")
    return [str(entry) for entry in names]


def written(value: Real, digits: int) -> str:
    """A number as a cell shows it: whole numbers as they are, others rounded."""
    if isinstance(value, int):
        return str(int(value))
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _nested(values: Any) -> Any:
    """Plain lists all the way down, whatever the outer container holds."""
    if isinstance(values, HasToList):
        values = values.tolist()
    if isinstance(values, list | tuple):
        return [_nested(entry) for entry in values]
    return values


def _depth(values: Any) -> int:
    """How many axes nested lists have."""
    if not isinstance(values, list):
        return 0
    return 1 + max((_depth(entry) for entry in values), default=0)


def _finite(numbers: list[Real], name: str) -> None:
    for i, number in enumerate(numbers):
        if not math.isfinite(number):
            raise ValueError(f"{name}[{i}] must be finite, got {number}")
