"""Averages of snapshots against sums by hand, with shared matrices and narrow dtypes."""

import pytest
import torch
from torch import nn

from attnbook import average_weights, snapshot


class Tied(nn.Module):
    """A matrix with two names, a vector, and a counter that is no float."""

    def __init__(self, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.embedding = nn.Embedding(7, 5)
        self.output = nn.Linear(5, 7)
        self.output.weight = self.embedding.weight
        self.register_buffer("steps", torch.tensor(seed))


def test_a_snapshot_stays_while_the_model_moves_on():
    model = Tied()
    taken = snapshot(model)
    before = {name: it.tolist() for name, it in taken.items()}
    with torch.no_grad():
        for weight in model.parameters():
            weight += 1
    assert {name: it.tolist() for name, it in taken.items()} == before
    assert not any(it.requires_grad for it in taken.values())
    assert taken.keys() == model.state_dict().keys()


def test_the_mean_is_the_sum_over_the_number():
    models = [Tied(seed) for seed in (1, 2, 4)]
    mean = average_weights(snapshot(model) for model in models)
    for name in ("embedding.weight", "output.weight", "output.bias"):
        rows = [model.state_dict()[name] for model in models]
        torch.testing.assert_close(mean[name], torch.stack(rows).mean(0))
    assert mean["steps"] == 4


def test_a_matrix_with_two_names_stays_one():
    model = Tied(3)
    mean = average_weights([snapshot(Tied(seed)) for seed in (1, 2)])
    model.load_state_dict(mean)
    assert model.output.weight is model.embedding.weight
    assert mean["output.weight"].equal(mean["embedding.weight"])
    torch.testing.assert_close(
        model.embedding.weight.detach(),
        (Tied(1).embedding.weight + Tied(2).embedding.weight).detach() / 2,
    )


def test_one_snapshot_is_its_own_mean_and_a_copy():
    weights = snapshot(Tied())
    mean = average_weights([weights])
    torch.testing.assert_close(mean, weights, rtol=0, atol=0)
    for name, tensor in mean.items():
        assert tensor.data_ptr() != weights[name].data_ptr()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_narrow_numbers_are_added_up_wide(dtype):
    # 300 sums of 60,000 are beyond float16; and bfloat16 cannot add 1 to 300.
    snapshots = [{"w": torch.tensor([60_000.0, 1.0], dtype=dtype)}] * 300
    mean = average_weights(snapshots)["w"]
    assert mean.equal(snapshots[0]["w"])
    assert mean.dtype == dtype


def test_snapshots_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="at least 1 snapshot, got 0"):
        average_weights([])
    one = {"w": torch.zeros(2), "b": torch.zeros(3)}
    with pytest.raises(ValueError, match=r"same names, got \['b', 'c'\] in one of two"):
        average_weights([one, {"w": torch.zeros(2), "c": torch.zeros(3)}])
    with pytest.raises(ValueError, match=r"shapes, got \(3,\) and \(5,\) for b"):
        average_weights([one, {"w": torch.zeros(2), "b": torch.zeros(5)}])
