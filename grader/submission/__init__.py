"""Who handed in, and which files: found in a folder or an archive, read once, never executed."""

from grader.submission.discovery import discover, hold_expected, one_submission
from grader.submission.found import Found
from grader.submission.listing import is_notebook
from grader.submission.reading import read

__all__ = ["Found", "discover", "hold_expected", "is_notebook", "one_submission", "read"]
