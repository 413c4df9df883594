"""The site, built as `make site` builds it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from browsing import HOW, chromium, start_browser
from hosting import serve

ROOT = Path(__file__).parents[2]
LEFT_OUT = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def site(tmp_path_factory, testrun_uid) -> Path:
    """The folder of the site, built once, whichever process of a run asks first."""
    told = tmp_path_factory.getbasetemp().parent / f"site-{testrun_uid}"
    with FileLock(f"{told}.lock"):
        if not told.exists():
            command = [sys.executable, "-m", "bookbuild", "build"]
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, check=False
            )
            told.write_text(done.stderr if done.returncode else "", encoding="utf-8")
    if fault := told.read_text(encoding="utf-8"):
        pytest.fail(f"the site does not build:\n{fault}", pytrace=False)
    return ROOT / "site"


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once."""
    with start_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def base(site):
    """The address of the English edition, served."""
    with serve(site) as base:
        yield f"{base}en/"


def pytest_collection_modifyitems(config, items):
    """Leave the browser's tests out where there is no browser, except where CI runs them."""
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out and not chromium() and not os.environ.get("CI"):
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash[LEFT_OUT] = len(left_out)


def pytest_terminal_summary(terminalreporter, config):
    """Say so."""
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"{count} tests need a browser and were left out. To have one, {HOW}"
        )
