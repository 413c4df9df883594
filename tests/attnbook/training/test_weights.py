"""Weights through a file and from elsewhere: all of them, in their places, or none."""

import sys

import pytest
import safetensors.torch
import torch
from torch import nn

from attnbook import copy_weights, load_weights, save_weights, snapshot


class Small(nn.Module):
    """Two layers; the second one's matrix may be the embedding's."""

    def __init__(self, tied=True, width=5):
        super().__init__()
        self.embedding = nn.Embedding(7, width)
        self.output = nn.Linear(width, 7)
        if tied:
            self.output.weight = self.embedding.weight


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.safetensors"


def test_a_file_gives_back_the_same_numbers(path):
    weights = {
        "a": torch.randn(2, 3),
        "b": torch.randn(5, dtype=torch.float64),
        "c": torch.randn(3, 2).bfloat16().T,
        "steps": torch.tensor(7),
        "none": torch.zeros(0, 3),
        "nothing": torch.zeros(0, 3),
    }
    save_weights(path, weights)
    torch.testing.assert_close(load_weights(path), weights, rtol=0, atol=0)


def test_other_programs_can_read_it_and_we_can_read_theirs(path):
    model = Small(tied=False)
    save_weights(path, model.state_dict())
    torch.testing.assert_close(safetensors.torch.load_file(path), snapshot(model))
    safetensors.torch.save_file({"w": torch.ones(2)}, path)
    assert load_weights(path)["w"].tolist() == [1.0, 1.0]


def test_a_matrix_with_two_names_is_written_once_and_shared_again(path):
    model = Small()
    save_weights(path, model.state_dict())
    assert set(safetensors.torch.load_file(path)) == {"embedding.weight", "output.bias"}
    weights = load_weights(path)
    assert set(weights) == {"embedding.weight", "output.weight", "output.bias"}
    assert weights["output.weight"] is weights["embedding.weight"]
    torch.testing.assert_close(weights, snapshot(model))


@pytest.mark.parametrize("left", [0, 3, 8, 20, -1])
def test_a_file_cut_short_is_refused(path, left):
    save_weights(path, Small().state_dict())
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(ValueError, match=r"weights\.safetensors is cut short"):
        load_weights(path)


def test_the_old_file_stays_until_the_new_one_is_complete(path, monkeypatch):
    def half_written(tensors, file, metadata):
        file.write_bytes(safetensors.torch.save(tensors, metadata)[:-3])
        raise OSError("no space left")

    save_weights(path, {"w": torch.ones(2)})
    with monkeypatch.context() as disk:
        disk.setattr(safetensors.torch, "save_file", half_written)
        with pytest.raises(OSError, match="no space left"):
            save_weights(path, {"w": torch.zeros(2)})
    assert load_weights(path)["w"].tolist() == [1.0, 1.0]
    save_weights(path, {"w": torch.zeros(2)})
    assert load_weights(path)["w"].tolist() == [0.0, 0.0]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("tied", [True, False])
def test_weights_go_to_their_places(tied):
    source, model = Small(tied), Small(tied)
    copy_weights(snapshot(source), model)
    torch.testing.assert_close(model.state_dict(), source.state_dict())
    assert (model.output.weight is model.embedding.weight) == tied


@pytest.mark.parametrize("name", ["embedding.weight", "output.weight"])
def test_one_name_of_a_shared_matrix_is_enough(name):
    source, model = Small(), Small()
    weights = {it: tensor for it, tensor in snapshot(source).items() if "bias" in it}
    copy_weights({**weights, name: source.output.weight.detach()}, model)
    torch.testing.assert_close(model.state_dict(), source.state_dict())
    with pytest.raises(ValueError, match=r"missing: .*\.weight$"):
        copy_weights({**weights, name: source.output.weight.detach()}, Small(False))


def test_the_model_keeps_its_own_dtype():
    source, model = Small(), Small().double()
    copy_weights(snapshot(source), model)
    assert model.output.weight.dtype == torch.float64
    assert model.output.weight.equal(source.output.weight.double())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"output.bias": None}, "missing: output.bias$"),
        ({"norm": torch.zeros(2)}, "left over: norm$"),
        (
            {"output.bias": torch.zeros(1)},
            r"of another shape: output\.bias \(1,\) for \(7,\)$",
        ),
        (
            {"output.weight": torch.zeros(7, 5)},
            r"tied, but .* different numbers: embedding\.weight, output\.weight$",
        ),
        (
            {
                "output.weight": torch.zeros(5, 7),
                "output.bias": None,
                "x": torch.ones(1),
            },
            r"missing: output\.bias; left over: x; .*weight \(5, 7\) for \(7, 5\); tied",
        ),
    ],
)
def test_what_does_not_fit_is_listed_and_nothing_is_copied(change, message):
    model = Small()
    before = snapshot(model)
    weights = {**snapshot(Small()), **change}
    weights = {name: it for name, it in weights.items() if it is not None}
    with pytest.raises(ValueError, match=message):
        copy_weights(weights, model)
    torch.testing.assert_close(snapshot(model), before, rtol=0, atol=0)


def test_without_the_package_the_error_names_the_extra(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    for act in (lambda: save_weights(path, {}), lambda: load_weights(path)):
        with pytest.raises(ImportError, match=r"pip install 'attnbook\[train\]'"):
            act()
