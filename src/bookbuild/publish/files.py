"""What blocks with `file="..."` printed, as files of the site."""

from pathlib import Path
from typing import Any

from bookbuild.run.engine import Engine
from bookbuild.run.failure import Failure, PageError, excerpt


def write_files(config: Any, engine: Engine) -> None:
    """Write them: `file="js/model.js"` lies below the root of the edition.

    Args:
        config: MkDocs's configuration.
        engine: Holds the runs of the pages.

    Raises:
        PageError: A name leads out of the site, or to a file that is there already.
    """
    site = Path(config.site_dir).resolve()
    written: set[Path] = set()
    for page, run in engine.results.items():
        if run.failure or not page.is_relative_to(Path(config.docs_dir).resolve()):
            continue
        pairs = zip(run.page.blocks, run.outputs, strict=True)
        for block, output in pairs:
            if not (name := block.options.get("file")):
                continue
            place = (site / name).resolve()
            if not place.is_relative_to(site) or place in written:
                line, lines = block.line - 1, run.page.lines
                told = f'file="{name}" must be a new file inside the site'
                raise PageError(
                    Failure(run.page.path, line, told, excerpt(lines, line))
                )
            written.add(place)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(output.text, encoding="utf-8")
