"""Weights of `nn.Transformer`, taken over by their names alone."""

import pytest
import torch
from torch import nn

from attnbook import (
    TORCH_NAMES,
    Transformer,
    causal_mask,
    copy_weights,
    padding_mask,
    rename_weights,
)
from parity import flip_mask, shake
from small_transformers import D_MODEL, build, orders, sources, torch_twin


def stacks(model: Transformer) -> nn.ModuleDict:
    return nn.ModuleDict({"encoder": model.encoder, "decoder": model.decoder})


@orders
@pytest.mark.parametrize("final_norm", [False, True])
def test_by_these_names_our_stacks_become_those_of_torch(norm_first, final_norm):
    ours = build(attention_bias=True, norm_first=norm_first, final_norm=final_norm)
    theirs = torch_twin(ours.config)
    shake(theirs)
    copy_weights(rename_weights(theirs.state_dict(), TORCH_NAMES), stacks(ours))

    src_ids, source = sources(), torch.randn(3, 7, D_MODEL)
    target, mask = torch.randn(3, 5, D_MODEL), padding_mask(src_ids, pad_id=0)
    padding = flip_mask(mask[:, 0, 0])
    expected = theirs(
        source,
        target,
        tgt_mask=flip_mask(causal_mask(5)),
        src_key_padding_mask=padding,
        memory_key_padding_mask=padding,
    )
    output = ours.decoder(target, ours.encoder(source, mask), mask)
    torch.testing.assert_close(output, expected)


def test_every_weight_of_torch_has_a_place_and_every_place_a_weight():
    ours = stacks(build(attention_bias=True, final_norm=True)).state_dict()
    theirs = torch_twin(build(final_norm=True).config).state_dict()
    assert set(rename_weights(theirs, TORCH_NAMES)) == set(ours)


def test_what_the_paper_has_not_is_told_apart():
    theirs = torch_twin(build(final_norm=True).config).state_dict()
    with pytest.raises(ValueError, match=r"left over: .*norm\.weight"):
        copy_weights(
            rename_weights(theirs, TORCH_NAMES), stacks(build(attention_bias=True))
        )
