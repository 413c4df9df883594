"""Checkpoints: stop a training, and take it up again as if it had never stopped."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from torch import nn

from attnbook.training.folder import keep_last, list_checkpoints, new_checkpoint
from attnbook.training.weights import copy_weights, load_weights, save_weights

WEIGHTS, TRAINING, CONFIG = "weights.safetensors", "training.pt", "config.json"


@runtime_checkable
class Resumable(Protocol):
    """Whatever can tell where it is, and be put back there, as `BatchStream` can."""

    def state_dict(self) -> dict[str, Any]:
        """Tell the state, in tensors and plain values."""
        ...

    def load_state_dict(self, state: dict[str, Any], /) -> object:
        """Go back to a state that was told."""
        ...


def save_checkpoint(
    folder: str | Path,
    step: int,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    data: Resumable | None = None,
    *,
    config: Mapping[str, Any] | None = None,
    keep: int = 5,
) -> Path:
    """Write all that the next step depends on, and nothing half-way.

    Each checkpoint is a folder of its own, `step-00000600`: the weights, which other
    programs can read; the configuration, which people can; and beside them the state of
    the optimizer, of torch's random numbers and of the data. Whatever happens meanwhile,
    the earlier ones stay whole.

    Args:
        folder: where the checkpoints of this training are.
        step: the last step that was taken; a schedule needs no other state.
        model: what is trained.
        optimizer: what trains it.
        data: the stream of batches.
        config: what the model was built from, in values that JSON has, for example
            `dataclasses.asdict(config)`.
        keep: how many checkpoints to keep; the oldest go.

    Returns:
        The checkpoint's own folder.

    Raises:
        ValueError: `step` is below 0 or before one that the folder has already, or
            `keep` is below 1.
        ImportError: the package `safetensors` is not installed.
    """
    if keep < 1:
        raise ValueError(f"keep must be at least 1, got {keep}")
    with new_checkpoint(folder, step) as draft:
        save_weights(draft / WEIGHTS, model.state_dict())
        torch.save(_training_state(step, optimizer, data), draft / TRAINING)
        text = json.dumps(config, indent=2, ensure_ascii=False)
        (draft / CONFIG).write_text(text + "\n", encoding="utf-8")
    keep_last(folder, keep)
    return list_checkpoints(folder)[-1]


def load_checkpoint(
    checkpoint: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    data: Resumable | None = None,
    *,
    config: Mapping[str, Any] | None = None,
) -> int:
    """Put everything back to where it was when a checkpoint was written.

    Train on from the step after the one that is returned, and on one thread every number
    is, to the last bit, what it would have been without the break.

    Args:
        checkpoint: a checkpoint's own folder, for example `list_checkpoints(folder)[-1]`.
        model: built as the one that was saved.
        optimizer: built as the one that was saved.
        data: a stream over the same data; left alone if None.
        config: what the model was built from; not compared if None.

    Returns:
        The last step that was taken.

    Raises:
        ValueError: the configuration differs (the fields are named), the weights or the
            optimizer do not fit, or a file is cut short. The model is then untouched.
        ImportError: the package `safetensors` is not installed.
    """
    checkpoint = Path(checkpoint)
    if config is not None:
        _check_config(checkpoint / CONFIG, config)
    training = _load_training(checkpoint / TRAINING)
    weights = load_weights(checkpoint / WEIGHTS)
    if data is not None and training["data"] is None:
        raise ValueError(f"data must be None, as when {checkpoint} was written")
    optimizer.load_state_dict(training["optimizer"])
    if data is not None:
        data.load_state_dict(training["data"])
    copy_weights(weights, model)
    torch.set_rng_state(training["random"])
    for device, state in enumerate(
        training["random_cuda"][: torch.cuda.device_count()]
    ):
        torch.cuda.set_rng_state(state, device)
    return training["step"]


def _training_state(
    step: int, optimizer: torch.optim.Optimizer, data: Resumable | None
) -> dict[str, Any]:
    # To ask a GPU that nobody uses would start it up.
    on_gpu = torch.cuda.is_initialized()
    return {
        "step": step,
        "optimizer": optimizer.state_dict(),
        "data": None if data is None else data.state_dict(),
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if on_gpu else [],
    }


def _load_training(path: Path) -> dict[str, Any]:
    file = io.BytesIO(path.read_bytes())
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch has a different one for every place of the cut
        raise ValueError(f"{path} is cut short, or no checkpoint: {error}") from error


def _check_config(path: Path, config: Mapping[str, Any]) -> None:
    saved = json.loads(path.read_text(encoding="utf-8")) or {}
    own = json.loads(json.dumps(dict(config)))
    differing = [
        f"{field} ({saved.get(field)!r} there, {own.get(field)!r} here)"
        for field in sorted(saved.keys() | own.keys())
        if saved.get(field) != own.get(field)
    ]
    if differing:
        raise ValueError(
            f"{path.parent} is of another configuration: {', '.join(differing)}"
        )
