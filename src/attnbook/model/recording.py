"""Recording: see where every head of a model looks, without changing the model."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

from torch import Tensor, nn

from attnbook.layers.multi_head import MultiHeadAttended, MultiHeadAttention

Recorded: TypeAlias = dict[str, list[Tensor]]
"""For each attention layer, by its name in the model, the weights of every call."""


@contextmanager
def record_attention(model: nn.Module) -> Iterator[Recorded]:
    """Keep the weights of every attention layer while the block runs.

    Hooks ask each layer for its weights and write them down. They are gone when the
    block is left, by an error too, and what was written down stays. The model's outputs
    are the same, but the written-out path costs more time and memory.

    Args:
        model: any model with `MultiHeadAttention` layers in it.

    Yields:
        A dictionary from the layer's name, such as `decoder.layers.0.cross_attention`,
        to a list with the weights of each call, in order, without gradients; shape
        `(batch, heads, query_len, key_len)`.

    Examples:
        >>> import torch
        >>> from attnbook.model.encoder import Encoder
        >>> from attnbook.model.stack_config import StackConfig
        >>> encoder = Encoder(StackConfig(d_model=8, num_heads=2, num_layers=1, d_ff=16))
        >>> with record_attention(encoder) as recorded:
        ...     _ = encoder(torch.ones(1, 3, 8))
        >>> {name: [tuple(w.shape) for w in calls] for name, calls in recorded.items()}
        {'layers.0.self_attention': [(1, 2, 3, 3)]}
    """
    recorded: Recorded = {}
    hooks = []
    for name, layer in model.named_modules():
        if isinstance(layer, MultiHeadAttention):
            calls = recorded.setdefault(name, [])
            hooks += [
                layer.register_forward_pre_hook(_ask, with_kwargs=True),
                layer.register_forward_hook(partial(_write_down, calls)),
            ]
    try:
        yield recorded
    finally:
        for hook in hooks:
            hook.remove()


def _ask(layer: nn.Module, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    return args, {**kwargs, "need_weights": True}


def _write_down(
    calls: list[Tensor], layer: nn.Module, args: tuple, attended: MultiHeadAttended
) -> None:
    if attended.weights is not None:
        calls.append(attended.weights.detach())
