"""`attnbook train | translate | inspect`: the book's date model, from the command line."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from attnbook.data.tokens import split_characters, split_words
from attnbook.data.vocabulary import Vocabulary
from attnbook.decoding.translate import translate
from attnbook.model.config import TransformerConfig
from attnbook.model.recording import record_attention
from attnbook.model.transformer import Transformer
from attnbook.training.date_model import train_date_model
from attnbook.training.weights import copy_weights, load_weights, save_weights

_WEIGHTS, _VOCABULARY, _CONFIG = "weights.safetensors", "vocabulary.json", "config.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Args:
        arguments: the words after `attnbook`; those of the process if None.

    Returns:
        The exit status: 0, or 1 if it could not be done; the reason is on stderr.
    """
    parser = argparse.ArgumentParser(prog="attnbook", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    command = commands.add_parser("train", help="train the date model into a folder")
    command.set_defaults(run=_train)
    command.add_argument("folder", type=Path)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--steps", type=int, default=600)
    for name, run, told in (
        ("translate", _translate, "translate English dates with a trained model"),
        ("inspect", _inspect, "show where it looks while it translates one"),
    ):
        command = commands.add_parser(name, help=told)
        command.set_defaults(run=run)
        command.add_argument("folder", type=Path, help="where `train` left the model")
        command.add_argument("text", nargs="+" if run is _translate else None)
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, OSError, ImportError) as error:
        print(f"attnbook: {error}", file=sys.stderr)
        return 1
    return 0


def _train(options: argparse.Namespace) -> None:
    trained = train_date_model(options.seed, steps=options.steps)
    options.folder.mkdir(parents=True, exist_ok=True)
    save_weights(options.folder / _WEIGHTS, trained.model.state_dict())
    trained.vocabulary.save(options.folder / _VOCABULARY)
    config = json.dumps(asdict(trained.model.config), indent=2)
    (options.folder / _CONFIG).write_text(config + "\n", encoding="utf-8")
    print(f"{options.folder}: loss {trained.records[-1].loss:.3f}")


def _load(folder: Path) -> tuple[Transformer, Vocabulary]:
    fields = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    model = Transformer(TransformerConfig(**fields))
    copy_weights(load_weights(folder / _WEIGHTS), model)
    return model.eval(), Vocabulary.load(folder / _VOCABULARY)


def _translate(options: argparse.Namespace) -> None:
    for answer in translate(*_load(options.folder), options.text):
        print(answer)


def _inspect(options: argparse.Namespace) -> None:
    """Print the mean of the heads of the last layer, a row for each sign that is written."""
    model, vocabulary = _load(options.folder)
    with record_attention(model) as recorded:
        [answer] = translate(model, vocabulary, [options.text])
    looks = recorded[f"decoder.layers.{len(model.decoder.layers) - 1}.cross_attention"]
    rows = torch.stack([look[0, :, 0].mean(dim=0) for look in looks])
    words = split_words(options.text)
    print(" " * 4 + " ".join(f"{word:>9.9}" for word in words))
    for sign, row in zip(split_characters(answer), rows.tolist(), strict=False):
        print(f"{sign:3} " + " ".join(f"{share:9.2f}" for share in row))
