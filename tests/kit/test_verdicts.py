"""A kit's verdicts are the grader's own, in a process and in a notebook."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from grader.checks.cases import NOT_KNOWN_HERE
from grader.checks.training import OTHER_DATA_DECIDE
from grader.grading.examiner import Examiner
from grader.grading.kept_draws import kept_draws
from grader.grading.planning import make_plan
from grader.kit.frozen import plan_of_kit
from grader.kit.notebook import Notebook
from grader.kit.packing import packed, unpacked
from grader.kit.record import _RECORDS, Kit
from grader.kitting.freezing import frozen
from grader.records import ItemScore, Outcome, Rubric, ScoreSheet, Submission
from grader.rubric import find_rubric, load_rubric
from grader.submission import one_submission, read
from tests.cli.command import ROOT

HANDED_IN = {
    "sigmoid-mlp": ("blithe-heron", "drowsy-tern", "fleet-stoat", "gentle-crane", "lunar-snail"),
    "elec576-a1": (
        "plum-tern",
        "ivory-mole",
        "lilac-stoat",
        "grey-ibis",
        "blank-hare",
        "dusty-crane",
    ),
}
"""Right, wrong in several ways, carried forward, not implemented, not to be loaded, unpenalised."""
CASES = [(rubric, name) for rubric, names in HANDED_IN.items() for name in names]


class Both:
    """One homework, examined by the reference and by its kit, at level 0 as far as it can be."""

    def __init__(self, rubric_id: str) -> None:
        self.rubric: Rubric = load_rubric(find_rubric(rubric_id))
        # Through its bytes, so that what is tried is what is handed out.
        self.kit: Kit = unpacked(packed(frozen(self.rubric)), _RECORDS)
        self.course = Examiner(make_plan(self.rubric, kept=kept_draws()), has_notebooks=False)
        self.student = Examiner(plan_of_kit(self.kit), level=0, has_notebooks=False)

    def submission(self, name: str) -> Submission:
        folder = ROOT / "submissions_example" / self.rubric.id / name
        return read(one_submission([folder], self.rubric.modules.expected))

    @cache  # noqa: B019 - lives as long as the module
    def by_course(self, name: str) -> ScoreSheet:
        return self.course.examine(self.submission(name))[0]

    @cache  # noqa: B019
    def by_student(self, name: str) -> ScoreSheet:
        return self.student.examine(self.submission(name))[0]

    def close(self) -> None:
        self.course.close()
        self.student.close()


@pytest.fixture(scope="module")
def both() -> Iterator[dict[str, Both]]:
    made = {rubric_id: Both(rubric_id) for rubric_id in HANDED_IN}
    yield made
    for one in made.values():
        one.close()


def told(score: ItemScore) -> tuple[Any, ...]:
    verdict = score.verdict
    name = verdict.diagnosis.name if verdict.diagnosis else None
    return verdict.outcome, score.points, verdict.credit, name


def is_open(score: ItemScore) -> bool:
    return NOT_KNOWN_HERE in score.verdict.notes or is_near(score)


def is_near(score: ItemScore) -> bool:
    return OTHER_DATA_DECIDE in score.verdict.notes


@pytest.mark.parametrize(("rubric_id", "name"), CASES)
def test_a_kit_says_what_the_grader_says_or_that_it_cannot_know(
    both: dict[str, Both], rubric_id: str, name: str
) -> None:
    theirs, ours = both[rubric_id].by_course(name), both[rubric_id].by_student(name)
    pairs = list(zip(theirs.scores, ours.scores, strict=True))
    decided = [pair for pair in pairs if not is_open(pair[1])]
    assert [told(course) for course, _ in decided] == [told(student) for _, student in decided]
    for course, student in pairs:
        if is_open(student):
            assert student.verdict.outcome is Outcome.UNSURE
            assert "Not decided here: " in student.verdict.message
        if is_open(student) and not is_near(student):
            assert course.verdict.outcome in (Outcome.WRONG, Outcome.PARTIAL)
            assert course.verdict.diagnosis == student.verdict.diagnosis


def test_most_mistakes_are_decided_and_named_without_the_reference(both: dict[str, Both]) -> None:
    scores = [s for rubric_id, name in CASES for s in both[rubric_id].by_student(name).scores]
    wrong = [s for s in scores if s.verdict.outcome in (Outcome.WRONG, Outcome.PARTIAL)]
    named = {s.verdict.diagnosis.name for s in wrong if s.verdict.diagnosis}
    assert len(named) > 4
    assert any(is_open(score) for score in scores)
    assert {Outcome.CORRECT, Outcome.NOT_IMPLEMENTED, Outcome.LOAD_FAILED} <= {
        s.verdict.outcome for s in scores
    }


@pytest.mark.parametrize(("rubric_id", "name"), CASES)
def test_a_notebook_says_what_the_kit_says(
    both: dict[str, Both], rubric_id: str, name: str
) -> None:
    found = both[rubric_id]
    namespace: dict[str, Any] = {"__name__": "notebook"}
    (file,) = [f for f in found.submission(name).files if f.path.endswith(".py")]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(file.data, "<cell>", "exec"), namespace)
    except SyntaxError:
        pytest.skip("there is nothing of it in a notebook")
    live = Notebook(found.kit, namespace).check()
    expected = found.by_student(name)
    assert [told(one) for one in live.scores] == [told(one) for one in expected.scores]
    assert [one.verdict.message for one in live.scores if one.verdict.diagnosis] == [
        one.verdict.message for one in expected.scores if one.verdict.diagnosis
    ]
