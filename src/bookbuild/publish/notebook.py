"""Each page with code as a Jupyter notebook, made from its blocks."""

import json
from typing import Any

from bookbuild.publish.plain import Piece, pieces_of, title_of
from bookbuild.run.results import Run
from bookbuild.settings import Settings

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
INTRODUCTION = """\
*This notebook holds the text and the code of a chapter of the book. It needs the book's
package: `pip install "attnbook[docs]"`, or `pip install -e ".[docs]"` in a copy of its
repository. The site does the same before each chapter: it sets the seeds and one thread.*"""
SEEDS = """\
import random

import numpy
import torch

random.seed(0)
numpy.random.seed(0)
torch.manual_seed(0)
torch.set_num_threads(1)"""


def notebook(run: Run, settings: Settings) -> str:
    """Write a page that ran as a notebook.

    Args:
        run: The page's run.
        settings: The project's.

    Returns:
        The text of an `.ipynb` file, format 4.5.
    """
    pieces = list(pieces_of(run, settings))
    first, *rest = pieces
    cells = [_cell(0, first), _cell(1, Piece(INTRODUCTION)), _code(2, SEEDS)]
    cells += [_cell(number, piece) for number, piece in enumerate(rest, start=3)]
    book = {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL, "title": title_of(run)},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _cell(number: int, piece: Piece) -> dict[str, Any]:
    if piece.block is not None:
        options = piece.block.options
        # What a block writes for the site is nothing to read.
        quiet = "%%capture\n" if options.get("file") else ""
        return _code(number, quiet + piece.text, bool(options.get("raises")))
    return {
        "cell_type": "markdown",
        "id": f"cell-{number}",
        "metadata": {},
        "source": piece.text.splitlines(keepends=True),
    }


def _code(number: int, code: str, raises: bool = False) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"cell-{number}",
        "metadata": {"tags": ["raises-exception"]} if raises else {},
        "outputs": [],
        "source": code.strip("\n").splitlines(keepends=True),
    }
