"""The ids of a small vocabulary, and every normaliser, for searches in it."""

from functools import partial

from attnbook import gnmt_penalty, length_power

PAD, BOS, EOS, VOCAB = 0, 1, 2, 5
NORMALISERS = [
    gnmt_penalty,
    partial(gnmt_penalty, alpha=2.0),
    partial(length_power, alpha=0.0),
    length_power,
]
