"""Both in one: torch's grouped kernel over turned vectors, whole and step by step."""

import torch
from torch.nn import functional as F

from attnbook import (
    KeyValueCache,
    RotaryGroupedAttention,
    merge_heads,
    rotate_by_position,
    split_heads,
)
from parity import shake


def build():
    torch.manual_seed(0)
    layer = RotaryGroupedAttention(36, num_heads=6, num_groups=2)
    shake(layer)
    return layer, torch.randn(2, 5, 36)


def test_it_is_the_grouped_kernel_over_turned_vectors():
    layer, x = build()
    x.requires_grad_()
    expected = F.scaled_dot_product_attention(
        rotate_by_position(split_heads(layer.w_q(x), 6)),
        rotate_by_position(split_heads(layer.w_k(x), 2)),
        split_heads(layer.w_v(x), 2),
        is_causal=True,
        enable_gqa=True,
    )
    expected = layer.w_o(merge_heads(expected))
    output = layer(x, is_causal=True).output
    torch.testing.assert_close(output, expected)
    upstream, leaves = torch.randn(2, 5, 36), [x, *layer.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad(output, leaves, upstream),
        torch.autograd.grad(expected, leaves, upstream),
    )


def test_written_step_by_step_it_is_the_same_and_keeps_few_heads():
    layer, x = build()
    cache = KeyValueCache()
    steps = [layer(part, is_causal=True, cache=cache).output for part in x.split(1, 1)]
    torch.testing.assert_close(torch.cat(steps, 1), layer(x, is_causal=True).output)
    assert cache.held()[0].shape == (2, 2, 5, 6)
