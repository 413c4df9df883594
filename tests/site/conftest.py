"""The site, built as `make site` builds it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    command = [sys.executable, "-m", "bookbuild", "build"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"the site does not build:\n{done.stderr}", pytrace=False)
    return ROOT / "site"
