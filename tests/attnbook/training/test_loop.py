"""The loop against the same steps taken by hand, and its laws."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from attnbook import (
    BatchStream,
    LastStateSeq2Seq,
    Loss,
    copy_task,
    cosine_schedule,
    paper_schedule,
    sequence_loss,
    train,
)
from small_training import PAD, RATES, assert_alike, batches_of, loss_of, model_of, run


@pytest.mark.parametrize("max_norm", [0.05, 1.0])
@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.SGD])
def test_it_takes_the_steps_that_torch_takes_by_hand(optimizer, max_norm):
    ours, theirs = model_of(), model_of()
    records = run(ours, batches_of(4), optimizer, max_norm=max_norm)
    by_hand = optimizer(theirs.parameters(), lr=99.0)
    for step, (ids, targets) in enumerate(batches_of(4), 1):
        by_hand.zero_grad()
        loss = F.cross_entropy(
            theirs(ids).mT, targets, ignore_index=PAD, label_smoothing=0.1
        )
        loss.backward()
        norm = nn.utils.clip_grad_norm_(theirs.parameters(), max_norm)
        by_hand.param_groups[0]["lr"] = RATES[step]
        by_hand.step()
        record = records[step - 1]
        assert record[:2] == (step, pytest.approx(loss.item()))
        assert record[2:] == (
            RATES[step],
            pytest.approx(norm.item()),
            (targets != PAD).sum(),
        )
    assert_alike(ours, theirs)


def test_it_goes_on_from_any_step():
    ours, theirs = model_of(), model_of()
    batches = batches_of(4)
    optimizer = torch.optim.Adam(ours.parameters())
    go_on = partial(train, ours, optimizer, batches, loss_of, RATES.__getitem__)
    records = [*go_on(steps=2), *go_on(steps=4, first_step=3)]
    assert records == run(theirs, batches_of(4))
    assert_alike(ours, theirs)


def test_the_first_step_has_the_papers_first_rate():
    schedule = partial(paper_schedule, d_model=512)
    record = run(model_of(), batches_of(1), steps=1, schedule=schedule)[0]
    assert f"{record.learning_rate:.4e}" == "1.7469e-07"


def test_every_group_of_the_optimizer_follows_the_schedule():
    model = model_of()
    groups = [{"params": layer.parameters()} for layer in model]
    optimizer = torch.optim.SGD(groups, lr=99.0)
    next(train(model, optimizer, batches_of(1), loss_of, RATES.get, steps=1))
    assert [group["lr"] for group in optimizer.param_groups] == [0.3, 0.3]


def test_only_what_is_trained_counts_for_the_length_of_the_gradient():
    ours, theirs = model_of(), model_of()
    theirs[0].requires_grad_(False)
    records = []
    for model in (ours, theirs):
        optimizer = torch.optim.SGD(model[1].parameters())
        steps = train(
            model, optimizer, batches_of(4), loss_of, RATES.get, steps=4, max_norm=0.05
        )
        records.append(list(steps))
    assert records[0] == records[1]
    assert_alike(ours, theirs)


def test_evaluation_between_steps_does_not_leave_dropout_off():
    model = nn.Sequential(nn.Embedding(7, 5), nn.Dropout(0.5), nn.Linear(5, 7))
    optimizer = torch.optim.SGD(model.parameters())
    modes = []

    def loss(model, batch):
        modes.append(model.training)
        return loss_of(model, batch)

    for _ in train(model, optimizer, batches_of(3), loss, RATES.get, steps=3):
        model.eval()
    assert modes == [True] * 3


def test_it_takes_nothing_from_chance():
    model, theirs = model_of(), model_of()
    states = []
    for seed, own in ((1, model), (2, theirs)):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        states.append(run(own, batches_of(4)))
        assert torch.get_rng_state().equal(before)
    assert states[0] == states[1]
    assert model[1].weight.equal(theirs[1].weight)


def test_nothing_is_printed(capfd):
    run(model_of(), batches_of(4))
    assert capfd.readouterr() == ("", "")


def test_padding_alone_moves_nothing():
    model, theirs = model_of(), model_of()
    ids = torch.ones(2, 3, dtype=torch.long)
    records = run(model, [(ids, torch.full((2, 3), PAD))], torch.optim.SGD)
    assert records == [(1, 0.0, 0.3, 0.0, 0)]
    assert_alike(model, theirs)


@pytest.mark.parametrize("spoilt", [math.nan, math.inf])
def test_a_gradient_that_is_not_finite_stops_it_before_the_model_is_spoilt(spoilt):
    model, theirs = model_of(), model_of()
    optimizer = torch.optim.SGD(model.parameters())

    def loss(model, batch):
        return Loss(loss_of(model, batch).mean * spoilt, 1)

    records = train(model, optimizer, batches_of(1), loss, RATES.get, steps=1)
    with pytest.raises(RuntimeError, match="non-finite"):
        next(records)
    assert_alike(model, theirs)


def test_it_trains_the_recurrent_models():
    torch.manual_seed(0)
    model = LastStateSeq2Seq("gru", vocab_size=13, embed_dim=8, hidden_dim=16)
    stream = BatchStream(lambda chance: [copy_task(16, (1, 3), 10, chance)], 0)
    optimizer = torch.optim.Adam(model.parameters())
    schedule = partial(cosine_schedule, peak=0.02, warmup=20, steps=200)
    loss = partial(sequence_loss, smoothing=0.0)
    records = list(train(model, optimizer, stream, loss, schedule, steps=200))
    assert len(records) == 200
    assert records[-1].loss < records[0].loss / 3
    src_ids, tgt_ids = next(stream)
    assert records[-1].tokens in {16 * 2, 16 * 3, 16 * 4}
    assert model(src_ids, tgt_ids).shape == (*tgt_ids.shape, 13)


@pytest.mark.parametrize("name", ["steps", "first_step", "accumulate"])
def test_numbers_below_one_are_refused_at_once(name):
    model = model_of()
    optimizer = torch.optim.SGD(model.parameters())
    arguments = {"steps": 3, name: 0}
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        train(model, optimizer, batches_of(1), loss_of, RATES.get, **arguments)


@pytest.mark.parametrize("max_norm", [0.0, -1.0, math.nan])
def test_a_gradient_has_no_such_length(max_norm):
    model = model_of()
    optimizer = torch.optim.SGD(model.parameters())
    with pytest.raises(ValueError, match=f"max_norm must be above 0, got {max_norm}"):
        train(
            model,
            optimizer,
            batches_of(1),
            loss_of,
            RATES.get,
            steps=1,
            max_norm=max_norm,
        )
