"""A model compiles as one graph: a break is an error under `fullgraph`.

Each test runs in a Python of its own, since the checks of shapes that pytest wraps around
every function are no part of what is compiled.
"""

import subprocess
import sys

import pytest

BUILD = """
from contextlib import nullcontext
import torch
from attnbook import Transformer, TransformerConfig

torch.manual_seed(0)
torch.set_num_threads(1)
sizes = {"d_model": 10, "num_heads": 5, "num_layers": 1, "d_ff": 7}
model = Transformer(TransformerConfig(13, **sizes, dropout=0.1))
"""

EQUAL = """
around = {
    "eval": nullcontext(),
    "autocast": torch.autocast("cpu", dtype=torch.bfloat16),
}
for mode in ("train", *around):
    torch._dynamo.reset()
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    for src_len, tgt_len in ((7, 5), (11, 3), (3, 1)):
        src_ids = torch.randint(3, 13, (2, src_len))
        tgt_ids = torch.randint(3, 13, (2, tgt_len))
        src_ids[1, 2:] = 0
        model.train(mode == "train")
        if mode == "train":  # dropout differs: only that it runs is told
            assert compiled(src_ids, tgt_ids).isfinite().all()
            continue
        with around[mode]:
            logits, expected = compiled(src_ids, tgt_ids), model(src_ids, tgt_ids)
        torch.testing.assert_close(logits, expected)
        if mode == "eval":
            weights = list(model.parameters())
            torch.testing.assert_close(
                torch.autograd.grad(logits.square().mean(), weights),
                torch.autograd.grad(expected.square().mean(), weights),
            )
"""

WRITTEN_OUT = """
attention = model.encoder.layers[0].self_attention
compiled = torch.compile(attention, fullgraph=True, backend="aot_eager")
x, mask = torch.randn(2, 5, 10), torch.rand(2, 1, 1, 5) < 0.5
for options in ({}, {"mask": mask}, {"is_causal": True}):
    expected = attention(x, need_weights=True, **options)
    actual = compiled(x, need_weights=True, **options)
    torch.testing.assert_close(tuple(actual), tuple(expected))
"""


def run(code):
    command = [sys.executable, "-W", "error", "-c", BUILD + code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_forward_and_backward_are_one_graph():
    run(EQUAL)


@pytest.mark.slow
def test_the_written_out_path_is_one_graph():
    run(WRITTEN_OUT)
