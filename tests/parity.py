"""Between our layers and torch's: copies weights, both ways, and turns masks round."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

import torch
from torch import Tensor, nn


class Projections(Protocol):
    """Whatever holds the three input projections under our names."""

    w_q: nn.Linear
    w_k: nn.Linear
    w_v: nn.Linear


def pack_projections(ours: Projections, theirs: nn.MultiheadAttention) -> None:
    """Write our three projections into torch's one packed matrix (and bias)."""
    linears = (ours.w_q, ours.w_k, ours.w_v)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([linear.weight for linear in linears]))
        if theirs.in_proj_bias is not None:
            theirs.in_proj_bias.copy_(torch.cat([linear.bias for linear in linears]))


def unpack_projections(theirs: nn.MultiheadAttention, ours: Projections) -> None:
    """Write torch's one packed matrix (and bias) into our three projections."""
    linears = (ours.w_q, ours.w_k, ours.w_v)
    with torch.no_grad():
        for linear, weight in zip(linears, theirs.in_proj_weight.chunk(3), strict=True):
            linear.weight.copy_(weight)
        if theirs.in_proj_bias is not None:
            for linear, bias in zip(linears, theirs.in_proj_bias.chunk(3), strict=True):
                linear.bias.copy_(bias)


def flip_mask(mask: Tensor) -> Tensor:
    """Turn "True = may attend" (ours) into "True = ignore" (nn.MultiheadAttention's)."""
    return ~mask


Pairs: TypeAlias = Iterator[tuple[Tensor, Tensor]]
"""Each tensor of ours beside the one of torch that stands for it, or a part of it."""

Read: TypeAlias = Callable[[Tensor], Tensor]


def numbers(parameter: Tensor) -> Tensor:
    """Look at a parameter's numbers: writing into a part of them writes into it."""
    return parameter.detach()


def slopes(parameter: Tensor) -> Tensor:
    """Look at a parameter's gradient."""
    assert parameter.grad is not None
    return parameter.grad


def to_torch(pairs: Pairs) -> None:
    for ours, theirs in pairs:
        theirs.copy_(ours)


def from_torch(pairs: Pairs) -> None:
    for ours, theirs in pairs:
        ours.copy_(theirs)


def assert_pairs_close(pairs: Pairs) -> None:
    compared = 0
    for ours, theirs in pairs:
        torch.testing.assert_close(ours, theirs)
        compared += 1
    assert compared > 0


def linear_pairs(ours, theirs, read: Read = numbers) -> Pairs:
    """Serve whatever has a weight and, perhaps, a bias: linear maps and norms."""
    yield read(ours.weight), read(theirs.weight)
    if ours.bias is not None:
        yield read(ours.bias), read(theirs.bias)


def attention_pairs(ours, theirs: nn.MultiheadAttention, read: Read = numbers) -> Pairs:
    """Take torch's packed matrix apart; a bias of torch that we lack is left as it is."""
    linears = (ours.w_q, ours.w_k, ours.w_v)
    for linear, part in zip(linears, read(theirs.in_proj_weight).chunk(3), strict=True):
        yield read(linear.weight), part
    if ours.w_q.bias is not None:
        for linear, part in zip(
            linears, read(theirs.in_proj_bias).chunk(3), strict=True
        ):
            yield read(linear.bias), part
    yield from linear_pairs(ours.w_o, theirs.out_proj, read)


def encoder_layer_pairs(ours, theirs, read: Read = numbers) -> Pairs:
    yield from attention_pairs(ours.self_attention, theirs.self_attn, read)
    yield from linear_pairs(ours.feed_forward.w_1, theirs.linear1, read)
    yield from linear_pairs(ours.feed_forward.w_2, theirs.linear2, read)
    yield from linear_pairs(ours.self_residual.norm, theirs.norm1, read)
    yield from linear_pairs(ours.feed_forward_residual.norm, theirs.norm2, read)


def decoder_layer_pairs(ours, theirs, read: Read = numbers) -> Pairs:
    yield from attention_pairs(ours.self_attention, theirs.self_attn, read)
    yield from attention_pairs(ours.cross_attention, theirs.multihead_attn, read)
    yield from linear_pairs(ours.feed_forward.w_1, theirs.linear1, read)
    yield from linear_pairs(ours.feed_forward.w_2, theirs.linear2, read)
    yield from linear_pairs(ours.self_residual.norm, theirs.norm1, read)
    yield from linear_pairs(ours.cross_residual.norm, theirs.norm2, read)
    yield from linear_pairs(ours.feed_forward_residual.norm, theirs.norm3, read)


def transformer_pairs(ours, theirs: nn.Transformer, read: Read = numbers) -> Pairs:
    """Serve both stacks; torch's final norms are left out where we have none."""
    layers = (encoder_layer_pairs, decoder_layer_pairs)
    stacks = ((ours.encoder, theirs.encoder), (ours.decoder, theirs.decoder))
    for layer_pairs, (our_stack, their_stack) in zip(layers, stacks, strict=True):
        for layer, other in zip(our_stack.layers, their_stack.layers, strict=True):
            yield from layer_pairs(layer, other, read)
        if not isinstance(our_stack.norm, nn.Identity):
            yield from linear_pairs(our_stack.norm, their_stack.norm, read)


def shake(module: nn.Module) -> None:
    """Move every weight away from where it starts, biases of 0 and norms of 1 too."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
