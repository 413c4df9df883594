"""Sees what a run touches: files it reads, processes it starts, hosts it asks for.

The interpreter reports all three through its audit hooks, so nothing has to be declared
and nothing can be forgotten. Local modules are loaded past Python's bytecode cache: that
cache compares whole seconds, and an edit within the same second must not be missed.
"""

import hashlib
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"}
CONNECTIONS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
NAME_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
IGNORED = {".git", ".venv", "site", "__pycache__"}


class NetworkError(OSError):
    """A block tried to reach the network."""


class Observer:
    """Collects what happens in this process from `start` on.

    Attributes:
        reads: Hash of every project file that was read, under its path.
        process: The first process that was started, or nothing.
        connection: The first connection that was tried, or nothing.
    """

    def __init__(self, root: Path, store: Path) -> None:
        self.reads: dict[str, str] = {}
        self.process = ""
        self.connection = ""
        self._root = str(root)
        self._ignored = (str(store), *(str(root / name) for name in IGNORED))
        self._busy = False

    def start(self) -> None:
        """Listen from now on; an audit hook cannot be taken off again."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._note_read(*arguments)
        elif event in PROCESSES:
            self.process = self.process or str(arguments[0])
        elif event in CONNECTIONS and not isinstance(arguments[1], (str, bytes)):
            self._refuse(arguments[1])
        elif event in NAME_LOOKUPS:
            self._refuse(arguments[0])

    def _refuse(self, address: Any) -> None:
        self.connection = self.connection or str(address)
        raise NetworkError(f"a page runs without a network, and asked for {address}")

    def _note_read(self, path: Any, mode: Any, flags: Any) -> None:
        reading = isinstance(flags, int) and not flags & (os.O_WRONLY | os.O_RDWR)
        if self._busy or not reading or not isinstance(path, (str, bytes, os.PathLike)):
            return
        name = str(Path(os.fsdecode(path)).resolve())
        inside = name.startswith(self._root + os.sep) and not name.startswith(
            self._ignored
        )
        if not inside or name in self.reads:
            return
        self._busy = True  # the hash opens the file too
        try:
            self.reads[name] = file_hash(Path(name))
        finally:
            self._busy = False


def file_hash(file: Path) -> str:
    """Hash of a file's content; nothing for a file that is not there."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


class FreshLoader(importlib.machinery.SourceFileLoader):
    """Compiles a module from the source that is on disk now."""

    def path_stats(self, path: str) -> dict[str, Any]:
        """Say that there is nothing to compare a bytecode file with, so none is used."""
        raise OSError(f"no bytecode is kept for {path}")


def import_from(folders: list[Path]) -> None:
    """Put local `folders` first on the path, and load their modules afresh."""
    roots = tuple(str(folder) for folder in folders)
    finder = importlib.machinery.FileFinder.path_hook(
        (FreshLoader, importlib.machinery.SOURCE_SUFFIXES)
    )

    def local(path: str) -> Any:
        if not path.startswith(roots):
            raise ImportError(path)
        return finder(path)

    sys.path_hooks.insert(0, local)
    sys.path[:] = [*roots, *(p for p in sys.path if p not in roots)]
    sys.path_importer_cache.clear()
    sys.dont_write_bytecode = True
