"""Batches: every pair once, like beside like, and within the budget."""

from collections import Counter
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import bucketed_batches, pad_batch, shuffled_batches

IDS = st.lists(st.integers(4, 99), min_size=1, max_size=13)
PAIRS = st.lists(st.tuples(IDS, IDS), min_size=1, max_size=40)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def many(count, seed=0):
    """Sources of 1 to 20 ids, and targets that are up to 3 ids longer."""
    chance = generator(seed)
    lengths = torch.randint(1, 21, (count,), generator=chance).tolist()
    more = torch.randint(4, (count,), generator=chance).tolist()
    return [
        ([n % 90 + 4] * size, [1] * (size + extra))
        for n, (size, extra) in enumerate(zip(lengths, more, strict=True))
    ]


def rows(batch, src_pad_id=0, tgt_pad_id=0):
    """Take the padding off again, at the ends alone."""
    for source, target in zip(
        batch.src_ids.tolist(), batch.tgt_ids.tolist(), strict=True
    ):
        for ids, pad_id in ((source, src_pad_id), (target, tgt_pad_id)):
            while ids[-1] == pad_id:
                ids.pop()
        yield tuple(source), tuple(target)


def counted(pairs):
    return Counter((tuple(source), tuple(target)) for source, target in pairs)


def test_short_sequences_are_filled_up_at_their_end():
    batch = pad_batch([([7, 8, 9], [1, 2]), ([5], [1, 6, 2])])
    assert batch.src_ids.tolist() == [[7, 8, 9], [5, 0, 0]]
    assert batch.tgt_ids.tolist() == [[1, 2, 0], [1, 6, 2]]
    assert batch.src_ids.dtype == batch.tgt_ids.dtype == torch.int64


def test_each_side_has_its_own_padding():
    batch = pad_batch([([7, 8], [1, 2]), ([5], [1])], src_pad_id=3, tgt_pad_id=11)
    assert batch.src_ids.tolist() == [[7, 8], [5, 3]]
    assert batch.tgt_ids.tolist() == [[1, 2], [1, 11]]
    pairs = [([7, 8], [1, 2]), ([5], [1])]
    for batches in (bucketed_batches, shuffled_batches):
        (batch,) = batches(pairs, 4, generator(), src_pad_id=3, tgt_pad_id=11)
        assert sorted(batch.src_ids.tolist()) == [[5, 3], [7, 8]]
        assert sorted(batch.tgt_ids.tolist()) == [[1, 2], [1, 11]]


@settings(deadline=None, max_examples=50)
@given(pairs=PAIRS, max_tokens=st.integers(13, 60), seed=st.integers(0, 9))
def test_every_pair_comes_once_and_no_batch_is_above_the_budget(
    pairs, max_tokens, seed
):
    batches = list(bucketed_batches(pairs, max_tokens, generator(seed)))
    assert counted(pairs) == Counter(row for batch in batches for row in rows(batch))
    assert max(ids.numel() for batch in batches for ids in batch) <= max_tokens


@settings(deadline=None, max_examples=25)
@given(pairs=PAIRS, batch_size=st.integers(1, 50), seed=st.integers(0, 9))
def test_shuffled_every_pair_comes_once_in_batches_of_one_size(pairs, batch_size, seed):
    batches = list(shuffled_batches(pairs, batch_size, generator(seed)))
    assert counted(pairs) == Counter(row for batch in batches for row in rows(batch))
    assert {len(batch.src_ids) for batch in batches[:-1]} <= {batch_size}
    assert 1 <= len(batches[-1].src_ids) <= batch_size


def test_shuffled_lengths_are_mixed():
    pairs = sorted(many(2_000), key=lambda pair: len(pair[0]))
    batches = list(shuffled_batches(pairs, 50, generator()))
    assert min(batch.src_ids.size(1) for batch in batches) > 15


def test_buckets_need_little_padding_and_use_the_budget():
    pairs = many(2_000)
    batches = list(bucketed_batches(pairs, 400, generator()))
    cells = sum(batch.tgt_ids.numel() for batch in batches)
    tokens = sum(len(target) for _, target in pairs)
    assert tokens / cells > 0.95
    assert cells / (400 * len(batches)) > 0.9


def test_batches_come_in_random_order_and_are_mixed_anew():
    pairs = many(2_000)
    batches = list(bucketed_batches(pairs, 400, generator(0)))
    widths = [batch.tgt_ids.size(1) for batch in batches]
    assert widths != sorted(widths)
    assert widths[: len(widths) // 2] != widths[len(widths) // 2 :]
    company = [
        {frozenset(rows(batch)) for batch in bucketed_batches(pairs, 400, generator(s))}
        for s in (0, 1)
    ]
    assert len(company[0] & company[1]) < len(batches) / 4


@pytest.mark.parametrize("batches", [bucketed_batches, shuffled_batches])
def test_the_generator_is_the_only_source_of_chance(batches):
    make = partial(batches, many(50), 40)
    torch.manual_seed(1)
    first = list(make(generator(0)))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    again = list(make(generator(0)))
    assert torch.get_rng_state().equal(state)
    assert not first[0].src_ids.equal(next(make(generator(1))).src_ids)
    for one, other in zip(first, again, strict=True):
        assert one.src_ids.equal(other.src_ids)
        assert one.tgt_ids.equal(other.tgt_ids)


def test_no_pairs_make_no_batch():
    with pytest.raises(ValueError, match="pairs must hold at least 1 pair, got 0"):
        pad_batch([])
    for batches in (bucketed_batches, shuffled_batches):
        with pytest.raises(ValueError, match="pairs must hold at least 1 pair, got 0"):
            batches([], 5, generator())


@pytest.mark.parametrize("empty", [([], [1, 2]), ([5], [])])
def test_an_empty_sequence_is_refused(empty):
    sizes = f"got {len(empty[0])} and {len(empty[1])} ids in pair 1"
    with pytest.raises(ValueError, match=f"no empty sequence, {sizes}"):
        pad_batch([([5], [1]), empty])
    for batches in (bucketed_batches, shuffled_batches):
        with pytest.raises(ValueError, match=f"no empty sequence, {sizes}"):
            batches([([5], [1]), empty], 5, generator())


def test_a_sequence_above_the_budget_is_refused_before_any_batch_is_drawn():
    pairs = [([5], [1, 2]), ([5] * 7, [1, 2])]
    with pytest.raises(ValueError, match="longest sequence, got 6 for pair 1 of 7 ids"):
        bucketed_batches(pairs, 6, generator())


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        shuffled_batches([([5], [1])], 0, generator())
