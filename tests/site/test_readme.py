"""What the README shows to those who reuse a part is true."""

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_its_examples_run():
    examples = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    examples = [example for example in examples if "import" in example]
    assert len(examples) == 2
    told = {}
    for example in examples:
        exec(compile(example, "README.md", "exec"), told)
    assert told["weights"].shape == (2, 7, 7)
    assert told["logits"].shape == (2, 7, 37_000)
    assert told["written"].shape == (2, 5)


def test_the_places_that_it_names_are_there():
    root = Path(__file__).parents[2]
    named = re.findall(r"`((?:docs|src|tests|\.ci)/[\w./]*)`", README)
    assert len(named) > 5
    for place in named:
        assert (root / place).exists(), place
