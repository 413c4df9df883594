"""Layer norm is torch's, and so is the layer's kernel, to the last default tolerance."""

import pytest
import torch
import torch.nn.functional as F

from attnbook import LayerNorm, layer_norm


@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
@pytest.mark.parametrize("biased", [True, False])
def test_it_equals_torch_and_the_layer_forward_and_backward(leading, biased):
    torch.manual_seed(0)
    layer = LayerNorm(7, eps=1e-3, bias=biased)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_()
    x = (3 * torch.randn(*leading, 7) + 1).requires_grad_()
    slope = torch.randn(*leading, 7)
    ways = [
        layer_norm(x, layer.weight, layer.bias, layer.eps),
        F.layer_norm(x, (7,), layer.weight, layer.bias, layer.eps),
        layer(x),
    ]
    wanted = [x, *layer.parameters()]
    gradients = [torch.autograd.grad((way * slope).sum(), wanted) for way in ways]
    for way, gradient in zip(ways[1:], gradients[1:], strict=True):
        torch.testing.assert_close(ways[0], way)
        torch.testing.assert_close(gradients[0], gradient)


def test_equal_numbers_are_no_division_by_zero():
    shown = layer_norm(torch.full((2, 5), 3.0), torch.ones(5), torch.full((5,), 0.5))
    torch.testing.assert_close(shown, torch.full((2, 5), 0.5))


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="same width, got 5 and 3"):
        layer_norm(torch.ones(2, 5), torch.ones(3))
    with pytest.raises(ValueError, match="x must be a floating tensor"):
        layer_norm(torch.ones(2, 5, dtype=torch.long), torch.ones(5))
