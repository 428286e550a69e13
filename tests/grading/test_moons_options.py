"""What the assignment on moons asks beyond its core: nets of n layers, and LeNet in two ways."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from grader.grading.examiner import Examiner
from grader.grading.examples import examples_of
from grader.grading.kept_draws import kept_draws
from grader.grading.plan import Plan
from grader.grading.planning import make_plan
from grader.records import ScoreSheet, SourceFile, Submission
from grader.report.escaping import number_text
from grader.rubric import find_rubric, load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection

MOONS = find_rubric("elec576-a1")


def plan(only: list[str], **chosen: str) -> Plan:
    choices = tuple(Choice(option=o, choice=c, source="test") for o, c in chosen.items())
    return make_plan(
        load_rubric(MOONS, selection=Selection(choices=choices)), only, kept=kept_draws()
    )


def test_the_core_is_what_is_graded_where_nothing_is_chosen() -> None:
    rubric = load_rubric(MOONS)

    assert rubric.maximum == Decimal(50)
    assert not any(item.id.startswith(("n_layer", "lenet")) for item in rubric.items)


def test_nets_of_n_layers_and_the_parts_of_lenet_earn_what_was_worked_out() -> None:
    beyond = plan(["n_layer.*", "lenet.*"], n_layer="yes", part2="numpy")
    whole = plan([], n_layer="yes", part2="numpy").rubric
    examples, complaints = examples_of(whole, MOONS)
    examiner = Examiner(beyond)
    try:
        sheets = {one.student: examiner.examine(one.submission)[0] for one in examples}
    finally:
        examiner.close()

    assert complaints == []
    assert len(examples) == 4
    for one in examples:
        for score in sheets[one.student].scores:
            came = number_text(score.points) if score.points is not None else ""
            assert came == one.points[score.item.id], (one.student, score.item.id)
    assert "the adapter willow-crane.py gives fit_n_layers" in sheets["willow-crane"].flags


def notebook(printed: str) -> Submission:
    """Return a submission of one notebook, whose only cell has printed something."""
    output = {"output_type": "stream", "name": "stdout", "text": [printed]}
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": "run()"}
    document = {"cells": [{**cell, "outputs": [output]}], "metadata": {}, "nbformat": 4}
    data = json.dumps({**document, "nbformat_minor": 4}).encode()
    return Submission(id="fox", people=(), files=(SourceFile(path="mnist.ipynb", data=data),))


def recorded(printed: str) -> ScoreSheet:
    examiner = Examiner(plan(["lenet.*"], part2="recorded"), has_notebooks=True)
    try:
        return examiner.examine(notebook(printed))[0]
    finally:
        examiner.close()


@pytest.mark.parametrize(
    ("printed", "points"),
    [
        ("step 900: train accuracy 0.99\ntest accuracy 0.9871\n", Decimal(10)),
        # (94 - 90) / (98 - 90) of 10 points.
        ("Test Accuracy of the model: 0.943\n", Decimal(5)),
        ("test_acc: 0.85\n", Decimal(0)),
    ],
    ids=["all of it", "half of it", "too little"],
)
def test_what_a_notebook_has_printed_counts_by_the_curve(printed: str, points: Decimal) -> None:
    sheet = recorded(printed)

    found = {score.item.id: score.points for score in sheet.scores}
    assert found == {"lenet.recorded": points, "lenet.report": None}
    verdict = next(s.verdict for s in sheet.scores if s.item.id == "lenet.recorded")
    assert any("the student's claim" in note for note in verdict.notes)
    # What earns nothing needs nobody to look at it.
    assert any("the student's claim" in flag for flag in sheet.flags) == (points > 0)
