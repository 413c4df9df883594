"""The command line: a model that is trained, kept, and asked."""

import pytest
import torch

from attnbook import train_date_model, translate
from attnbook.cli import main

DATE = "Sunday 22 November 2026"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "dates"
    assert main(["train", str(folder), "--steps", "3", "--seed", "5"]) == 0
    return folder


def test_a_kept_model_writes_what_it_wrote_before(folder, capsys):
    model, vocabulary, *_ = train_date_model(5, steps=3)
    texts = [DATE, "1999-12-31"]
    capsys.readouterr()
    assert main(["translate", str(folder), *texts]) == 0
    expected = translate(model, vocabulary, texts)
    assert capsys.readouterr().out == "".join(f"{text}\n" for text in expected)


def test_each_row_that_is_shown_sums_to_one(folder, capsys):
    capsys.readouterr()
    assert main(["inspect", str(folder), DATE]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["Sunday", "2", "2", "November", "2", "0", "2", "6"]
    assert rows
    shares = torch.tensor([[float(n) for n in row[3:].split()] for row in rows])
    torch.testing.assert_close(
        shares.sum(dim=1), torch.ones(len(rows)), atol=0.05, rtol=0
    )


def test_what_cannot_be_done_is_said_and_is_a_failure(tmp_path, folder, capsys):
    assert main(["translate", str(tmp_path), DATE]) == 1
    assert "config.json" in capsys.readouterr().err
    assert main(["train", str(tmp_path), "--steps", "0"]) == 1
    assert "steps must be at least 1, got 0" in capsys.readouterr().err
    (folder / "weights.safetensors").write_bytes(b"")
    assert main(["translate", str(folder), DATE]) == 1
    assert "weights.safetensors is cut short" in capsys.readouterr().err
