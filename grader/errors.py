"""The exceptions of the toolkit, and whose fault each one is.

::

    GraderError
    ├── AuthorError            the course's: a rubric, a path, an option (exit code 1)
    │   ├── RubricError        every problem of a rubric at once, as file:line:column
    │   └── UsageError         a wrong path, an unknown id, a folder without submissions
    ├── IsolationError         the walls that were asked for cannot be had here (exit code 1)
    └── GraderFault            ours: never costs a student points (exit code 2)

What a submission does wrong is never an exception here: it is a value with a named outcome
(``grader.records.Outcome``).
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass

DISK_FULL = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name))
"""Numbers of the system's errors where there is no room on a disk, or no quota left."""


class GraderError(Exception):
    """Any error that the toolkit raises on purpose; its text is meant for people."""


class AuthorError(GraderError):
    """Something that the author of a rubric or of a command can mend."""


class UsageError(AuthorError):
    """A command that cannot be carried out as given."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the error as Python's last line has it, without our frames."""
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One mistake in a rubric, at its place.

    Parameters
    ----------
    file
        Path as the author gave it.
    line, column
        Counted from 1; 0 where the complaint concerns the whole file.
    message
        What is wrong and what was meant.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        if self.line == 0:
            return f"{self.file}: {self.message}"
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class RubricError(AuthorError):
    """All mistakes of one rubric, in the order of their lines."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = tuple(sorted(complaints, key=lambda c: (c.file, c.line, c.column)))
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))


class IsolationError(GraderError):
    """The isolation that was asked for cannot be had on this machine."""


class GraderFault(GraderError):  # noqa: N818 - the word of the design, beside GraderError
    """A fault of ours: the submission that met it keeps its points open."""
