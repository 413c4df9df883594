"""The encoder against torch's, layer and stack, and by its laws."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from attnbook import Encoder, EncoderLayer, LayerNorm, StackConfig
from parity import (
    assert_pairs_close,
    encoder_layer_pairs,
    flip_mask,
    from_torch,
    linear_pairs,
    shake,
    slopes,
    to_torch,
)

BATCH, LENGTH, HEADS, D_MODEL, D_FF, LAYERS = 2, 5, 3, 33, 13, 3
SIZES = {"d_model": D_MODEL, "num_heads": HEADS, "d_ff": D_FF, "num_layers": LAYERS}
BENDS = {"relu": "relu", "gelu": "gelu", "gelu_tanh": nn.GELU(approximate="tanh")}


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def config(**options):
    return StackConfig(**{**SIZES, "dropout": 0.0, "attention_bias": True, **options})


def torch_layer(norm_first=False, activation="relu", norm_eps=1e-5, bias=True):
    return nn.TransformerEncoderLayer(
        D_MODEL,
        HEADS,
        D_FF,
        0.0,
        BENDS[activation],
        norm_eps,
        batch_first=True,
        norm_first=norm_first,
        bias=bias,
    )


def some(length=LENGTH):
    return torch.randn(BATCH, length, D_MODEL)


def assert_equal_with_gradients(ours, theirs, x, pairs):
    x.requires_grad_()
    torch.testing.assert_close(ours(x), theirs(x))
    upstream = torch.randn(x.shape)
    grads = []
    for module in (ours, theirs):
        x.grad = None
        module(x).backward(upstream)
        grads.append(x.grad)
    torch.testing.assert_close(*grads)
    assert_pairs_close(pairs(slopes))


@pytest.mark.parametrize("way", [to_torch, from_torch])
@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("activation", list(BENDS))
def test_a_layer_equals_that_of_torch(way, norm_first, activation):
    options = {"norm_first": norm_first, "activation": activation, "norm_eps": 1e-3}
    ours, theirs = EncoderLayer(config(**options)), torch_layer(**options)
    shake(ours)
    shake(theirs)
    way(encoder_layer_pairs(ours, theirs))
    assert_equal_with_gradients(
        ours, theirs, some(), lambda read: encoder_layer_pairs(ours, theirs, read)
    )


def test_a_layer_without_any_bias_equals_that_of_torch():
    ours = EncoderLayer(config(bias=False, attention_bias=False))
    theirs = torch_layer(bias=False)
    shake(theirs)
    from_torch(encoder_layer_pairs(ours, theirs))
    assert len(list(ours.parameters())) == 8
    assert_equal_with_gradients(
        ours, theirs, some(), lambda read: encoder_layer_pairs(ours, theirs, read)
    )


@settings(deadline=None, max_examples=25)
@given(
    full=st.lists(st.booleans(), min_size=3, max_size=3),
    dims=st.integers(1, 4),
    norm_first=st.booleans(),
)
def test_a_layer_equals_that_of_torch_with_every_mask(full, dims, norm_first):
    torch.manual_seed(0)
    ours = EncoderLayer(config(norm_first=norm_first))
    theirs = torch_layer(norm_first)
    to_torch(encoder_layer_pairs(ours, theirs))
    axes = zip(full, (BATCH, HEADS, LENGTH), strict=True)
    shape = [*(size if whole else 1 for whole, size in axes), LENGTH][4 - dims :]
    mask = torch.rand(shape) < 0.5
    mask[..., 0] = True  # torch has NaN where nothing may be looked at
    whole = mask.expand(BATCH, HEADS, LENGTH, LENGTH).flatten(0, 1)
    assert_equal_with_gradients(
        lambda x: ours(x, mask),
        lambda x: theirs(x, src_mask=flip_mask(whole)),
        some(),
        lambda read: encoder_layer_pairs(ours, theirs, read),
    )


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("final_norm", [True, False])
def test_a_stack_equals_that_of_torch(norm_first, final_norm):
    ours = Encoder(config(norm_first=norm_first, final_norm=final_norm))
    norm = nn.LayerNorm(D_MODEL) if final_norm else None
    theirs = nn.TransformerEncoder(
        torch_layer(norm_first), LAYERS, norm, enable_nested_tensor=False
    )
    shake(ours)

    def pairs(read):
        for layer, other in zip(ours.layers, theirs.layers, strict=True):
            yield from encoder_layer_pairs(layer, other, read)
        if final_norm:
            yield from linear_pairs(ours.norm, theirs.norm, read)

    to_torch(pairs(lambda parameter: parameter.detach()))
    assert_equal_with_gradients(ours, theirs, some(), pairs)


@pytest.mark.parametrize(
    ("options", "norms"),
    [({}, 6), ({"norm_first": True}, 7), ({"final_norm": True}, 7)],
)
def test_post_norm_has_no_norm_too_many_and_pre_norm_one_more(options, norms):
    encoder = Encoder(config(**options))
    counted = sum(isinstance(module, LayerNorm) for module in encoder.modules())
    assert counted == norms


def test_every_layer_begins_with_weights_of_its_own():
    first, *others = Encoder(config()).layers
    for other in others:
        for name, weight in other.named_parameters():
            if weight.dim() == 2:
                assert not weight.equal(first.get_parameter(name))


def test_without_positions_permuting_tokens_permutes_outputs():
    encoder, order, x = Encoder(config()), torch.randperm(LENGTH), some()
    torch.testing.assert_close(encoder(x[:, order]), encoder(x)[:, order])


@settings(deadline=None, max_examples=25)
@given(length=st.integers(1, 7), more=st.integers(1, 5), norm_first=st.booleans())
def test_what_is_masked_alters_nothing(length, more, norm_first):
    torch.manual_seed(0)
    encoder, x = Encoder(config(norm_first=norm_first)), some(length + more)
    mask = torch.arange(length + more) < length
    torch.testing.assert_close(encoder(x, mask)[:, :length], encoder(x[:, :length]))


def test_where_all_is_masked_numbers_and_slopes_stay_finite():
    encoder, x = Encoder(config()), some().requires_grad_()
    mask = torch.tensor([True, False]).view(2, 1, 1, 1)
    output = encoder(x, mask)
    output.square().sum().backward()
    assert output.isfinite().all()
    assert x.grad.isfinite().all()
    assert all(p.grad.isfinite().all() for p in encoder.parameters())


@pytest.mark.parametrize("norm_first", [True, False])
def test_gradients_are_the_slopes(norm_first):
    sizes = {"d_model": 4, "num_heads": 2, "d_ff": 5, "num_layers": 2}
    options = {"activation": "gelu", "norm_first": norm_first}
    encoder = Encoder(config(**sizes, **options)).double()
    x = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([True, True, False])
    assert torch.autograd.gradcheck(lambda x: encoder(x, mask), (x,))


def test_dropout_falls_where_the_config_says():
    x = some()
    names = ("dropout", "attention_dropout", "feed_forward_dropout")
    for name in names:
        encoder = Encoder(config(**{name: 0.5}))
        assert not torch.allclose(encoder(x), encoder(x))
        encoder.eval()
        assert encoder(x).equal(encoder(x))
    encoder = Encoder(config())
    assert encoder(x).equal(encoder(x))
