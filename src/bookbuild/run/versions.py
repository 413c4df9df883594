"""What a result depends on beside the project's own files: the tools that computed it."""

import hashlib
import importlib.metadata
import platform
from functools import cache
from pathlib import Path


@cache
def toolchain(packages: tuple[str, ...]) -> tuple[str, ...]:
    """Python, the machine's kind, the named packages, and the press itself."""
    found = [f"{name} {_version(name)}" for name in sorted(packages)]
    return (platform.python_version(), platform.machine(), *found, _press())


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "-"


def _press() -> str:
    """Hash of the code that runs pages."""
    digest = hashlib.sha256()
    for file in sorted(
        file for file in Path(__file__).parent.iterdir() if file.is_file()
    ):
        digest.update(file.read_bytes())
    return digest.hexdigest()
