"""The fused kernel gives the written-out numbers, under the same rules."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnbook import causal_mask, fused_attention, scaled_dot_product_attention

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def inputs(query_len=5, key_len=11, dtype=torch.float32, leading=(2, 3)):
    torch.manual_seed(0)
    shapes = [(query_len, 7), (key_len, 7), (key_len, 13)]
    return [torch.randn(*leading, *s).to(dtype).requires_grad_() for s in shapes]


def gradients(output, tensors):
    torch.manual_seed(1)
    return torch.autograd.grad(output, tensors, torch.randn(output.shape).to(output))


def assert_equals_written_out(tensors, mask, **options):
    output = fused_attention(*tensors, **options or {"mask": mask})
    expected = scaled_dot_product_attention(*tensors, mask).output
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(gradients(output, tensors), gradients(expected, tensors))


@pytest.mark.parametrize("leading", [(), (2,), (2, 3), (2, 3, 2)])
def test_it_equals_the_written_out_attention(leading):
    assert_equals_written_out(inputs(leading=leading), None)


@settings(deadline=None, max_examples=25)
@given(
    full=st.lists(st.booleans(), min_size=4, max_size=4),
    dims=st.integers(0, 4),
    seed=st.integers(0, 99),
)
def test_it_takes_every_mask_that_broadcasts(full, dims, seed):
    axes = zip(full, (2, 3, 5, 11), strict=True)
    shape = [size if whole else 1 for whole, size in axes][4 - dims :]
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.6
    assert_equals_written_out(inputs(), mask)


def test_is_causal_is_the_causal_mask():
    assert_equals_written_out(inputs(11, 11), causal_mask(11), is_causal=True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_dead_row_is_zero_forward_and_backward(dtype):
    query, key, value = inputs(dtype=dtype)
    mask = torch.ones(5, 11, dtype=torch.bool)
    mask[2] = False
    output = fused_attention(query, key, value, mask)
    assert output.dtype == dtype
    assert output[..., 2, :].eq(0).all()
    slopes = gradients(output, (query, key, value))
    assert all(slope.isfinite().all() for slope in slopes)
    assert slopes[0][..., 2, :].eq(0).all()
    assert slopes[0][..., 1, :].ne(0).any()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_dead_row_is_zero_at_the_sizes_that_a_gpu_has_kernels_for(dtype, device):
    """There the bare kernel gives such a row a number, and its query a gradient of nan."""
    query, key, value = torch.randn(
        3, 2, 4, 64, 64, dtype=dtype, device=device
    ).unbind()
    leaves = [it.requires_grad_() for it in (query, key, value)]
    mask = torch.rand(64, 64, device=device) > 0.5
    mask[:, 0], mask[2] = True, False
    output = fused_attention(*leaves, mask)
    assert output[..., 2, :].eq(0).all()
    slopes = gradients(output, leaves)
    assert all(slope.isfinite().all() for slope in slopes)
    assert slopes[0][..., 2, :].eq(0).all()


def test_a_mask_and_is_causal_exclude_each_other():
    with pytest.raises(ValueError, match="mask and is_causal exclude each other"):
        fused_attention(*inputs(11, 11), causal_mask(11), is_causal=True)


def test_is_causal_needs_as_many_keys_as_queries():
    with pytest.raises(ValueError, match=r"query and key .* length, got 5 and 11"):
        fused_attention(*inputs(5, 11), is_causal=True)


@pytest.mark.parametrize("batch", [(), (3,), (2, 3), (2, 3, 5)])
def test_any_leading_axes_take_the_kernel_that_keeps_no_table(batch):
    """The table of 700 x 700 would be the largest tensor; the kernel allocates none like it."""
    query, key, value = (torch.randn(*batch, 700, 8) for _ in range(3))
    with torch.profiler.profile(profile_memory=True) as seen:
        fused_attention(query, key, value)
    tables = math.prod(batch) * 700 * 700 * 4
    largest = max(event.cpu_memory_usage for event in seen.events())
    assert largest < tables / 2
