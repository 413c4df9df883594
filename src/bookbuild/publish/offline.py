"""The edition as a zip that is read from a disk: no server, no connection, search included."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config

from bookbuild.publish.lean import make_lean

NAME = "offline.zip"
# A browser starts no worker from a file; this runs the search in a frame instead.
POLYFILL = "vendor/iframe-worker/shim.js"
# What a copy on a disk has no use for.
LEFT_OUT = {".gz", ".zip"}
# The earliest moment that a zip can name: two builds of one state are equal to the byte.
EPOCH = (1980, 1, 1, 0, 0, 0)


def render(config: Any, target: Path) -> None:
    """Render what a configuration says into a folder.

    Args:
        config: MkDocs's configuration.
        target: The folder.
    """
    config.site_dir = str(target)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)


def write_offline(file: Path, target: Path, scratch: Path) -> None:
    """Render an edition once more for a disk, and lay it into the built one as a zip.

    Pages get addresses that end in a file's name, the index of the search becomes a script,
    and nothing is loaded behind the reader's back.

    Args:
        file: The edition's MkDocs configuration.
        target: The built edition.
        scratch: A folder to render in; removed afterwards.
    """
    config = load_config(str(file), strict=True, use_directory_urls=False)
    features = config.theme["features"]
    config.theme["features"] = [it for it in features if "instant" not in it]
    config.extra["polyfills"] = [POLYFILL]
    try:
        render(config, scratch)
        make_lean(scratch)
        index = scratch / "search" / "search_index.json"
        script = f"var __index = {index.read_text(encoding='utf-8')}"
        index.with_suffix(".js").write_text(script, encoding="utf-8")
        _zip(scratch, target / NAME, config.site_name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _zip(folder: Path, place: Path, title: str) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix not in LEFT_OUT:
                name = f"{title}/{file.relative_to(folder).as_posix()}"
                info = zipfile.ZipInfo(name, EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, file.read_bytes())
