"""Grouped queries against torch's kernel, and against heads with copied weights."""

import pytest
import torch
from torch.nn import functional as F

from attnbook import (
    GroupedQueryAttention,
    KeyValueCache,
    MultiHeadAttention,
    merge_heads,
    split_heads,
)
from parity import shake

D_MODEL, HEADS, WIDTH = 42, 6, 7


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def build(groups, **options):
    layer = GroupedQueryAttention(D_MODEL, HEADS, groups, **options)
    shake(layer)
    return layer


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("need_weights", [True, False])
def test_it_equals_the_grouped_kernel_of_torch(groups, masked, need_weights):
    layer = build(groups, bias=True)
    x = torch.randn(2, 3, D_MODEL, requires_grad=True)
    source = torch.randn(2, 5, D_MODEL, requires_grad=True)
    mask = torch.rand(2, 1, 3, 5) < 0.5 if masked else None
    expected = layer.w_o(
        merge_heads(
            F.scaled_dot_product_attention(
                split_heads(layer.w_q(x), HEADS),
                split_heads(layer.w_k(source), groups),
                split_heads(layer.w_v(source), groups),
                mask,
                enable_gqa=True,
            )
        )
    )
    output = layer(x, source, mask, need_weights=need_weights).output
    torch.testing.assert_close(output, expected)
    upstream, leaves = torch.randn(2, 3, D_MODEL), [x, source, *layer.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad(output, leaves, upstream),
        torch.autograd.grad(expected, leaves, upstream),
    )


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_it_is_multi_head_attention_whose_heads_share_matrices(groups):
    layer, plain = build(groups), MultiHeadAttention(D_MODEL, HEADS)
    shared = [head * groups // HEADS for head in range(HEADS)]
    with torch.no_grad():
        plain.w_q.weight.copy_(layer.w_q.weight)
        plain.w_o.weight.copy_(layer.w_o.weight)
        for many, few in ((plain.w_k, layer.w_k), (plain.w_v, layer.w_v)):
            many.weight.copy_(
                few.weight.unflatten(0, (groups, WIDTH))[shared].flatten(0, 1)
            )
    x = torch.randn(2, 5, D_MODEL)
    for causal in (True, False):
        ours = layer(x, is_causal=causal, need_weights=True)
        theirs = plain(x, is_causal=causal, need_weights=True)
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_written_step_by_step_it_is_the_same_and_keeps_few_heads(groups):
    layer, x = build(groups), torch.randn(2, 5, D_MODEL)
    cache = KeyValueCache()
    steps = [layer(part, is_causal=True, cache=cache).output for part in x.split(2, 1)]
    torch.testing.assert_close(torch.cat(steps, 1), layer(x, is_causal=True).output)
    assert [kept.shape for kept in cache.held()] == [(2, groups, 5, WIDTH)] * 2


def test_a_cache_keeps_the_keys_of_a_source():
    layer, x, source = build(2), torch.randn(2, 3, D_MODEL), torch.randn(2, 5, D_MODEL)
    cache = KeyValueCache()
    first = layer(x, source, cache=cache).output
    again = layer(x, torch.zeros_like(source), cache=cache).output
    torch.testing.assert_close(first, layer(x, source).output)
    assert again.equal(first)
    assert len(cache) == 5


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="divisible by num_groups, got 6 and 4"):
        GroupedQueryAttention(D_MODEL, HEADS, 4)
    with pytest.raises(ValueError, match="divisible by num_groups, got 6 and 0"):
        GroupedQueryAttention(D_MODEL, HEADS, 0)
    with pytest.raises(ValueError, match="divisible by num_heads, got 42 and 5"):
        GroupedQueryAttention(D_MODEL, 5, 1)
