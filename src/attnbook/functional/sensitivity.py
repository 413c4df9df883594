"""Sensitivity: which inputs move the output of any function, and by how much?"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Real
from torch import Tensor

from attnbook.functional.checks import check_floating


@torch.enable_grad()
def sensitivity(
    function: Callable[[Tensor], Tensor], inputs: Real[Tensor, "batch ..."]
) -> Float[Tensor, "batch ..."]:
    r"""Measure the share of each input number in what can change the output.

    Attention without an attention layer: a network attends to an input as far as moving
    that input moves the output. All the slopes form the Jacobian; an input's share is
    its part of the sum of their squares. Squares, because squared lengths add up: the
    share of a word, or of a patch of an image, is the sum of the shares in it.

    $$\mathrm{share}_i = \frac{\sum_j (\partial y_j / \partial x_i)^2}
      {\sum_k \sum_j (\partial y_j / \partial x_k)^2}$$

    Args:
        function: from inputs `(batch, ...)` to any outputs `(batch, ...)`, where
            each row of outputs depends on its own row of inputs alone.
        inputs: where to measure; shape `(batch, ...)`, floating. A plain matrix
            for numbers, `(batch, seq_len, d_model)` for tokens, an image for images.

    Returns:
        The share of each number; same shape, from 0 to 1. The shares of one row sum to
        1, or to 0 where no input moves the output. For tokens, `.sum(-1)` gives
        the shares of the positions.

    Raises:
        ValueError: `inputs` is not floating, or the outputs do not have one row for each
            row of inputs or cannot be traced back to the inputs.

    Examples:
        >>> import torch
        >>> slopes = torch.tensor([3.0, 0.0, 1.0])
        >>> sensitivity(lambda x: x @ slopes, torch.zeros(1, 3))
        tensor([[0.9000, 0.0000, 0.1000]])

    Source:
        The input gradient of Simonyan et al. 2013 (saliency), squared and shared out.
    """
    check_floating(inputs=inputs)
    inputs = inputs.detach().requires_grad_()
    outputs, batch = function(inputs), len(inputs)
    if outputs.shape[:1] != (batch,):
        raise ValueError(
            f"function must return a row for each of the {batch} rows of inputs, "
            f"got outputs of shape {tuple(outputs.shape)}"
        )
    if not outputs.requires_grad:
        raise ValueError("function must return outputs that depend on its inputs")
    squares = torch.zeros_like(inputs)
    # Rows do not mix, so one backward pass takes an output's slope in all of them.
    for output in outputs.reshape(batch, -1).sum(dim=0):
        (slopes,) = torch.autograd.grad(
            output, inputs, retain_graph=True, materialize_grads=True
        )
        squares += slopes**2
    total = squares.reshape(batch, -1).sum(dim=1)
    total = total.where(total > 0, 1.0).reshape(batch, *[1] * (inputs.dim() - 1))
    return squares / total
