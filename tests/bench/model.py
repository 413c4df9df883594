"""The Transformer's table: speed and memory against torch's own, in one run, two CPU threads."""

import subprocess
import sys
from collections.abc import Iterator

import torch
from tests.bench.timing import ratio
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention as kernel

from attnbook import (
    Transformer,
    TransformerConfig,
    fused_attention,
    greedy,
    start_transformer,
)
from attnbook.decoding.start import Start

Row = tuple[str, str, str]

SHAPES = {  # d_model, heads, layers, d_ff, batch, length, dropout, goal
    "base, 8 x 64 tokens": (512, 8, 6, 2048, 8, 64, 0.0, 1.0),
    "base, 8 x 128 tokens, dropout 0.1": (512, 8, 6, 2048, 8, 128, 0.1, 1.0),
    "d_model 256, 32 x 32 tokens": (256, 4, 3, 1024, 32, 32, 0.0, 1.1),
    "d_model 64, 64 x 16 tokens": (64, 4, 2, 256, 64, 16, 0.0, 1.1),
}
DECODING = [(128, 1, 4), (128, 8, 12), (512, 1, 12)]


def rows() -> Iterator[Row]:
    """Each measure: its name, what came out, the goal."""
    torch.set_num_threads(2)
    torch.manual_seed(0)
    for name in SHAPES:
        yield from _whole_model(name)
    for length, batch, goal in DECODING:
        yield _decoding(length, batch, goal)
    yield from _attention()
    yield from _memory()
    yield from _cuda()


def _whole_model(name: str) -> Iterator[Row]:
    d_model, heads, layers, d_ff, batch, length, dropout, goal = SHAPES[name]
    sizes = {"d_model": d_model, "num_heads": heads, "num_layers": layers, "d_ff": d_ff}
    config = TransformerConfig(
        1000, **sizes, dropout=dropout, attention_bias=True, final_norm=True
    )
    ours = Transformer(config)
    theirs = nn.Transformer(
        d_model,
        heads,
        layers,
        layers,
        d_ff,
        dropout,
        batch_first=True,
        norm_first=False,
    )
    src, tgt = torch.randn(2, batch, length, d_model).unbind()
    causal = nn.Transformer.generate_square_subsequent_mask(length)

    def run_ours() -> Tensor:
        return ours.decoder(tgt, ours.encoder(src))

    def run_theirs() -> Tensor:
        return theirs(src, tgt, tgt_mask=causal, tgt_is_causal=True)

    def infer(run):
        return lambda: torch.no_grad()(run)()

    def learn(run):
        return lambda: run().square().mean().backward()

    if not dropout:
        ours.eval(), theirs.eval()
        found = f"{ratio(infer(run_theirs), infer(run_ours)):.2f}x"
        yield f"{name}: forward, speed against nn.Transformer", found, f">= {goal}x"
    ours.train(), theirs.train()
    found = f"{ratio(learn(run_theirs), learn(run_ours)):.2f}x"
    yield f"{name}: forward and backward, the same", found, f">= {goal}x"


def _decoding(length: int, batch: int, goal: int) -> Row:
    """Greedy decoding of a model that never ends: with its cache, and reading all again."""
    model = Transformer(TransformerConfig(1000, dropout=0.0)).eval()
    src_ids = torch.randint(3, 1000, (batch, length))

    def never_ending(start: Start) -> Start:
        return start._replace(eos_id=-1)

    def cached() -> Tensor:
        return greedy(never_ending(start_transformer(model, src_ids)), length)

    def recomputed() -> Tensor:
        return greedy(never_ending(_start_without_cache(model, src_ids)), length)

    rounds = 1 if length > 128 else 3
    found = f"{ratio(recomputed, cached, rounds):.1f}x"
    return (
        f"base: greedy decoding, {length} tokens, batch {batch}: cache",
        found,
        f">= {goal}x",
    )


class _Texts(tuple):
    """The ids so far, as a state that rereads them all at each step."""

    def select(self, rows: Tensor) -> "_Texts":
        return _Texts(part[rows] for part in self)


def _start_without_cache(model: Transformer, src_ids: Tensor) -> Start:
    begun = start_transformer(model, src_ids)
    with torch.no_grad():
        memory = model.encode(src_ids)

    def step(newest: Tensor, state: _Texts) -> tuple[Tensor, _Texts]:
        ids = torch.cat([state[0], newest[:, None]], dim=1)
        hidden = model.decode(ids, memory, src_ids)
        return model.logits(hidden[:, -1]), _Texts([ids])

    return begun._replace(step=step, state=_Texts([src_ids[:, :0]]))


def _attention() -> Iterator[Row]:
    query, key, value = torch.randn(3, 1, 8, 2048, 64).unbind()

    def ours() -> Tensor:
        return fused_attention(query, key, value, is_causal=True)

    def bare() -> Tensor:
        return kernel(query, key, value, is_causal=True)

    found = f"{ratio(ours, bare):.2f}x"
    yield (
        "attention at 2,048 tokens, causal by flag: time against the bare kernel",
        found,
        "<= 1.1x",
    )
    model = Transformer(TransformerConfig(1000, dropout=0.0)).eval()
    attention = model.encoder.layers[0].self_attention
    x = torch.randn(1, 2048, 512)

    def with_weights() -> object:
        return torch.no_grad()(attention)(x, need_weights=True)

    def without() -> object:
        return torch.no_grad()(attention)(x)

    found = f"{ratio(with_weights, without):.2f}x"
    yield (
        "a layer at 2,048 tokens: time with weights returned against without",
        found,
        "reported",
    )


PEAK = """\
import sys, torch
from pathlib import Path
from contextlib import nullcontext
from attnbook import Transformer, TransformerConfig, record_attention
path, use = sys.argv[1:]
torch.set_num_threads(2)
def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))
model = Transformer(TransformerConfig(1000, dropout=0.0, max_len=4096))
ids = torch.randint(3, 1000, (1, 16))
def run(ids):
    hidden = model.encoder(model.src_embedding(ids))
    if use == "training":
        hidden.square().mean().backward()
ask = record_attention(model) if path == "written" else nullcontext()
with torch.set_grad_enabled(use == "training"), ask:
    run(ids)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    rest = memory("VmRSS")
    run(torch.randint(3, 1000, (1, 2048)))
print(memory("VmHWM") - rest)
"""


def _memory() -> Iterator[Row]:
    for use, goal in (("inference", 0.1), ("training", 0.25)):
        fused, written = (
            float(
                subprocess.check_output(
                    [sys.executable, "-c", PEAK, path, use], text=True
                )
            )
            for path in ("fused", "written")
        )
        found = f"{fused / written:.3f}x ({fused:.0f} against {written:.0f} MB)"
        yield (
            f"base encoder, 2,048 tokens, {use}: peak memory, fused / written out",
            found,
            f"<= {goal}x",
        )


def _cuda() -> Iterator[Row]:
    if not torch.cuda.is_available():
        yield "on a CUDA GPU", "none here", "reported"
