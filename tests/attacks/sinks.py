"""What leaves the toolkit about a submission: does any reader of it obey what a student wrote?"""

from __future__ import annotations

import csv
import io
import json
import unicodedata

from rich.console import Console

from grader.report.tables import scores_table
from grader.report.terminal import print_scores, print_sheet
from tests.attacks.hall import Examined

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def assert_harmless(examined: Examined) -> None:
    """Check the terminal, the tables and the kept result of a submission."""
    for text in (shown_to_student(examined), shown_to_course(examined)):
        assert is_quiet(text)
    for row in csv.reader(io.StringIO(as_csv(examined))):
        assert all(is_quiet(cell) and not cell.lstrip().startswith(_FORMULA) for cell in row)
    json.dumps(examined.result, allow_nan=False).encode()


def is_quiet(text: str) -> bool:
    """Tell whether a text holds nothing that a terminal obeys, but for the ends of its lines."""
    text.encode()
    unwanted = {"Cc", "Cs", "Zl", "Zp"}
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return not any(
        character != "\n"
        and (
            unicodedata.category(character) in unwanted
            or unicodedata.bidirectional(character) in bidi
        )
        for character in text
    )


def _console() -> Console:
    return Console(file=io.StringIO(), width=200, force_terminal=False)


def shown_to_student(examined: Examined) -> str:
    """Return what ``grader check`` prints."""
    console = _console()
    print_sheet(console, examined.sheet)
    return _text(console)


def shown_to_course(examined: Examined) -> str:
    """Return what ``grader grade`` prints."""
    console = _console()
    rubric = examined.hall.plan(examined.attack.homework).rubric
    print_scores(console, rubric, [examined.sheet])
    return _text(console)


def as_csv(examined: Examined) -> str:
    """Return the table of scores as it is written."""
    items = examined.hall.plan(examined.attack.homework).items
    return scores_table(items, [examined.sheet]).to_csv(index=False, lineterminator="\n")


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
