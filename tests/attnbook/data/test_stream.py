"""The stream: epoch after epoch, and back to any place in it."""

from functools import partial

import pytest
import torch

from attnbook import BatchStream, bucketed_batches, copy_task

PAIRS = [([5] * (1 + n % 7), [1, 4 + n, 2]) for n in range(30)]


def permutations(chance):
    return torch.randperm(5, generator=chance).tolist()


def lazily(chance):
    """Draw each batch only when it is asked for."""
    for _ in range(3):
        yield torch.randint(10**9, (), generator=chance).item()


def one_at_a_time(chance):
    return [copy_task(3, (1, 5), 7, chance)]


EPOCHS = [
    permutations,
    lazily,
    one_at_a_time,
    partial(bucketed_batches, PAIRS, 20),
]


def told(batch):
    return batch if isinstance(batch, int) else [ids.tolist() for ids in batch]


def take(stream, count):
    return [told(next(stream)) for _ in range(count)]


def test_epochs_follow_each_other_and_each_is_drawn_anew():
    batches = take(BatchStream(permutations, 0), 15)
    epochs = [batches[start : start + 5] for start in (0, 5, 10)]
    assert [sorted(epoch) for epoch in epochs] == [[0, 1, 2, 3, 4]] * 3
    assert epochs[0] != epochs[1] != epochs[2]


@pytest.mark.parametrize("epoch", EPOCHS)
def test_the_seed_is_the_only_source_of_chance(epoch):
    torch.manual_seed(1)
    first = take(BatchStream(epoch, 0), 20)
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert take(BatchStream(epoch, 0), 20) == first
    assert torch.get_rng_state().equal(state)
    assert take(BatchStream(epoch, 1), 20) != first


@pytest.mark.parametrize("epoch", EPOCHS)
@pytest.mark.parametrize("taken", [0, 1, 2, 3, 4, 5, 6, 10, 11])
def test_a_fresh_stream_goes_on_from_any_place(epoch, taken):
    stream = BatchStream(epoch, 0)
    take(stream, taken)
    place = stream.state_dict()
    expected = take(stream, 17)
    fresh = BatchStream(epoch, 3)
    take(fresh, 2)
    fresh.load_state_dict(place)
    assert fresh.state_dict()["taken"] == place["taken"]
    assert take(fresh, 17) == expected


def test_it_is_an_iterator():
    stream = BatchStream(permutations, 0)
    assert iter(stream) is stream


def test_an_empty_epoch_is_refused():
    with pytest.raises(ValueError, match="epoch must give at least 1 batch, got 0"):
        next(BatchStream(lambda chance: [], 0))


def test_a_place_that_the_data_does_not_have_is_refused():
    stream = BatchStream(permutations, 0)
    take(stream, 4)
    with pytest.raises(ValueError, match="got 4 batches taken of an epoch"):
        BatchStream(lazily, 0).load_state_dict(stream.state_dict())
