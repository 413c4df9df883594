import base64
import json

import pytest
import torch

from attnbook import (
    TINY,
    Transformer,
    TransformerConfig,
    copy_weights,
    pack_weights,
    unpack_weights,
)


def carried(weights, **options):
    """Pack, send through JSON, unpack."""
    return unpack_weights(json.loads(json.dumps(pack_weights(weights, **options))))


def test_no_number_is_off_by_more_than_half_a_step_of_its_row():
    matrix = torch.randn(7, 11) * torch.logspace(-3, 3, 7).unsqueeze(1)
    back = carried({"w": matrix})["w"]
    step = matrix.abs().amax(dim=1, keepdim=True) / 127
    assert ((back - matrix).abs() <= 0.5001 * step).all()
    assert not back.equal(matrix)


def test_by_hand():
    packed = pack_weights({"w": torch.tensor([[127.0, -64.4, 0.6], [0.0, 0.0, 0.0]])})
    data = base64.b64decode(packed["data"])
    place = packed["tensors"]["w"]["numbers"]
    steps = [byte - 256 * (byte > 127) for byte in data[place : place + 6]]
    assert steps == [127, -64, 1, 0, 0, 0]
    assert unpack_weights(packed)["w"].tolist() == [[127, -64, 1], [0, 0, 0]]


def test_vectors_and_32_bits_stay_as_they_are():
    weights = {"v": torch.randn(5), "w": torch.randn(2, 3, 7), "x": torch.randn(3)}
    assert carried(weights)["v"].equal(weights["v"])
    for name, tensor in carried(weights, bits=32).items():
        assert tensor.equal(weights[name])


def test_floats_begin_where_a_browser_can_read_them_in_place():
    weights = {"a": torch.randn(3, 3), "b": torch.randn(5), "c": torch.randn(2, 1)}
    for it in pack_weights(weights)["tensors"].values():
        floats = it["numbers"] if it["scales"] is None else it["scales"]
        assert floats % 4 == 0


def test_a_model_packs_once_what_it_shares_and_reads_itself_back():
    model = Transformer(TransformerConfig(vocab_size=13, **TINY)).eval()
    packed = pack_weights(model.state_dict())
    numbers = sum(p.numel() for p in model.parameters())
    assert len(base64.b64decode(packed["data"])) < 1.1 * numbers  # a byte each
    other = Transformer(TransformerConfig(vocab_size=13, **TINY)).eval()
    copy_weights(carried(model.state_dict(), bits=32), other)
    src_ids, tgt_ids = torch.randint(3, 13, (2, 5)), torch.randint(3, 13, (2, 7))
    torch.testing.assert_close(other(src_ids, tgt_ids), model(src_ids, tgt_ids))


def test_what_cannot_be_packed_is_refused():
    with pytest.raises(ValueError, match="bits must be 8 or 32, got 16"):
        pack_weights({"w": torch.randn(2, 2)}, bits=16)
    with pytest.raises(ValueError, match=r"floating, got ids of torch\.int64"):
        pack_weights({"ids": torch.tensor([1, 2])})
