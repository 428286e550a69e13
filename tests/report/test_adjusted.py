"""What was added to a total or taken off stands wherever the total does, with its reason."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from grader.grading.journal import sheet_message, write_json
from grader.grading.kept import kept_sheet
from grader.records import Adjustment, Outcome, Person, ScoreSheet
from grader.report.feedback import Feedback
from grader.report.pseudonyms import anonymous
from grader.report.terminal import print_scores
from grader.report.told import every_adjustment, totals_text
from grader.rubric import load_rubric
from tests.grading.classroom import TANH, write_rubric
from tests.scoring.made import item, sheet

ITEMS = [item("out", "4"), item("dz", "6")]
FOX, OWL = (Person(student_id=name) for name in ("red-fox", "grey-owl"))


def team(*adjustments: Adjustment) -> ScoreSheet:
    made = sheet(ITEMS, [Outcome.CORRECT, Outcome.CORRECT], "team", people=(FOX, OWL))
    whole = replace(made, adjustments=adjustments)
    return replace(whole, total=whole.total_of(""))


BONUS = Adjustment(kind="adjust", points=Decimal(1), reason="a <b>plot</b>")
ILL = Adjustment(kind="late", points=Decimal("-2.50"), reason="was ill", student="grey-owl")


def test_feedback_tells_the_items_points_and_each_reason_but_not_one_members_own() -> None:
    told = Feedback(title="Homework", sheet=team(BONUS, ILL))
    for written in (told.markdown(), told.html()):
        assert "<b>plot" not in written
        text = written.replace("\\", "")
        assert "11 of 10 points." in text
        assert "The items come to 10 points." in text
        assert "Adjusted: adjust +1: a " in text
        assert "has 8.5 points; ask for the reason." in text
        assert "was ill" not in text
    assert "Adjusted" not in Feedback(title="Homework", sheet=team()).markdown()


def test_graders_see_every_reason_and_each_total(tmp_path: Path) -> None:
    made = team(BONUS, ILL)
    assert totals_text(made) == "11, 8.5"
    assert every_adjustment(made) == [
        "adjust +1: a <b>plot</b>",
        "late -2.5: was ill (grey-owl)",
    ]
    rubric = load_rubric(write_rubric(tmp_path, TANH))
    console = Console(file=io.StringIO(), width=120)
    print_scores(console, rubric, [made])
    assert "11, 8.5" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_result_that_was_kept_has_its_adjustments_again(tmp_path: Path) -> None:
    made = team(BONUS, ILL)
    write_json(tmp_path / "team.json", sheet_message(made))
    again = kept_sheet(tmp_path / "team.json", {one.id: one for one in ITEMS})
    assert (again.adjustments, again.total) == (made.adjustments, made.total)
    assert [again.total_of(p.student_id) for p in again.people] == [11, Decimal("8.5")]


def test_no_reason_and_no_members_own_total_is_in_an_anonymous_report() -> None:
    hidden = anonymous(team(BONUS, ILL), "student-1")
    assert every_adjustment(hidden) == ["adjust +1: reason left out"]
    assert totals_text(hidden) == "11"
