"""Who handed in, and which files: found in a folder, read once, never executed here."""

from grader.submission.discovery import Found, discover, hold_expected, is_notebook, one_submission
from grader.submission.reading import read

__all__ = ["Found", "discover", "hold_expected", "is_notebook", "one_submission", "read"]
