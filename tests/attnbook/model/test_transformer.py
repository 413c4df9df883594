"""The whole Transformer, against torch's and by its laws."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from attnbook import Transformer, TransformerConfig, causal_mask, record_attention
from parity import (
    assert_pairs_close,
    flip_mask,
    from_torch,
    shake,
    slopes,
    to_torch,
    transformer_pairs,
)

VOCAB, D_MODEL, HEADS, D_FF, LAYERS = 19, 22, 11, 13, 2
SIZES = {"d_model": D_MODEL, "num_heads": HEADS, "d_ff": D_FF, "num_layers": LAYERS}

modes = pytest.mark.parametrize("mode", [True, False], ids=["train", "eval"])
orders = pytest.mark.parametrize("norm_first", [False, True], ids=["post", "pre"])


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def build(**options):
    torch.manual_seed(0)
    return Transformer(TransformerConfig(VOCAB, **{**SIZES, "dropout": 0.0, **options}))


def torch_twin(config):
    """Build torch's, whose encoder warns of norms first unless it is told."""
    options = {"batch_first": True, "norm_first": config.norm_first}
    sizes = (D_MODEL, HEADS, D_FF, 0.0, config.activation, config.norm_eps)
    encoder = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(*sizes, **options),
        LAYERS,
        nn.LayerNorm(D_MODEL, config.norm_eps) if config.ends_with_norm else None,
        enable_nested_tensor=False,
    )
    decoder = nn.TransformerDecoder(
        nn.TransformerDecoderLayer(*sizes, **options),
        LAYERS,
        nn.LayerNorm(D_MODEL, config.norm_eps) if config.ends_with_norm else None,
    )
    return nn.Transformer(
        D_MODEL,
        HEADS,
        custom_encoder=encoder,
        custom_decoder=decoder,
        batch_first=True,
    )


def ids(batch, length, seed=0, low=3):
    chance = torch.Generator().manual_seed(seed)
    return torch.randint(low, VOCAB, (batch, length), generator=chance)


def pad_to(rows, lengths, pad_id=0):
    """Leave the first so many ids of each row."""
    places = torch.arange(rows.size(1))
    return rows.where(places < torch.tensor(lengths)[:, None], pad_id)


def sources():
    return pad_to(ids(3, 7), [7, 5, 2])


def targets():
    return pad_to(ids(3, 5, seed=1), [3, 5, 4])


# Against torch.


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


# Laws.


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


# One path to the logits, and one matrix.


@pytest.mark.parametrize("tie", ["all", "output", "none"])
@pytest.mark.parametrize("output_bias", [True, False])
def test_logits_are_one_product(tie, output_bias):
    model = build(tie=tie, output_bias=output_bias)
    shake(model)
    hidden = model.decode(targets(), model.encode(sources()), sources())
    table = model.to_logits if tie == "none" else model.tgt_embedding.tokens
    expected = hidden @ table.weight.T + (model.to_logits.bias if output_bias else 0.0)
    torch.testing.assert_close(model(sources(), targets()), expected)
    torch.testing.assert_close(model.logits(hidden), expected)


@pytest.mark.parametrize(("tie", "matrices"), [("all", 1), ("output", 2), ("none", 3)])
@pytest.mark.parametrize("change", ["none", "copy", "load", "dtype", "step"])
def test_tied_matrices_are_one_and_stay_one(tie, matrices, change):
    model = build(tie=tie)
    if change == "copy":
        model = copy.deepcopy(model)
    elif change == "load":
        model.load_state_dict(build(tie=tie).state_dict())
    elif change == "dtype":
        model = model.double()
    elif change == "step":
        model(sources(), targets()).sum().backward()
        torch.optim.SGD(model.parameters(), lr=0.1).step()
    source, target, output = (
        model.src_embedding.tokens.weight,
        model.tgt_embedding.tokens.weight,
        model.to_logits.weight,
    )
    assert (source.data_ptr() == target.data_ptr()) == (tie == "all")
    assert (target.data_ptr() == output.data_ptr()) == (tie != "none")
    body = sum(
        p.numel() for s in (model.encoder, model.decoder) for p in s.parameters()
    )
    counted = sum(p.numel() for p in model.parameters())
    assert counted - body == matrices * VOCAB * D_MODEL


@pytest.mark.parametrize("tie", ["all", "output", "none"])
def test_tied_or_not_the_model_begins_near_equal_odds(tie):
    """A first loss near ln(vocab): neither positions nor tokens drown the other."""
    torch.manual_seed(0)
    model = Transformer(
        TransformerConfig(
            1009, d_model=64, num_heads=4, num_layers=2, d_ff=128, tie=tie
        )
    )
    chance = torch.Generator().manual_seed(0)
    src_ids, tgt_ids = torch.randint(3, 1009, (2, 16, 12), generator=chance)
    logits = model(src_ids, tgt_ids[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), tgt_ids[:, 1:].flatten())
    assert torch.tensor(1009.0).log() - 0.1 < loss < torch.tensor(1009.0).log() + 1.5


def test_padding_begins_at_zero_in_every_embedding():
    for tie in ("all", "output", "none"):
        model = build(tie=tie, pad_id=5)
        assert model.src_embedding.tokens.weight[5].eq(0).all()
        assert model.tgt_embedding.tokens.weight[5].eq(0).all()


