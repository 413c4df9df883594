"""Weights in a file, and weights from a file into a model."""

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from types import ModuleType

from torch import Tensor, nn

_TIED = "attnbook.tied"


def save_weights(path: str | Path, weights: Mapping[str, Tensor]) -> None:
    """Write tensors to a safetensors file: names, shapes and numbers, and no code.

    A matrix that several names share is written once, with a note of its other names.
    The file takes its name when it is complete; until then, an older one stays.

    Args:
        path: the file.
        weights: the tensors by name, as `model.state_dict()` gives them.

    Raises:
        ImportError: the package `safetensors` is not installed.
    """
    first: dict[Hashable, str] = {}
    originals = {
        name: first.setdefault(_place(it), name) for name, it in weights.items()
    }
    single = {name: weights[name].contiguous() for name in first.values()}
    tied = {name: other for name, other in originals.items() if name != other}
    path = Path(path)
    draft = path.with_name(path.name + ".part")
    _safetensors().torch.save_file(single, draft, {_TIED: json.dumps(tied)})
    draft.replace(path)


def load_weights(path: str | Path) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file.

    Args:
        path: a file of `save_weights`, or of any other program.

    Returns:
        The tensors by name, on the CPU; names that shared one share it again.

    Raises:
        ValueError: the file is cut short, or is no safetensors file.
        ImportError: the package `safetensors` is not installed.
    """
    safetensors = _safetensors()
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            names = file.keys()
            weights = {name: file.get_tensor(name) for name in names}
            tied = json.loads((file.metadata() or {}).get(_TIED, "{}"))
    except safetensors.SafetensorError as error:
        raise ValueError(
            f"{path} is cut short, or no safetensors file: {error}"
        ) from error
    return weights | {name: weights[other] for name, other in tied.items()}


def copy_weights(weights: Mapping[str, Tensor], model: nn.Module) -> None:
    """Copy weights into a model, every one of them and into every place.

    Nothing is left as it was by accident: where a name or a shape does not fit, the
    model is not touched at all. Of the names that one matrix has in the model, one is
    enough.

    Args:
        weights: the tensors by the names that the model has for them; see
            `rename_weights` where they come from elsewhere.
        model: takes them over, in its own dtype and on its own device.

    Raises:
        ValueError: names are missing or left over, a shape differs, or two tensors that
            differ would go into one matrix. All such names are listed.
    """
    places = model.state_dict()
    fitting = {name: weights[name] for name in places if name in weights}
    shared: dict[Hashable, list[Tensor]] = {}
    for name, tensor in fitting.items():
        shared.setdefault(_place(places[name]), []).append(tensor)
    faults = {
        "missing": [name for name, it in places.items() if _place(it) not in shared],
        "left over": [name for name in weights if name not in places],
        "of another shape": [
            f"{name} {tuple(it.shape)} for {tuple(places[name].shape)}"
            for name, it in fitting.items()
            if it.shape != places[name].shape
        ],
        "tied, but given different numbers": [
            name for name in fitting if not _alike(shared[_place(places[name])])
        ],
    }
    told = [f"{fault}: {', '.join(names)}" for fault, names in faults.items() if names]
    if told:
        raise ValueError("weights must fit the model, but are " + "; ".join(told))
    model.load_state_dict(weights, strict=False)


def _place(tensor: Tensor) -> Hashable:
    # Two names of one matrix are tensors that begin in one place and are laid out alike.
    start = tensor.device, tensor.data_ptr()
    return *start, tensor.dtype, tensor.shape, tensor.stride()


def _alike(tensors: list[Tensor]) -> bool:
    first = tensors[0]
    kinds = {(it.dtype, it.shape) for it in tensors}
    return len(kinds) == 1 and all(it is first or it.equal(first) for it in tensors)


def _safetensors() -> ModuleType:
    try:
        import safetensors
        import safetensors.torch
    except ImportError as error:
        raise ImportError(
            "weights are kept in files by the package safetensors: "
            "pip install 'attnbook[train]'"
        ) from error
    return safetensors
