"""Is a reply taken only in the form that our own child gives it?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Failed, Outcome, Returned
from grader.sandbox.channel import ProtocolError
from grader.sandbox.replies import answers_of, load_report_of, output_of

FAILED = {"outcome": "raised", "message": "m", "exception": "E", "where": "hw.py:1"}
RETURNED = {"outcome": "returned", "value": np.ones(2), "kind": "ndarray"}
REPORT = {"root": "hw/", "loaded": ["hw"], "failures": [], "notes": [], "broken": {}}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.sampled_from([np.ones(()), np.ones(0), np.ones(2), np.ones((2, 2), dtype=np.complex128)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def test_the_named_answers_are_taken_and_others_dropped() -> None:
    reply = {"answers": {"a": FAILED, "b": RETURNED, "c": "unasked"}}

    answers = answers_of(reply, ["a", "b"])

    assert answers["a"] == Failed(
        outcome=Outcome.RAISED, message="m", exception="E", where="hw.py:1"
    )
    assert isinstance(answers["b"], Returned)
    assert answers.keys() == {"a", "b"}


@pytest.mark.parametrize(
    "outcome",
    [
        outcome.value
        for outcome in Outcome
        if outcome.value
        not in ("raised", "not_implemented", "load_failed", "out_of_memory", "blocked", "wrong")
    ]
    + ["", "RAISED", "no such outcome"],
)
def test_an_outcome_that_is_not_the_childs_to_tell_is_a_breach(outcome: str) -> None:
    with pytest.raises(ProtocolError):
        answers_of({"answers": {"a": {**FAILED, "outcome": outcome}}}, ["a"])


@pytest.mark.parametrize(
    "told",
    [
        None,
        3,
        [],
        {},
        {"outcome": "returned"},
        {**RETURNED, "value": [1.0]},
        {**RETURNED, "value": 1.0},
        {**RETURNED, "kind": None},
        {**RETURNED, "outcome": b"returned"},
        {**FAILED, "message": 3},
        {**FAILED, "exception": None},
        {**FAILED, "where": [1]},
        {"outcome": "raised", "message": "m"},
        {**RETURNED, "outcome": np.ones(2)},
        {**FAILED, "outcome": np.ones(2)},
        {**FAILED, "message": np.ones(2)},
        {"outcome": ["raised"], "message": "m", "exception": "E", "where": ""},
    ],
)
def test_an_answer_of_another_form_is_a_breach(told: Any) -> None:
    with pytest.raises(ProtocolError):
        answers_of({"answers": {"a": told}}, ["a"])


@pytest.mark.parametrize("reply", [{}, {"answers": None}, {"answers": []}, {"answers": {}}])
def test_a_reply_without_answers_is_a_breach(reply: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        answers_of(reply, ["a"])


def test_texts_are_cut_and_can_be_written_anywhere() -> None:
    told = {**FAILED, "message": "\ud800" + "x" * 10_000, "where": "\x1b[2J"}

    answer = answers_of({"answers": {"a": told}}, ["a"])["a"]

    assert isinstance(answer, Failed)
    assert answer.message.startswith("\\ud800xxx")
    assert len(answer.message) < 1100
    answer.message.encode()


def test_a_report_is_taken_in_its_form_alone() -> None:
    report = load_report_of({**REPORT, "broken": {"hw": "hw.py:1: SyntaxError"}, "more": 1})

    assert (report.root, report.loaded) == ("hw/", ("hw",))
    assert report.broken == {"hw": "hw.py:1: SyntaxError"}


@pytest.mark.parametrize(
    "change",
    [
        {"root": None},
        {"loaded": "hw"},
        {"loaded": [3]},
        {"failures": [b"x"]},
        {"notes": {"a": 1}},
        {"notes": [["x"]]},
        {"broken": []},
        {"broken": {"hw": 3}},
    ],
)
def test_a_report_of_another_form_is_a_breach(change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        load_report_of({**REPORT, **change})


@pytest.mark.parametrize("missing", REPORT)
def test_a_report_with_something_missing_is_a_breach(missing: str) -> None:
    with pytest.raises(ProtocolError):
        load_report_of({name: value for name, value in REPORT.items() if name != missing})


def test_a_report_of_many_lines_is_cut() -> None:
    many = [str(number) for number in range(1000)]

    report = load_report_of({**REPORT, "failures": many, "broken": dict.fromkeys(many, "x")})

    assert len(report.failures) == len(report.broken) == 60


@pytest.mark.parametrize(
    ("output", "text"), [(b"a\xff\n", "a\\xff\n"), ("text", ""), (None, ""), ([1], "")]
)
def test_output_is_text_whatever_it_was(output: Any, text: str) -> None:
    assert output_of({"output": output}) == text


def test_no_more_output_is_kept_than_our_own_part_of_the_child_sends() -> None:
    assert len(output_of({"output": b"a" * (16 << 10)})) == 16 << 10
    assert len(output_of({"output": b"\xff" * 1_000_000})) == 4 * (16 << 10)


ANSWERS = st.fixed_dictionaries(
    {"a": st.dictionaries(st.sampled_from([*FAILED, *RETURNED]), ANYTHING)}
)
REPLIES = st.dictionaries(st.sampled_from([*REPORT, "output"]), ANYTHING)


@given(REPLIES, ANYTHING | ANSWERS)
def test_any_reply_is_taken_or_refused(reply: dict[str, Any], answers: Any) -> None:
    reply = {**reply, "answers": answers}
    for read in (load_report_of, lambda told: answers_of(told, ["a"]), output_of):
        try:
            read(reply)
        except ProtocolError:
            continue
