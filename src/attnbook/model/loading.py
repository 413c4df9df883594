"""Weights from elsewhere: what is called otherwise there, and packed otherwise."""

import re
from collections.abc import Mapping
from typing import TypeAlias

from torch import Tensor

NameMap: TypeAlias = Mapping[str, str | tuple[str, ...] | None]
"""From names there to names here, of tensors or of the modules that hold them.

`{}` stands for a number, the same one on both sides. A tuple takes apart a tensor that
has several of ours in it, one below the other. None leaves a tensor out.
"""


def rename_weights(weights: Mapping[str, Tensor], names: NameMap) -> dict[str, Tensor]:
    """Give the tensors of another program the names that they have here.

    Every tensor must have a place, or be left out by name: nothing is lost in silence.
    Whether they then fit a model, and whether all are there, is checked by
    `copy_weights`, which takes what comes out of here.

    Args:
        weights: the tensors, by their names there.
        names: from names there to names here; the longest that fits counts.

    Returns:
        The tensors, by their names here.

    Raises:
        ValueError: tensors are left over, or two that differ would have one name; the
            message lists them.

    Examples:
        >>> import torch
        >>> weights = {"enc.3.qk.weight": torch.ones(4, 2), "version": torch.ones(1)}
        >>> names = {"enc.{}.qk": ("layers.{}.w_q", "layers.{}.w_k"), "version": None}
        >>> {name: tuple(t.shape) for name, t in rename_weights(weights, names).items()}
        {'layers.3.w_q.weight': (2, 2), 'layers.3.w_k.weight': (2, 2)}
    """
    renamed: dict[str, Tensor] = {}
    left_over, differing = [], []
    for there, tensor in weights.items():
        here = _translate(there, names)
        if here is None:
            left_over.append(there)
            continue
        parts = tensor.chunk(len(here)) if len(here) > 1 else [tensor] * len(here)
        for name, part in zip(here, parts, strict=False):
            if not renamed.setdefault(name, part).equal(part):
                differing.append(there)
    if left_over:
        raise ValueError(f"names must fit all weights, left over: {left_over}")
    if differing:
        raise ValueError(
            f"weights of one name must be equal, these differ: {differing}"
        )
    return renamed


def _translate(there: str, names: NameMap) -> tuple[str, ...] | None:
    for name in sorted(names, key=len, reverse=True):
        pattern = re.escape(name).replace(r"\{\}", r"(\d+)")
        if match := re.fullmatch(rf"{pattern}((?:\..+)?)", there):
            *numbers, rest = match.groups()
            here = names[name]
            here = () if here is None else (here,) if isinstance(here, str) else here
            return tuple(template.format(*numbers) + rest for template in here)
    return None
