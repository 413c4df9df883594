"""The cache alone: what goes in comes out, in order."""

import pytest
import torch

from attnbook import KeyValueCache


def some(length, batch=2):
    return torch.randn(batch, 3, length, 5), torch.randn(batch, 3, length, 7)


def filled(*lengths):
    cache, parts = KeyValueCache(), [some(length) for length in lengths]
    for part in parts:
        cache.append(*part)
    keys, values = zip(*parts, strict=True)
    return cache, torch.cat(keys, dim=2), torch.cat(values, dim=2)


def test_it_holds_all_in_order():
    cache, keys, values = filled(2, 1, 4)
    assert len(cache) == 7
    assert cache.held()[0].equal(keys)
    assert cache.held()[1].equal(values)


def test_append_gives_back_all():
    cache, keys, values = filled(2)
    key, value = some(1)
    all_keys, all_values = cache.append(key, value)
    assert all_keys.equal(torch.cat([keys, key], dim=2))
    assert all_values.equal(torch.cat([values, value], dim=2))


def test_select_takes_rows_and_leaves_the_old_one_alone():
    cache, keys, values = filled(2, 1)
    rows = torch.tensor([1, 1, 0])
    selected = cache.select(rows)
    selected.append(*some(1, batch=3))
    assert selected.held()[0][:, :, :3].equal(keys[rows])
    assert selected.held()[1][:, :, :3].equal(values[rows])
    assert (len(selected), len(cache)) == (4, 3)
    assert cache.held()[0].equal(keys)


def test_an_empty_cache():
    assert len(KeyValueCache()) == 0
    assert len(KeyValueCache().select(torch.tensor([0]))) == 0
    with pytest.raises(ValueError, match="cache must hold at least 1 position, got 0"):
        KeyValueCache().held()


def test_another_batch_is_refused():
    cache, *_ = filled(2)
    with pytest.raises(ValueError, match=r"cache and x .* batch, got 2 and 3"):
        cache.append(*some(1, batch=3))
