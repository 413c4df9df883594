"""Splitting into heads, by integers that one can follow by eye."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import merge_heads, split_heads


def test_each_head_gets_its_part_of_every_token():
    tokens = torch.tensor([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
    heads = split_heads(tokens, 2)
    assert heads[0].tolist() == [[0, 1], [4, 5], [8, 9]]
    assert heads[1].tolist() == [[2, 3], [6, 7], [10, 11]]


@settings(deadline=None, max_examples=25)
@given(
    leading=st.lists(st.integers(1, 3), max_size=3),
    seq_len=st.integers(1, 5),
    heads=st.integers(1, 5),
    width=st.integers(1, 5),
)
def test_a_head_is_a_slice_and_merging_undoes_splitting(leading, seq_len, heads, width):
    torch.manual_seed(0)
    x = torch.randn(*leading, seq_len, heads * width)
    split = split_heads(x, heads)
    assert split.shape == (*leading, heads, seq_len, width)
    for number in range(heads):
        mine = x[..., number * width : (number + 1) * width]
        assert split[..., number, :, :].equal(mine)
    assert merge_heads(split).equal(x)


def test_splitting_copies_nothing():
    x = torch.randn(2, 5, 6)
    assert split_heads(x, 3).data_ptr() == x.data_ptr()


def test_a_width_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match=r"divisible by num_heads, got 7 and 3"):
        split_heads(torch.randn(5, 7), 3)
