"""A small book in a folder of its own, used through the press's own commands."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOK = ROOT / "src" / "bookbuild" / "hook.py"
CONFIG = f"""\
site_name: A small book
docs_dir: docs/en
site_dir: site/en
theme: {{name: mkdocs}}
hooks: [{HOOK}]
plugins:
  markdown-exec: {{languages: [python], ansi: off}}
markdown_extensions:
  - admonition
  - attr_list
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.tabbed: {{alternate_style: true}}
  - bookbuild.render.replay
"""


@dataclass
class Told:
    """How a command ended, and what it said."""

    code: int
    text: str


@dataclass
class Book:
    """A project: `docs/en`, `src/toy`, and the press."""

    root: Path

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def page(self, text: str, name: str = "index") -> Path:
        return self.write(f"docs/en/{name}.md", text)

    def press(self, *arguments: str, **environment: str) -> Told:
        done = subprocess.run(
            [sys.executable, "-m", "bookbuild", *arguments],
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Told(done.returncode, done.stdout + done.stderr)

    def built(self, name: str = "index", language: str = "en") -> str:
        page = self.root / "site" / language
        page = page / "index.html" if name == "index" else page / name / "index.html"
        return page.read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        site = self.root / "site"
        return {
            file.relative_to(site).as_posix(): file.read_bytes()
            for file in sorted(site.rglob("*"))
            if file.is_file()
        }


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """An empty book; its module `toy` has one function that can fail."""
    book = Book(tmp_path)
    book.write("pyproject.toml", "[tool.bookbuild]\ntimeout = 20\n")
    book.write("mkdocs.yml", CONFIG)
    book.write("src/toy/__init__.py", "")
    book.write(
        "src/toy/sums.py",
        "def divide(number, by):\n    print('dividing')\n    return number // by\n",
    )
    return book


def fence(code: str, header: str = "") -> str:
    """An executable fence."""
    return f'```python exec="1" result="text" {header}\n{code}\n```\n'
