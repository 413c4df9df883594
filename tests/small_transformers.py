"""Small Transformers, torch's twin of one, and ids for them, for several test files."""

import pytest
import torch
from torch import nn

from attnbook import Transformer, TransformerConfig

VOCAB, D_MODEL, HEADS, D_FF, LAYERS = 19, 22, 11, 13, 2
SIZES = {"d_model": D_MODEL, "num_heads": HEADS, "d_ff": D_FF, "num_layers": LAYERS}

modes = pytest.mark.parametrize("mode", [True, False], ids=["train", "eval"])
orders = pytest.mark.parametrize("norm_first", [False, True], ids=["post", "pre"])


def build(**options):
    torch.manual_seed(0)
    return Transformer(TransformerConfig(VOCAB, **{**SIZES, "dropout": 0.0, **options}))


def torch_twin(config):
    """Build torch's, whose encoder warns of norms first unless it is told."""
    options = {"batch_first": True, "norm_first": config.norm_first}
    sizes = (D_MODEL, HEADS, D_FF, 0.0, config.activation, config.norm_eps)
    encoder = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(*sizes, **options),
        LAYERS,
        nn.LayerNorm(D_MODEL, config.norm_eps) if config.ends_with_norm else None,
        enable_nested_tensor=False,
    )
    decoder = nn.TransformerDecoder(
        nn.TransformerDecoderLayer(*sizes, **options),
        LAYERS,
        nn.LayerNorm(D_MODEL, config.norm_eps) if config.ends_with_norm else None,
    )
    return nn.Transformer(
        D_MODEL,
        HEADS,
        custom_encoder=encoder,
        custom_decoder=decoder,
        batch_first=True,
    )


def ids(batch, length, seed=0, low=3):
    chance = torch.Generator().manual_seed(seed)
    return torch.randint(low, VOCAB, (batch, length), generator=chance)


def pad_to(rows, lengths, pad_id=0):
    """Leave the first so many ids of each row."""
    places = torch.arange(rows.size(1))
    return rows.where(places < torch.tensor(lengths)[:, None], pad_id)


def sources():
    return pad_to(ids(3, 7), [7, 5, 2])


def targets():
    return pad_to(ids(3, 5, seed=1), [3, 5, 4])
