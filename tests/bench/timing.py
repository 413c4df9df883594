"""Times two ways to do one thing, taking turns, so that a busy machine slows both alike."""

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def ratio(slow: Work, fast: Work, rounds: int = 7) -> float:
    """How many times as long `slow` takes as `fast`: the median over rounds of both."""
    for work in (slow, fast):
        work()
    return statistics.median(seconds(slow) / seconds(fast) for _ in range(rounds))


def seconds(work: Work) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
