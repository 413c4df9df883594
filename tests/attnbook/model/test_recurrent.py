"""The laws that every recurrent sequence-to-sequence model obeys."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy, pad

from attnbook import AdditiveAttentionSeq2Seq, LastStateSeq2Seq
from attnbook.model.recurrent import RecurrentSeq2Seq

KINDS = [LastStateSeq2Seq, AdditiveAttentionSeq2Seq]
MODELS = [(kind, cell) for kind in KINDS for cell in ("rnn", "gru", "lstm")]
VOCAB = 11

every_model = pytest.mark.parametrize(("kind", "cell"), MODELS)


def build(kind, cell, seed=0, **ids):
    torch.manual_seed(seed)
    return kind(cell, VOCAB, embed_dim=3, hidden_dim=5, **ids).eval()


def sources():
    return torch.tensor([[3, 4, 5, 6, 7], [8, 9, 0, 0, 0], [10, 3, 4, 0, 0]])


def targets():
    return torch.tensor([[1, 4, 6, 8], [1, 3, 2, 0], [1, 10, 9, 2]])


def test_the_shared_part_alone_is_no_model():
    with pytest.raises(TypeError, match="decode"):
        RecurrentSeq2Seq("gru", VOCAB, 3, 5)


@every_model
def test_more_padding_alters_nothing(kind, cell):
    model = build(kind, cell)
    logits = model(sources(), targets())
    torch.testing.assert_close(model(pad(sources(), (0, 7)), targets()), logits)
    assert model.greedy(pad(sources(), (0, 7)), 5).equal(model.greedy(sources(), 5))


@every_model
def test_a_padded_batch_equals_one_by_one(kind, cell):
    model = build(kind, cell)
    logits = model(sources(), targets())
    for row, (source, target) in enumerate(zip(sources(), targets(), strict=True)):
        alone = model(source[source != 0][None], target[None])
        torch.testing.assert_close(logits[row : row + 1], alone)


@every_model
def test_padding_in_the_source_gets_no_gradient(kind, cell):
    model = build(kind, cell)
    model(sources(), targets()).square().sum().backward()
    slopes = model.encoder.embedding.weight.grad
    assert slopes[0].eq(0).all()
    assert slopes[3:].ne(0).all()


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 99), place=st.integers(1, 5))
@every_model
def test_the_future_never_alters_the_past(kind, cell, seed, place):
    model = build(kind, cell)
    chance = torch.Generator().manual_seed(seed)
    tgt_ids = torch.randint(3, VOCAB, (3, 6), generator=chance)
    changed = tgt_ids.clone()
    changed[:, place:] = 3 + (tgt_ids[:, place:] - 3 + 1) % (VOCAB - 3)
    for mode in (True, False):
        model.train(mode)
        before, after = model(sources(), tgt_ids), model(sources(), changed)
        assert before[:, :place].equal(after[:, :place])
        assert not torch.isclose(before[:, place], after[:, place]).all()


@every_model
def test_the_decoder_can_go_on_where_it_stopped(kind, cell):
    model = build(kind, cell)
    encoded = model.encoder(sources())
    whole = model.decode(targets(), encoded)
    first = model.decode(targets()[:, :1], encoded)
    rest = model.decode(targets()[:, 1:], encoded._replace(state=first.state))
    torch.testing.assert_close(whole.logits, torch.cat([first.logits, rest.logits], 1))
    torch.testing.assert_close(whole.state, rest.state)


@every_model
def test_greedy_is_the_path_of_the_largest_logits(kind, cell):
    ended = 0
    for seed in range(20):
        model = build(kind, cell, seed)
        for source in sources():
            written = model.greedy(source[source != 0][None], 6)
            path = [1]
            while len(path) < 7 and path[-1] != 2:
                logits = model(source[source != 0][None], torch.tensor([path]))
                path.append(int(logits[0, -1].argmax()))
            ended += path[-1] == 2
            assert written.tolist() == [path[1:] + [0] * (7 - len(path))]
    assert ended > 0


@every_model
def test_greedy_of_a_batch_is_greedy_of_each(kind, cell):
    for seed in range(20):
        model = build(kind, cell, seed)
        alone = [model.greedy(source[source != 0][None], 6) for source in sources()]
        assert model.greedy(sources(), 6).equal(torch.cat(alone))


@every_model
def test_greedy_builds_no_graph(kind, cell):
    model = build(kind, cell)
    assert not model.greedy(sources(), 2).requires_grad
    assert torch.is_grad_enabled()


@every_model
def test_its_special_ids_are_its_own(kind, cell):
    """Renaming the ids, in the embeddings too, renames what is written."""
    plain, renamed = build(kind, cell), build(kind, cell, pad_id=9, bos_id=10, eos_id=8)
    names = torch.tensor([9, 10, 8, 3, 4, 5, 6, 7, 2, 0, 1])
    weights = plain.state_dict()
    for name in ("encoder.embedding.weight", "embedding.weight", "to_logits.weight"):
        weights[name] = torch.empty_like(weights[name]).index_copy(
            0, names, weights[name]
        )
    weights["to_logits.bias"] = weights["to_logits.bias"][names.argsort()]
    renamed.load_state_dict(weights)
    written = plain.greedy(sources(), 6)
    assert renamed.greedy(names[sources()], 6).equal(names[written])
    logits = renamed(names[sources()], names[targets()])
    torch.testing.assert_close(logits[..., names], plain(sources(), targets()))


@every_model
def test_it_can_learn(kind, cell):
    model = build(kind, cell).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    tgt_ids = targets()
    for _ in range(150):
        logits = model(sources(), tgt_ids[:, :-1])
        loss = cross_entropy(logits.mT, tgt_ids[:, 1:], ignore_index=0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    written = model.greedy(sources(), 3)
    assert written.where(tgt_ids[:, 1:] != 0, 0).equal(tgt_ids[:, 1:])


@every_model
def test_arguments_that_do_not_fit_are_refused(kind, cell):
    model = build(kind, cell)
    with pytest.raises(ValueError, match=r"batch, got 3 and 2"):
        model(sources(), targets()[:2])
    with pytest.raises(ValueError, match="tgt_ids must be from 0 to 10, got 0 to 11"):
        model(sources(), targets().where(targets() != 10, 11))
    with pytest.raises(
        ValueError, match=r"tgt_ids must hold at least one id.*\(3, 0\)"
    ):
        model(sources(), targets()[:, :0])
    with pytest.raises(ValueError, match="src_ids must be from 0 to 10, got 0 to 11"):
        model.greedy(sources().where(sources() != 10, 11), 5)
    with pytest.raises(ValueError, match="max_len must be at least 1, got 0"):
        model.greedy(sources(), 0)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_cell_is_refused(kind):
    with pytest.raises(ValueError, match=r"cell must be one of .* got 'tanh'"):
        build(kind, "tanh")
