"""What does a student read about one item? The same words wherever it is printed."""

from __future__ import annotations

from grader.records import Adjustment, ItemScore, LoadReport, Outcome, ScoreSheet, Verdict
from grader.report.escaping import number_text

NOT_SHOWN = "(not shown for this item)"
_STAND_IN = " is not available while grading: a stand-in took its place"
"""What is noted behind a module's name, as in ``grader.sandbox``, which is not loaded here."""
AGAIN = "To see it again"
"""How the line begins that says by what command."""


def name_of(score: ItemScore) -> str:
    """Return what an item is called: of one whose findings are not shown its title alone."""
    return score.item.id if is_shown(score) else score.item.title


def is_shown(score: ItemScore) -> bool:
    """Return whether a student may read what was found of an item."""
    return score.item.visibility == "visible"


def found_of(score: ItemScore) -> str:
    """Return what was found of an item, with what its author should know and a hint."""
    if not is_shown(score):
        return NOT_SHOWN
    verdict = score.verdict
    words = [verdict.message, *to_know(verdict)]
    return " ".join([*words, *hint_of(score)])


def hint_of(score: ItemScore) -> list[str]:
    """Return an item's hint where it helps: something of the item came back, and is not right."""
    is_helpful = score.verdict.outcome in (Outcome.WRONG, Outcome.PARTIAL)
    return [f"Hint: {score.item.hint}"] if is_helpful and score.item.hint else []


def details_of(score: ItemScore) -> list[str]:
    """Return what was asked, what came back and how to see it again, line by line."""
    return score.verdict.details.splitlines() if is_shown(score) else []


def details_for_author(score: ItemScore) -> list[str]:
    """Return the details as a page for a student has them: with the command that students have.

    Whether the course has handed out a kit nobody knows here.
    """
    lines = score.verdict.details.splitlines()
    kit = f"{AGAIN} with your course's kit, where there is one: grader check YOUR_FILES"
    return [f"{kit} --only {score.item.id}" if line.startswith(AGAIN) else line for line in lines]


def loading_of(sheet: ScoreSheet) -> list[str]:
    """Return what loading ran into, and what was noted of it."""
    return [*sheet.load.failures, *notes_of(sheet.load)] if sheet.load is not None else []


def notes_of(load: LoadReport) -> list[str]:
    """Return what was noted of loading, stand-ins for libraries in one line.

    >>> absent = [f"{name} is not available while grading: a stand-in took its place"
    ...     for name in ("matplotlib", "matplotlib.pyplot", "sklearn")]
    >>> notes = ("net.py was not handed in", *absent)
    >>> notes_of(LoadReport(root="", loaded=(), failures=(), notes=notes, broken={}))
    ['net.py was not handed in', 'stand-ins took the place of matplotlib, sklearn while grading']
    """
    absent = [note.removesuffix(_STAND_IN) for note in load.notes if note.endswith(_STAND_IN)]
    lines = [note for note in load.notes if not note.endswith(_STAND_IN)]
    if absent:
        libraries = ", ".join(dict.fromkeys(name.partition(".")[0] for name in absent))
        lines.append(f"stand-ins took the place of {libraries} while grading")
    return lines


def adjustment_lines(sheet: ScoreSheet, student: str = "") -> list[str]:
    """Return what was added to a total or taken off, each with its reason.

    Of everybody who handed the submission in, or with what concerns one of them alone.
    """
    return [f"Adjusted: {adjustment_text(one)}." for one in sheet.adjustments_of(student)]


def every_adjustment(sheet: ScoreSheet) -> list[str]:
    """Return all that was added or taken off, for graders: also what concerns one of a group."""
    return [
        f"{adjustment_text(one)} ({one.student})" if one.student else adjustment_text(one)
        for one in sheet.adjustments
    ]


def totals_text(sheet: ScoreSheet) -> str:
    """Return a sheet's total; where its people's differ, each in their order."""
    totals = [number_text(sheet.total_of(person.student_id)) for person in sheet.people]
    return ", ".join(totals) if len(set(totals)) > 1 else number_text(sheet.total)


def adjustment_text(adjustment: Adjustment) -> str:
    """Return an adjustment in words.

    >>> from decimal import Decimal
    >>> adjustment_text(Adjustment(kind="adjust", points=Decimal("-2.50"), reason="no README"))
    'adjust -2.5: no README'
    """
    sign = "+" if adjustment.points > 0 else ""
    points = f" {sign}{number_text(adjustment.points)}" if adjustment.points else ""
    return f"{adjustment.kind}{points}: {adjustment.reason}"


def to_know(verdict: Verdict) -> list[str]:
    """Return the notes that an author should read.

    What was accepted, what was changed in place, and how a formula was understood.
    """
    telling = ("your code changes", "stabiliser", " was read as ")
    return [f"Note: {note}." for note in verdict.notes if any(word in note for word in telling)]
