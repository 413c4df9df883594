"""What the Transformer refuses, and that it learns."""

import pytest
import torch
from torch.nn import functional as F

from attnbook import Transformer, TransformerConfig
from small_transformers import VOCAB, build, ids, orders, sources, targets


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


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
