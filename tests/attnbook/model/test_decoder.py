"""The decoder against torch's, layer and stack, and by its laws."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from attnbook import (
    Decoder,
    DecoderLayer,
    LayerNorm,
    StackConfig,
    causal_mask,
    record_attention,
)
from parity import (
    assert_pairs_close,
    decoder_layer_pairs,
    flip_mask,
    from_torch,
    linear_pairs,
    shake,
    slopes,
    to_torch,
)

BATCH, TGT_LEN, SRC_LEN, HEADS, D_MODEL, D_FF, LAYERS = 2, 5, 7, 3, 33, 13, 3
SIZES = {"d_model": D_MODEL, "num_heads": HEADS, "d_ff": D_FF, "num_layers": LAYERS}
FUTURE = flip_mask(causal_mask(TGT_LEN))


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def config(**options):
    return StackConfig(**{**SIZES, "dropout": 0.0, "attention_bias": True, **options})


def torch_layer(norm_first=False, activation="relu", norm_eps=1e-5):
    return nn.TransformerDecoderLayer(
        D_MODEL,
        HEADS,
        D_FF,
        0.0,
        activation,
        norm_eps,
        batch_first=True,
        norm_first=norm_first,
    )


def some(tgt_len=TGT_LEN, src_len=SRC_LEN):
    x = torch.randn(BATCH, tgt_len, D_MODEL)
    return x, torch.randn(BATCH, src_len, D_MODEL)


def assert_equal_with_gradients(ours, theirs, pairs):
    leaves = [leaf.requires_grad_() for leaf in some()]
    torch.testing.assert_close(ours(*leaves), theirs(*leaves))
    upstream = torch.randn(leaves[0].shape)
    grads = []
    for module in (ours, theirs):
        for leaf in leaves:
            leaf.grad = None
        module(*leaves).backward(upstream)
        grads.append([leaf.grad for leaf in leaves])
    torch.testing.assert_close(*grads)
    assert_pairs_close(pairs(slopes))


@pytest.mark.parametrize("way", [to_torch, from_torch])
@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_a_layer_equals_that_of_torch(way, norm_first, activation):
    options = {"norm_first": norm_first, "activation": activation, "norm_eps": 1e-3}
    ours, theirs = DecoderLayer(config(**options)), torch_layer(**options)
    shake(ours)
    shake(theirs)
    way(decoder_layer_pairs(ours, theirs))
    assert_equal_with_gradients(
        ours,
        lambda x, memory: theirs(x, memory, tgt_mask=FUTURE),
        lambda read: decoder_layer_pairs(ours, theirs, read),
    )


@settings(deadline=None, max_examples=25)
@given(
    full=st.lists(st.booleans(), min_size=3, max_size=3),
    dims=st.integers(1, 4),
    norm_first=st.booleans(),
)
def test_a_layer_equals_that_of_torch_with_every_memory_mask(full, dims, norm_first):
    torch.manual_seed(0)
    ours = DecoderLayer(config(norm_first=norm_first))
    theirs = torch_layer(norm_first)
    to_torch(decoder_layer_pairs(ours, theirs))
    axes = zip(full, (BATCH, HEADS, TGT_LEN), strict=True)
    shape = [*(size if whole else 1 for whole, size in axes), SRC_LEN][4 - dims :]
    mask = torch.rand(shape) < 0.5
    mask[..., 0] = True  # torch has NaN where nothing may be looked at
    blocked = flip_mask(mask.expand(BATCH, HEADS, TGT_LEN, SRC_LEN)).flatten(0, 1)
    assert_equal_with_gradients(
        lambda x, memory: ours(x, memory, mask),
        lambda x, memory: theirs(x, memory, FUTURE, blocked),
        lambda read: decoder_layer_pairs(ours, theirs, read),
    )


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("final_norm", [True, False])
def test_a_stack_equals_that_of_torch(norm_first, final_norm):
    ours = Decoder(config(norm_first=norm_first, final_norm=final_norm))
    norm = nn.LayerNorm(D_MODEL) if final_norm else None
    theirs = nn.TransformerDecoder(torch_layer(norm_first), LAYERS, norm)
    shake(ours)

    def pairs(read):
        for layer, other in zip(ours.layers, theirs.layers, strict=True):
            yield from decoder_layer_pairs(layer, other, read)
        if final_norm:
            yield from linear_pairs(ours.norm, theirs.norm, read)

    to_torch(pairs(lambda parameter: parameter.detach()))
    assert_equal_with_gradients(
        ours, lambda x, memory: theirs(x, memory, tgt_mask=FUTURE), pairs
    )


@pytest.mark.parametrize(
    ("options", "norms"),
    [({}, 9), ({"norm_first": True}, 10), ({"final_norm": True}, 10)],
)
def test_post_norm_has_no_norm_too_many_and_pre_norm_one_more(options, norms):
    decoder = Decoder(config(**options))
    counted = sum(isinstance(module, LayerNorm) for module in decoder.modules())
    assert counted == norms


def test_every_layer_begins_with_weights_of_its_own():
    first, *others = Decoder(config()).layers
    for other in others:
        for name, weight in other.named_parameters():
            if weight.dim() == 2:
                assert not weight.equal(first.get_parameter(name))
    assert not first.self_attention.w_q.weight.equal(first.cross_attention.w_q.weight)


@settings(deadline=None, max_examples=25)
@given(place=st.integers(1, TGT_LEN - 1), mode=st.booleans(), recorded=st.booleans())
def test_the_future_never_alters_the_past(place, mode, recorded):
    """Neither in training nor after it, neither fused nor written out."""
    torch.manual_seed(0)
    decoder = Decoder(config()).train(mode)
    x, memory = some()
    changed = x.clone()
    changed[:, place:] += torch.randn(BATCH, TGT_LEN - place, D_MODEL)
    if recorded:
        with record_attention(decoder):
            before, after = decoder(x, memory), decoder(changed, memory)
    else:
        before, after = decoder(x, memory), decoder(changed, memory)
    assert before[:, :place].equal(after[:, :place])
    assert before[:, place].ne(after[:, place]).any()


def test_permuting_the_memory_permutes_the_weights_on_it():
    decoder, order = Decoder(config()), torch.randperm(SRC_LEN)
    x, memory = some()
    with record_attention(decoder) as straight:
        expected = decoder(x, memory)
    with record_attention(decoder) as shuffled:
        torch.testing.assert_close(decoder(x, memory[:, order]), expected)
    for number in range(LAYERS):
        name = f"layers.{number}.cross_attention"
        (before,), (after,) = straight[name], shuffled[name]
        torch.testing.assert_close(after, before[..., order])
        assert not torch.allclose(after, before)


def test_another_memory_gives_another_answer():
    decoder = Decoder(config())
    x, memory = some()
    assert not torch.allclose(decoder(x, memory), decoder(x, memory.flip(-1)))


@settings(deadline=None, max_examples=25)
@given(
    cuts=st.lists(st.integers(1, 3), min_size=1, max_size=5),
    norm_first=st.booleans(),
    masked=st.booleans(),
)
def test_the_cache_equals_the_full_pass_at_every_position(cuts, norm_first, masked):
    torch.manual_seed(0)
    decoder = Decoder(config(norm_first=norm_first))
    x, memory = some(sum(cuts))
    mask = torch.rand(BATCH, 1, 1, SRC_LEN) < 0.7 if masked else None
    cache = decoder.new_cache()
    parts = [decoder(part, memory, mask, cache) for part in x.split(cuts, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), decoder(x, memory, mask))
    assert len(cache) == sum(cuts)


def test_a_cache_can_be_cut_and_reordered():
    decoder, rows = Decoder(config()), torch.tensor([1, 1, 0])
    x, memory = some()
    cache = decoder.new_cache()
    decoder(x[:, :3], memory, cache=cache)
    selected = cache.select(rows)
    rest = decoder(x[rows, 3:], memory[rows], cache=selected)
    torch.testing.assert_close(rest, decoder(x, memory)[rows, 3:])
    assert (len(cache), len(selected)) == (3, TGT_LEN)


def test_gradients_are_the_slopes():
    sizes = {"d_model": 4, "num_heads": 2, "d_ff": 5, "num_layers": 2}
    decoder = Decoder(config(**sizes, activation="gelu")).double()
    x = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    memory = torch.randn(2, 5, 4, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([True, True, False, True, True])
    assert torch.autograd.gradcheck(lambda *leaves: decoder(*leaves, mask), (x, memory))
