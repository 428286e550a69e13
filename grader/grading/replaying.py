"""One item of one submission once more, as a run has asked it: for whoever has to explain it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from grader.adapters import found_adapters
from grader.errors import UsageError
from grader.grading.examiner import Examiner, is_notebook_in
from grader.grading.journal import people_of
from grader.grading.kept_draws import kept_draws
from grader.grading.plan import must_have_secret
from grader.grading.planning import make_plan
from grader.grading.rescoring import Run
from grader.grading.secret import secret_of_run
from grader.grading.whence import called_in, of_students, submission_of, whence_of
from grader.records import Item, ItemScore, Rubric, Transcript
from grader.scoring.naming import others_called, taken_in
from grader.submission import Found, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of one item.

    Parameters
    ----------
    submission
        Id of the submission.
    score
        The item's new verdict and points.
    transcript
        Everything that was answered, what was printed among it.
    others
        Other submissions of the same students.
    """

    submission: str
    score: ItemScore
    transcript: Transcript
    others: tuple[str, ...] = ()


def replay(
    run: Run, rubric: Rubric, student: str, item: str, level: int, path: Path | None = None
) -> Replayed:
    """Run one item of one submission again, on the draws of a run.

    Parameters
    ----------
    run
        Whose seed and submissions are taken.
    rubric
        By which it is asked.
    student
        A student's id, or that of a submission.
    item
        Id of the item.
    level
        Isolation level.
    path
        Where the submissions lie now, if not where the run has found them.

    Raises
    ------
    UsageError
        If there is no such item, student or folder, or several submissions are called so.
    """
    wanted = _item(rubric, item)
    called = called_in(run.folder)
    submission = read(
        _found(run, rubric, submission_of(called, student, run.folder), student, path)
    )
    submission = replace(submission, people=people_of(run.folder, submission))
    secret = secret_of_run(run.folder, run.facts)
    plan = must_have_secret(make_plan(rubric, [wanted.id], run.seed, secret, kept_draws()))
    plan.adapters, plan.taken = found_adapters(run.folder), taken_in(called)
    examiner = Examiner(plan, level=level, has_notebooks=is_notebook_in(submission.files))
    try:
        sheet, transcript = examiner.examine(submission)
    finally:
        examiner.close()
    return Replayed(
        submission=submission.id,
        score=sheet.scores[0],
        transcript=transcript,
        others=others_called(called, submission.id),
    )


def _item(rubric: Rubric, name: str) -> Item:
    for item in rubric.items:
        if item.id == name:
            return item
    known = ", ".join(item.id for item in rubric.items)
    raise UsageError(f"rubric {rubric.id} has no item {name!r} (it has: {known})")


def _found(run: Run, rubric: Rubric, known: str, student: str, path: Path | None) -> Found:
    home = path or Path(str(run.facts.get("submissions", "")))
    if path is None and not run.facts.get("submissions"):
        raise UsageError(f"{run.folder}: does not tell where its submissions lie; name the folder")
    # Who is meant was settled by the run: its roster need not lie where it was any more.
    whence = replace(whence_of(run.facts), roster=None)
    found = whence.look(home, rubric.modules.expected).found
    return of_students(found, [known or student], home)[0]
