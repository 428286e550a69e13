"""A report that names nobody: who it was, in every text, and what is left."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader.grading.journal import sheet_message
from grader.records import Diagnosis, LoadReport, Outcome, Person
from grader.report.pseudonyms import anonymous, pseudonym
from tests.report.made_run import sheet, verdict

ANA = Person(student_id="u7812345", name="Ana-Maria Ruiz", email="amr7@x.edu", section="B")


@pytest.mark.parametrize(
    "text",
    [
        "u7812345/hw/net.py:3: SyntaxError",
        "U7812345",
        "/home/ana_maria_ruiz/net.py",
        "anamariaruiz_LATE_1_2_net.py",
        "Ruiz, Ana-Maria",
        "by Maria (ruiz)",
        "mail amr7@x.edu",
        "amr7.py",
        "submission-of-ana",
    ],
)
def test_who_it_was_stands_in_no_text(text: str) -> None:
    load = LoadReport(root=text, loaded=(text,), failures=(text,), notes=(text,), broken={})
    mistake = Diagnosis(name="mean_missing", sentence=text, answers=())
    wrong = replace(verdict(Outcome.WRONG, text), diagnosis=mistake)
    told = sheet("ruiz-7", [wrong], flags=[text], people=(ANA,), problems=(text,))
    hidden = anonymous(replace(told, load=load), "student-1")
    kept = json.dumps({**sheet_message(hidden), "conventions": {}}).lower()
    for name in ("u7812345", "ruiz", "maria", "amr7", '"ana', " ana", "_ana", "/ana"):
        assert name not in kept
    assert "student-1" in kept


def test_numbers_and_words_that_are_not_their_name_stay() -> None:
    person = Person(student_id="12", name="Jo Banana", email="")
    told = sheet("s12", [verdict(Outcome.WRONG, "12 of 40 entries, major, bananas")])
    hidden = anonymous(replace(told, people=(person,)), "student-1")
    assert hidden.scores[0].verdict.message == "It is wrong. 12 of 40 entries, major, bananas"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("'/home/nickname/hw/data.npz'", "'/home/student-1/hw/data.npz'"),
        ("/Users/The.Nick/net.py:3", "/Users/student-1/net.py:3"),
        (r"C:\Users\nick\net.py", r"C:\Users\student-1\net.py"),
        ("at home / users all", "at home / users all"),
    ],
)
def test_nobodys_home_folder_is_named(text: str, told: str) -> None:
    hidden = anonymous(sheet("ana", flags=[text]), "student-1")
    assert hidden.flags == (told,)


def test_points_and_sections_stay() -> None:
    told = sheet("ana", [verdict(Outcome.PARTIAL)], people=(ANA,))
    hidden = anonymous(told, "student-1")
    assert (hidden.total, hidden.maximum) == (told.total, told.maximum)
    assert hidden.people == (Person(student_id="student-1", section="B"),)


def test_a_group_is_one_pseudonym() -> None:
    told = sheet("ana", people=(ANA, Person(student_id="ben", section="C")))
    assert anonymous(told, "student-1").people == (Person(student_id="student-1"),)


def test_a_pseudonym_is_the_same_with_the_same_key_and_another_with_another() -> None:
    assert pseudonym(b"key", "ana") == pseudonym(b"key", "ana")
    assert pseudonym(b"key", "ana") != pseudonym(b"other", "ana")
    assert pseudonym(b"key", "ana") != pseudonym(b"key", "ben")
