"""The loss against torch's, against sums by hand, and against its own floor."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import (
    LastStateSeq2Seq,
    Loss,
    SequenceBatch,
    copy_task,
    label_smoothed_loss,
    sequence_loss,
    smoothing_floor,
)


def problem(shape=(2, 5), vocab=7, pad_id=0, seed=0, dtype=torch.float32):
    """Random logits, and targets of which about a third are padding."""
    chance = torch.Generator().manual_seed(seed)
    logits = torch.randn(*shape, vocab, generator=chance, dtype=dtype)
    targets = torch.randint(vocab, shape, generator=chance)
    padded = torch.rand(shape, generator=chance) < 1 / 3
    return logits.requires_grad_(), targets.masked_fill(padded, pad_id)


def both(logits, targets, smoothing, pad_id):
    """Our loss and torch's, each with its gradient."""
    theirs = F.cross_entropy(
        logits.flatten(0, -2),
        targets.flatten(),
        label_smoothing=smoothing,
        ignore_index=pad_id,
    )
    ours = label_smoothed_loss(logits, targets, smoothing, pad_id=pad_id)
    slopes = [torch.autograd.grad(loss, logits)[0] for loss in (ours, theirs)]
    return (ours, theirs), slopes


@settings(deadline=None, max_examples=50)
@given(
    shape=st.sampled_from([(5,), (2, 3), (3, 2, 5)]),
    vocab=st.sampled_from([2, 7, 11]),
    pad_id=st.sampled_from([0, 1, -100]),
    smoothing=st.sampled_from([0.0, 0.1, 0.37, 1.0]),
    seed=st.integers(0, 99),
)
def test_it_is_torchs_cross_entropy(shape, vocab, pad_id, smoothing, seed):
    logits, targets = problem(shape, vocab, pad_id, seed)
    if (targets == pad_id).all():  # torch gives NaN here; see the test below
        targets.view(-1)[0] = vocab - 1 - pad_id if pad_id >= 0 else 0
    if (targets == pad_id).all():
        return
    (ours, theirs), slopes = both(logits, targets, smoothing, pad_id)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(*slopes)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_it_follows_the_dtype(dtype):
    logits, targets = problem(dtype=dtype)
    (ours, theirs), slopes = both(logits, targets, 0.1, 0)
    assert ours.dtype == slopes[0].dtype == dtype
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(*slopes)


def test_its_gradient_is_its_slope():
    logits, targets = problem(dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda it: label_smoothed_loss(it, targets, 0.1, pad_id=0), logits
    )


def test_a_sum_by_hand():
    # Two tokens of three are real; probabilities 1/2 1/4 1/4 and 1/8 1/8 3/4.
    chances = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [0.125, 0.125, 0.75]])
    loss = label_smoothed_loss(chances.log(), torch.tensor([1, 0, 2]), 0.3, pad_id=0)
    first = 0.1 * math.log(2) + 0.8 * math.log(4) + 0.1 * math.log(4)
    second = 0.1 * math.log(8) + 0.1 * math.log(8) + 0.8 * math.log(4 / 3)
    torch.testing.assert_close(loss, torch.tensor((first + second) / 2))


def test_padding_is_neither_counted_nor_summed():
    logits, targets = problem(pad_id=3)
    wider = torch.cat([logits, torch.full((2, 11, 7), 50.0)], dim=1)
    longer = F.pad(targets, (0, 11), value=3)
    loss = label_smoothed_loss(logits, targets, pad_id=3)
    torch.testing.assert_close(label_smoothed_loss(wider, longer, pad_id=3), loss)
    loss.backward()
    assert logits.grad[targets == 3].eq(0).all()
    assert logits.grad[targets != 3].ne(0).all()


def test_the_padding_of_another_side_is_a_token_like_any_other():
    logits, targets = problem(pad_id=3)
    assert {0, 3} <= set(targets.flatten().tolist())
    wrong = label_smoothed_loss(logits, targets, pad_id=0)
    right = label_smoothed_loss(logits, targets, pad_id=3)
    kept = targets != 3
    torch.testing.assert_close(
        right, F.cross_entropy(logits[kept], targets[kept], label_smoothing=0.1)
    )
    assert abs(right - wrong) > 0.01


def test_a_batch_of_padding_alone_gives_zero_and_no_slope():
    logits, _ = problem()
    loss = label_smoothed_loss(logits, torch.zeros(2, 5, dtype=torch.long), pad_id=0)
    loss.backward()
    assert loss == 0
    assert logits.grad.eq(0).all()


