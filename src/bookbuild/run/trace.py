"""Tells an exception as its author should read it: from the page on, with short paths."""

import os
import traceback
from pathlib import Path
from typing import Any


class Told(Exception):
    """A failure whose message says it all; it has no traceback worth showing."""


def describe(error: BaseException, page: str, line: int, root: Path) -> dict[str, Any]:
    """What to report of `error`: `line` (of the page), `message`, `traceback`."""
    report = traceback.TracebackException.from_exception(error)
    _trim(report, page, root)
    here = [frame.lineno for frame in report.stack if frame.filename == page]
    if isinstance(error, SyntaxError) and error.filename == page:
        here = [error.lineno]
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, SystemExit):
        message = f"SystemExit: {error.code} (a block may not end the program)"
    told = isinstance(error, Told) or (type(error).__module__ or "").startswith(
        "bookbuild"
    )
    if told:
        message = str(error)
    shown = "" if isinstance(error, Told) else "".join(report.format())
    return {"line": (here and here[-1]) or line, "message": message, "traceback": shown}


def _trim(report: traceback.TracebackException, page: str, root: Path) -> None:
    """Drop the frames above the page's first, here and in what caused the exception."""
    names = [frame.filename for frame in report.stack]
    own = [i for i, name in enumerate(names) if "bookbuild" + os.sep in name]
    start = names.index(page) if page in names else (own[-1] + 1 if own else 0)
    frames = report.stack[start:]
    report.stack = traceback.StackSummary.from_list(
        [f for f in frames if f"bookbuild{os.sep}run" not in f.filename]
    )
    for frame in report.stack:
        frame.filename = _short(frame.filename, root)
    if getattr(report, "filename", None):  # a syntax error's own place
        report.filename = _short(report.filename, root)
    for cause in (report.__cause__, report.__context__):
        if cause:
            _trim(cause, page, root)


def _short(name: str, root: Path) -> str:
    """A path as it reads in the project, or below site-packages."""
    for mark in (str(root) + os.sep, f"site-packages{os.sep}", f"lib{os.sep}python"):
        if mark in name:
            return name[name.index(mark) + len(mark) :]
    return name
