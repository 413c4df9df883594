"""A whole training, small and built from one seed, to be kept and taken up again."""

from functools import partial

import torch
from torch import nn

from attnbook import BatchStream, bucketed_batches, paper_schedule, sequence_loss, train

PAIRS = [([4 + n % 7] * (1 + n % 5), [1, 4 + n % 7, 5, 2]) for n in range(60)]


class Guesser(nn.Module):
    """Guess the next id from the last one: dropout, and one matrix with two names."""

    def __init__(self, width=5):
        super().__init__()
        self.embedding = nn.Embedding(11, width)
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(width, 11)
        self.output.weight = self.embedding.weight

    def forward(self, src_ids, tgt_ids):
        return self.output(self.dropout(self.embedding(tgt_ids)))


class Run:
    """All that a training consists of, built from one seed."""

    def __init__(self, seed=0, optimizer=torch.optim.Adam, width=5):
        torch.manual_seed(seed)
        self.model = Guesser(width)
        self.optimizer = optimizer(self.model.parameters())
        self.data = BatchStream(partial(bucketed_batches, PAIRS, 30), seed)

    @property
    def parts(self):
        return self.model, self.optimizer, self.data

    def go(self, first, last):
        schedule = partial(paper_schedule, d_model=64, warmup=7)
        steps = {"first_step": first, "steps": last, "accumulate": 2}
        return list(train(*self.parts, sequence_loss, schedule, **steps))
