"""One head less, or one that cannot choose: what is left, and that all comes back."""

import pytest
import torch
from torch.testing import assert_close

from attnbook import MultiHeadAttention, with_uniform_head, without_head

HEADS, D_MODEL, QUERY_LEN, KEY_LEN = 3, 12, 5, 7


def attention_and_inputs(
    bias: bool,
) -> tuple[MultiHeadAttention, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    attention = MultiHeadAttention(D_MODEL, HEADS, d_k=2, d_v=5, bias=bias)
    for parameter in attention.parameters():  # biases begin at 0, which would hide them
        torch.nn.init.normal_(parameter)
    return (
        attention,
        torch.randn(2, QUERY_LEN, D_MODEL),
        torch.randn(2, KEY_LEN, D_MODEL),
    )


@pytest.mark.parametrize("bias", [False, True])
def test_what_is_left_is_the_sum_of_the_other_heads(bias: bool) -> None:
    attention, x, source = attention_and_inputs(bias)
    _, weights = attention(x, source, need_weights=True)
    value = attention.w_v(source).unflatten(
        -1, (HEADS, 5)
    )  # (batch, key_len, heads, d_v)
    parts = torch.einsum("bhqk,bkhv->bhqv", weights, value)
    slices = attention.w_o.weight.unflatten(1, (HEADS, 5))  # (d_model, heads, d_v)
    for head in range(HEADS):
        kept = [h for h in range(HEADS) if h != head]
        left = torch.einsum("bhqv,dhv->bqd", parts[:, kept], slices[:, kept])
        if bias:
            left = left + attention.w_o.bias
        with without_head(attention, head):
            assert_close(attention(x, source).output, left)


@pytest.mark.parametrize("bias", [False, True])
def test_a_uniform_head_takes_the_mean_and_the_others_choose_as_before(
    bias: bool,
) -> None:
    attention, x, source = attention_and_inputs(bias)
    mask = torch.ones(QUERY_LEN, KEY_LEN, dtype=torch.bool).tril()
    _, before = attention(x, source, mask, need_weights=True)
    with with_uniform_head(attention, 1):
        _, weights = attention(x, source, mask, need_weights=True)
    assert_close(
        weights[:, 1], (mask / mask.sum(dim=-1, keepdim=True)).expand(2, -1, -1)
    )
    assert_close(weights[:, [0, 2]], before[:, [0, 2]], rtol=0, atol=0)


@pytest.mark.parametrize("change", [without_head, with_uniform_head])
def test_all_comes_back_to_the_last_bit(change) -> None:
    attention, x, _ = attention_and_inputs(bias=True)
    before = {name: it.clone() for name, it in attention.state_dict().items()}
    expected = attention(x).output

    def fail() -> None:
        assert not torch.allclose(attention(x).output, expected)
        raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"), change(attention, 2):
        fail()
    for name, it in attention.state_dict().items():
        assert it.equal(before[name]), name


def test_two_heads_at_once_and_every_head() -> None:
    attention, x, _ = attention_and_inputs(bias=False)
    with without_head(attention, 0), without_head(attention, 1):
        assert attention(x).output.abs().max() > 0
        with without_head(attention, 2):
            assert attention(x).output.abs().max() == 0


@pytest.mark.parametrize("change", [without_head, with_uniform_head])
@pytest.mark.parametrize("head", [-1, HEADS])
def test_there_must_be_such_a_head(change, head: int) -> None:
    attention, _, _ = attention_and_inputs(bias=False)
    expected = f"head must be from 0 to 2, got {head}"
    with pytest.raises(ValueError, match=expected), change(attention, head):
        pass
