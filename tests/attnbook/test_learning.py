"""The whole floor at work: a small Transformer learns to translate dates."""

import pytest
import torch

from attnbook import date_pairs, smoothing_floor, train_date_model, translate


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_dates_are_translated_that_it_has_never_seen(seed):
    model, vocabulary, records, _ = train_date_model(seed)
    floor = smoothing_floor(0.1, len(vocabulary))
    assert floor < records[-1].loss < floor + 0.1

    unseen = date_pairs(1_000, torch.Generator().manual_seed(99), held_out=True)
    answers = translate(model, vocabulary, [pair.english for pair in unseen])
    right = sum(
        answer == pair.korean for answer, pair in zip(answers, unseen, strict=True)
    )
    assert right >= 0.99 * len(unseen)
