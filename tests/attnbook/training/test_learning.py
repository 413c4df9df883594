"""The whole floor at work: a small Transformer learns to translate dates."""

from functools import partial

import pytest
import torch

from attnbook import (
    TINY,
    BatchStream,
    Transformer,
    TransformerConfig,
    Vocabulary,
    average_weights,
    date_pairs,
    encode_pairs,
    greedy,
    pad_batch,
    paper_schedule,
    sequence_loss,
    shuffled_batches,
    smoothing_floor,
    snapshot,
    split_characters,
    split_words,
    start_transformer,
    train,
)

STEPS = 600


@pytest.fixture
def one_thread():
    """Two threads are slower here, and their sums end in other digits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def texts(count, seed, **choice):
    drawn = date_pairs(count, torch.Generator().manual_seed(seed), **choice)
    return [(pair.english, pair.korean) for pair in drawn]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_dates_are_translated_that_it_has_never_seen(seed, one_thread):
    pairs, held_out = texts(20_000, seed), texts(1_000, 99, held_out=True)
    vocabulary = Vocabulary.build(
        tokens
        for english, korean in pairs
        for tokens in (split_words(english), split_characters(korean))
    )
    encode = partial(
        encode_pairs,
        split_source=split_words,
        split_target=split_characters,
        src_vocabulary=vocabulary,
        tgt_vocabulary=vocabulary,
    )
    torch.manual_seed(seed)
    model = Transformer(TransformerConfig(len(vocabulary), **TINY))
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    batches = BatchStream(partial(shuffled_batches, encode(pairs), 64), seed)
    records, snapshots = [], []
    for record in train(
        model,
        optimizer,
        batches,
        sequence_loss,
        lambda step: 0.5 * paper_schedule(step, d_model=64, warmup=200),
        steps=STEPS,
    ):
        records.append(record)
        if record.step > STEPS - 125 and record.step % 25 == 0:
            snapshots.append(snapshot(model))
    assert len(snapshots) == 5
    floor = smoothing_floor(0.1, len(vocabulary))
    assert floor < records[-1].loss < floor + 0.1

    model.load_state_dict(average_weights(snapshots))
    start = start_transformer(model.eval(), pad_batch(encode(held_out)).src_ids)
    answers = greedy(start, max_len=24).tolist()
    right = sum(
        "".join(vocabulary.decode(answer)) == korean
        for answer, (_, korean) in zip(answers, held_out, strict=True)
    )
    assert right >= 0.99 * len(held_out)
