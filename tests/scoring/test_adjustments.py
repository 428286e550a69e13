"""Waivers, lateness and adjustments: what each does to a total, and what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.records import LatePolicy, Outcome, Person, Rubric, ScoreSheet
from grader.rubric import load_rubric
from grader.scoring.adjustments import HOW_LATE, Adjustments, adjusted, read_adjustments
from grader.scoring.lateness import late_penalty
from tests.grading.classroom import HEAD, TANH, write_rubric
from tests.scoring.made import sheet

HOUR, DAY = 3600, 86_400
LATE = TANH.replace("probes:", "late: {per_day: 10, grace_h: 0.5, most: 50}\nprobes:")
RIGHT, WRONG, UNSURE = Outcome.CORRECT, Outcome.WRONG, Outcome.UNSURE


@pytest.fixture(scope="module")
def rubric(tmp_path_factory: pytest.TempPathFactory) -> Rubric:
    """Ten points, of which 10 % are lost for each day."""
    return load_rubric(write_rubric(tmp_path_factory.mktemp("late"), LATE))


def given(folder: Path, rubric: Rubric, *lines: str, head: str = "") -> Adjustments:
    path = folder / "given.csv"
    path.write_text("\n".join([head or "student,kind,amount,item,reason", *lines]), "utf-8")
    return read_adjustments(path, rubric)


def fox(rubric: Rubric, outcomes: list[Outcome], late_s: int = 0) -> ScoreSheet:
    people = (Person(student_id="fox", late_s=late_s),)
    return sheet(rubric.items, outcomes, "fox", people=people)


def traces(made: ScoreSheet) -> list[tuple[str, str, str]]:
    return [(a.kind, str(a.points.normalize()), a.student) for a in made.adjustments]


# --- what a rule takes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late_s", "lost"),
    [
        (0, "0"),
        (HOUR // 2, "0"),
        (HOUR // 2 + 1, "10"),
        (DAY + HOUR // 2, "10"),
        (DAY + HOUR // 2 + 1, "20"),
        (4 * DAY, "40"),
        (30 * DAY, "50"),
    ],
)
def test_every_day_that_has_begun_after_the_grace_counts_up_to_the_most(
    late_s: int, lost: str
) -> None:
    policy = LatePolicy(per_day=Decimal(10), grace_s=HOUR // 2, most=Decimal(50))
    points, why = late_penalty(policy, late_s, Decimal(90), Decimal(100))
    assert points == Decimal(lost)
    assert ("at most 50 %" in why) is (late_s > 6 * DAY)


def test_percent_are_of_the_maximum_or_of_what_was_earned() -> None:
    policy = LatePolicy(per_day=Decimal("12.5"))
    assert late_penalty(policy, DAY, Decimal(40), Decimal(80))[0] == 10
    earned = replace(policy, is_of_earned=True)
    points, why = late_penalty(earned, DAY, Decimal("40.1"), Decimal(80))
    assert points == Decimal("5.01")
    assert why == "1 d 00:00:00 late: 1 day of 12.5 % of the 40.1 points earned"


def test_nobody_loses_more_than_was_earned() -> None:
    points, why = late_penalty(LatePolicy(per_day=Decimal(10)), DAY, Decimal(3), Decimal(80))
    assert points == 3
    assert why.endswith("at most what was earned")


# --- what a sheet becomes --------------------------------------------------------------------


def test_lateness_that_the_source_tells_costs_what_the_rubric_says(rubric: Rubric) -> None:
    made = adjusted(fox(rubric, [RIGHT, RIGHT], 2 * DAY), Adjustments(), rubric)
    assert (made.total, made.raw_total, made.total_of("fox")) == (8, 10, 8)
    assert made.adjustments[0].reason == (
        "2 d 00:00:00 late: 2 days of 10 % of the 10 points there are"
    )


def test_within_the_grace_nothing_is_lost_and_that_is_told(rubric: Rubric) -> None:
    made = adjusted(fox(rubric, [RIGHT, RIGHT], 60), Adjustments(), rubric)
    assert (made.total, made.adjustments[0].reason) == (10, "00:01:00 late, within the grace")


def test_a_rubric_without_a_rule_takes_nothing(rubric: Rubric) -> None:
    plain = replace(rubric, late=None)
    made = adjusted(fox(rubric, [RIGHT, RIGHT], 9 * DAY), Adjustments(), plain)
    assert (made.total, made.adjustments) == (10, ())


def test_who_handed_in_nothing_is_not_late(rubric: Rubric) -> None:
    nothing = [Outcome.NOT_SUBMITTED] * 2
    assert not adjusted(fox(rubric, nothing, DAY), Adjustments(), rubric).adjustments


def test_who_is_late_by_nobody_knows_how_much_is_flagged_until_a_row_tells(
    rubric: Rubric, tmp_path: Path
) -> None:
    made = replace(fox(rubric, [RIGHT, RIGHT]), flags=("late, as Canvas marks it",))
    open_one = adjusted(made, Adjustments(), rubric)
    assert (open_one.total, open_one.flags[1:]) == (10, (HOW_LATE,))
    told = adjusted(made, given(tmp_path, rubric, "fox,late,1,,mail"), rubric)
    assert (told.total, told.flags[1:]) == (9, ())
    assert adjusted(made, Adjustments(), replace(rubric, late=None)).flags == made.flags


def test_a_row_wins_over_the_source_and_leaves_its_reason(rubric: Rubric, tmp_path: Path) -> None:
    forgiven = given(tmp_path, rubric, "fox,late,0,,ill")
    made = adjusted(fox(rubric, [RIGHT, RIGHT], 2 * DAY), forgiven, rubric)
    assert (made.total, made.adjustments[0].reason) == (10, "not late; ill")
    for amount, total in (("26:10:00", 8), ("26:10", 8), ("1.5", 8), ("1", 9), ("0:10", 10)):
        told = given(tmp_path, rubric, f"fox,late,{amount},,mail")
        assert adjusted(fox(rubric, [RIGHT, RIGHT]), told, rubric).total == total


def test_adjustments_add_up_and_the_raw_total_stays(rubric: Rubric, tmp_path: Path) -> None:
    rows = ("fox,adjust,-2.5,,no README", "fox,adjust,+4,,bonus", "fox,adjust,4,,poster")
    made = adjusted(fox(rubric, [RIGHT, RIGHT]), given(tmp_path, rubric, *rows), rubric)
    assert (made.total, made.raw_total, made.maximum) == (Decimal("15.5"), 10, 10)
    assert traces(made) == [("adjust", "-2.5", ""), ("adjust", "4", ""), ("adjust", "4", "")]


def test_no_total_falls_below_zero(rubric: Rubric, tmp_path: Path) -> None:
    made = adjusted(
        fox(rubric, [RIGHT, WRONG], DAY), given(tmp_path, rubric, "fox,adjust,-9,,x"), rubric
    )
    assert (made.total, made.raw_total) == (0, 4)


def test_a_waived_item_is_full_whatever_was_found_and_says_why(
    rubric: Rubric, tmp_path: Path
) -> None:
    waived = given(tmp_path, rubric, "fox,waive,,d*,broken handout")
    made = adjusted(fox(rubric, [WRONG, UNSURE]), waived, rubric)
    out, dz = made.scores
    assert (out.points, dz.points, made.total) == (0, 6, 6)
    assert (dz.verdict.outcome, dz.verdict.message) == (Outcome.WAIVED, "Waived: broken handout")
    assert dz.verdict.notes == ("waived by hand; was unsure",)
    assert made.adjustments[0].reason == "d*: broken handout"


def test_of_a_group_a_student_is_adjusted_alone_and_a_submission_as_a_whole(
    rubric: Rubric, tmp_path: Path
) -> None:
    pair = (Person(student_id="fox", late_s=DAY), Person(student_id="owl"))
    made = sheet(rubric.items, [RIGHT, RIGHT], "team", people=pair)
    alone = adjusted(made, given(tmp_path, rubric, "owl,adjust,-3,,left early"), rubric)
    assert (alone.total_of("fox"), alone.total_of("owl")) == (9, 7)
    assert traces(alone) == [("late", "-1", "fox"), ("adjust", "-3", "owl")]
    everybody = given(tmp_path, rubric, "team,adjust,-3,,no report", "team,late,0,,server down")
    whole = adjusted(made, everybody, rubric)
    assert (whole.total, whole.total_of("fox"), whole.total_of("owl")) == (7, 7, 7)
    assert traces(whole) == [("late", "0", ""), ("adjust", "-3", "")]


def test_both_of_a_group_who_are_named_lose_the_same_only_once(
    rubric: Rubric, tmp_path: Path
) -> None:
    pair = tuple(Person(student_id=name) for name in ("fox", "owl"))
    rows = given(tmp_path, rubric, "fox,adjust,-3,,x", "owl,adjust,-3,,x")
    made = adjusted(sheet(rubric.items, [RIGHT, RIGHT], "team", people=pair), rows, rubric)
    assert {made.total, made.total_of("fox"), made.total_of("owl")} == {Decimal(7)}


# --- what a file may say ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (",adjust,1,,x", "no student"),
        ("fox,bonus,1,,x", "no kind 'bonus' (there are: adjust, late, waive)"),
        ("fox,adjust,1,,", "no reason: the student and the next TA will want to know it"),
        ("fox,adjust,,,x", "points must be a number such as -2 or 1.5, not ''"),
        ('fox,adjust,"1,5",,x', "points take a decimal point: write 1.5, not '1,5'"),
        ("fox,adjust,nan,,x", "points must be a number such as -2 or 1.5, not 'nan'"),
        ("fox,adjust,-10 %,,x", "points must be a number such as -2 or 1.5, not '-10 %'"),
        ("fox,adjust,0,,x", "points must be from -10 to 10 and not 0, not 0"),
        ("fox,adjust,-11,,x", "points must be from -10 to 10 and not 0, not -11"),
        ("fox,adjust,1,dz,x", "'adjust' changes the total, not the item 'dz': that is a mark"),
        ("fox,late,-1,,x", "days must be from 0 to 3650, not -1"),
        ("fox,late,soon,,x", "days must be a number, or a time such as 26:10:00, not 'soon'"),
        ("fox,waive,,q9,x", "no item 'q9' (there are: out, dz)"),
        ("fox,waive,,,x", "no item '' (there are: out, dz)"),
        ("fox,waive,3,dz,x", "what is waived has its full points: no amount, not '3'"),
        ("fox,late,2,,x", "fox and late are in line 2 already"),
        ("fox,adjust,2,,so,", ""),
        ("fox,adjust,2,,so, so", "has 6 cells, and the head of the table 5: a text with"),
    ],
)
def test_a_mistake_is_told_at_its_line(
    rubric: Rubric, tmp_path: Path, line: str, told: str
) -> None:
    if not told:
        assert given(tmp_path, rubric, line).rows[0].reason == "so"
        return
    with pytest.raises(UsageError) as caught:
        given(tmp_path, rubric, "fox,late,1,,x", line)
    assert f"given.csv:3: {told}" in str(caught.value)


def test_every_mistake_is_told_at_once(rubric: Rubric, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        given(tmp_path, rubric, "fox,what,1,,x", "owl,adjust,1,,x", "ant,adjust,x,,x")
    assert [line.split(":")[1] for line in str(caught.value).split("\n")] == ["2", "4"]


def test_lateness_needs_a_rule(rubric: Rubric, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        given(tmp_path, replace(rubric, late=None), "fox,late,1,,x")
    assert "rubric tiny has no 'late'" in str(caught.value)
    assert "write the points themselves as 'adjust'" in str(caught.value)


def test_columns_that_no_row_needs_may_be_missing(rubric: Rubric, tmp_path: Path) -> None:
    found = given(tmp_path, rubric, "x;Fox ;WAIVE;dz", head="Reason;Student;Kind;Item")
    assert (found.rows[0].student, found.rows[0].item) == ("Fox", "dz")


def test_signs_as_word_processors_write_them_and_escaped_ones_are_read(
    rubric: Rubric, tmp_path: Path
) -> None:
    rows = given(tmp_path, rubric, "fox,adjust,\N{MINUS SIGN}2,,a", "fox,adjust,'-1,,'=b").rows
    assert [(row.points, row.reason) for row in rows] == [(-2, "a"), (-1, "=b")]


# --- what a rubric may say -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{grace_h: 1}", "missing key 'per_day'"),
        ("{per_day: 0}", "per_day must be percent, more than 0 and at most 100, not 0"),
        ("{per_day: 10, of: points}", "of cannot be 'points'"),
        ("{per_day: 10, grace_h: -1}", "grace_h must be from 0 to 720 hours, not -1"),
        ("{per_day: 10, cap: 50}", "unknown key 'cap'"),
    ],
)
def test_a_rule_with_a_mistake_is_refused(tmp_path: Path, rule: str, told: str) -> None:
    text = LATE.replace("{per_day: 10, grace_h: 0.5, most: 50}", rule)
    assert HEAD in text
    with pytest.raises(Exception, match=r"rubric\.yaml:8") as caught:
        load_rubric(write_rubric(tmp_path, text))
    assert told in str(caught.value)
