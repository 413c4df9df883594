"""A Transformer's config: table 3 of the paper, and what makes no sense."""

import dataclasses

import pytest

from attnbook import BASE, BIG, TINY, StackConfig, TransformerConfig

NEVER = [
    ({"vocab_size": 0}, "vocab_size must be at least 1, got 0"),
    ({"max_len": 0}, "max_len must be at least 1, got 0"),
    ({"pad_id": 11}, "pad_id must be from 0 to 10, got 11"),
    ({"bos_id": -1}, "bos_id must be from 0 to 10, got -1"),
    ({"eos_id": 12}, "eos_id must be from 0 to 10, got 12"),
    ({"eos_id": 3, "pad_id": 3}, "eos_id must differ from pad_id, got 3 and 3"),
    ({"positions": "rotary"}, "positions must be one of .*'none'.* got 'rotary'"),
    ({"tie": "input"}, "tie must be one of .*'output'.* got 'input'"),
    ({"num_heads": 7}, "d_model must be divisible by num_heads, got 512 and 7"),
    ({"dropout": -0.1}, "dropout must be from 0 to below 1, got -0.1"),
    (
        {"d_model": 33, "num_heads": 3},
        "d_model must be even for sinusoidal positions, got 33",
    ),
]


def test_the_defaults_are_the_base_model():
    config = TransformerConfig(37_000)
    assert config == TransformerConfig(37_000, **BASE)
    assert (config.positions, config.tie) == ("sinusoidal", "all")
    assert (config.scale_embeddings, config.output_bias) == (True, False)
    assert not config.embedding_norm


def test_the_presets_are_rows_of_table_3():
    assert BASE == {
        "d_model": 512,
        "num_heads": 8,
        "num_layers": 6,
        "d_ff": 2048,
        "dropout": 0.1,
    }
    assert BIG == {
        "d_model": 1024,
        "num_heads": 16,
        "num_layers": 6,
        "d_ff": 4096,
        "dropout": 0.3,
    }


@pytest.mark.parametrize("sizes", [TINY, BASE, BIG])
def test_a_preset_makes_a_config_of_either_kind(sizes):
    for config in (TransformerConfig(11, **sizes), StackConfig(**sizes)):
        assert {name: getattr(config, name) for name in sizes} == sizes


@pytest.mark.parametrize(("options", "message"), NEVER)
def test_what_makes_no_sense_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        TransformerConfig(**{"vocab_size": 11, **options})


@pytest.mark.parametrize("positions", ["learned", "none"])
def test_an_odd_width_needs_no_waves(positions):
    config = TransformerConfig(11, d_model=33, num_heads=3, positions=positions)
    assert config.d_model == 33


def test_some_models_begin_with_another_special_id():
    assert TransformerConfig(11, bos_id=0, pad_id=0).bos_id == 0
    assert TransformerConfig(11, bos_id=2, eos_id=2).bos_id == 2


def test_only_the_vocabulary_goes_without_a_name():
    with pytest.raises(TypeError):
        TransformerConfig(11, 512)


def test_a_config_is_a_value():
    config = TransformerConfig(11, **TINY)
    assert TransformerConfig(**dataclasses.asdict(config)) == config
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.vocab_size = 13
