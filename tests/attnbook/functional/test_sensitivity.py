"""Shares of the Jacobian: by hand for a linear map, by torch for a network."""

import pytest
import torch
from torch import nn

from attnbook import sensitivity


def test_a_linear_map_by_hand():
    # Columns have squared lengths 9 + 16, 0 and 144: shares 25/169, 0 and 144/169.
    weight = torch.tensor([[3.0, 0.0, 12.0], [4.0, 0.0, 0.0]])
    shares = sensitivity(lambda x: x @ weight.T, torch.randn(5, 3))
    expected = torch.tensor([25.0, 0.0, 144.0]) / 169
    torch.testing.assert_close(shares, expected.expand(5, 3))


def test_rows_are_measured_apart():
    inputs = torch.tensor([[3.0, 4.0], [1.0, 0.0]])
    shares = sensitivity(lambda x: (x**2).sum(-1), inputs)  # slopes 2x
    torch.testing.assert_close(shares, torch.tensor([[0.36, 0.64], [1.0, 0.0]]))


@pytest.mark.parametrize("shape", [(3,), (3, 5), (1, 5, 7)])
def test_a_network_against_the_whole_jacobian(shape):
    torch.manual_seed(0)
    size = torch.Size(shape).numel()
    network = nn.Sequential(
        nn.Flatten(), nn.Linear(size, 11), nn.Tanh(), nn.Linear(11, 6)
    ).double()
    inputs = torch.randn(2, *shape, dtype=torch.float64)

    def function(x):
        return network(x).unflatten(-1, (2, 3))

    whole = torch.autograd.functional.jacobian(function, inputs)
    own = torch.stack([whole[row, :, :, row] for row in range(2)])
    squares = own.flatten(1, 2).square().sum(1)
    total = squares.flatten(1).sum(1).reshape(2, *[1] * len(shape))
    shares = sensitivity(function, inputs)
    torch.testing.assert_close(shares, squares / total)
    torch.testing.assert_close(shares.flatten(1).sum(1), torch.ones(2).double())


def test_shares_of_features_add_up_to_the_share_of_their_token():
    torch.manual_seed(0)
    token_weights = torch.tensor([1.0, 2.0, 0.0])

    def function(x):  # (batch, tokens, features)
        return (token_weights[:, None] * x).sum(-2)

    shares = sensitivity(function, torch.randn(2, 3, 7)).sum(-1)
    torch.testing.assert_close(shares, torch.tensor([0.2, 0.8, 0.0]).expand(2, 3))


def test_a_row_that_nothing_moves_has_no_shares():
    inputs = torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
    shares = sensitivity(lambda x: torch.relu(x).sum(-1), inputs)
    assert shares.tolist() == [[0.5, 0.5], [0.0, 0.0]]


def test_outputs_of_parameters_alone_have_no_shares():
    bias = torch.ones(2, 3, requires_grad=True)
    assert sensitivity(lambda x: bias * 2, torch.ones(2, 5)).eq(0).all()


def test_it_leaves_inputs_and_parameters_as_they_were():
    network, inputs = nn.Linear(3, 2), torch.randn(5, 3)
    with torch.no_grad():
        shares = sensitivity(network, inputs)
    assert not shares.requires_grad
    assert not inputs.requires_grad
    assert inputs.grad is None
    assert all(parameter.grad is None for parameter in network.parameters())


def test_it_follows_the_dtype():
    assert sensitivity(torch.sin, torch.zeros(2, 3).double()).dtype == torch.float64


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="inputs must be a floating tensor"):
        sensitivity(torch.sin, torch.ones(2, 3, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"each of the 2 rows .* shape \(3,\)"):
        sensitivity(lambda x: x.sum(0), torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"each of the 2 rows .* shape \(\)"):
        sensitivity(torch.sum, torch.ones(2, 3))
    with pytest.raises(ValueError, match="depend on its inputs"):
        sensitivity(torch.ones_like, torch.ones(2, 3))
