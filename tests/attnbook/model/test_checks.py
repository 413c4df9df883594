"""What models refuse, and that a graph being compiled is spared."""

import pytest
import torch

from attnbook.model.checks import check_ids, check_padding


def test_ids_in_range_pass():
    check_ids("src_ids", torch.tensor([[0, 10]]), 11)


@pytest.mark.parametrize(
    ("ids", "got"), [([[3, 11]], "3 to 11"), ([[-1, 4]], "-1 to 4")]
)
def test_ids_out_of_range_are_refused(ids, got):
    with pytest.raises(ValueError, match=f"src_ids must be from 0 to 10, got {got}"):
        check_ids("src_ids", torch.tensor(ids), 11)


def test_no_ids_are_refused():
    with pytest.raises(
        ValueError, match=r"src_ids must hold at least one id, .*\(2, 0\)"
    ):
        check_ids("src_ids", torch.zeros(2, 0, dtype=torch.int64), 11)


@pytest.mark.parametrize("lengths", [(5, 5), (3, 1), (0, 4)])
def test_padding_at_the_end_passes(lengths):
    check_padding("tgt_ids", torch.arange(5) >= torch.tensor(lengths)[:, None])


@pytest.mark.parametrize(
    ("row", "column"), [([True, False, False], 1), ([False, True, False], 2)]
)
def test_padding_before_a_token_is_refused(row, column):
    is_padding = torch.tensor([[False, False, True], row])
    with pytest.raises(ValueError, match=f"tgt_ids.* before column {column} of row 1"):
        check_padding("tgt_ids", is_padding)
