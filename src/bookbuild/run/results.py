"""What running a page gives."""

import re
import signal
from dataclasses import dataclass
from typing import Any

from bookbuild.run.blocks import Page
from bookbuild.run.failure import Failure, excerpt
from bookbuild.run.figures import Figure


@dataclass(frozen=True)
class Output:
    """What one block gave: its text (or inline value) and its figures."""

    text: str
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Run:
    """What a page gave.

    Attributes:
        page: The page, as it was when it ran.
        outputs: One for each of the page's blocks; none where the page failed.
        failure: Why it failed, or None.
        cached: Whether the result was already known.
        seconds: How long its blocks took when they really ran; `cpu` likewise.
        kept: False where the result cannot be cached, because of undeclared processes.
    """

    page: Page
    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    cached: bool = False
    seconds: float = 0.0
    cpu: float = 0.0
    kept: bool = True


def from_entry(page: Page, entry: dict[str, Any], cached: bool = True) -> Run:
    """The result that a worker sent, or the cache kept."""
    outputs = tuple(
        Output(o["text"], tuple(Figure(**it) for it in o["figures"]))
        for o in entry["outputs"]
    )
    kept = not entry.get("process") or bool(page.depends)
    return Run(page, outputs, None, cached, entry["seconds"], entry["cpu"], kept)


def failed(page: Page, line: int, message: str, traceback: str = "") -> Run:
    """The result of a page that failed at `line`."""
    failure = Failure(page.path, line, message, excerpt(page.lines, line), traceback)
    return Run(page, failure=failure)


def from_message(
    page: Page, message: dict[str, Any], limit: float, output_limit: int
) -> Run:
    """The result in a worker's last message, whichever way the page ended."""
    if "outputs" in message:
        return from_entry(page, message, cached=False)
    if told := message.get("failure"):
        return failed(page, told["line"], told["message"], told["traceback"])
    if message["cause"] == "time":
        why = f"the page ran longer than its limit ({limit:g} s), deaf to the clock, and was ended"
    elif message["cause"] == "output":
        why = f"the block printed more than {output_limit:,} bytes"
    else:
        why = f"the block ended the page's process ({_ending(message['exit'])})"
    # Python's fault handler names the line of a crash; else the block's own must do.
    crash = re.search(rf'File "{re.escape(page.path)}", line (\d+)', message["crash"])
    return failed(page, int(crash[1]) if crash else message["line"], why)


def _ending(code: int) -> str:
    """How a process ended, in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
