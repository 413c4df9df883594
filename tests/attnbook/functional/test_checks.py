"""Every function of the floor refuses a wrong argument by name, and shows it."""

import pytest
import torch

from attnbook import (
    additive_scores,
    attend,
    bilinear_scores,
    dot_scores,
    fused_attention,
    masked_softmax,
    scaled_dot_product_attention,
    scaled_dot_scores,
    soft_lookup,
    softmax,
)

# Each function beside arguments that fit, by name; axes are prime and all different.
FITTING = [
    (softmax, {"scores": (3, 7)}),
    (dot_scores, {"query": (2, 3, 5), "key": (2, 7, 5)}),
    (scaled_dot_scores, {"query": (2, 3, 5), "key": (2, 7, 5)}),
    (bilinear_scores, {"query": (3, 5), "key": (7, 11), "weight": (5, 11)}),
    (
        additive_scores,
        {
            "query": (3, 5),
            "key": (7, 11),
            "w_query": (5, 13),
            "w_key": (11, 13),
            "v": (13,),
        },
    ),
    (attend, {"scores": (2, 3, 7), "value": (2, 7, 11)}),
    (
        scaled_dot_product_attention,
        {"query": (2, 3, 5), "key": (2, 7, 5), "value": (2, 7, 11)},
    ),
    (fused_attention, {"query": (2, 3, 5), "key": (2, 7, 5), "value": (2, 7, 11)}),
    (soft_lookup, {"query": (5,), "keys": (7, 5), "values": (7, 11)}),
]
ONE_INTEGER = [
    pytest.param(function, shapes, name, id=f"{function.__name__}-{name}")
    for function, shapes in FITTING
    for name in shapes
]


@pytest.mark.parametrize(("function", "shapes", "name"), ONE_INTEGER)
def test_an_integer_argument_is_refused(function, shapes, name):
    arguments = {key: torch.ones(shape) for key, shape in shapes.items()}
    function(**arguments)
    arguments[name] = arguments[name].long()
    with pytest.raises(ValueError, match=r"floating tensor, got torch\.int64"):
        function(**arguments)


@pytest.mark.parametrize("function", [dot_scores, scaled_dot_scores])
def test_query_and_key_of_different_width_are_refused(function):
    with pytest.raises(ValueError, match=r"query and key .* d_k, got 5 and 11"):
        function(torch.ones(2, 3, 5), torch.ones(2, 7, 11))


@pytest.mark.parametrize("function", [scaled_dot_product_attention, fused_attention])
class TestAttention:
    def test_query_and_key_of_different_width_are_refused(self, function):
        with pytest.raises(ValueError, match=r"query and key .* d_k, got 5 and 11"):
            function(torch.ones(3, 5), torch.ones(7, 11), torch.ones(7, 2))

    def test_key_and_value_of_different_length_are_refused(self, function):
        with pytest.raises(ValueError, match=r"key and value .* key_len, got 7 and 11"):
            function(torch.ones(3, 5), torch.ones(7, 5), torch.ones(11, 2))

    @pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.uint8])
    def test_a_mask_that_is_not_boolean_is_refused(self, function, dtype):
        query, key = torch.ones(3, 5), torch.ones(7, 5)
        with pytest.raises(ValueError, match="boolean, where True = may attend"):
            function(query, key, key, torch.ones(3, 7, dtype=dtype))

    @pytest.mark.parametrize("shape", [(7, 3), (3,), (3, 5), (2, 3, 7), (1, 3, 7)])
    def test_a_mask_that_does_not_broadcast_is_refused(self, function, shape):
        query, key = torch.ones(3, 5), torch.ones(7, 5)
        mask = torch.ones(shape, dtype=torch.bool)
        with pytest.raises(ValueError, match="broadcast") as refusal:
            function(query, key, key, mask)
        assert str(shape) in str(refusal.value)
        assert "(3, 7)" in str(refusal.value)


def test_scores_and_value_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"scores and value .* key_len, got 7 and 11"):
        attend(torch.ones(3, 7), torch.ones(11, 2))


def test_masked_softmax_checks_its_scores_and_its_mask():
    mask = torch.ones(3, 7, dtype=torch.bool)
    with pytest.raises(ValueError, match="scores must be a floating tensor"):
        masked_softmax(torch.ones(3, 7, dtype=torch.int64), mask)
    with pytest.raises(ValueError, match="boolean, where True = may attend"):
        masked_softmax(torch.ones(3, 7), mask.float())
    with pytest.raises(ValueError, match=r"\(3, 7\) for scores of shape \(7, 3\)"):
        masked_softmax(torch.ones(7, 3), mask)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((7, 11), "query and weight .* query_dim, got 5 and 7"), ((5, 13), "11 and 13")],
)
def test_a_bilinear_weight_that_does_not_fit_is_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        bilinear_scores(torch.ones(3, 5), torch.ones(7, 11), torch.ones(shape))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 13), (11, 13), (13,)), "query and w_query .* query_dim, got 5 and 2"),
        (((5, 13), (2, 13), (13,)), "key and w_key .* key_dim, got 11 and 2"),
        (((5, 13), (11, 2), (13,)), "w_query and w_key .* hidden_dim, got 13 and 2"),
        (((5, 13), (11, 13), (2,)), "w_query and v .* hidden_dim, got 13 and 2"),
    ],
)
def test_an_additive_weight_that_does_not_fit_is_refused(shapes, message):
    weights = [torch.ones(shape) for shape in shapes]
    with pytest.raises(ValueError, match=message):
        additive_scores(torch.ones(3, 5), torch.ones(7, 11), *weights)
