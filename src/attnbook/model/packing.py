"""Weights as a short text: eight bits a number, for places where torch does not run."""

import base64
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

_LARGEST = 127


def pack_weights(weights: Mapping[str, Tensor], bits: int = 8) -> dict[str, Any]:
    r"""Write weights as plain data that JSON can hold, in a quarter of their size.

    Each row of a matrix is divided by its own largest number and rounded to one of 255
    steps; the row's scale is kept beside it. Vectors are few, and are kept as they are.

    $$w_{ij} \approx s_i \, n_{ij}, \qquad s_i = \max_j |w_{ij}| / 127, \quad
      n_{ij} \in \{-127, \dots, 127\}$$

    Args:
        weights: the tensors by name, as `model.state_dict()` gives them. A matrix that
            several names share is written once.
        bits: of each number of a matrix: 8, or 32 to keep all as they are.

    Returns:
        `tensors`: for each name its shape, and where in the data its numbers begin and
        its scales (None where it has none). `data`: the bytes in base64, numbers as
        signed bytes or little-endian 32-bit floats, scales as such floats.

    Raises:
        ValueError: `bits` is not 8 or 32, or a tensor is not floating.

    Examples:
        >>> packed = pack_weights({"w": torch.tensor([[1.0, -2.0, 0.5]])})
        >>> packed["tensors"]["w"]
        {'shape': [1, 3], 'scales': 0, 'numbers': 4}
        >>> [round(x, 2) for x in unpack_weights(packed)["w"][0].tolist()]
        [1.01, -2.0, 0.5]
    """
    if bits not in (8, 32):
        raise ValueError(f"bits must be 8 or 32, got {bits}")
    data, tensors, written = bytearray(), {}, {}
    for name, tensor in weights.items():
        if not tensor.is_floating_point():
            raise ValueError(f"weights must be floating, got {name} of {tensor.dtype}")
        place = tensor.data_ptr(), tensor.shape, tensor.stride()
        if place not in written:
            written[place] = _write(data, tensor.detach().cpu().float(), bits)
        tensors[name] = written[place]
    return {"tensors": tensors, "data": base64.b64encode(data).decode()}


def unpack_weights(packed: Mapping[str, Any]) -> dict[str, Tensor]:
    """Read weights that `pack_weights` wrote.

    Args:
        packed: what it returned, or the same after a way through JSON.

    Returns:
        The tensors by name, in 32-bit floats; names that shared one have one each.
    """
    data = bytearray(base64.b64decode(packed["data"]))
    return {name: _read(data, it) for name, it in packed["tensors"].items()}


def _write(data: bytearray, tensor: Tensor, bits: int) -> dict[str, Any]:
    if tensor.dim() < 2 or bits == 32:
        return {
            "shape": [*tensor.shape],
            "scales": None,
            "numbers": _append(data, tensor),
        }
    scales = tensor.abs().amax(dim=-1) / _LARGEST
    steps = (tensor / scales.unsqueeze(-1)).nan_to_num().round().to(torch.int8)
    return {
        "shape": [*tensor.shape],
        "scales": _append(data, scales),
        "numbers": _append(data, steps),
    }


def _append(data: bytearray, tensor: Tensor) -> int:
    # Floats begin at a multiple of their size: a browser reads them in place.
    data.extend(bytes(-len(data) % tensor.element_size()))
    start = len(data)
    data.extend(tensor.contiguous().numpy().tobytes())
    return start


def _read(data: bytearray, it: Mapping[str, Any]) -> Tensor:
    count = torch.Size(it["shape"]).numel()
    if it["scales"] is None:
        return _take(data, it["numbers"], count, torch.float32).view(it["shape"])
    steps = _take(data, it["numbers"], count, torch.int8).view(it["shape"]).float()
    rows = count // it["shape"][-1]
    scales = _take(data, it["scales"], rows, torch.float32).view(it["shape"][:-1])
    return steps * scales.unsqueeze(-1)


def _take(data: bytearray, start: int, count: int, dtype: torch.dtype) -> Tensor:
    return torch.frombuffer(data, dtype=dtype, count=count, offset=start)
