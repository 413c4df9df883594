"""Builds the whole site beside the last good one, and swaps it in only when all went well."""

import contextlib
import fcntl
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from mkdocs.config import load_config

from bookbuild.publish.front import write_front
from bookbuild.publish.lean import make_lean
from bookbuild.publish.offline import render, write_offline
from bookbuild.run.engine import engine_for
from bookbuild.run.failure import PageError


def build(root: Path, configs: list[Path]) -> int:
    """Build every configuration (one a language) strictly into `site/`.

    Args:
        root: The project's folder.
        configs: MkDocs configurations; each builds into its own `site_dir` below `site/`.

    Returns:
        0, or 1 where something failed; then `site/` is as it was.
    """
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    os.environ.setdefault("SOURCE_DATE_EPOCH", _last_change(root))
    start = time.monotonic()
    try:
        with _scratch(root / ".bookbuild") as folder:
            roots = {_mkdocs(config, root, folder) for config in configs} - {""}
            write_front(folder, *roots)
            _swap(folder, root / "site", root / ".bookbuild")
    except PageError as error:
        print(f"\nERROR {error}\n", file=sys.stderr)
        return 1
    except SystemExit as error:  # MkDocs's way to give up, after saying why
        print(f"ERROR {error}; the last good site is left as it was", file=sys.stderr)
        return 1
    finally:
        engine_for(root).close()
    print(f"site/ built in {time.monotonic() - start:.1f} s", file=sys.stderr)
    return 0


def serve(config: Path) -> NoReturn:
    """Become MkDocs's server, with live reload, until Ctrl-C."""
    command = [sys.executable, "-m", "mkdocs", "serve", "--config-file", str(config)]
    os.execve(sys.executable, command, {**os.environ, "NO_MKDOCS_2_WARNING": "1"})


def _mkdocs(file: Path, root: Path, folder: Path) -> str:
    """Render one edition into `folder`, with a zip that needs no server where it asks for one.

    Returns:
        The address of the site that the edition is a part of; empty for a local one.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)-7s %(message)s")
    for name in ("mkdocs", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)
    config = load_config(str(file), strict=True)
    target = folder / Path(config.site_dir).relative_to(root / "site")
    address = (config.site_url or "").rstrip("/")
    if address and not address.endswith(f"/{target.name}"):
        raise SystemExit(f"site_url must end in /{target.name}/, got {address}")
    render(config, target)
    make_lean(target)
    if config.extra.get("offline"):
        write_offline(file, target, folder.parent / f"offline-{os.getpid()}")
    return address.removesuffix(target.name)


@contextlib.contextmanager
def _scratch(store: Path) -> Iterator[Path]:
    """A folder of this build's own, on the same disk as the site."""
    store.mkdir(exist_ok=True)
    for old in store.glob("site-*"):
        if not _alive(int(old.name.split("-")[1])):
            shutil.rmtree(old, ignore_errors=True)
    folder = store / f"site-{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _swap(new: Path, site: Path, store: Path) -> None:
    """Put the new site in the old one's place; two builds take turns."""
    with (store / "swap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        old = new.with_name(f"{new.name}-old")
        if site.exists():
            site.rename(old)
        new.rename(site)
        shutil.rmtree(old, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _last_change(root: Path) -> str:
    """The date of the last commit, so that two builds of one state are equal to the byte."""
    command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
    with contextlib.suppress(OSError):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.stdout.strip():
            return done.stdout.strip()
    return "0"
