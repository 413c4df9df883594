"""The front door: every name in place, and nothing loaded before it is used."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import attnbook


def seen_by_type_checkers():
    """Read the names, and their modules, that stand under `if TYPE_CHECKING`."""
    tree = ast.parse(Path(attnbook.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return [(line.module, line.names[0].name) for line in block.body]


def run(code):
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(("module", "name"), seen_by_type_checkers())
def test_a_name_is_what_its_module_calls_by_it(module, name):
    assert getattr(attnbook, name) is getattr(import_module(module), name)


def test_type_checkers_and_python_see_the_same_names():
    names = [name for _, name in seen_by_type_checkers()]
    assert sorted(names) == sorted(attnbook.__all__)


def test_the_names_are_listed():
    assert set(attnbook.__all__) <= set(dir(attnbook))


def test_star_imports_all_of_them():
    namespace = {}
    exec("from attnbook import *", namespace)
    assert set(attnbook.__all__) <= set(namespace)


def test_an_unknown_name_is_an_error():
    with pytest.raises(AttributeError, match="'attnbook' has no attribute 'sofmtax'"):
        _ = attnbook.sofmtax
    with pytest.raises(ImportError, match="cannot import name 'sofmtax'"):
        exec("from attnbook import sofmtax")


def test_importing_the_package_loads_nothing_and_a_name_only_what_it_needs():
    loaded = run(
        "import sys, attnbook\n"
        "print(*(name for name in sys.modules if name.startswith(('attnbook', 'torch'))))"
    )
    assert loaded == ["attnbook"]
    loaded = run(
        "import sys; from attnbook import causal_mask\n"
        "print(*(name for name in sys.modules if name.startswith('attnbook')))"
    )
    assert loaded == ["attnbook", "attnbook.functional", "attnbook.functional.masks"]
