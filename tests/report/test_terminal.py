"""What people see: titles as they are written, nothing hidden shown, nothing undecided called 0."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from grader.records import (
    Item,
    Limits,
    LoadReport,
    Modules,
    Outcome,
    Person,
    Probe,
    ProblemRef,
    Rubric,
    ScoreSheet,
    Verdict,
)
from grader.report import told as wording
from grader.report.rubrics import print_rubric
from grader.report.terminal import print_scores, print_sheet, print_summary
from grader.sandbox import standins
from tests.report.test_escaping import ANY_TEXT, is_harmless
from tests.scoring.made import item, sheet, verdict

ITEMS = [item("q1", "4"), item("q2", "6")]
HOSTILE = "\x1b[2J[/bold] [link=file:///]x"


def rubric(items: list[Item], title: str = "Homework") -> Rubric:
    probe = Probe(
        id="probe",
        source=ProblemRef(id="tanh", options={}),
        cases=(),
        variants=(),
        answers={},
        constants={},
        limits=Limits(),
    )
    return Rubric(
        id="hw",
        title=title,
        seed=1,
        modules=Modules(expected=("net.py",)),
        limits=Limits(),
        probes={"probe": probe},
        groups={},
        items=tuple(items),
        starter=(),
        digest="",
    )


def printed(show: Any, *arguments: Any) -> str:
    stream = io.StringIO()
    show(Console(file=stream, width=160), *arguments)
    return stream.getvalue()


@pytest.mark.parametrize("title", ["[HW 3] Nets", "[/] odd", "[bold]x[/bold]", HOSTILE])
def test_a_title_is_shown_as_it_is_written(title: str) -> None:
    shown = title.replace("\x1b", "\ufffd")
    for text in (
        printed(print_scores, rubric(ITEMS, title), [sheet(ITEMS, [Outcome.CORRECT] * 2)]),
        printed(print_rubric, rubric([item(title=title)], title)),
    ):
        assert shown in text
        assert "\x1b" not in text


def test_a_row_names_what_is_not_right() -> None:
    sheets = [
        sheet(ITEMS, [Outcome.CORRECT, Outcome.TIMED_OUT], "ant"),
        sheet(ITEMS, [Outcome.WRONG, Outcome.WRONG], "bee"),
        sheet(ITEMS, [Outcome.GRADER_FAULT] * 2, "cow"),
        sheet(ITEMS, [Outcome.UNSURE] * 2, "doe"),
        sheet(ITEMS, [Outcome.UNSURE, Outcome.WRONG], "elk"),
    ]
    lines = [line.split("│") for line in printed(print_scores, rubric(ITEMS), sheets).splitlines()]
    rows = [[cell.strip() for cell in line[1:-1]] for line in lines if len(line) > 2]
    assert rows == [
        ["ant", "4", "10", "timed_out: q2"],
        ["bee", "0", "10", "wrong: all items"],
        ["cow", "–", "10", "grader_fault: all items"],
        ["doe", "open", "10", "unsure: all items"],
        ["elk", "0", "10", "unsure: q1; wrong: q2"],
    ]


def test_names_are_shown_where_they_say_more_than_ids() -> None:
    plain = [sheet(ITEMS, [Outcome.CORRECT] * 2, name) for name in ("ant", "bee")]
    named = replace(plain[0], people=(Person(student_id="ant", name=f"Ann {HOSTILE}"),))
    shown = printed(print_scores, rubric(ITEMS), [named, plain[1]])
    assert "Ann \ufffd[2J[/bold]" in shown
    assert "name" in shown
    for people in (plain, [replace(plain[0], people=(Person(student_id="ant", name="ant"),))]):
        assert "name" not in printed(print_scores, rubric(ITEMS), people)


def test_what_is_waived_is_not_among_what_is_not_right() -> None:
    text = printed(print_scores, rubric(ITEMS), [sheet(ITEMS, [Outcome.WAIVED, Outcome.WRONG])])
    assert "wrong: q2" in text
    assert "waived" not in text


def test_a_long_list_is_cut_and_says_so() -> None:
    sheets = [sheet(ITEMS, [Outcome.CORRECT] * 2, f"s{number}") for number in range(45)]
    text = printed(print_scores, rubric(ITEMS), sheets)
    assert "s39 " in text
    assert "s40 " not in text
    assert "… and 5 more in scores.csv" in text


def test_the_summary_counts_outcomes() -> None:
    sheets = [sheet(ITEMS, [Outcome.CORRECT, Outcome.RAISED], name) for name in ("a", "b")]
    assert printed(print_summary, sheets) == "2 submissions: 2 correct, 2 raised\n"
    assert printed(print_summary, sheets[:1]).startswith("1 submission: ")
    assert printed(print_summary, []) == "no submissions\n"


def told(made: ScoreSheet) -> str:
    return printed(print_sheet, made)


def test_a_sheet_tells_message_and_hint_of_what_is_wrong() -> None:
    items = [item("q1", "4", hint="Look at the bias."), item("q2", "6", hint="Never seen.")]
    text = told(sheet(items, [Outcome.WRONG, Outcome.CORRECT]))
    assert "It is wrong. Hint: Look at the bias." in text
    assert "Never seen." not in text
    assert text.endswith("total: 6 of 10 points\n")


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date", "after_published"])
def test_a_sheet_does_not_show_what_was_found_of_an_item_that_is_not_visible(
    visibility: str,
) -> None:
    secret = Verdict(outcome=Outcome.WRONG, credit=Decimal(0), message="W1 was 0.123456.")
    items = [item("q1", "4", visibility=visibility, hint="The secret hint.")]
    text = told(sheet(items, {"q1": secret}))
    assert "0.123456" not in text
    assert "secret" not in text
    assert "(not shown for this item)" in text


def test_a_sheet_says_how_much_is_still_undecided() -> None:
    text = told(sheet(ITEMS, [Outcome.CORRECT, Outcome.UNSURE]))
    assert "– of 6" in text
    assert text.endswith("total: 4 of 10 points so far; 6 points are undecided\n")


def test_a_sheet_shows_what_students_wrote_without_obeying_it() -> None:
    load = LoadReport(root="", loaded=(), failures=(HOSTILE,), notes=(HOSTILE,), broken={})
    bad = replace(verdict(Outcome.RAISED), message=HOSTILE + "\nforged: 10 of 10")
    made = replace(sheet(ITEMS[:1], {"q1": bad}, flags=(f"flag {HOSTILE}",)), load=load)
    text = told(made)
    assert "\x1b" not in text
    assert text.count("\ufffd[2J[/bold] [link=file:///]x") == 4
    assert not any(line.startswith("forged") for line in text.splitlines())


# --- whatever a student wrote ----------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.lists(ANY_TEXT, max_size=3))
def test_nothing_that_a_student_wrote_is_obeyed(name: str, told: str, flags: list[str]) -> None:
    wrong = replace(verdict(Outcome.WRONG), message=told, details=told)
    shown = sheet(ITEMS, {"q1": wrong, "q2": wrong}, name, flags)
    load = LoadReport(root="", loaded=(), failures=(told,), notes=tuple(flags), broken={})

    student = printed(print_sheet, replace(shown, load=load))
    course = printed(print_scores, rubric(ITEMS), [shown])

    assert is_harmless((student + course).replace("\n", ""))


def test_lines_of_python_run_as_they_are_copied() -> None:
    wrong = sheet(ITEMS, [Outcome.WRONG, Outcome.CORRECT])
    lines = ("To see it without the grader:", "import numpy as np", "if True:", "    out = 1")
    text = printed(print_sheet, wrong, {"q1": lines})
    copied = text[text.index("import numpy") : text.index("total:")]
    compile(copied, "<copied>", "exec")


def test_stand_ins_are_known_by_the_words_that_loading_notes() -> None:
    assert wording._STAND_IN == standins.TOOK_ITS_PLACE
