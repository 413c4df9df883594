"""The press's only tie to MkDocs: run all pages first, and watch the code while serving."""

import os
from pathlib import Path
from typing import Any

from mkdocs.exceptions import Abort

from bookbuild.publish.files import write_files
from bookbuild.publish.takeaway import write_takeaways
from bookbuild.run.check import Progress, report_failures
from bookbuild.run.engine import engine_for
from bookbuild.settings import find_root

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")


def on_startup(command: str, **_: Any) -> None:
    """A server shows failures in place and lives on; a build ends."""
    engine_for(find_root(Path.cwd())).serving = command == "serve"


def on_pre_build(config: Any) -> None:
    """Run every page, side by side, before the last good site is touched."""
    engine = engine_for(find_root(Path(config.config_file_path).parent))
    progress = Progress()
    runs = engine.run(sorted(Path(config.docs_dir).rglob("*.md")), progress)
    failed = report_failures(runs.values())
    progress.sum_up()
    if failed and not engine.serving:
        raise Abort(f"{len(failed)} page(s) have a failing block")


def on_post_build(config: Any) -> None:
    """Lay beside the pages what blocks wrote, and what readers take away."""
    engine = engine_for(find_root(Path(config.config_file_path).parent))
    write_files(config, engine)
    write_takeaways(config, engine)


def on_serve(server: Any, config: Any, builder: Any) -> None:
    """Rebuild when the code changes, too."""
    settings = engine_for(find_root(Path(config.config_file_path).parent)).settings
    for folder in settings.source:
        server.watch(str(settings.root / folder))


def on_shutdown() -> None:
    """End the server that pages are forked from."""
    engine_for(find_root(Path.cwd())).close()
