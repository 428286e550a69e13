"""All that a student reads about one item, as a text that a test can hold."""

from __future__ import annotations

from collections.abc import Iterable

from grader.grading.plan import Plan
from grader.grading.reproducing import reproducible
from grader.records import ItemScore, Verdict
from grader.report.escaping import number_text
from grader.report.told import details_of, found_of, is_shown, name_of
from grader.scoring.sheet import points_of
from tests.checks.students import Student
from tests.checks.trial import Exercise, plan_of, verdict_on
from tests.grading.classroom import submission


def told(score: ItemScore) -> str:
    """Return name, outcome and points, what was found, and the lines beneath."""
    points = "undecided" if score.points is None else number_text(score.points)
    head = f"{name_of(score)}: {score.verdict.outcome}"
    if is_shown(score):
        head += f", {points} of {number_text(score.item.points)}"
    return "\n".join([head, *sentences(found_of(score)), *details_of(score)])


def sentences(text: str) -> Iterable[str]:
    """Yield a text sentence by sentence, so that a line of a test is not too long."""
    yield from text.replace(". ", ".\n").replace("? ", "?\n").splitlines()


def told_of_function(function: Student, exercise: Exercise) -> str:
    """Return what is told of a function, judged on the draws of a real problem."""
    plan: Plan = plan_of(exercise)
    (item,) = plan.items
    verdict: Verdict = verdict_on(function, exercise)
    verdict = reproducible(plan, submission({}), {item.id: verdict})[item.id]
    points = points_of(item, verdict)
    return told(ItemScore(item=item, verdict=verdict, points=points))
