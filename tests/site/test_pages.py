"""Every page runs. A failure names the page and the line; `make site` shares the results."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bookbuild.run.engine import Engine
from bookbuild.run.results import Run
from bookbuild.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[Path, Run]]:
    """All pages, run side by side."""
    engine = Engine(Settings.load(ROOT))
    yield engine.run(PAGES)
    engine.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_page(page: Path, runs: dict[Path, Run]) -> None:
    if failure := runs[page].failure:
        pytest.fail(str(failure), pytrace=False)
