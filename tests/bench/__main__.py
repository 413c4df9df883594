"""`python -m tests.bench [press | model | mutants | site]`: print the tables, or one of them."""

import sys
import time
from collections.abc import Iterator

from tests.bench import model, mutants, press, site

TABLES = {
    "press": press.rows,
    "model": model.rows,
    "mutants": mutants.rows,
    "site": site.rows,
}


def show(rows: Iterator[tuple[str, str, str]]) -> None:
    """Print a table, row by row as it is measured."""
    start = time.monotonic()
    print("| measure | result | goal |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print(f"\nmeasured in {time.monotonic() - start:.0f} s\n")


for name in sys.argv[1:] or TABLES:
    show(TABLES[name]())
