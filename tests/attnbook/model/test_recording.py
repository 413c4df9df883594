"""Recording shows every head, changes no output and leaves nothing behind."""

import pytest
import torch
from torch import nn

from attnbook import (
    ImageClassifier,
    MultiHeadAttention,
    StackConfig,
    Transformer,
    TransformerConfig,
    record_attention,
)

SIZES = {"d_model": 10, "num_heads": 5, "num_layers": 2, "d_ff": 7, "dropout": 0.0}
SRC_IDS, TGT_IDS = (
    torch.tensor([[3, 4, 7, 5], [6, 8, 0, 0]]),
    torch.tensor([[1, 5, 9]] * 2),
)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Transformer(TransformerConfig(13, **SIZES))


def hooks_of(model):
    return [
        len(getattr(module, name))
        for module in model.modules()
        for name in ("_forward_hooks", "_forward_pre_hooks")
    ]


def test_every_attention_layer_is_recorded_by_its_name(model):
    with record_attention(model) as recorded:
        model(SRC_IDS, TGT_IDS)
    shapes = {name: [w.shape for w in calls] for name, calls in recorded.items()}
    expected = {}
    for number in range(2):
        expected[f"encoder.layers.{number}.self_attention"] = [(2, 5, 4, 4)]
        expected[f"decoder.layers.{number}.self_attention"] = [(2, 5, 3, 3)]
        expected[f"decoder.layers.{number}.cross_attention"] = [(2, 5, 3, 4)]
    assert shapes == expected


def test_they_are_the_weights_of_the_layer(model):
    x = model.src_embedding(SRC_IDS)
    mask = (SRC_IDS != 0)[:, None, None]
    layer = model.encoder.layers[0].self_attention
    with record_attention(model) as recorded:
        model.encode(SRC_IDS)
    expected = layer(x, mask=mask, need_weights=True).weights
    (weights,) = recorded["encoder.layers.0.self_attention"]
    torch.testing.assert_close(weights, expected)
    assert not weights.requires_grad


@pytest.mark.parametrize("mode", [True, False])
def test_outputs_and_gradients_stay_the_same(model, mode):
    model.train(mode)
    weights = list(model.parameters())
    expected = model(SRC_IDS, TGT_IDS)
    with record_attention(model):
        logits = model(SRC_IDS, TGT_IDS)
    torch.testing.assert_close(logits, expected)
    torch.testing.assert_close(
        torch.autograd.grad(logits.square().mean(), weights),
        torch.autograd.grad(expected.square().mean(), weights),
    )


def test_every_call_is_kept_in_order(model):
    with record_attention(model) as recorded:
        memory, cache = model.encode(SRC_IDS), model.decoder.new_cache()
        for newest in TGT_IDS.split(1, dim=1):
            model.decode(newest, memory, SRC_IDS, cache)
    steps = recorded["decoder.layers.1.cross_attention"]
    assert [w.shape for w in steps] == [(2, 5, 1, 4)] * 3
    with record_attention(model) as whole:
        model(SRC_IDS, TGT_IDS)
    torch.testing.assert_close(
        torch.cat(steps, dim=2), whole["decoder.layers.1.cross_attention"][0]
    )
    steps = recorded["decoder.layers.1.self_attention"]
    assert [w.size(-1) for w in steps] == [1, 2, 3]


def test_nothing_is_left_behind(model):
    before = hooks_of(model)
    with record_attention(model) as recorded:
        assert hooks_of(model) != before
        model.encode(SRC_IDS)
    assert hooks_of(model) == before
    model.encode(SRC_IDS)
    assert len(recorded["encoder.layers.0.self_attention"]) == 1


def test_not_even_by_an_error(model):
    before = hooks_of(model)
    with (
        pytest.raises(ValueError, match="tgt_ids must hold"),
        record_attention(model) as recorded,
    ):
        model(SRC_IDS, TGT_IDS[:, :0])
    assert hooks_of(model) == before
    assert len(recorded["encoder.layers.0.self_attention"]) == 1
    assert recorded["decoder.layers.0.self_attention"] == []


def test_two_recordings_at_once_see_the_same(model):
    with record_attention(model) as outer, record_attention(model.encoder) as inner:
        model.encode(SRC_IDS)
    assert outer["encoder.layers.1.self_attention"][0].equal(
        inner["layers.1.self_attention"][0]
    )


def test_any_model_with_such_layers_can_be_recorded():
    image_model = ImageClassifier(StackConfig(**SIZES), 4, 2, 3)
    with record_attention(image_model) as recorded:
        image_model(torch.randn(2, 1, 4, 4))
    assert recorded["encoder.layers.0.self_attention"][0].shape == (2, 5, 5, 5)
    with record_attention(MultiHeadAttention(6, 2)) as recorded:
        assert recorded == {"": []}
    with record_attention(nn.Linear(2, 2)) as recorded:
        assert recorded == {}
