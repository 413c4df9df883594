"""Weights from elsewhere: torch's, packed and under its own names; and mistakes."""

import pytest
import torch
from torch import nn

from attnbook import (
    Transformer,
    TransformerConfig,
    causal_mask,
    copy_weights,
    rename_weights,
)
from parity import flip_mask, shake

SIZES = {"d_model": 10, "num_heads": 2, "num_layers": 2, "d_ff": 7, "dropout": 0.0}


def attention(there, here):
    """Name the four projections, three of which torch packs into one."""
    packed = [f"{here}.w_{letter}" for letter in "qkv"]
    return {
        f"{there}.in_proj_weight": tuple(f"{name}.weight" for name in packed),
        f"{there}.in_proj_bias": tuple(f"{name}.bias" for name in packed),
        f"{there}.out_proj": f"{here}.w_o",
    }


TORCH_NAMES = {
    **attention("encoder.layers.{}.self_attn", "encoder.layers.{}.self_attention"),
    **attention("decoder.layers.{}.self_attn", "decoder.layers.{}.self_attention"),
    **attention(
        "decoder.layers.{}.multihead_attn", "decoder.layers.{}.cross_attention"
    ),
    "encoder.layers.{}.linear1": "encoder.layers.{}.feed_forward.w_1",
    "encoder.layers.{}.linear2": "encoder.layers.{}.feed_forward.w_2",
    "encoder.layers.{}.norm1": "encoder.layers.{}.self_residual.norm",
    "encoder.layers.{}.norm2": "encoder.layers.{}.feed_forward_residual.norm",
    "encoder.norm": "encoder.norm",
    "decoder.layers.{}.linear1": "decoder.layers.{}.feed_forward.w_1",
    "decoder.layers.{}.linear2": "decoder.layers.{}.feed_forward.w_2",
    "decoder.layers.{}.norm1": "decoder.layers.{}.self_residual.norm",
    "decoder.layers.{}.norm2": "decoder.layers.{}.cross_residual.norm",
    "decoder.layers.{}.norm3": "decoder.layers.{}.feed_forward_residual.norm",
    "decoder.norm": "decoder.norm",
    "embed": "src_embedding.tokens",
    "head": "src_embedding.tokens",
    "version": None,
}


@pytest.fixture
def elsewhere():
    """Build a model of another program: nn.Transformer, an embedding and a tied head."""
    torch.manual_seed(0)
    core = nn.Transformer(10, 2, 2, 2, 7, 0.0, batch_first=True)
    shake(core)
    embed = torch.randn(13, 10)
    version = torch.tensor(3)
    weights = core.state_dict() | {"embed.weight": embed, "version": version}
    return core, weights | {"head.weight": embed.clone()}


def build():
    config = TransformerConfig(13, **SIZES, attention_bias=True, final_norm=True)
    return Transformer(config)


def test_a_model_of_torch_loads_by_its_names(elsewhere):
    core, weights = elsewhere
    model = build()
    copy_weights(rename_weights(weights, TORCH_NAMES), model)
    src_ids, tgt_ids = torch.tensor([[3, 4, 7], [6, 0, 0]]), torch.tensor([[1, 5]] * 2)
    padding = src_ids == 0
    expected = core(
        model.src_embedding(src_ids),
        model.tgt_embedding(tgt_ids),
        tgt_mask=flip_mask(causal_mask(2)),
        src_key_padding_mask=padding,
        memory_key_padding_mask=padding,
    )
    embed = weights["embed.weight"]
    torch.testing.assert_close(model(src_ids, tgt_ids), expected @ embed.T)
    assert model.to_logits.weight.equal(embed)


def test_what_is_missing_is_named(elsewhere):
    weights = elsewhere[1]
    del weights["encoder.layers.1.norm2.bias"]
    renamed = rename_weights(weights, TORCH_NAMES)
    name = "encoder.layers.1.feed_forward_residual.norm.bias"
    with pytest.raises(ValueError, match=f"missing: {name}"):
        copy_weights(renamed, build())


def test_what_no_name_fits_is_named(elsewhere):
    names = {name: TORCH_NAMES[name] for name in TORCH_NAMES if name != "encoder.norm"}
    with pytest.raises(
        ValueError, match=r"left over: \['encoder.norm.weight', 'encoder"
    ):
        rename_weights(elsewhere[1], names)


def test_what_the_model_has_no_place_for_is_named(elsewhere):
    weights = elsewhere[1] | {"encoder.layers.2.norm1.weight": torch.ones(10)}
    renamed = rename_weights(weights, TORCH_NAMES)
    with pytest.raises(ValueError, match=r"left over: encoder.layers.2.self_residual"):
        copy_weights(renamed, build())


def test_two_tensors_of_one_name_must_be_equal(elsewhere):
    weights = elsewhere[1]
    weights["head.weight"] = weights["head.weight"] + 1
    with pytest.raises(
        ValueError, match=r"must be equal, these differ: \['head.weight'"
    ):
        rename_weights(weights, TORCH_NAMES)


def test_the_longest_name_counts_and_only_whole_words_fit():
    weights = {"a.b.weight": torch.ones(1), "a.c.weight": torch.ones(1)}
    renamed = rename_weights(weights, {"a": "x", "a.b": "y"})
    assert list(renamed) == ["y.weight", "x.c.weight"]
    with pytest.raises(ValueError, match="left over"):
        rename_weights({"ab.weight": torch.ones(1)}, {"a": "x"})
    with pytest.raises(ValueError, match="left over"):
        rename_weights({"a.x.weight": torch.ones(1)}, {"a.{}": "b.{}"})


def test_numbers_go_along_in_order():
    renamed = rename_weights(
        {"block.11.head.3.w": torch.ones(1)}, {"block.{}.head.{}": "layers.{}.parts.{}"}
    )
    assert list(renamed) == ["layers.11.parts.3.w"]


def test_a_packed_tensor_is_taken_apart_in_order():
    packed = torch.arange(12.0).view(6, 2)
    renamed = rename_weights({"qkv": packed}, {"qkv": ("q", "k", "v")})
    assert renamed["q"].equal(packed[:2])
    assert renamed["k"].equal(packed[2:4])
    assert renamed["v"].equal(packed[4:])
