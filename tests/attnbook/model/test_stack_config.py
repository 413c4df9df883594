"""A stack's config: the paper's numbers, and what makes no sense."""

import dataclasses

import pytest

from attnbook import StackConfig

NEVER = [
    ({"d_model": 0}, "d_model must be at least 1, got 0"),
    ({"num_heads": 0}, "num_heads must be at least 1, got 0"),
    ({"num_layers": 0}, "num_layers must be at least 1, got 0"),
    ({"d_ff": -3}, "d_ff must be at least 1, got -3"),
    ({"d_k": 0}, "d_k must be at least 1, got 0"),
    ({"d_v": 0}, "d_v must be at least 1, got 0"),
    ({"num_heads": 7}, "d_model must be divisible by num_heads, got 512 and 7"),
    ({"num_heads": 7, "d_k": 3}, "d_model must be divisible .* got 512 and 7"),
    ({"dropout": -0.1}, "dropout must be from 0 to below 1, got -0.1"),
    ({"dropout": 1.0}, "dropout must be from 0 to below 1, got 1.0"),
    ({"attention_dropout": -0.1}, "attention_dropout must be .* got -0.1"),
    ({"feed_forward_dropout": 1.5}, "feed_forward_dropout must be .* got 1.5"),
    ({"activation": "swish"}, "activation must be one of .*'gelu'.* got 'swish'"),
    ({"norm_eps": 0.0}, "norm_eps must be above 0, got 0.0"),
]


def test_the_defaults_are_the_base_model_of_the_paper():
    config = StackConfig()
    assert (config.d_model, config.num_heads, config.num_layers) == (512, 8, 6)
    assert (config.d_ff, config.dropout, config.activation) == (2048, 0.1, "relu")
    assert (config.d_k, config.d_v, config.attention_dropout) == (None, None, 0.0)
    assert (config.norm_first, config.ends_with_norm) == (False, False)
    assert (config.bias, config.attention_bias) == (True, False)


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("final_norm", [True, False, None])
def test_a_final_norm_follows_from_the_order_unless_it_is_said(norm_first, final_norm):
    config = StackConfig(norm_first=norm_first, final_norm=final_norm)
    assert config.ends_with_norm == (norm_first if final_norm is None else final_norm)


def test_widths_of_a_head_free_the_number_of_heads():
    assert StackConfig(num_heads=7, d_k=3, d_v=5).num_heads == 7


@pytest.mark.parametrize(("options", "message"), NEVER)
def test_what_makes_no_sense_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        StackConfig(**options)


def test_a_config_is_a_value():
    config = StackConfig(d_ff=7)
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.d_ff = 11
    assert dataclasses.replace(config, d_ff=11) == StackConfig(d_ff=11)
    assert hash(config) == hash(StackConfig(d_ff=7))
    assert StackConfig(**dataclasses.asdict(config)) == config
