"""Every link on the built site leads somewhere: pages, files, anchors."""

import subprocess
import sys
from pathlib import Path

LYCHEE = Path(sys.executable).parent / "lychee"


def dead_links(site: Path) -> str:
    """What the link checker finds; nothing where all is well."""
    command = [
        LYCHEE, "--offline", "--include-fragments", "--no-progress", "--root-dir", site,
        "--index-files", "index.html,.", "--exclude-path", "404.html", f"{site}/**/*.html",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_link_leads_somewhere(site: Path) -> None:
    assert not (dead := dead_links(site)), dead


def test_the_checker_finds_planted_faults(tmp_path: Path) -> None:
    (tmp_path / "there.html").write_text('<p id="here">here</p>')
    page = tmp_path / "index.html"
    page.write_text('<a href="there.html#here">fine</a>')
    assert not dead_links(tmp_path)
    for link in ("nowhere.html", "there.html#nowhere"):
        page.write_text(f'<a href="{link}">dead</a>')
        assert link in dead_links(tmp_path)
