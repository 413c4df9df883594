"""What every model refuses: ids that it cannot look up."""

import torch
from torch import Tensor


def check_ids(name: str, ids: Tensor, vocab_size: int) -> None:
    """Refuse ids that no embedding has a row for.

    A graph that is being compiled cannot look at numbers: there only the shape counts.

    Args:
        name: the argument's name, for the message.
        ids: the ids; any shape.
        vocab_size: how many rows there are.

    Raises:
        ValueError: there are no ids, or one is below 0 or not below `vocab_size`.

    Examples:
        >>> import torch
        >>> check_ids("src_ids", torch.tensor([[3, 12]]), vocab_size=13)
    """
    if ids.numel() == 0:
        raise ValueError(f"{name} must hold at least one id, got {tuple(ids.shape)}")
    if torch.compiler.is_compiling():
        return
    lowest, highest = int(ids.min()), int(ids.max())
    if lowest < 0 or highest >= vocab_size:
        raise ValueError(
            f"{name} must be from 0 to {vocab_size - 1}, got {lowest} to {highest}"
        )


def check_padding(name: str, is_padding: Tensor) -> None:
    """Refuse sequences that go on after padding.

    Args:
        name: the argument's name, for the message.
        is_padding: True where a sequence has padding; shape `(batch, seq_len)`.

    Raises:
        ValueError: a symbol stands right of padding; the message says where.

    Examples:
        >>> import torch
        >>> check_padding("tgt_ids", torch.tensor([[False, False, True]]))
    """
    if torch.compiler.is_compiling():
        return
    goes_on = is_padding[:, :-1] & ~is_padding[:, 1:]
    if goes_on.any():
        row, column = goes_on.nonzero()[0].tolist()
        raise ValueError(
            f"{name}: padding may stand at the end of a sequence alone, got it before "
            f"column {column + 1} of row {row}"
        )
