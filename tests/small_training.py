"""A small model, batches of unlike sizes for it, and the loop over them."""

import torch
from torch import nn

from attnbook import Loss, label_smoothed_loss, train

PAD = 3
RATES = {1: 0.3, 2: 0.1, 3: 0.2, 4: 0.05}


def model_of(seed=0, dtype=torch.float64):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Embedding(7, 5), nn.Linear(5, 7)).to(dtype)


def loss_of(model, batch):
    """Name the next id; each batch is ids and targets, with padding among them."""
    ids, targets = batch
    mean = label_smoothed_loss(model(ids), targets, pad_id=PAD)
    return Loss(mean, int((targets != PAD).sum()))


def batches_of(count, lengths=(2, 11, 5), seed=0):
    """Batches of unlike sizes, each with its own share of padding."""
    chance = torch.Generator().manual_seed(seed)
    for n in range(count):
        shape = (3, lengths[n % len(lengths)])
        ids = torch.randint(7, shape, generator=chance)
        targets = torch.randint(7, shape, generator=chance)
        padded = torch.rand(shape, generator=chance) < 0.1 + 0.2 * (n % 4)
        yield ids, targets.masked_fill(padded, PAD)


def joined(batches):
    """One batch of all: every token on one line."""
    return tuple(
        torch.cat([part.flatten() for part in parts])[None]
        for parts in zip(*batches, strict=True)
    )


def run(model, batches, optimizer=torch.optim.Adam, **arguments):
    arguments = {"steps": 4, "schedule": RATES.__getitem__, **arguments}
    optimizer = optimizer(model.parameters(), lr=99.0)
    return list(train(model, optimizer, batches, loss_of, **arguments))


def assert_alike(ours, theirs):
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())
