"""Multi-head attention against torch's, head by head."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import (
    MultiHeadAttention,
    causal_mask,
    padding_mask,
    scaled_dot_product_attention,
)
from parity import (
    assert_pairs_close,
    attention_pairs,
    flip_mask,
    slopes,
)
from small_attention import BATCH, D_MODEL, HEADS, KEY_LEN, QUERY_LEN, inputs, twins


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def alive(mask):
    """Let every query see at least the first key: torch's own has NaN otherwise."""
    mask = mask.clone()
    mask[..., 0] = True
    return mask


def assert_equals_torch(ours, theirs, x, source, mask, need_weights):
    """Compare output, weights and every gradient."""
    kept = x if source is None else source
    whole = (BATCH, HEADS, x.size(1), kept.size(1))
    blocked = None if mask is None else flip_mask(mask.expand(whole)).flatten(0, 1)
    attended = ours(x, source, mask, need_weights=need_weights)
    output, weights = theirs(
        x, kept, kept, attn_mask=blocked, average_attn_weights=False
    )
    torch.testing.assert_close(attended.output, output)
    if need_weights:
        torch.testing.assert_close(attended.weights, weights)
    else:
        assert attended.weights is None
    upstream, leaves = (
        torch.randn(output.shape),
        (x,) if source is None else (x, source),
    )
    attended.output.backward(upstream)
    mine = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    output.backward(upstream)
    torch.testing.assert_close(mine, [leaf.grad for leaf in leaves])
    assert_pairs_close(attention_pairs(ours, theirs, slopes))


@pytest.mark.parametrize("way", ["to_torch", "from_torch"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("cross", [True, False])
@pytest.mark.parametrize("need_weights", [True, False])
def test_it_equals_torch(way, bias, cross, need_weights):
    assert_equals_torch(*twins(way, bias), *inputs(cross), None, need_weights)


@settings(deadline=None, max_examples=50)
@given(
    full=st.lists(st.booleans(), min_size=4, max_size=4),
    dims=st.integers(1, 4),
    cross=st.booleans(),
    need_weights=st.booleans(),
    seed=st.integers(0, 99),
)
def test_it_equals_torch_with_every_mask_that_broadcasts(
    full, dims, cross, need_weights, seed
):
    torch.manual_seed(seed)
    sizes = (BATCH, HEADS, QUERY_LEN, KEY_LEN if cross else QUERY_LEN)
    shape = [
        size if whole else 1 for whole, size in zip(full[:3], sizes[:3], strict=True)
    ]
    mask = alive(torch.rand([*shape, sizes[3]][4 - dims :]) < 0.5)
    assert_equals_torch(*twins(), *inputs(cross), mask, need_weights)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("padded", [True, False])
def test_is_causal_is_the_causal_mask(need_weights, padded):
    ours, theirs = twins()
    x, _ = inputs(cross=False)
    padding = None
    mask = causal_mask(QUERY_LEN)
    if padded:
        ids = torch.ones(BATCH, QUERY_LEN, dtype=torch.int64)
        ids[1, 3:] = 0
        padding = padding_mask(ids, pad_id=0)
        mask = mask & padding
    by_flag = ours(x, mask=padding, is_causal=True, need_weights=need_weights)
    by_mask = ours(x, mask=mask, need_weights=need_weights)
    torch.testing.assert_close(by_flag.output, by_mask.output)
    if need_weights:
        assert (
            by_flag.weights.masked_select(~mask.expand_as(by_flag.weights)).eq(0).all()
        )
    assert_equals_torch(ours, theirs, x, None, mask, need_weights)


def test_it_equals_a_loop_over_heads_with_their_own_widths():
    ours = MultiHeadAttention(D_MODEL, HEADS, d_k=2, d_v=11)
    x, source = inputs(cross=True)
    mask = alive(torch.rand(BATCH, 1, QUERY_LEN, KEY_LEN) < 0.5)
    answers, weights = [], []
    for head in range(HEADS):
        keys, values = slice(head * 2, head * 2 + 2), slice(head * 11, head * 11 + 11)
        attended = scaled_dot_product_attention(
            x @ ours.w_q.weight[keys].T,
            source @ ours.w_k.weight[keys].T,
            source @ ours.w_v.weight[values].T,
            mask[:, 0],
        )
        answers.append(attended.output)
        weights.append(attended.weights)
    expected = torch.cat(answers, dim=-1) @ ours.w_o.weight.T
    for need_weights in (True, False):
        attended = ours(x, source, mask, need_weights=need_weights)
        torch.testing.assert_close(attended.output, expected)
    written = ours(x, source, mask, need_weights=True)
    torch.testing.assert_close(written.weights, torch.stack(weights, dim=1))
