"""Runs the blocks of one page in this process, which has just been forked for it."""

import ast
import faulthandler
import linecache
import os
import random
import signal
import sys
import time
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bookbuild.run import figures, trace
from bookbuild.run.capture import Capture
from bookbuild.run.observe import NetworkError, Observer, import_from

Send = Callable[[dict[str, Any]], None]
UNSEEDED = 0


class TimeLimitError(BaseException):
    """The page took too long. Not an Exception: a block's own handlers must let it pass."""


def run_page(job: dict[str, Any], send: Send) -> None:
    """Run a job's blocks in order, and send what each of them gave.

    Args:
        job: `root`, `store`, `source`, `page`, `lines`, `blocks` (each `line`, `code`,
            `inline`, `raises`, `timeout`), `timeout`, `limit`, `output`.
        send: Called with a message before each block (`line`, `deadline`, `printed`) and
            with one at the end: either `outputs` or `failure`.
    """
    root = Path(job["root"])
    observer = Observer(root, Path(job["store"]))
    capture = Capture(Path(job["output"]), job["limit"])
    crash = os.open(job["output"] + ".crash", os.O_WRONLY | os.O_CREAT)
    faulthandler.enable(crash, all_threads=False)
    _settle(root, job)
    namespace = _module(job, observer)
    observer.start()
    clock = _Clock(job["timeout"])
    started, cpu, outputs = time.monotonic(), time.process_time(), []
    for block in job["blocks"]:
        deadline = clock.start(block["timeout"])
        send({"line": block["line"], "deadline": deadline, "printed": capture.start})
        try:
            outputs.append(_run(block, job["page"], namespace, capture, observer))
        except BaseException as error:
            clock.stop()
            send({"failure": trace.describe(error, job["page"], block["line"], root)})
            return
        clock.stop()
    reads = {
        os.path.relpath(name, root): value for name, value in observer.reads.items()
    }
    spent = {"seconds": time.monotonic() - started, "cpu": time.process_time() - cpu}
    send({"outputs": outputs, "reads": reads, "process": observer.process, **spent})


def _settle(root: Path, job: dict[str, Any]) -> None:
    """Make every run of a page alike: same seeds, one thread, no machine's own habits."""
    os.chdir(root)
    import_from([root / folder for folder in job["source"]])
    random.seed(UNSEEDED)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(UNSEEDED)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(UNSEEDED)
        torch.set_num_threads(1)
    warnings.formatwarning = _short_warning
    sys.argv = [job["page"]]


def _short_warning(
    message: Any, category: type, filename: str, lineno: int, line: str | None = None
) -> str:
    """A warning without the path of the machine that it was given on."""
    return f"{category.__name__}: {message}\n"


def _module(job: dict[str, Any], observer: Observer) -> dict[str, Any]:
    """A `__main__` of the page's own, so that pickle, dataclasses and inspect work."""
    page = job["page"]
    module = types.ModuleType("__main__")
    module.__file__ = page
    sys.modules["__main__"] = module
    source = [""] * job["lines"]
    for block in job["blocks"]:
        if not block["inline"]:
            code = block["code"].split("\n")
            source[block["line"] - 1 : block["line"] - 1 + len(code)] = code
    # No time stamp: linecache then takes these lines (free of quotes and indentation) as they are.
    linecache.cache[page] = (0, None, [f"{line}\n" for line in source], page)
    read = linecache.getlines

    def getlines(filename: str, module_globals: Any = None) -> list[str]:
        if (
            filename == page
        ):  # its comments and layout have become part of what it shows
            observer.reads.setdefault(str(Path(job["root"]) / page), job["hash"])
        return read(filename, module_globals)

    linecache.getlines = getlines
    return module.__dict__


def _run(
    block: dict[str, Any],
    page: str,
    names: dict[str, Any],
    capture: Capture,
    seen: Observer,
) -> dict[str, Any]:
    """Run one block; say what it printed, drew, raised or (inline) came to."""
    raised, value = "", None
    try:
        value = _execute(block, page, names)
    except Exception as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        if not block["raises"] or block["raises"] not in kinds:
            raise
        raised = f"{type(error).__name__}: {error}"
    else:
        if block["raises"]:
            raise trace.Told(
                f"the block must raise {block['raises']}, and raised nothing"
            )
    if seen.connection:
        raise NetworkError(
            f"a page runs without a network, and asked for {seen.connection}"
        )
    drawings = [] if block["inline"] else figures.collect(value)
    printed = capture.take()
    if block["inline"]:
        return {"text": str(value), "figures": []}
    return {"text": printed + (raised + "\n" if raised else ""), "figures": drawings}


def _execute(block: dict[str, Any], page: str, names: dict[str, Any]) -> Any:
    """Run the code at its real place in the page; return its last expression's value."""
    padding = "\n" * (block["line"] - 1)
    if block["inline"]:
        return eval(
            compile(f"{padding}f'''{{{block['code']}}}'''", page, "eval"), names
        )
    tree = ast.parse(padding + block["code"], page)
    last = (
        tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    )
    exec(compile(tree, page, "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), page, "eval"), names)
    return None


class _Clock:
    """The page's time: blocks share one budget, a block with `timeout=` has its own."""

    def __init__(self, budget: float) -> None:
        self._left, self._limit, self._shared, self._since = budget, budget, True, 0.0
        signal.signal(signal.SIGALRM, self._ring)

    def start(self, own: float | None) -> float:
        """Start a block's time; return the moment (monotonic) at which it ends."""
        seconds = max(self._left, 0.001) if own is None else own
        self._shared, self._since = own is None, time.monotonic()
        self._limit = self._limit if own is None else own
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return self._since + seconds

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self._shared:
            self._left -= time.monotonic() - self._since

    def _ring(self, number: int, frame: Any) -> None:
        raise TimeLimitError(
            f"the page ran longer than {self._limit:g} s, and was here"
        )
