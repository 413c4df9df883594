"""The Transformer in JavaScript gives torch's numbers, and the published file its dates."""

import json
import string
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from attnbook import (
    TINY,
    Transformer,
    TransformerConfig,
    Vocabulary,
    date_pairs,
    pack_weights,
    record_attention,
    split_words,
    translate,
    unpack_weights,
)
from small_transformers import VOCAB, build, ids

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "assets" / "js" / "transformer.js"
# What JavaScript is asked for here, and how it answers.
DRIVER = """
let model;
function forward(srcIds, tgtIds) {
  const { memory, looks } = attnbook.encode(model, srcIds);
  const state = attnbook.start(model, memory);
  const steps = tgtIds.map((id) => attnbook.step(model, id, state));
  return {
    logits: steps.map((it) => [...it.logits]),
    read: looks,
    written: steps.map((it) => it.looks),
  };
}
function translated(text) {
  const srcIds = attnbook.encodeTokens(model, attnbook.splitWords(text));
  const written = attnbook.greedy(model, srcIds).map((it) => it.newest);
  return written.filter((id) => id !== model.eos_id).map((id) => model.tokens[id]).join("");
}
"""


@pytest.fixture(scope="module")
def engine():
    """V8 without a page around it."""
    engine = MiniRacer()
    engine.eval(SCRIPT.read_text(encoding="utf-8"))
    engine.eval(DRIVER)
    yield engine
    engine.close()


def described(model, bits=32):
    """A model as the page's own block describes it."""
    config = model.config
    return {
        "num_heads": config.num_heads,
        "norm_eps": config.norm_eps,
        "bos_id": config.bos_id,
        "eos_id": config.eos_id,
        "pad_id": config.pad_id,
        "unk_id": 3,
        "tokens": [str(number) for number in range(config.vocab_size)],
        "weights": pack_weights(model.state_dict(), bits),
    }


def take(engine, description):
    engine.eval(f"model = attnbook.readModel({json.dumps(description)}); 0")


def forward(engine, src_ids, tgt_ids):
    return json.loads(
        engine.eval(f"JSON.stringify(forward({src_ids.tolist()}, {tgt_ids.tolist()}))")
    )


def drawn_anew(model, spread):
    """Draw what begins at 0 or 1 as well, or a norm left out would go unseen."""
    chance = torch.Generator().manual_seed(7)
    for name, weight in model.named_parameters():
        if weight.dim() == 1:
            noise = torch.randn(weight.shape, generator=chance) * spread
            weight.data.copy_(noise + ("norm.weight" in name))
    return model.eval()


MODELS = {
    "odd sizes": lambda: build(),
    "heads of other widths": lambda: build(d_k=5, d_v=3),
    "with and without biases": lambda: build(
        attention_bias=True, output_bias=True, bias=False
    ),
    "three tables": lambda: build(tie="none", norm_eps=0.1),
    "the page's sizes": lambda: Transformer(TransformerConfig(VOCAB, **TINY)),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_logits_and_attention_are_those_of_torch(engine, make):
    model = drawn_anew(make(), spread=0.3)
    take(engine, described(model))
    for length in (1, 8):
        src_ids, tgt_ids = ids(1, length, seed=length), ids(1, 17, seed=2)
        with torch.no_grad(), record_attention(model) as seen:
            logits = model(src_ids, tgt_ids)[0]
        found = forward(engine, src_ids[0], tgt_ids[0])
        close(found["logits"], logits)
        for number in range(model.config.num_layers):
            read = found["read"][number]["self_attention"]
            close(read, seen[f"encoder.layers.{number}.self_attention"][0][0])
            for name in ("self_attention", "cross_attention"):
                wanted = seen[f"decoder.layers.{number}.{name}"][0][0]
                for place, looks in enumerate(found["written"]):
                    weights = torch.tensor(looks[number][name])[:, 0]
                    close(weights, wanted[:, place, : weights.size(-1)])


def close(found, wanted):
    found = torch.as_tensor(found, dtype=torch.float32)
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-5)


def test_eight_bits_are_read_as_python_reads_them(engine):
    model = drawn_anew(build(), spread=0.3)
    description = described(model, bits=8)
    take(engine, description)
    src_ids, tgt_ids = ids(1, 7), ids(1, 5, seed=1)
    model.load_state_dict(unpack_weights(description["weights"]))
    with torch.no_grad():
        close(
            forward(engine, src_ids[0], tgt_ids[0])["logits"],
            model(src_ids, tgt_ids)[0],
        )


def test_padding_is_never_written_and_the_end_ends(engine):
    model = build().eval()
    written = "attnbook.greedy(model, [5, 6], 9).map((it) => it.newest).join()"
    take(engine, described(model))
    first, *_ = map(int, engine.eval(written).split(","))
    take(engine, described(model) | {"pad_id": first})
    assert str(first) not in engine.eval(written).split(",")
    take(engine, described(model) | {"eos_id": first})
    assert engine.eval(written) == str(first)


LETTERS = st.sampled_from(string.printable + "éß년월일½²Ⅷ一٣“–\u00a0_")


@given(st.text(LETTERS, max_size=20))
def test_text_is_cut_as_python_cuts_it(engine, text):
    # Python counts four more control characters as white space.
    text = "".join(sign for sign in text if sign >= " " or sign.isspace())
    cut = engine.eval(f"JSON.stringify(attnbook.splitWords({json.dumps(text)}))")
    assert json.loads(cut) == split_words(text)


@pytest.fixture(scope="module")
def published(site, engine):
    """The file that the page's block wrote, as the site has it."""
    text = (site / "en" / "js" / "date-model.js").read_text(encoding="utf-8")
    engine.eval(text + ";model = attnbook.readModel(attnbook.dateModel); 0")
    return json.loads(engine.eval("JSON.stringify(attnbook.dateModel)"))


@pytest.mark.slow
def test_the_published_model_writes_what_torch_writes(engine, published):
    vocabulary = Vocabulary(tuple(published["tokens"]))
    config = TransformerConfig(
        len(vocabulary),
        **TINY | {"num_heads": published["num_heads"]},
        norm_eps=published["norm_eps"],
    )
    model = Transformer(config).eval()
    model.load_state_dict(unpack_weights(published["weights"]))
    for name in ("pad_id", "bos_id", "eos_id"):
        assert published[name] == getattr(config, name) == getattr(vocabulary, name)
    assert published["unk_id"] == vocabulary.unknown_id

    days = date_pairs(200, torch.Generator().manual_seed(99), held_out=True)
    english = [day.english for day in days]
    found = json.loads(
        engine.eval(f"JSON.stringify({json.dumps(english)}.map(translated))")
    )
    assert found == translate(model, vocabulary, english)
    right = sum(it == day.korean for it, day in zip(found, days, strict=True))
    assert right / len(days) >= 0.97


@pytest.mark.slow
def test_the_file_is_small(site):
    assert (site / "en" / "js" / "date-model.js").stat().st_size <= 500_000
