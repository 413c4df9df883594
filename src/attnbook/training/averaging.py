"""Averages: the middle of the last snapshots is often better than any of them."""

from collections.abc import Iterable, Mapping

from torch import Tensor, nn


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """Copy a model's weights as they are now.

    `model.state_dict()` is no copy: it shows the weights, and goes on showing them while
    they change.

    Args:
        model: whose weights.

    Returns:
        Copies by name, those of the persistent buffers included.

    Examples:
        >>> model = nn.Linear(1, 1)
        >>> before = snapshot(model)
        >>> _ = model.weight.data.add_(1)
        >>> model.weight.equal(before["weight"]), model.weight.shape
        (False, torch.Size([1, 1]))
    """
    return {name: it.detach().clone() for name, it in model.state_dict().items()}


def average_weights(snapshots: Iterable[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    r"""Take the mean of every weight over some snapshots.

    Late in training, weights move to and fro around a place that they do not reach. The
    mean is nearer to it.

    $$\bar\theta = \frac{1}{n} \sum_{i=1}^{n} \theta_i$$

    Args:
        snapshots: weights by name, such as those of `snapshot` or `load_weights`; taken
            one at a time, so that they need not be in memory together.

    Returns:
        The means by name, in the weights' dtype and on their device; added up in
        float64. Of what is no floating-point number, the last one.

    Raises:
        ValueError: there is no snapshot, or two differ in their names or shapes.

    Examples:
        >>> import torch
        >>> average_weights([{"w": torch.zeros(2)}, {"w": torch.ones(2)}])
        {'w': tensor([0.5000, 0.5000])}

    Source:
        Vaswani et al. 2017, section 6.1: the last 5 checkpoints of the base model, the
        last 20 of the big one.
    """
    sums: dict[str, Tensor] = {}
    last: Mapping[str, Tensor] = {}
    count = 0
    for weights in snapshots:
        count += 1
        if count > 1:
            _check_alike(last, weights)
        for name, tensor in weights.items():
            if tensor.is_floating_point():
                wide = tensor.detach().cpu().double()
                sums[name] = sums[name] + wide if name in sums else wide
        last = weights
    if not count:
        raise ValueError("snapshots must hold at least 1 snapshot, got 0")
    return {
        name: (sums[name] / count).to(it) if name in sums else it.detach().clone()
        for name, it in last.items()
    }


def _check_alike(last: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> None:
    if last.keys() != weights.keys():
        raise ValueError(
            f"snapshots must have the same names, "
            f"got {sorted(last.keys() ^ weights.keys())} in one of two"
        )
    for name, tensor in weights.items():
        if tensor.shape != last[name].shape:
            raise ValueError(
                f"snapshots must have the same shapes, got {tuple(last[name].shape)} "
                f"and {tuple(tensor.shape)} for {name}"
            )
