"""The whole Transformer against torch's."""

import pytest
import torch
from torch import nn

from attnbook import causal_mask
from parity import (
    assert_pairs_close,
    flip_mask,
    from_torch,
    shake,
    slopes,
    to_torch,
    transformer_pairs,
)
from small_transformers import (
    D_FF,
    D_MODEL,
    LAYERS,
    build,
    orders,
    sources,
    targets,
    torch_twin,
)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("way", [to_torch, from_torch])
@orders
@pytest.mark.parametrize("final_norm", [True, False])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("attention_bias", [True, False])
def test_it_equals_that_of_torch(
    way, norm_first, final_norm, activation, attention_bias
):
    ours = build(
        norm_first=norm_first,
        final_norm=final_norm,
        activation=activation,
        attention_bias=attention_bias,
        norm_eps=1e-3,
    )
    theirs = torch_twin(ours.config)
    shake(ours)
    if attention_bias:
        shake(theirs)
    way(transformer_pairs(ours, theirs))
    # Without a norm at the end gradients are long, and rounding shows in float32.
    ours, theirs = ours.double(), theirs.double()
    src_ids, tgt_ids = sources(), targets()
    src, tgt = (
        embedded.detach().requires_grad_()
        for embedded in (ours.src_embedding(src_ids), ours.tgt_embedding(tgt_ids))
    )
    expected = theirs(
        src,
        tgt,
        tgt_mask=flip_mask(causal_mask(5)),
        src_key_padding_mask=src_ids == 0,
        memory_key_padding_mask=src_ids == 0,
        tgt_is_causal=True,
    )
    hidden = ours.decode(tgt_ids, ours.encode(src_ids), src_ids)
    torch.testing.assert_close(hidden, expected)

    mask = (src_ids != 0)[:, None, None]
    upstream = torch.randn_like(expected)
    expected.backward(upstream)
    grads = src.grad, tgt.grad
    src.grad = tgt.grad = None
    ours.decoder(tgt, ours.encoder(src, mask), mask).backward(upstream)
    torch.testing.assert_close((src.grad, tgt.grad), grads)
    assert_pairs_close(transformer_pairs(ours, theirs, slopes))


def test_it_equals_nn_transformer_as_it_comes():
    """Without a custom encoder or decoder: final norms, biases, post-norm."""
    ours = build(final_norm=True, attention_bias=True, num_heads=2)
    theirs = nn.Transformer(D_MODEL, 2, LAYERS, LAYERS, D_FF, 0.0, batch_first=True)
    shake(theirs)
    from_torch(transformer_pairs(ours, theirs))
    src_ids, tgt_ids = sources(), targets()
    expected = theirs(
        ours.src_embedding(src_ids),
        ours.tgt_embedding(tgt_ids),
        tgt_mask=flip_mask(causal_mask(5)),
        src_key_padding_mask=src_ids == 0,
        memory_key_padding_mask=src_ids == 0,
    )
    hidden = ours.decode(tgt_ids, ours.encode(src_ids), src_ids)
    torch.testing.assert_close(hidden, expected)
    weight = ours.tgt_embedding.tokens.weight
    torch.testing.assert_close(ours(src_ids, tgt_ids), expected @ weight.T)
