"""Exchange parts: take every layer of one kind out of a model, and put another in."""

from collections.abc import Callable
from typing import Any, TypeVar

from torch import nn

Model = TypeVar("Model", bound=nn.Module)


def exchange_layers(
    model: Model,
    kind: type[nn.Module],
    make: Callable[[Any], nn.Module],
    within: str = "",
) -> Model:
    """Put a new layer in the place of each layer of a kind.

    A part of a model can so be tried without a switch for it. The new layer starts with
    weights of its own. One layer that stands at several places gives way to one.

    Args:
        model: the model, which is changed in place; the model itself stays.
        kind: the kind to take out. Kinds that inherit from it stay.
        make: makes the new layer, from the old one.
        within: what the names of the places must contain, such as "self_attention".

    Returns:
        The same model.

    Raises:
        ValueError: there is no such layer.

    Examples:
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
        >>> exchange_layers(model, nn.ReLU, lambda old: nn.GELU())
        Sequential(
          (0): Linear(in_features=2, out_features=3, bias=True)
          (1): GELU(approximate='none')
        )
    """
    places = [
        (name, layer)
        for name, layer in model.named_modules(remove_duplicate=False)
        if type(layer) is kind and name and within in name
    ]
    if not places:
        raise ValueError(
            f"model must have a {kind.__name__} with {within!r} in its name, got none"
        )
    made: dict[nn.Module, nn.Module] = {}
    for name, layer in places:
        if layer not in made:
            made[layer] = make(layer)
        parent, _, attribute = name.rpartition(".")
        setattr(model.get_submodule(parent), attribute, made[layer])
    return model
