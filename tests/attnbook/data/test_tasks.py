"""The tasks against plain Python: what is asked, and what the right answer is."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import copy_task, recall_task, reverse_task
from attnbook.data.tasks import BOS_ID, EOS_ID, FIRST_SYMBOL, PAD_ID

TASKS = [copy_task, reverse_task, recall_task]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_special_ids_stand_before_the_symbols():
    assert (PAD_ID, BOS_ID, EOS_ID, FIRST_SYMBOL) == (0, 1, 2, 3)


@settings(deadline=None, max_examples=25)
@given(
    batch_size=st.integers(1, 5),
    shortest=st.integers(1, 7),
    more=st.integers(0, 4),
    num_symbols=st.integers(1, 11),
    seed=st.integers(0, 99),
)
@pytest.mark.parametrize(("task", "step"), [(copy_task, 1), (reverse_task, -1)])
def test_a_target_is_its_source_in_order(
    task, step, batch_size, shortest, more, num_symbols, seed
):
    lengths = (shortest, shortest + more)
    src_ids, tgt_ids = task(batch_size, lengths, num_symbols, generator(seed))
    assert len(src_ids) == batch_size
    assert lengths[0] <= src_ids.size(1) <= lengths[1]
    assert src_ids.min() >= FIRST_SYMBOL
    assert src_ids.max() < FIRST_SYMBOL + num_symbols
    for source, target in zip(src_ids.tolist(), tgt_ids.tolist(), strict=True):
        assert target == [BOS_ID, *source[::step], EOS_ID]


@settings(deadline=None, max_examples=25)
@given(pairs=st.integers(1, 7), seed=st.integers(0, 99))
def test_recall_is_a_lookup_in_a_dictionary(pairs, seed):
    src_ids, tgt_ids = recall_task(5, (pairs, pairs), 7, generator(seed))
    assert src_ids.shape == (5, 2 * pairs + 1)
    for (*listed, asked), target in zip(
        src_ids.tolist(), tgt_ids.tolist(), strict=True
    ):
        table = dict(zip(listed[::2], listed[1::2], strict=True))
        assert len(table) == pairs
        assert all(FIRST_SYMBOL <= key < FIRST_SYMBOL + 7 for key in table)
        assert all(
            FIRST_SYMBOL + 7 <= value < FIRST_SYMBOL + 14 for value in listed[1::2]
        )
        assert target == [BOS_ID, table[asked], EOS_ID]


def test_recall_asks_for_every_place_in_the_list():
    src_ids, _ = recall_task(200, (3, 3), 5, generator())
    places = (src_ids[:, 0:6:2] == src_ids[:, 6:]).nonzero()[:, 1]
    assert places.bincount(minlength=3).min() > 40


@pytest.mark.parametrize("task", TASKS)
def test_every_length_and_every_symbol_is_drawn(task):
    chance = generator()
    batches = [task(11, (2, 4), 5, chance) for _ in range(50)]
    sizes = {batch.src_ids.size(1) for batch in batches}
    assert sizes == ({5, 7, 9} if task is recall_task else {2, 3, 4})
    drawn = {symbol for batch in batches for symbol in batch.src_ids.flatten().tolist()}
    assert drawn == set(range(3, 13 if task is recall_task else 8))


@pytest.mark.parametrize("task", TASKS)
def test_the_generator_is_the_only_source_of_chance(task):
    torch.manual_seed(1)
    first = task(3, (2, 5), 7, generator(0))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    again, other = task(3, (2, 5), 7, generator(0)), task(3, (2, 5), 7, generator(1))
    assert torch.get_rng_state().equal(state)
    assert first.src_ids.equal(again.src_ids)
    assert first.tgt_ids.equal(again.tgt_ids)
    assert not first.src_ids.equal(other.src_ids)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, (1, 2), 5), "batch_size must be at least 1, got 0"),
        ((3, (0, 2), 5), "must be at least 1, got 0"),
        ((3, (2, 1), 5), "must ascend, got 2 before 1"),
    ],
)
def test_sizes_that_make_no_batch_are_refused(task, arguments, message):
    with pytest.raises(ValueError, match=message):
        task(*arguments, generator())


@pytest.mark.parametrize("task", [copy_task, reverse_task])
def test_no_symbols_are_refused(task):
    with pytest.raises(ValueError, match="num_symbols must be at least 1, got 0"):
        task(3, (1, 2), 0, generator())


def test_more_pairs_than_keys_are_refused():
    with pytest.raises(ValueError, match=r"pairs must have different keys.* 6\) of 5"):
        recall_task(3, (2, 6), 5, generator())