def test_an_embedding_can_have_a_norm_and_no_scale():
    plain = build(scale_embeddings=False, positions="none")
    torch.testing.assert_close(
        plain.src_embedding(sources()), plain.src_embedding.tokens.weight[sources()]
    )
    normed = build(embedding_norm=True, norm_eps=1e-3, bias=False)
    shake(normed)
    for embedding in (normed.src_embedding, normed.tgt_embedding):
        norm = embedding.norm
        assert norm.bias is None
        embedding.norm = nn.Identity()
        summed = embedding(sources())
        embedding.norm = norm
        expected = F.layer_norm(summed, (D_MODEL,), norm.weight, None, 1e-3)
        torch.testing.assert_close(embedding(sources()), expected)
    assert normed.src_embedding.norm is not normed.tgt_embedding.norm


def test_each_side_has_positions_of_its_own_where_they_are_learned():
    model = build(positions="learned", max_len=11)
    tables = [
        side.positions.table for side in (model.src_embedding, model.tgt_embedding)
    ]
    assert tables[0].shape == tables[1].shape == (11, D_MODEL)
    assert not tables[0].equal(tables[1])


# Bad input.


def test_ids_that_do_not_fit_are_refused():
    model, src_ids, tgt_ids = build(), sources(), targets()
    with pytest.raises(ValueError, match="src_ids must be from 0 to 18, got 0 to 19"):
        model(src_ids.where(src_ids != src_ids.max(), 19), tgt_ids)
    with pytest.raises(ValueError, match="tgt_ids must be from 0 to 18, got -1 to"):
        model(src_ids, tgt_ids.where(tgt_ids != 0, -1))
    with pytest.raises(ValueError, match=r"src_ids must hold at least one id"):
        model(src_ids[:, :0], tgt_ids)
    with pytest.raises(ValueError, match=r"tgt_ids must hold at least one id"):
        model(src_ids, tgt_ids[:, :0])
    with pytest.raises(ValueError, match=r"tgt_ids and src_ids .* batch, got 2 and 3"):
        model(src_ids, tgt_ids[:2])
    with pytest.raises(ValueError, match=r"memory and src_ids .* src_len, got 7 and 6"):
        model.decode(tgt_ids, model.encode(src_ids), src_ids[:, :6])
    with pytest.raises(ValueError, match=r"x and source .* batch, got 3 and 1"):
        model.decode(tgt_ids, model.encode(src_ids)[:1], src_ids)


def test_a_sequence_longer_than_max_len_is_refused():
    model = build(max_len=5)
    with pytest.raises(ValueError, match="at most max_len = 5 long, got 7"):
        model(sources(), targets())
    src_ids = sources()[:, :5]
    assert model(src_ids, targets()).shape == (3, 5, VOCAB)
    memory, cache = model.encode(src_ids), model.decoder.new_cache()
    model.decode(targets(), memory, src_ids, cache)
    with pytest.raises(ValueError, match="at most max_len = 5 long, got 6"):
        model.decode(ids(3, 1), memory, src_ids, cache)


@pytest.mark.parametrize("row", [[0, 3, 4, 5, 6], [3, 4, 0, 5, 6]])
def test_padding_before_a_target_token_is_refused(row):
    model, tgt_ids = build(), targets()
    tgt_ids[1] = torch.tensor(row)
    with pytest.raises(ValueError, match="tgt_ids: padding may stand at the end"):
        model(sources(), tgt_ids)


def test_a_target_may_begin_with_padding_where_that_is_its_first_id():
    model, tgt_ids = build(bos_id=0), targets()
    tgt_ids[:, 0] = 0
    memory, cache = model.encode(sources()), model.decoder.new_cache()
    whole = model.decode(tgt_ids, memory, sources())
    parts = [
        model.decode(part, memory, sources(), cache)
        for part in (tgt_ids[:, :1], tgt_ids[:, 1:])
    ]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    assert tgt_ids[:, 0].eq(0).all()  # it was left as it was
    tgt_ids[1, 2] = 0
    with pytest.raises(ValueError, match="before column 3 of row 1"):
        model(sources(), tgt_ids)


# Learning.


@pytest.mark.parametrize("tie", ["all", "none"])
def test_gradients_are_the_slopes(tie):
    torch.manual_seed(0)
    sizes = {"d_model": 4, "num_heads": 2, "num_layers": 1, "d_ff": 5, "dropout": 0.0}
    model = Transformer(TransformerConfig(7, **sizes, tie=tie, activation="gelu"))
    model = model.double()
    src_ids, tgt_ids = torch.tensor([[3, 4, 6], [5, 0, 0]]), torch.tensor([[1, 5]] * 2)
    names = [
        "tgt_embedding.tokens.weight",
        "encoder.layers.0.self_attention.w_k.weight",
    ]
    weights = [model.get_parameter(name).detach().requires_grad_() for name in names]

    def logits(*weights):
        replaced = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(model, replaced, (src_ids, tgt_ids))

    assert torch.autograd.gradcheck(logits, weights)


@orders
def test_it_can_learn(norm_first):
    torch.manual_seed(0)
    model = Transformer(
        TransformerConfig(
            VOCAB,
            d_model=16,
            num_heads=2,
            num_layers=1,
            d_ff=32,
            dropout=0.0,
            norm_first=norm_first,
        )
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    src_ids, tgt_ids = sources(), ids(3, 6, seed=5)
    tgt_ids[:, 0], tgt_ids[:, 5] = 1, 2
    for _ in range(150):
        logits = model(src_ids, tgt_ids[:, :-1])
        loss = F.cross_entropy(logits.mT, tgt_ids[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05
    assert model(src_ids, tgt_ids[:, :-1]).argmax(-1).equal(tgt_ids[:, 1:])
