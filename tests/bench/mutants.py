"""The bug table: plants the known bugs of popular code in ours, and names who catches them.

Each bug is a patch in `bugs/*.toml`: a file of the package, an old text that must stand in
it exactly once, and a new one. Every bug gets a fresh copy of package and tests.
"""

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench import forked

ROOT = Path(__file__).parents[2]
BUGS = Path(__file__).parent / "bugs"
PARTS = ["pyproject.toml", "tests/conftest.py", "tests/parity.py"]
PARTS += sorted(f"tests/{it.name}" for it in (ROOT / "tests").glob("small_*.py"))

Row = tuple[str, str, str]


class Mutant(NamedTuple):
    """A bug to plant; `tests` are those of the file itself if none are named."""

    bug: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()

    def test_files(self) -> list[str]:
        tests = ROOT / "tests" / "attnbook"
        stem = Path(self.file).stem
        own = (tests / self.file).parent.glob(f"test_{stem}*.py")
        named = self.tests or sorted(str(it.relative_to(tests)) for it in own)
        return [f"tests/attnbook/{it}" for it in named]


def rows() -> Iterator[Row]:
    """Each bug: its number in the list and its form, the first test to fail, the goal."""
    tables = [tomllib.loads(path.read_text()) for path in sorted(BUGS.glob("*.toml"))]
    mutants = [Mutant(**it) for table in tables for it in table["mutant"]]
    without = [it for table in tables for it in table.get("without", [])]
    for mutant in mutants:
        planted(mutant)  # an outdated patch stops the run before it begins
    yield control(mutants)
    count = 0
    for entry in sorted([*mutants, *without], key=number):
        if not isinstance(entry, Mutant):
            yield entry["bug"], f"cannot be planted: {entry['why']}", "-"
            continue
        result = outcome(mutant=entry)
        count += result.startswith("caught")
        yield entry.bug, result, "caught"
    yield "bugs caught", f"{count} of {len(mutants)}", "all"


def number(entry: Mutant | dict[str, str]) -> int:
    bug = entry.bug if isinstance(entry, Mutant) else entry["bug"]
    return int(bug.split(".")[0])


def planted(mutant: Mutant) -> str:
    """The text of the file with the bug in it."""
    text = (ROOT / "src/attnbook" / mutant.file).read_text()
    found = text.count(mutant.old)
    if found != 1:
        raise ValueError(
            f"{mutant.bug}: old text stands {found} times in {mutant.file}"
        )
    text = text.replace(mutant.old, mutant.new)
    compile(text, mutant.file, "exec")
    return text


def control(mutants: list[Mutant]) -> Row:
    """Without a bug the tests pass."""
    tests = sorted({test for mutant in mutants for test in mutant.test_files()})
    with tempfile.TemporaryDirectory() as name:
        code, text = forked.run_tests(copied(Path(name)), tests)
    if code:
        raise RuntimeError(f"the tests fail without any bug:\n{text}")
    return "none: the copy as it is", text.splitlines()[-1].split(" in ")[0], "passed"


def outcome(mutant: Mutant) -> str:
    """Plant a bug and see which test fails first."""
    with tempfile.TemporaryDirectory() as name:
        copy = copied(Path(name))
        (copy / "src/attnbook" / mutant.file).write_text(planted(mutant))
        code, text = forked.run_tests(copy, mutant.test_files())
    if code == 0:
        return "SURVIVED"
    failed = re.search(r"^FAILED (tests/[^\s\[]+)", text, re.MULTILINE)
    if code != 1 or failed is None:
        raise RuntimeError(f"{mutant.bug}: the tests do not run\n{text}")
    return f"caught by {failed[1]}"


def copied(folder: Path) -> Path:
    """Copy what the tests need, without anything compiled."""
    folder = folder.resolve()
    for part in ("src/attnbook", "tests/attnbook"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for part in PARTS:
        shutil.copy(ROOT / part, folder / part)
    return folder
