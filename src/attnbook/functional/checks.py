"""What the functions of this floor refuse, each refusal written once.

A signature states the shapes; these checks say in words what is wrong with an argument
that does not fit. An axis that is checked here is written with an underscore in the
signature (`_d_k`): it documents the size and leaves the refusing to the check.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def check_floating(**tensors: Tensor) -> None:
    """Refuse tensors that do not hold floating-point numbers.

    Args:
        **tensors: the tensors, each under its argument's name.

    Raises:
        ValueError: one of them is not floating; the message names it and its dtype.

    Examples:
        >>> import torch
        >>> check_floating(query=torch.ones(2, 3))
    """
    for name, tensor in tensors.items():
        if not tensor.is_floating_point():
            raise ValueError(f"{name} must be a floating tensor, got {tensor.dtype}")


def check_same_size(axis: str, **sizes: int) -> None:
    """Refuse two arguments that differ in the size of an axis they share.

    Args:
        axis: the axis's name, for the message.
        **sizes: exactly two sizes, each under its argument's name.

    Raises:
        ValueError: the sizes differ; the message names both arguments and numbers.

    Examples:
        >>> check_same_size("d_k", query=5, key=5)
    """
    (first, first_size), (second, second_size) = sizes.items()
    if first_size != second_size:
        raise ValueError(
            f"{first} and {second} must have the same {axis}, "
            f"got {first_size} and {second_size}"
        )


def check_mask(mask: Tensor, scores_shape: Sequence[int]) -> None:
    """Refuse a mask that is not boolean or does not broadcast to the scores.

    Args:
        mask: the mask to look at.
        scores_shape: the shape it has to fit, `(*batch, query_len, key_len)`.

    Raises:
        ValueError: `mask` is not boolean (the message says what True means), or it does
            not broadcast (the message shows both shapes).

    Examples:
        >>> import torch
        >>> check_mask(torch.tensor([True, False, True]), (2, 3))
    """
    if mask.dtype != torch.bool:
        raise ValueError(
            f"mask must be boolean, where True = may attend, got {mask.dtype}"
        )
    pairs = zip(reversed(mask.shape), reversed(scores_shape), strict=False)
    fits = all(own in (1, wanted) for own, wanted in pairs)
    if mask.dim() > len(scores_shape) or not fits:
        raise ValueError(
            f"mask must broadcast to the scores, got a mask of shape "
            f"{tuple(mask.shape)} for scores of shape {tuple(scores_shape)}"
        )
