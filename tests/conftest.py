"""One thread: sums then have the same last digit everywhere, and busy machines do not crawl."""

import torch

torch.set_num_threads(1)
