"""A failing block, told the way its author needs it: where, what, and the lines around."""

from dataclasses import dataclass

AROUND = 3


@dataclass(frozen=True)
class Failure:
    """Why a page could not be run.

    Attributes:
        page: The page's path.
        line: The line of the page to look at.
        message: What went wrong, in one line where possible.
        excerpt: The lines around it, numbered.
        traceback: The traceback without the press's own frames; may be empty.
    """

    page: str
    line: int
    message: str
    excerpt: str = ""
    traceback: str = ""

    @property
    def place(self) -> str:
        """`page:line`, which editors and terminals make clickable."""
        return f"{self.page}:{self.line}"

    def __str__(self) -> str:
        """The whole report."""
        parts = [f"{self.place}: {self.message}", self.excerpt, self.traceback]
        return "\n\n".join(part.rstrip("\n") for part in parts if part)


class PageError(Exception):
    """Raised where a page cannot even be read as asked; carries the failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


def excerpt(lines: list[str], line: int) -> str:
    """The lines around `line` (counted from 1), numbered, with a mark at it."""
    first, last = max(1, line - AROUND), min(len(lines), line + 1)
    width = len(str(last))
    return "\n".join(
        f"{'>' if number == line else ' '} {number:>{width}} | {lines[number - 1]}".rstrip()
        for number in range(first, last + 1)
    )
