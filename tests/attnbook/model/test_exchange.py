"""Exchanged parts: all of a kind, only those, and the model works on."""

import pytest
import torch
from torch import nn

from attnbook import (
    TINY,
    FeedForward,
    GatedFeedForward,
    GroupedQueryAttention,
    LayerNorm,
    MultiHeadAttention,
    RMSNorm,
    RotaryAttention,
    Transformer,
    TransformerConfig,
    exchange_layers,
)


def build():
    torch.manual_seed(0)
    return Transformer(TransformerConfig(13, **TINY)).eval()


def kinds(model):
    return {name: type(layer) for name, layer in model.named_modules()}


def test_every_layer_of_the_kind_is_new_and_no_other():
    model, before = build(), kinds(build())
    assert exchange_layers(model, LayerNorm, lambda old: RMSNorm(64)) is model
    after = kinds(model)
    assert before.keys() == after.keys()
    for name, kind in before.items():
        assert after[name] == (RMSNorm if kind == LayerNorm else kind)
    assert sum(kind == RMSNorm for kind in after.values()) == 2 * 2 + 2 * 3


def test_a_part_of_the_name_chooses_the_places():
    model = build()
    exchange_layers(
        model,
        MultiHeadAttention,
        lambda old: RotaryAttention(64, 4),
        within="self_attention",
    )
    for name, kind in kinds(model).items():
        if name.endswith("_attention"):
            wanted = RotaryAttention if "self" in name else MultiHeadAttention
            assert kind == wanted


def test_the_new_layer_is_made_from_the_old_one_and_is_learned():
    model = build()
    exchange_layers(model, LayerNorm, lambda old: RMSNorm(len(old.weight), old.eps))
    exchange_layers(model, FeedForward, lambda old: GatedFeedForward(64, 171))
    exchange_layers(
        model, MultiHeadAttention, lambda old: GroupedQueryAttention(64, 4, 2)
    )
    ids = torch.tensor([[1, 5, 7, 2]])
    model(ids, ids).square().sum().backward()
    assert all(p.grad is not None and p.grad.ne(0).any() for p in model.parameters())


def test_a_kind_that_inherits_stays():
    model = nn.Sequential(RotaryAttention(4, 2), MultiHeadAttention(4, 2))
    exchange_layers(model, MultiHeadAttention, lambda old: nn.Identity())
    assert [type(layer) for layer in model] == [RotaryAttention, nn.Identity]


def test_one_layer_at_two_places_gives_way_to_one():
    shared = nn.Linear(2, 2)
    model = nn.Sequential(shared, nn.Linear(2, 2), shared)
    exchange_layers(model, nn.Linear, lambda old: nn.Linear(2, 2))
    assert model[0] is model[2]
    assert model[0] is not shared
    assert model[0] is not model[1]


def test_nothing_to_exchange_is_an_error():
    with pytest.raises(ValueError, match="must have a RMSNorm with '' in its name"):
        exchange_layers(build(), RMSNorm, lambda old: nn.Identity())
    with pytest.raises(ValueError, match="a LayerNorm with 'attic' in its name"):
        exchange_layers(build(), LayerNorm, lambda old: nn.Identity(), within="attic")
    with pytest.raises(ValueError, match="a Linear with '' in its name, got none"):
        exchange_layers(nn.Linear(2, 2), nn.Linear, lambda old: nn.Identity())
