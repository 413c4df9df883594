"""Half precision, autocast, and other devices."""

import pytest
import torch
from torch.nn import functional as F

from attnbook import Transformer, TransformerConfig, record_attention

VOCAB = 13
HALVES = [torch.float16, torch.bfloat16]


def build(**options):
    torch.manual_seed(0)
    sizes = {"d_model": 10, "num_heads": 5, "num_layers": 2, "d_ff": 7, "dropout": 0.0}
    return Transformer(TransformerConfig(VOCAB, **{**sizes, **options}))


def batch(lengths=(7, 3, 0), tgt_len=5, seed=0):
    """Draw ids; the last source is padding alone, so that all its rows are dead."""
    chance = torch.Generator().manual_seed(seed)
    src_ids = torch.randint(3, VOCAB, (len(lengths), max(lengths)), generator=chance)
    places = torch.arange(max(lengths))
    src_ids = src_ids.where(places < torch.tensor(lengths)[:, None], 0)
    return src_ids, torch.randint(3, VOCAB, (len(lengths), tgt_len), generator=chance)


def loss(model, src_ids, tgt_ids):
    logits = model(src_ids, tgt_ids[:, :-1])
    return F.cross_entropy(logits.float().mT, tgt_ids[:, 1:])


def gradients(model, *ids):
    model.zero_grad()
    loss(model, *ids).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def assert_near(actual, expected, share):
    """Compare as wholes: single numbers near 0 have no digits left in half precision."""
    assert actual.isfinite().all()
    difference = (actual.float() - expected.float()).norm() / expected.float().norm()
    assert difference < share


@pytest.mark.parametrize("dtype", [*HALVES, torch.float64])
def test_a_model_follows_its_dtype(dtype):
    model, ids = build(), batch()
    expected = model(*ids)
    model = model.to(dtype)
    actual = model(*ids)
    assert actual.dtype == dtype
    assert_near(actual, expected, 0.05)
    assert all(p.dtype == dtype for p in model.parameters())
    assert gradients(model, *ids).isfinite().all()
    memory = model.encode(ids[0])
    hidden = model.decode(ids[1], memory, ids[0], model.decoder.new_cache())
    assert memory.dtype == hidden.dtype == dtype


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("recorded", [True, False])
def test_under_autocast(dtype, norm_first, recorded):
    model, ids = build(norm_first=norm_first), batch()
    expected, slopes = model(*ids), gradients(model, *ids)
    with torch.autocast("cpu", dtype=dtype):
        if recorded:
            with record_attention(model) as maps:
                actual, cast = model(*ids), gradients(model, *ids)
            assert all(w.isfinite().all() for calls in maps.values() for w in calls)
            assert maps["encoder.layers.0.self_attention"][0][2].eq(0).all()
        else:
            actual, cast = model(*ids), gradients(model, *ids)
    assert actual.dtype == dtype
    assert_near(actual, expected, 0.05)
    assert_near(cast, slopes, 0.1)


def test_a_model_runs_on_another_device():
    with torch.device("meta"):
        model = build()
    src_ids, tgt_ids = (ids.to("meta") for ids in batch())
    mask = (src_ids != 0)[:, None, None]
    memory = model.encoder(model.src_embedding(src_ids), mask)
    hidden = model.decoder(model.tgt_embedding(tgt_ids), memory, mask)
    assert model.logits(hidden).device.type == "meta"
