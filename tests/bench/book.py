"""Books to measure: a made-up one of 30 pages, and the plain form of any."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES, TRAINING = 30, 6

SETTINGS = """\
[tool.bookbuild]
preload = ["torch", "torch._dynamo", "matplotlib.pyplot", "matplotlib.backends.backend_svg"]
"""
CONFIG = """\
site_name: A made-up book
docs_dir: docs/{language}
site_dir: site/{language}
theme: {{name: material, font: false}}
{hooks}
plugins:
  search: {{}}
  markdown-exec: {{languages: [python], ansi: off}}
markdown_extensions:
  - attr_list
  - admonition
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
{replay}
"""
LIGHT = [
    (
        "import torch\nfrom toy.part{part} import double\n"
        "x = torch.arange(6.0).reshape(2, 3)\nprint(x.shape)"
    ),
    "print(double(x))",
    "print(torch.softmax(x @ x.T, dim=-1).sum(dim=-1))",
    "weights = torch.nn.Linear(3, 4)(x)\nprint(weights.shape)",
    "print({page}, float(x.sum()))",
]
TRAIN = """\
net = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
data = torch.randn(256, 64)
for step in range(7500):
    optimizer.zero_grad()
    loss = (net(data).squeeze(-1) - data.sum(dim=-1)).square().mean()
    loss.backward()
    optimizer.step()
print(loss.item() < 1)"""


def write_book(folder: Path) -> None:
    """Write 30 pages of 5 blocks; 6 of them train a small network, and 5 share a module."""
    (folder / "pyproject.toml").write_text(SETTINGS)
    write_config(folder, pressed=True)
    for part in range(PAGES // 5):
        file = folder / f"src/toy/part{part}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("def double(x):\n    return x * 2\n")
    for page in range(PAGES):
        blocks = [code.format(part=page // 5, page=page) for code in LIGHT]
        if page % (PAGES // TRAINING) == 0:
            blocks[3] = TRAIN
        fences = [
            f'Some prose before block {i}.\n\n```python exec="1" id="b{i}" source="above" '
            f'result="text"\n{code}\n```\n'
            for i, code in enumerate(blocks)
        ]
        file = folder / f"docs/en/page-{page:02}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# Page {page}\n\n" + "\n".join(fences))
    (folder / "docs/en/index.md").write_text("# A made-up book\n")


def write_config(
    folder: Path, pressed: bool, language: str = "en", name: str = "mkdocs.yml"
) -> None:
    """Write MkDocs's configuration, with the press or for plain markdown-exec."""
    hooks = f"hooks: [{ROOT / 'src/bookbuild/hook.py'}]" if pressed else ""
    replay = "  - bookbuild.render.replay" if pressed else ""
    text = CONFIG.format(language=language, hooks=hooks, replay=replay)
    (folder / name).write_text(text)


def make_plain(folder: Path, executed: bool = True) -> None:
    """Turn a book into one for plain markdown-exec: a session a page, no press.

    Args:
        folder: The book, which is changed.
        executed: False to leave its fences as mere listings.
    """
    write_config(folder, pressed=False)
    for number, page in enumerate(sorted((folder / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        session = f'exec="1" session="s{number}"' if executed else ""
        page.write_text(re.sub(r'exec="1"', session, text), encoding="utf-8")


def add_korean(folder: Path) -> None:
    """Give every page a translation, which repeats no code."""
    for page in (folder / "docs/en").glob("*.md"):
        text = re.sub(
            r"(```python [^\n]*\n).*?(```\n)",
            r"\1\2",
            page.read_text(),
            flags=re.DOTALL,
        )
        target = folder / "docs/ko" / page.name
        target.parent.mkdir(exist_ok=True)
        target.write_text(text.replace("Some prose", "산문"))
    write_config(folder, pressed=True, language="ko", name="mkdocs.ko.yml")


def copy_own(folder: Path) -> None:
    """Copy this project's own pages and code."""
    for name in ("docs", "src"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml", "mkdocs.yml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
