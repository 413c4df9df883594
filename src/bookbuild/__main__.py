"""The press's commands: `python -m bookbuild check | build | serve`."""

import argparse
import sys
from pathlib import Path

from bookbuild.run.check import check
from bookbuild.run.engine import engine_for
from bookbuild.settings import find_root


def main() -> int:
    """Run the command that was asked for; return its exit status."""
    parser = argparse.ArgumentParser(prog="bookbuild", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="run the pages, and say what fails")
    checking.add_argument("pages", nargs="*", type=Path, help="default: every page")
    checking.add_argument("--cold", action="store_true", help="run what is cached, too")
    checking.add_argument(
        "--twice", action="store_true", help="run all twice from cold, and compare"
    )
    building = commands.add_parser("build", help="build the site, and swap it in whole")
    building.add_argument("configs", nargs="*", type=Path, default=[Path("mkdocs.yml")])
    serving = commands.add_parser(
        "serve", help="serve the site, and rebuild on every edit"
    )
    serving.add_argument("config", nargs="?", type=Path, default=Path("mkdocs.yml"))
    arguments = parser.parse_args()
    root = find_root(Path.cwd())
    try:
        engine = engine_for(root)
    except ValueError as error:
        parser.error(str(error))
    if arguments.command == "check":
        try:
            return check(engine, arguments.pages, arguments.cold, arguments.twice)
        finally:
            engine.close()
    from bookbuild.publish.site import build, serve  # MkDocs is for these two alone

    if arguments.command == "build":
        return build(root, arguments.configs)
    serve(arguments.config)


if __name__ == "__main__":
    sys.exit(main())
