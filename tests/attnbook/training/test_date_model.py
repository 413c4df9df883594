"""The book's own model: what can be changed of it is changed. (It learns: test_learning.py.)"""

import pytest
import torch

from attnbook import Transformer, average_weights, train_date_model
from attnbook.training.date_model import half_paper_schedule


def test_a_seed_says_all():
    first, again = (train_date_model(3, steps=2, num_layers=1) for _ in range(2))
    other = train_date_model(4, steps=2, num_layers=1)
    assert first.records == again.records != other.records
    for name, weight in first.model.state_dict().items():
        assert weight.equal(again.model.state_dict()[name])


def test_the_weights_are_the_mean_of_the_last_five_25_steps_apart():
    """A training's beginning is a shorter training, whose last weights are a snapshot."""
    still = {"schedule": lambda step: 1e-3 if step <= 2 else 1e-9, "num_layers": 1}
    ended = [train_date_model(steps=steps, **still).last_weights for steps in (1, 2)]
    mean = train_date_model(steps=101, **still).model.state_dict()
    # Of 101 steps those kept are 1, 26, 51, 76 and 101; after step 2 nothing moves.
    wanted = average_weights([ended[0], *[ended[1]] * 4])
    for name, weight in wanted.items():
        torch.testing.assert_close(mean[name], weight)


def test_schedule_smoothing_and_configuration_are_taken():
    usual = train_date_model(steps=2, num_layers=1)
    plain = train_date_model(steps=2, num_layers=1, smoothing=0.0)
    assert plain.records[0].loss != usual.records[0].loss
    wide = train_date_model(steps=1, num_layers=1, d_model=32, norm_first=True)
    assert wide.model.config.d_model == 32
    assert wide.model.config.norm_first
    rates = [record.learning_rate for record in usual.records]
    assert rates == [half_paper_schedule(1), half_paper_schedule(2)]
    constant = train_date_model(steps=1, num_layers=1, schedule=lambda step: 0.5)
    assert constant.records[0].learning_rate == 0.5


def test_a_model_of_another_make_can_be_trained():
    class Mine(Transformer):
        pass

    assert isinstance(train_date_model(steps=1, num_layers=1, build=Mine).model, Mine)


def test_what_no_configuration_has_is_refused():
    with pytest.raises(ValueError, match="num_heads, got 64 and 7"):
        train_date_model(steps=1, num_heads=7)
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        train_date_model(steps=0)
