"""Who handed in, and which files: found in folders, archives and exports, never executed."""

from grader.submission.discovery import (
    FOLDER,
    SOURCES,
    Census,
    census,
    discover,
    hold_expected,
    one_submission,
)
from grader.submission.found import Found
from grader.submission.listing import is_notebook
from grader.submission.reading import read
from grader.submission.roster import Roster, read_roster

__all__ = [
    "FOLDER",
    "SOURCES",
    "Census",
    "Found",
    "Roster",
    "census",
    "discover",
    "hold_expected",
    "is_notebook",
    "one_submission",
    "read",
    "read_roster",
]
