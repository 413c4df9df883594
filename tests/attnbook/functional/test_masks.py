"""Who may look where: drawn by hand, and by what must not be felt."""

import torch
from torch import nn

from attnbook import causal_mask, padding_mask, scaled_dot_product_attention

PAD_ID = 3
IDS = torch.tensor([[7, 1, 4, 9, 2], [5, 8, 3, 3, 3]])


def test_padding_mask_is_true_at_real_tokens():
    mask = padding_mask(IDS, PAD_ID)
    assert mask.shape == (2, 1, 1, 5)
    assert mask.flatten(1).tolist() == [
        [True, True, True, True, True],
        [True, True, False, False, False],
    ]


def test_padding_mask_takes_ids_of_any_leading_axes():
    assert torch.equal(padding_mask(IDS[1], PAD_ID), padding_mask(IDS, PAD_ID)[1])


def test_causal_mask_by_hand():
    assert causal_mask(3).tolist() == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_causal_mask_allows_what_torch_does_not_forbid():
    theirs = nn.Transformer.generate_square_subsequent_mask(7)
    assert torch.equal(causal_mask(7), theirs == 0)


def test_masks_follow_the_device():
    assert causal_mask(3, device="meta").device.type == "meta"
    assert padding_mask(IDS.to("meta"), PAD_ID).device.type == "meta"


def test_together_they_allow_real_tokens_of_the_past():
    mask = causal_mask(5) & padding_mask(IDS, PAD_ID)
    assert mask.shape == (2, 1, 5, 5)
    for sentence in range(2):
        for query in range(5):
            for key in range(5):
                real = IDS[sentence, key].item() != PAD_ID
                allowed = mask[sentence, 0, query, key].item()
                assert allowed == (real and key <= query)


def test_the_future_is_not_felt():
    torch.manual_seed(0)
    before = torch.randn(2, 3, 7, 5)
    after = before.clone()
    after[..., 4:, :] += 1
    one, two = (
        scaled_dot_product_attention(x, x, x, causal_mask(7)).output
        for x in (before, after)
    )
    assert torch.equal(one[..., :4, :], two[..., :4, :])
    assert one[..., 4:, :].ne(two[..., 4:, :]).any(-1).all()


def test_more_padding_is_not_felt():
    torch.manual_seed(0)
    query, key = torch.randn(2, 3, 7, 11), torch.randn(2, 3, 5, 11)
    longer = torch.cat((key, torch.randn(2, 3, 2, 11)), dim=-2)
    padded = torch.cat((IDS, torch.full((2, 2), PAD_ID)), dim=-1)
    short = scaled_dot_product_attention(query, key, key, padding_mask(IDS, PAD_ID))
    long = scaled_dot_product_attention(
        query, longer, longer, padding_mask(padded, PAD_ID)
    )
    torch.testing.assert_close(long.output, short.output)
    assert long.weights[..., 5:].eq(0).all()
