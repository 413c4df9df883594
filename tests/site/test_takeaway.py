"""What a reader takes away: notebooks that are valid and run, and the book as plain text."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

DOCS = Path(__file__).parents[2] / "docs" / "en"
CHAPTERS = sorted(
    page
    for page in DOCS.rglob("*.md")
    if re.search(r"^chapter: ", page.read_text(), re.MULTILINE)
)
QUICK = ["02-attention/four-steps", "02-attention/scores", "03-blocks/masks"]


def notebook_of(site, page):
    name = page.relative_to(DOCS).with_suffix(".ipynb")
    return nbformat.read(site / "en" / name, as_version=nbformat.NO_CONVERT)


def test_each_chapter_is_a_valid_notebook_with_all_of_its_blocks(site):
    assert len(CHAPTERS) > 25
    for page in CHAPTERS:
        book = notebook_of(site, page)
        nbformat.validate(book)
        blocks = re.findall(r"^ *```python exec=", page.read_text(), re.MULTILINE)
        code = [cell for cell in book.cells if cell.cell_type == "code"]
        assert len(code) == len(blocks) + 1, page  # one sets the seeds


def test_nothing_of_the_sites_own_markup_is_left_in_them(site):
    for page in CHAPTERS:
        for cell in notebook_of(site, page).cells:
            if cell.cell_type == "markdown":
                prose = re.sub(r"```.*?```|`[^`]+`", "", cell.source, flags=re.DOTALL)
                assert not re.search(r"\{\{=|\?\?\?|\{ #|\\query|<span", prose), page


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_notebook_runs_from_top_to_bottom(site, name, tmp_path):
    book = notebook_of(site, DOCS / f"{name}.md")
    lines = ["import matplotlib", "matplotlib.use('svg')"]
    for cell in book.cells:
        if cell.cell_type == "code":
            code = cell.source
            if "raises-exception" in cell.metadata.get("tags", []):
                body = "\n".join(f"    {line}" for line in code.splitlines())
                code = (
                    f"import contextlib\nwith contextlib.suppress(Exception):\n{body}"
                )
            lines.append(code)
    script = tmp_path / "script.py"
    script.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_list_for_machines_names_each_chapter_in_order(site):
    text = (site / "en" / "llms.txt").read_text()
    assert text.startswith("# attnbook\n\n> ")
    listed = re.findall(r"^- \[.+\]\((\S*)\): \S", text, re.MULTILINE)
    assert len(listed) == len(CHAPTERS)
    for address in listed:
        assert (site / "en" / address / "index.html").is_file()


def test_the_book_can_be_taken_and_cited(site):
    page = (site / "en" / "reference" / "citing" / "index.html").read_text()
    for file in ("offline.zip", "llms.txt", "llms-full.txt"):
        assert f'href="../../{file}"' in page
        assert (site / "en" / file).is_file()
    citation = yaml.safe_load((DOCS / "reference" / "CITATION.cff").read_text())
    project = tomllib.loads((DOCS.parents[1] / "pyproject.toml").read_text())["project"]
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    for page in set(CHAPTERS) - {DOCS / "index.md"}:
        name = page.relative_to(DOCS).with_suffix("")
        text = (site / "en" / name / "index.html").read_text()
        entry = re.search(r"@misc\{attnbook\d{4},(.*?)\n\}</code>", text, re.DOTALL)
        assert entry, page
        assert entry[1].count("{") == entry[1].count("}"), page


def test_the_full_text_holds_what_blocks_printed(site):
    text = (site / "en" / "llms-full.txt").read_text()
    assert "2026년 11월 22일 일요일" in text
    assert text.count("```") % 2 == 0
    titles = re.findall(r"^# (.+)$", text, re.MULTILINE)
    for page in CHAPTERS:
        heading = re.search(r"^# (.+?) \{ #", page.read_text(), re.MULTILINE)
        assert heading
        assert heading[1] in titles