def test_large_and_infinite_logits_are_no_trouble():
    logits = torch.tensor([[1000.0, -1000.0, 0.0], [-math.inf, 0.0, 0.0]])
    targets = torch.tensor([0, 1])
    loss = label_smoothed_loss(logits, targets, 0.0, pad_id=-1)
    torch.testing.assert_close(loss, torch.tensor(math.log(2) / 2))


@pytest.mark.parametrize(
    ("smoothing", "vocab", "floor"),
    [(0.1, 37_000, 1.3769), (0.0, 11, 0.0), (1.0, 11, math.log(11)), (0.3, 1, 0.0)],
)
def test_the_floor_in_numbers(smoothing, vocab, floor):
    assert smoothing_floor(smoothing, vocab) == pytest.approx(floor, abs=5e-5)
    assert math.copysign(1, smoothing_floor(smoothing, vocab)) == 1


@pytest.mark.parametrize("smoothing", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("vocab", [2, 5, 13])
def test_the_floor_is_the_entropy_of_what_is_asked_for_and_the_smallest_loss(
    smoothing, vocab
):
    asked = torch.full((vocab,), smoothing / vocab, dtype=torch.float64)
    asked[1] += 1 - smoothing
    floor = smoothing_floor(smoothing, vocab)
    entropy = torch.distributions.Categorical(asked).entropy()
    assert floor == pytest.approx(entropy.item())
    wanted = torch.tensor([1])
    best = label_smoothed_loss(asked.log()[None], wanted, smoothing, pad_id=0)
    assert best.item() == pytest.approx(floor)
    for seed in range(5):
        chance = torch.Generator().manual_seed(seed)
        other = asked.log() + 0.1 * torch.randn(vocab, generator=chance)
        assert label_smoothed_loss(other[None], wanted, smoothing, pad_id=0) > floor


def test_a_sequence_is_read_up_to_its_last_token_and_said_from_its_second():
    batch = SequenceBatch(torch.tensor([[7, 8]]), torch.tensor([[1, 4, 3, 2, 9]]))
    logits = problem((1, 4), 11)[0]

    def model(src_ids, tgt_ids):
        assert src_ids.equal(batch.src_ids)
        assert tgt_ids.tolist() == [[1, 4, 3, 2]]
        return logits

    loss = sequence_loss(model, batch, 0.2, pad_id=9)
    expected = F.cross_entropy(
        logits[0, :3], torch.tensor([4, 3, 2]), label_smoothing=0.2
    )
    torch.testing.assert_close(loss.mean, expected)
    assert loss == Loss(loss.mean, 3)


def test_more_padding_changes_nothing_for_a_model_that_cannot_see_ahead():
    torch.manual_seed(0)
    model = LastStateSeq2Seq("gru", vocab_size=13, embed_dim=5, hidden_dim=7)
    batch = copy_task(3, (5, 5), 10, torch.Generator().manual_seed(0))
    longer = SequenceBatch(*(F.pad(ids, (0, 2)) for ids in batch))
    one, other = sequence_loss(model, batch), sequence_loss(model, longer)
    torch.testing.assert_close(one.mean, other.mean)
    assert one.tokens == other.tokens == 18


@pytest.mark.parametrize("smoothing", [-0.1, 1.1])
def test_a_share_that_is_none_is_refused(smoothing):
    message = f"smoothing must be from 0 to 1, got {smoothing}"
    with pytest.raises(ValueError, match=message):
        label_smoothed_loss(*problem(), smoothing, pad_id=0)
    with pytest.raises(ValueError, match=message):
        smoothing_floor(smoothing, 5)


def test_an_empty_vocabulary_is_refused():
    with pytest.raises(ValueError, match="vocab_size must be at least 1, got 0"):
        smoothing_floor(0.1, 0)


@pytest.mark.parametrize("shape", [(2, 4), (5,), (5, 2), (2, 5, 7)])
def test_targets_of_another_shape_are_refused(shape):
    logits, _ = problem()
    targets = torch.ones(shape, dtype=torch.long)
    with pytest.raises(ValueError, match=r"targets must have the shape of logits .*"):
        label_smoothed_loss(logits, targets, pad_id=0)


@pytest.mark.parametrize("wrong", [-1, 7])
def test_targets_outside_the_vocabulary_are_refused(wrong):
    logits, targets = problem()
    targets[1, 2] = wrong
    message = f"targets must be padding or from 0 to 6, got {wrong}"
    with pytest.raises(ValueError, match=message):
        label_smoothed_loss(logits, targets, pad_id=0)


def test_logits_that_are_no_floats_are_refused():
    logits, targets = torch.zeros(2, 5, 7, dtype=torch.long), problem()[1]
    with pytest.raises(ValueError, match=r"logits must be a floating tensor, got .*64"):
        label_smoothed_loss(logits, targets, pad_id=0)
