"""Runs tests of a copied tree in a fork of a process that has torch loaded already."""

import multiprocessing
import os
import sys
from pathlib import Path

OPTIONS = ["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "--tb=no"]
ANOTHER_PACKAGE = 70
PRELOAD = ["torch", "pytest", "beartype.claw"]


class FirstFailure:
    """A plugin: a failing example is enough, and need not be made smaller."""

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile("first", phases=[Phase.explicit, Phase.generate])
        settings.load_profile("first")


def run_tests(copy: Path, tests: list[str], timeout: float = 300) -> tuple[int, str]:
    """Run test files of the copy with the copy's package, until one fails.

    Gives pytest's exit code and what it printed; on one thread, without slow tests.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    child = context.Process(target=_run, args=(str(copy), tests))
    child.start()
    child.join(timeout)
    if child.exitcode is None:
        child.kill()
        raise RuntimeError(f"{tests} take more than {timeout} seconds")
    if child.exitcode == ANOTHER_PACKAGE:
        raise RuntimeError(f"{tests} do not import the package in {copy}")
    return child.exitcode, (copy / "printed.txt").read_text().strip()


def _run(copy: str, tests: list[str]) -> None:
    import pytest

    os.chdir(copy)
    sys.path.insert(0, f"{copy}/src")
    sys.dont_write_bytecode = True
    with Path("printed.txt").open("w") as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
    arguments = [*OPTIONS, "--hypothesis-seed=0", *tests]
    code = pytest.main(arguments, plugins=[FirstFailure()])
    package = getattr(sys.modules.get("attnbook"), "__file__", None)
    own = package == f"{copy}/src/attnbook/__init__.py"
    sys.exit(int(code) if own else ANOTHER_PACKAGE)
