"""What Gradescope is told of a score sheet, and what a student reads there."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Adjustment, Diagnosis, Leader, Outcome, ScoreSheet, Verdict
from grader.report.escaping import json_text
from grader.report.gradescope import final_results, open_results
from tests.gradescope.published import read
from tests.scoring.made import item, sheet, verdict

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def told(graded: ScoreSheet, *warnings: str) -> dict[str, Any]:
    return read(json_text(final_results(graded, 1.234, warnings)))


def test_points_are_told_as_people_write_them() -> None:
    items = [item(f"q{n}", "0.1") for n in range(3)]
    results = told(sheet(items, [Outcome.CORRECT] * 3))
    assert results["score"] == 0.3, "not 0.30000000000000004"
    assert [t["score"] for t in results["tests"]] == [0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    ("outcome", "score", "status"),
    [
        (Outcome.CORRECT, 10, "passed"),
        (Outcome.WAIVED, 10, "passed"),
        (Outcome.PARTIAL, 5, "failed"),
        (Outcome.WRONG, 0, "failed"),
        (Outcome.TIMED_OUT, 0, "failed"),
        (Outcome.NOT_SUBMITTED, 0, "failed"),
    ],
)
def test_a_verdict_is_a_score_and_a_status(outcome: Outcome, score: int, status: str) -> None:
    credit = "1" if outcome is Outcome.WAIVED else None
    (test,) = told(sheet([item("q1")], {"q1": verdict(outcome, credit)}))["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (score, 10, status)
    assert (test["output"], test["output_format"]) == (f"It is {outcome}.", "text")
    assert test["tags"] == [str(outcome)]
    assert test["extra_data"] == {"item": "q1", "outcome": str(outcome)}


@pytest.mark.parametrize("outcome", [Outcome.UNSURE, Outcome.AWAITING_MARK, Outcome.GRADER_FAULT])
def test_what_nobody_has_decided_has_no_score_and_makes_the_total_provisional(
    outcome: Outcome,
) -> None:
    results = told(sheet([item("q1"), item("q2", "4")], [Outcome.CORRECT, outcome]))
    assert results["score"] == 10
    assert not results["tests"][1].keys() & {"score", "max_score", "status"}
    assert "Not decided yet, of 4 points" in results["tests"][1]["output"]
    assert "provisional. 4 points are not decided yet" in results["output"]
    assert results["extra_data"]["undecided"] == ["q2"]


def test_a_total_that_is_decided_is_not_called_provisional() -> None:
    results = told(sheet([item("q1"), item("q2", "4")], [Outcome.CORRECT, Outcome.WRONG]))
    assert results["output"] == "10 of 14 points."


def test_of_a_hidden_item_only_title_and_outcome_are_told() -> None:
    hidden = item("q2", visibility="hidden", hint="think of the mean", title="Unseen")
    why = Diagnosis(name="mean_missing", sentence="the mean is missing", answers=("loss",))
    wrong = Verdict(
        outcome=Outcome.WRONG,
        credit=Decimal(0),
        message="It is 7 times the right one.",
        details="where N was 7",
        diagnosis=why,
        notes=("your code changes X in place",),
    )
    results = told(sheet([item("q1"), hidden], {"q1": verdict(), "q2": wrong}))
    test = results["tests"][1]
    assert (test["name"], test["output"], test["visibility"]) == (
        "Unseen",
        "Outcome: wrong",
        "hidden",
    )
    assert test["extra_data"] == {"item": "q2", "outcome": "wrong"}
    for secret in ("mean", "7", "in place"):
        assert secret not in str(test | {"number": ""})


def test_no_text_gives_a_hidden_total_away() -> None:
    items = [item("q1", "3"), item("q2", "8", visibility="hidden")]
    results = told(sheet(items, [Outcome.CORRECT, Outcome.CORRECT]))
    assert results["output"] == "Some items are not shown to students, and so neither is the total."


@pytest.mark.parametrize("when", ["after_due_date", "after_published"])
def test_no_text_tells_a_total_before_its_items_are_shown(when: str) -> None:
    items = [item("q1", "3"), item("q2", "8", visibility=when)]
    results = told(sheet(items, [Outcome.CORRECT, Outcome.WRONG]))
    assert "3" not in results["output"]
    assert results["tests"][1]["visibility"] == when


def test_an_author_reads_how_a_formula_was_read() -> None:
    note = r"dW was read as \frac{\partial L}{\partial W} = W e x^{\top}"
    wrong = replace(verdict(Outcome.WRONG), notes=(note,))

    (test,) = told(sheet([item("q1")], {"q1": wrong}))["tests"]

    assert f"Note: {note}." in test["output"]


def test_a_wrong_item_comes_with_its_hint_its_notes_and_what_came_back() -> None:
    wrong = Verdict(
        outcome=Outcome.WRONG,
        credit=Decimal(0),
        message="It is twice the right one.",
        details="on q1/plain/0:\n  yours 2\n  right 1",
        notes=("your code changes X in place", "for the TA alone"),
    )
    (test,) = told(sheet([item("q1", hint="Look at the mean.")], {"q1": wrong}))["tests"]
    assert test["output"].splitlines() == [
        "It is twice the right one. Note: your code changes X in place.",
        "Hint: Look at the mean.",
        "on q1/plain/0:",
        "  yours 2",
        "  right 1",
    ]


def test_items_are_numbered_by_their_sections() -> None:
    items = [item("a", section="One"), item("b", section="Two"), item("c", section="One")]
    tests = told(sheet(items, [Outcome.CORRECT] * 3))["tests"]
    assert [t["number"] for t in tests] == ["1.1", "2.1", "1.2"]
    assert tests[1]["tags"] == ["correct", "Two"]
    alone = told(sheet([item("a"), item("b")], [Outcome.CORRECT] * 2))["tests"]
    assert [t["number"] for t in alone] == ["1", "2"]


def test_warnings_reach_instructors_alone() -> None:
    results = told(sheet([item("q1")], [Outcome.CORRECT]), "the assignment is worth 20 points")
    assert results["extra_data"]["warnings"] == ["the assignment is worth 20 points"]
    assert "20" not in str(results["tests"]) + results["output"]


def test_results_without_verdicts_say_that_they_are_none() -> None:
    results = read(json_text(open_results([item("q1"), item("q2")], "Your code is being run.")))
    assert results["score"] == 0
    assert "no verdict" in results["output"]
    assert [sorted(t.keys() & {"score", "status"}) for t in results["tests"]] == [[], []]
    assert read(json_text(open_results([], "Grading has begun.")))["tests"] == []


@given(ANY_TEXT)
def test_whatever_a_student_wrote_is_plain_text_there(text: str) -> None:
    why = Diagnosis(name=text, sentence=text, answers=(text,))
    wrong = Verdict(
        outcome=Outcome.WRONG, credit=Decimal(0), message=text, details=text, diagnosis=why
    )
    one = item("q1", hint=text, title=text, section=text)
    graded = sheet([one], {"q1": wrong}, flags=[text], problems=(text,))
    written = json_text(final_results(replace(graded, conventions={text: text}), 0.0, [text]))
    results = read(written)
    written.encode()
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in written)
    texts = [results["output"], *(results["tests"][0][k] for k in ("name", "output"))]
    assert all(c == "\n" or unicodedata.category(c) != "Cc" for t in texts for c in t)
    assert results["output_format"] == results["tests"][0]["output_format"] == "text"
    assert results["tests"][0]["name_format"] == "text"


# --- the leaderboard and adjustments ---------------------------------------------------------


def test_the_leaderboard_has_points_and_the_accuracy_of_a_training() -> None:
    items = [
        item("q1", "4", leader=Leader(name="Gradients\x1b", of="points")),
        item("q2", leader=Leader(name="Accuracy", of="accuracy")),
        item("q3", leader=Leader(name="Error", of="points", order="asc")),
        item("q4"),
    ]
    verdicts = {
        "q1": verdict(Outcome.PARTIAL, "0.7"),
        "q2": replace(verdict(Outcome.WRONG), accuracy=0.98765432),
        "q3": verdict(Outcome.UNSURE),
        "q4": verdict(),
    }
    assert told(sheet(items, verdicts))["leaderboard"] == [
        {"name": "Gradients\N{REPLACEMENT CHARACTER}", "value": 2.8, "order": "desc"},
        {"name": "Accuracy", "value": 0.9877, "order": "desc"},
    ]


def test_there_is_no_leaderboard_where_the_rubric_asks_for_none() -> None:
    assert "leaderboard" not in told(sheet([item("q1")], [Outcome.CORRECT]))
    no_accuracy = [item("q1", leader=Leader(name="Accuracy", of="accuracy"))]
    assert "leaderboard" not in told(sheet(no_accuracy, [Outcome.TIMED_OUT]))


def test_what_was_taken_off_is_told_with_its_reason() -> None:
    late = Adjustment(kind="late", points=Decimal("-2.00"), reason="a day of 20 % of 10 earned")
    made = sheet([item("q1")], [Outcome.CORRECT])
    results = told(replace(made, adjustments=(late,), total=Decimal(8)))
    assert results["score"] == 8
    assert results["output"] == ("8 of 10 points.\nAdjusted: late -2: a day of 20 % of 10 earned.")


def test_no_reason_gives_a_hidden_total_away() -> None:
    late = Adjustment(kind="late", points=Decimal("-2.00"), reason="a day of 20 % of 10 earned")
    made = sheet([item("q1", visibility="hidden")], [Outcome.CORRECT])
    results = told(replace(made, adjustments=(late,), total=Decimal(8)))
    assert results["output"].splitlines()[1] == "The total is adjusted (late)."
    assert "10" not in results["output"]
