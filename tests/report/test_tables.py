"""scores.csv and items.csv: stable columns, exact numbers, the same bytes every time."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader.records import Adjustment, Diagnosis, Item, Outcome, Person, ScoreSheet
from grader.report.files import TABLES
from grader.report.item_tables import diagnoses_table, discrimination, items_table
from grader.report.tables import scores_table, status_of, write_tables
from grader.scoring.sheet import fault_sheet
from tests.scoring.made import item, sheet, submission, verdict

ITEMS = [item("q1.loss", "4", section="q1"), item("q1.dW1", "6", section="q1", title="=dW1")]
RIGHT, WRONG = Outcome.CORRECT, Outcome.WRONG


def rows(sheets: list[ScoreSheet], items: list[Item] = ITEMS) -> list[dict[str, str]]:
    table = scores_table(items, sheets)
    return [dict(zip(table.columns, row, strict=True)) for row in table.fillna("").to_numpy()]


def test_the_columns_are_identity_status_points_outcomes_and_flags() -> None:
    expected = (
        "student name email section submission status total maximum percent raw_total "
        "adjustments section:_q1 q1.loss q1.dW1 q1.loss.outcome q1.dW1.outcome flags"
    ).split()
    expected[expected.index("section:_q1")] = "section: q1"
    assert list(scores_table(ITEMS, [sheet(ITEMS, [RIGHT, WRONG])]).columns) == expected
    assert list(scores_table(ITEMS, []).columns) == expected


def test_a_row_tells_who_what_and_why() -> None:
    who = Person(student_id="s1", name="Ana", email="a@x.edu", section="2")
    verdicts = {"q1.loss": verdict(Outcome.PARTIAL, "0.7"), "q1.dW1": verdict(Outcome.RAISED)}
    made = sheet(
        ITEMS, verdicts, "fox", flags=("a.py is taken for it", "no notebook"), people=(who,)
    )
    assert rows([made]) == [
        {
            "student": "s1",
            "name": "Ana",
            "email": "a@x.edu",
            "section": "2",
            "submission": "fox",
            "status": "graded",
            "total": "2.8",
            "maximum": "10",
            "percent": "28.0",
            "raw_total": "2.8",
            "adjustments": "",
            "section: q1": "2.8",
            "q1.loss": "2.8",
            "q1.dW1": "0",
            "q1.loss.outcome": "partial",
            "q1.dW1.outcome": "raised",
            "flags": "a.py is taken for it; no notebook",
        }
    ]


def test_every_person_of_a_group_has_a_row() -> None:
    pair = tuple(Person(student_id=name) for name in ("fox", "owl"))
    made = sheet(ITEMS, [RIGHT, RIGHT], "pair", people=pair)
    assert [(row["student"], row["total"]) for row in rows([made])] == [
        ("fox", "10"),
        ("owl", "10"),
    ]


@pytest.mark.parametrize("outcome", [Outcome.UNSURE, Outcome.AWAITING_MARK])
def test_an_item_without_a_verdict_is_empty_and_no_percentage_pretends_otherwise(
    outcome: Outcome,
) -> None:
    (row,) = rows([sheet(ITEMS, [RIGHT, outcome])])
    assert (row["status"], row["q1.dW1"], row["q1.dW1.outcome"]) == ("undecided", "", str(outcome))
    assert (row["total"], row["percent"]) == ("4", "")


def test_a_fault_of_ours_is_a_row_without_any_points() -> None:
    (row,) = rows([fault_sheet(submission("fox"), ITEMS, "KeyError: 'W1'")])
    assert row["status"] == "grader_fault"
    assert {row[name] for name in ("total", "percent", "q1.loss", "q1.dW1")} == {""}
    assert row["flags"] == "grader fault: KeyError: 'W1'"


def test_undecided_is_never_called_graded() -> None:
    for outcome in Outcome:
        status = status_of(sheet(ITEMS, [RIGHT, outcome]))
        expected = {Outcome.UNSURE: "undecided", Outcome.AWAITING_MARK: "undecided"}
        assert status == expected.get(
            outcome, "grader_fault" if outcome is Outcome.GRADER_FAULT else "graded"
        )


@pytest.mark.parametrize(
    ("points", "credit", "percent"),
    [
        ("8", "0.78125", "78.1"),
        ("3", "0.3333", "33.3"),
        ("0.4", "0.8625", "87.5"),
        ("40", "0.0025", "0.3"),
    ],
)
def test_percent_is_rounded_as_people_do(points: str, credit: str, percent: str) -> None:
    one = item(points=points)
    made = sheet([one], {one.id: verdict(Outcome.PARTIAL, credit)})
    assert rows([made], [one])[0]["percent"] == percent


def test_percent_of_nothing_is_empty() -> None:
    assert rows([sheet([], [])], [])[0]["percent"] == ""


def test_an_item_may_bear_the_name_of_another_column() -> None:
    items = [item("total", "4"), item("status", "6")]
    table = scores_table(items, [sheet(items, [RIGHT, WRONG])])
    row = list(table.to_numpy()[0])
    assert row[5:13] == ["graded", "4", "10", "40.0", "4", "", "4", "0"]


def test_what_students_wrote_is_no_formula(tmp_path: Path) -> None:
    who = Person(student_id="=cmd|calc", name="-1", email="@x", section="two\nlines")
    made = sheet(ITEMS, [RIGHT, RIGHT], people=(who,), flags=["+flag"])
    write_tables(tmp_path, ITEMS, [made])
    with (tmp_path / "scores.csv").open(newline="", encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert [row[name] for name in ("student", "name", "email", "section", "flags")] == [
        "'=cmd|calc",
        "'-1",
        "'@x",
        "two lines",
        "'+flag",
    ]
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8").count("\n") == 2


def test_the_words_nan_and_na_stay_words() -> None:
    who = Person(student_id="NA", name="nan", section="None")
    (row,) = rows([sheet(ITEMS, [RIGHT, RIGHT], people=(who,))])
    assert (row["student"], row["name"], row["section"]) == ("NA", "nan", "None")


def test_the_same_sheets_give_the_same_bytes_with_plain_line_ends(tmp_path: Path) -> None:
    sheets = [sheet(ITEMS, [RIGHT, WRONG], name) for name in ("ant", "bee")]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_tables(tmp_path / name, ITEMS, sheets)
    for table in TABLES:
        data = (tmp_path / "one" / table).read_bytes()
        assert data == (tmp_path / "two" / table).read_bytes()
        assert b"\r" not in data
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(TABLES)


def test_item_statistics_are_those_of_a_hand_worked_example() -> None:
    """Points of q1.loss: 4, 2, 0, 4, so the mean is 2.5, the median 3, half have it in full and
    a quarter has nothing; the unsure one and the fault are in no statistic but their own count."""
    outcomes = [RIGHT, Outcome.PARTIAL, WRONG, RIGHT, Outcome.UNSURE]
    sheets = [sheet(ITEMS, [outcome, RIGHT], f"s{i}") for i, outcome in enumerate(outcomes)]
    sheets.append(fault_sheet(submission("s9"), ITEMS, "oh"))
    table = items_table(ITEMS, sheets)
    assert list(table.columns) == [
        *("item title section maximum graded mean median share_full share_zero".split()),
        *("discrimination", "diagnoses"),
        *map(str, Outcome),
    ]
    loss, dW1 = (dict(zip(table.columns, row, strict=True)) for row in table.to_numpy())
    assert {name: loss[name] for name in list(table.columns)[:9]} == {
        "item": "q1.loss",
        "title": "Title of q1.loss",
        "section": "q1",
        "maximum": "4",
        "graded": "4",
        "mean": "2.5",
        "median": "3",
        "share_full": "0.5",
        "share_zero": "0.25",
    }
    counted = {name: loss[name] for name in map(str, Outcome) if loss[name] != "0"}
    assert counted == {
        "correct": "2",
        "partial": "1",
        "wrong": "1",
        "unsure": "1",
        "grader_fault": "1",
    }
    assert (dW1["title"], dW1["graded"], dW1["mean"]) == ("'=dW1", "5", "6")


def test_an_item_that_nobody_has_points_for_has_no_statistics() -> None:
    table = items_table(ITEMS[:1], [sheet(ITEMS[:1], [Outcome.UNSURE])])
    (row,) = (dict(zip(table.columns, row, strict=True)) for row in table.to_numpy())
    assert [row[name] for name in ("graded", "mean", "median", "share_full", "share_zero")] == [
        *("0", "", "", "", "")
    ]


def test_full_points_with_many_decimals_count_as_full() -> None:
    one = [item(points="0.1234")]
    table = items_table(one, [sheet(one, [RIGHT])])
    assert table["share_full"].tolist() == ["1"]


def test_a_section_has_its_points_once_all_of_its_items_have() -> None:
    items = [item("a", "1", section="1. One"), item("b", "2", section="2. Two"), item("c", "3")]
    columns = list(scores_table(items, []).columns)
    assert [name for name in columns if name.startswith("section:")] == [
        "section: 1. One",
        "section: 2. Two",
    ]
    (row,) = rows([sheet(items, [RIGHT, Outcome.UNSURE, RIGHT])], items)
    assert (row["section: 1. One"], row["section: 2. Two"]) == ("1", "")


def test_who_handed_in_nothing_is_called_so_and_a_mark_by_hand_makes_it_graded() -> None:
    nothing = [Outcome.NOT_SUBMITTED, Outcome.NOT_SUBMITTED]
    (row,) = rows([sheet(ITEMS, nothing)])
    assert (row["status"], row["total"], row["percent"]) == ("not_submitted", "0", "0.0")
    assert status_of(sheet(ITEMS, [nothing[0], RIGHT])) == "graded"


def test_each_of_a_group_has_a_total_of_their_own_and_why() -> None:
    pair = tuple(Person(student_id=name) for name in ("fox", "owl"))
    made = replace(
        sheet(ITEMS, [RIGHT, RIGHT], "pair", people=pair),
        adjustments=(
            Adjustment(kind="late", points=Decimal("-2.50"), reason="a day", student="owl"),
            Adjustment(kind="adjust", points=Decimal(1), reason="bonus; =1"),
        ),
    )
    found = {row["student"]: row for row in rows([made])}
    assert {name: row["total"] for name, row in found.items()} == {"fox": "11", "owl": "8.5"}
    assert {row["raw_total"] for row in found.values()} == {"10"}
    assert found["fox"]["adjustments"] == "adjust +1: bonus; '=1"
    assert found["owl"]["adjustments"] == "late -2.5: a day; adjust +1: bonus; '=1"
    assert found["owl"]["percent"] == "85.0"


def test_no_total_is_below_zero() -> None:
    taken = Adjustment(kind="adjust", points=Decimal(-30), reason="copied")
    (row,) = rows([replace(sheet(ITEMS, [RIGHT, WRONG]), adjustments=(taken,))])
    assert (row["total"], row["raw_total"], row["percent"]) == ("0", "4", "0.0")


# --- discrimination and diagnoses ------------------------------------------------------------

THREE = [item("a", "4"), item("b", "4"), item("c", "4")]


def made_of(*shares: str, name: str = "s") -> ScoreSheet:
    verdicts = {
        one.id: verdict(Outcome.UNSURE) if share == "?" else verdict(Outcome.PARTIAL, share)
        for one, share in zip(THREE, shares, strict=True)
    }
    return sheet(THREE, verdicts, name)


def test_discrimination_is_the_correlation_with_the_rest_without_the_item_itself() -> None:
    """Points of a: 0, 2, 4, 2; rests b + c: 1, 4, 7, 8, so by hand 12 / sqrt(8 * 30) = 0.7746.

    With a in the total it would be 20 / sqrt(8 * 62) = 0.898.
    """
    shares = [("0", "0.25", "0"), ("0.5", "0.5", "0.5"), ("1", "1", "0.75"), ("0.5", "1", "1")]
    sheets = [made_of(*row) for row in shares]
    assert discrimination(THREE[0], sheets) == pytest.approx(12 / (8 * 30) ** 0.5)


@pytest.mark.parametrize(
    "shares",
    [
        [("0", "1", "1"), ("1", "0", "0")],
        [("1", "0", "0"), ("1", "1", "0"), ("1", "1", "1")],
        [("0", "1", "1"), ("0.5", "1", "1"), ("1", "1", "1")],
        [("?", "0", "0"), ("0", "1", "0"), ("1", "1", "1")],
    ],
    ids=["two students", "the same for all", "the same rest", "too few are decided"],
)
def test_there_is_no_discrimination_to_tell(shares: list[tuple[str, str, str]]) -> None:
    table = items_table(THREE, [made_of(*row) for row in shares])
    assert table["discrimination"][0] == ""


def test_an_open_item_makes_no_submission_a_weak_one() -> None:
    shares = [("0", "0", "0"), ("0.5", "0.5", "0.5"), ("1", "1", "?")]
    assert discrimination(THREE[0], [made_of(*row) for row in shares]) == pytest.approx(1)


def test_who_did_not_do_an_item_is_in_no_statistic_of_it() -> None:
    absent = sheet(THREE, [Outcome.NOT_SUBMITTED] * 3, "gone")
    excused = sheet(THREE, {**{i.id: verdict() for i in THREE}, "a": verdict(Outcome.WAIVED, "1")})
    table = items_table(THREE, [absent, excused, made_of("0.5", "0", "0")])
    assert (table["graded"][0], table["mean"][0], table["share_zero"][0]) == ("1", "2", "0")
    assert (table["waived"][0], table["not_submitted"][0]) == ("1", "1")


def diagnosed(name: str, student: str, outcome: Outcome = WRONG) -> ScoreSheet:
    found = Diagnosis(name=name, sentence=f"It is {student}.", answers=("dW1",))
    verdicts = {"q1.loss": verdict(), "q1.dW1": replace(verdict(outcome), diagnosis=found)}
    return sheet(ITEMS, verdicts, student)


def test_students_are_grouped_by_the_same_mistake_the_commonest_first() -> None:
    pair = tuple(Person(student_id=name) for name in ("gnu", "-fly"))
    sheets = [
        *(diagnosed("mean_missing", name) for name in ("owl", "ant")),
        diagnosed("mean_missing", "pig", Outcome.PARTIAL),
        diagnosed("transposed|sum", "cat"),
        diagnosed("was_right", "elk", RIGHT),
        replace(diagnosed("", "herd"), people=pair),
        sheet(ITEMS, [Outcome.RAISED, RIGHT], "bee"),
        sheet(ITEMS, [Outcome.NOT_SUBMITTED] * 2, "yak"),
    ]
    table = diagnoses_table(ITEMS, sheets)
    columns = ["item", "title", "outcome", "diagnosis", "submissions", "students"]
    assert list(table.columns) == columns
    assert table.to_numpy().tolist() == [
        ["q1.loss", "Title of q1.loss", "raised", "", "1", "bee"],
        ["q1.dW1", "'=dW1", "wrong", "mean_missing", "2", "ant; owl"],
        ["q1.dW1", "'=dW1", "partial", "mean_missing", "1", "pig"],
        ["q1.dW1", "'=dW1", "wrong", "", "1", "'-fly; gnu"],
        ["q1.dW1", "'=dW1", "wrong", "transposed|sum", "1", "cat"],
    ]
    counted = items_table(ITEMS, sheets)["diagnoses"].tolist()
    assert counted == ["", "mean_missing 3; transposed|sum 1"]


def test_tables_of_nobody_have_their_columns() -> None:
    assert diagnoses_table(ITEMS, []).empty
    assert len(items_table(ITEMS, [])) == 2
