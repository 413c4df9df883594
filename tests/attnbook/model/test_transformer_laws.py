"""The laws of the whole Transformer: the future, padding, order, the cache."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from attnbook import record_attention
from small_transformers import (
    LAYERS,
    VOCAB,
    build,
    ids,
    modes,
    orders,
    pad_to,
    sources,
    targets,
)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@orders
@modes
@settings(deadline=None, max_examples=25)
@given(place=st.integers(1, 5), seed=st.integers(0, 99))
def test_the_future_never_alters_the_past(norm_first, mode, place, seed):
    model = build(norm_first=norm_first).train(mode)
    src_ids, tgt_ids = ids(2, 7, seed), ids(2, 6, seed + 1)
    changed = tgt_ids.clone()
    changed[:, place:] = 3 + (tgt_ids[:, place:] - 3 + 1) % (VOCAB - 3)
    before, after = model(src_ids, tgt_ids), model(src_ids, changed)
    assert before[:, :place].equal(after[:, :place])
    assert before[:, place].ne(after[:, place]).any()


@modes
@settings(deadline=None, max_examples=25)
@given(
    lengths=st.lists(st.integers(1, 7), min_size=3, max_size=3), more=st.integers(1, 6)
)
def test_more_source_padding_alters_nothing(mode, lengths, more):
    model = build().train(mode)
    src_ids, tgt_ids = pad_to(ids(3, 7), lengths), targets()
    longer = F.pad(src_ids, (0, more), value=0)
    torch.testing.assert_close(model(longer, tgt_ids), model(src_ids, tgt_ids))


@modes
@settings(deadline=None, max_examples=25)
@given(
    lengths=st.lists(st.integers(1, 5), min_size=3, max_size=3), more=st.integers(1, 6)
)
def test_more_target_padding_alters_nothing_before_it(mode, lengths, more):
    model = build().train(mode)
    tgt_ids = pad_to(ids(3, 5), lengths)
    longer = F.pad(tgt_ids, (0, more), value=0)
    before, after = model(sources(), tgt_ids), model(sources(), longer)
    torch.testing.assert_close(after[:, :5], before)


@orders
@settings(deadline=None, max_examples=25)
@given(
    src_lengths=st.lists(st.integers(1, 7), min_size=3, max_size=3),
    tgt_lengths=st.lists(st.integers(1, 5), min_size=3, max_size=3),
)
def test_a_padded_batch_equals_one_by_one(norm_first, src_lengths, tgt_lengths):
    model = build(norm_first=norm_first)
    src_ids, tgt_ids = ids(3, 7), ids(3, 5, seed=1)
    logits = model(pad_to(src_ids, src_lengths), pad_to(tgt_ids, tgt_lengths))
    for row, (src_len, tgt_len) in enumerate(
        zip(src_lengths, tgt_lengths, strict=True)
    ):
        alone = model(
            src_ids[row : row + 1, :src_len], tgt_ids[row : row + 1, :tgt_len]
        )
        torch.testing.assert_close(logits[row : row + 1, :tgt_len], alone)


def test_no_token_looks_at_padding():
    """At every layer, every weight on a pad key is 0: source, memory and target."""
    model, src_ids, tgt_ids = build(), sources(), targets()
    with record_attention(model) as recorded:
        model(src_ids, tgt_ids)
    assert len(recorded) == 3 * LAYERS
    for name, (weights,) in recorded.items():
        keys = tgt_ids if name.startswith("decoder") and "self" in name else src_ids
        queries = tgt_ids if name.startswith("decoder") else src_ids
        real = (queries != 0)[:, None, :, None]
        on_padding = weights.masked_select(real & (keys == 0)[:, None, None, :])
        assert len(on_padding) > 0
        assert on_padding.eq(0).all()
        torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights.sum(-1)))


def test_padding_has_the_same_effect_whatever_its_id():
    """With another pad id, 0 is a token like any other."""
    plain, other = build(), build(pad_id=5, bos_id=6)
    swap = torch.arange(VOCAB)
    swap[[0, 5, 1, 6]] = torch.tensor([5, 0, 6, 1])
    weights = plain.state_dict()
    for name in ("src_embedding.tokens.weight", "tgt_embedding.tokens.weight"):
        weights[name] = weights[name][swap]
    weights["to_logits.weight"] = weights["src_embedding.tokens.weight"]
    other.load_state_dict(weights)
    logits = other(swap[sources()], swap[targets()])
    torch.testing.assert_close(logits[..., swap], plain(sources(), targets()))
    assert not torch.allclose(other(sources(), targets()), plain(sources(), targets()))


def test_without_positions_the_order_of_the_source_does_not_matter():
    model, order = build(positions="none"), torch.randperm(7)
    src_ids = sources()
    memory = model.encode(src_ids)
    torch.testing.assert_close(model.encode(src_ids[:, order]), memory[:, order])
    torch.testing.assert_close(
        model(src_ids[:, order], targets()), model(src_ids, targets())
    )
    placed = build()
    assert not torch.allclose(
        placed(src_ids[:, order], targets()), placed(src_ids, targets())
    )


def test_permuting_the_encoders_states_permutes_the_weights():
    model, order = build(), torch.randperm(7)
    src_ids, tgt_ids = ids(3, 7), targets()
    memory = model.encode(src_ids)
    with record_attention(model) as straight:
        hidden = model.decode(tgt_ids, memory, src_ids)
    with record_attention(model) as shuffled:
        again = model.decode(tgt_ids, memory[:, order], src_ids[:, order])
    torch.testing.assert_close(again, hidden)
    for number in range(LAYERS):
        name = f"decoder.layers.{number}.cross_attention"
        torch.testing.assert_close(shuffled[name][0], straight[name][0][..., order])
        assert not torch.allclose(shuffled[name][0], straight[name][0])


@pytest.mark.parametrize("positions", ["sinusoidal", "learned", "none"])
@orders
@settings(deadline=None, max_examples=25)
@given(cuts=st.lists(st.integers(1, 3), min_size=1, max_size=5))
def test_the_cache_equals_the_full_pass_at_every_position(positions, norm_first, cuts):
    model = build(positions=positions, norm_first=norm_first).eval()
    src_ids, tgt_ids = sources(), ids(3, sum(cuts), seed=1)
    memory, cache = model.encode(src_ids), model.decoder.new_cache()
    parts = [
        model.logits(model.decode(part, memory, src_ids, cache))
        for part in tgt_ids.split(cuts, dim=1)
    ]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(src_ids, tgt_ids))


def test_with_a_cache_the_future_does_not_exist():
    """Token by token, the cached pass is the causal one."""
    model, src_ids, tgt_ids = build(), sources(), ids(3, 5)
    memory, cache = model.encode(src_ids), model.decoder.new_cache()
    whole = model.decode(tgt_ids, memory, src_ids)
    for place in range(5):
        newest = model.decode(tgt_ids[:, place : place + 1], memory, src_ids, cache)
        torch.testing.assert_close(newest[:, 0], whole[:, place])


def test_a_source_of_padding_alone_does_no_harm():
    model, src_ids = build(), sources()
    src_ids[1] = 0
    logits = model(src_ids, targets())
    assert logits.isfinite().all()
    logits.square().sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())
    torch.testing.assert_close(logits[[0, 2]], model(sources(), targets())[[0, 2]])
