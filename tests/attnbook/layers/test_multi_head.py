"""The laws of multi-head attention, its cache, and what it refuses."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from attnbook import (
    KeyValueCache,
    MultiHeadAttention,
)
from parity import (
    shake,
)
from small_attention import BATCH, D_MODEL, HEADS, KEY_LEN, QUERY_LEN, inputs


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("heads", [1, 3, 11, 33])
def test_the_number_of_heads_costs_no_parameters(heads):
    counted = sum(p.numel() for p in MultiHeadAttention(D_MODEL, heads).parameters())
    assert counted == 4 * D_MODEL**2


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("need_weights", [True, False])
def test_a_query_that_may_attend_to_nothing(dtype, need_weights):
    ours = MultiHeadAttention(D_MODEL, HEADS, bias=True).to(dtype)
    shake(ours)
    x = torch.randn(BATCH, QUERY_LEN, D_MODEL, dtype=dtype, requires_grad=True)
    mask = torch.ones(BATCH, 1, 1, QUERY_LEN, dtype=torch.bool)
    mask[1] = False
    output, weights = ours(x, mask=mask, need_weights=need_weights)
    assert output.dtype == dtype
    torch.testing.assert_close(output[1], ours.w_o.bias.expand(QUERY_LEN, D_MODEL))
    if need_weights:
        assert weights[1].eq(0).all()
    output.square().sum().backward()
    assert x.grad.isfinite().all()
    assert x.grad[1].eq(0).all()
    assert x.grad[0].ne(0).any()
    assert all(p.grad.isfinite().all() for p in ours.parameters())


def test_without_positions_the_order_of_tokens_does_not_matter():
    ours, order = MultiHeadAttention(D_MODEL, HEADS), torch.randperm(QUERY_LEN)
    x, _ = inputs(cross=False)
    torch.testing.assert_close(ours(x[:, order]).output, ours(x).output[:, order])


def test_permuting_the_source_permutes_the_weights():
    ours, order = MultiHeadAttention(D_MODEL, HEADS), torch.randperm(KEY_LEN)
    x, source = inputs(cross=True)
    straight = ours(x, source, need_weights=True)
    shuffled = ours(x, source[:, order], need_weights=True)
    torch.testing.assert_close(shuffled.weights, straight.weights[..., order])
    torch.testing.assert_close(shuffled.output, straight.output)
    assert not torch.allclose(shuffled.weights, straight.weights)


def test_weights_are_returned_before_dropout():
    ours = MultiHeadAttention(D_MODEL, HEADS, dropout=0.5)
    x, _ = inputs(cross=False)
    dropped = ours(x, need_weights=True)
    torch.testing.assert_close(
        dropped.weights.sum(-1), torch.ones(BATCH, HEADS, QUERY_LEN)
    )
    kept = ours.eval()(x, need_weights=True)
    assert dropped.weights.equal(kept.weights)
    assert not torch.allclose(dropped.output, kept.output)


def test_dropout_works_on_the_weights_whether_they_are_asked_for_or_not():
    ours = MultiHeadAttention(D_MODEL, HEADS, dropout=0.5)
    x, _ = inputs(cross=False)
    outputs = []
    for need_weights in (True, False):
        torch.manual_seed(3)
        outputs.append(ours(x, need_weights=need_weights).output)
    assert outputs[0].equal(outputs[1])
    query, key, value = (
        nn.functional.linear(x, linear.weight).unflatten(-1, (HEADS, -1)).mT.mT
        for linear in (ours.w_q, ours.w_k, ours.w_v)
    )
    query, key, value = (heads.transpose(1, 2) for heads in (query, key, value))
    weights = (query @ key.mT / (D_MODEL // HEADS) ** 0.5).softmax(-1)
    torch.manual_seed(3)
    mixed = nn.functional.dropout(weights, 0.5) @ value
    torch.testing.assert_close(outputs[0], ours.w_o(mixed.transpose(1, 2).flatten(2)))


@settings(deadline=None, max_examples=25)
@given(
    cuts=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    need_weights=st.booleans(),
    masked=st.booleans(),
)
def test_a_cache_gives_what_one_call_gives(cuts, need_weights, masked):
    torch.manual_seed(0)
    ours, length = MultiHeadAttention(D_MODEL, HEADS), sum(cuts)
    x = torch.randn(BATCH, length, D_MODEL)
    mask = torch.rand(BATCH, 1, 1, length) < 0.7 if masked else None
    whole = ours(x, mask=mask, is_causal=True, need_weights=need_weights)
    cache, done, outputs = KeyValueCache(), 0, []
    for cut in cuts:
        done += cut
        seen = None if mask is None else mask[..., :done]
        attended = ours(
            x[:, done - cut : done],
            mask=seen,
            is_causal=True,
            need_weights=need_weights,
            cache=cache,
        )
        outputs.append(attended.output)
        if need_weights:
            torch.testing.assert_close(
                attended.weights, whole.weights[:, :, done - cut : done, :done]
            )
    assert len(cache) == length
    torch.testing.assert_close(torch.cat(outputs, dim=1), whole.output)


def test_a_cross_attention_reads_its_source_once():
    ours, cache = MultiHeadAttention(D_MODEL, HEADS), KeyValueCache()
    x, source = inputs(cross=True)
    expected = ours(x, source).output
    torch.testing.assert_close(ours(x, source, cache=cache).output, expected)
    again = ours(x, torch.full_like(source, torch.nan), cache=cache)
    torch.testing.assert_close(again.output, expected)
    assert len(cache) == KEY_LEN


def test_gradients_are_the_slopes():
    ours = MultiHeadAttention(6, 2, bias=True).double()
    x = torch.randn(2, 3, 6, dtype=torch.float64, requires_grad=True)
    source = torch.randn(2, 5, 6, dtype=torch.float64, requires_grad=True)
    mask = torch.rand(2, 1, 3, 5) < 0.5
    for need_weights in (True, False):
        assert torch.autograd.gradcheck(
            lambda x, source, needed: ours(x, source, mask, need_weights=needed).output,
            (x, source, need_weights),
        )


def test_names_are_those_of_the_paper_and_bias_is_off():
    names = set(MultiHeadAttention(D_MODEL, HEADS).state_dict())
    assert names == {f"w_{letter}.weight" for letter in "qkvo"}


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="divisible by num_heads, got 512 and 7"):
        MultiHeadAttention(512, 7)
    with pytest.raises(ValueError, match="divisible by num_heads, got 512 and 7"):
        MultiHeadAttention(512, 7, d_k=64)
    with pytest.raises(ValueError, match="num_heads must be at least 1, got 0"):
        MultiHeadAttention(512, 0)
    with pytest.raises(ValueError, match=r"dropout .* -0.1"):
        MultiHeadAttention(512, 8, dropout=-0.1)
    ours, (x, source) = MultiHeadAttention(D_MODEL, HEADS), inputs(cross=True)
    with pytest.raises(ValueError, match=r"x and d_model .* width, got 3 and 33"):
        ours(x[..., :3])
    with pytest.raises(ValueError, match=r"source and d_model .* width, got 3 and 33"):
        ours(x, source[..., :3])
    with pytest.raises(ValueError, match=r"x and source .* batch, got 2 and 1"):
        ours(x, source[:1])
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        ours(x.int())
    with pytest.raises(ValueError, match="is_causal is for self-attention"):
        ours(x, source, is_causal=True)
    for need_weights in (True, False):
        with pytest.raises(ValueError, match="mask must be boolean"):
            ours(x, mask=torch.ones(5, 5), need_weights=need_weights)
        with pytest.raises(ValueError, match=r"mask must broadcast .*\(2, 5\)"):
            ours(x, mask=torch.ones(2, 5, dtype=torch.bool), need_weights=need_weights)
