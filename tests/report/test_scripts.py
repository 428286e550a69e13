"""A few lines of Python show a wrong answer: they run, and give the inputs to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.records import Case, Draw, DrawKey, Limits, Nothing, Probe, Variant
from grader.report.scripts import MOST_ENTRIES, script


def lines(code: str, inputs: dict[str, Any], constants: dict[str, Any] | None = None) -> list[str]:
    probe = Probe(
        id="probe",
        source=Nothing(),
        cases=(Case(name="plain", draws=1, overrides={}),),
        variants=(),
        answers={"out": "out"},
        constants=constants or {},
        limits=Limits(),
    )
    draw = Draw(key=DrawKey("probe", "plain", 0), inputs=inputs, expected={})
    return script(probe, Variant(name="", code=code), draw, "out")


@pytest.mark.parametrize(
    "value",
    [
        np.array([[1 / 3, -2e-300], [np.pi, 5e17]]),
        np.array(0.1),
        np.array([], dtype=np.float64),
        np.zeros((0, 3)),
        np.array([3, -4]),
        np.array([True, False]),
        np.array([1 / 3], dtype=np.float32),
        np.array([np.inf, np.nan, -0.0]),
        [np.array([1.5]), {"a": np.array([2])}],
        0.1,
        "Tanh",
        None,
    ],
)
def test_inputs_read_back_to_the_last_bit(value: Any) -> None:
    names: dict[str, Any] = {"nan": np.nan, "inf": np.inf}
    exec("\n".join(lines("out = value", {"value": value})[:-1]), names)
    found = names["out"]
    assert type(found) is type(value)
    if isinstance(value, np.ndarray):
        assert (found.dtype, found.shape, found.tobytes()) == (
            value.dtype,
            value.shape,
            value.tobytes(),
        )
    else:
        assert repr(found) == repr(value)


def test_only_the_inputs_that_are_used_are_written() -> None:
    told = lines("out = f(x)", {"x": 1.0, "huge": np.zeros(10_000)}, {"unused": 3})
    assert told == ["import numpy as np", "x = 1.0", "out = f(x)", "print(out)"]


def test_several_answers_are_printed_together() -> None:
    probe = Probe(
        id="probe",
        source=Nothing(),
        cases=(),
        variants=(),
        answers={"W1": "net.params['W1']", "b1": "net.params['b1']"},
        constants={},
        limits=Limits(),
    )
    draw = Draw(key=DrawKey("probe", "plain", 0), inputs={}, expected={})
    shown = script(probe, Variant(name="", code="net = made()"), draw, "W1, b1")
    assert shown[-1] == "print(net.params['W1'], net.params['b1'])"


def test_what_is_too_large_to_be_read_is_not_written() -> None:
    assert lines("out = x", {"x": np.zeros(MOST_ENTRIES)})
    assert lines("out = x", {"x": np.zeros(MOST_ENTRIES + 1)}) == []


def test_what_reads_the_files_that_were_handed_in_is_not_written() -> None:
    assert lines("out = stated('dW')", {}) == []
    assert lines("out = recorded('acc')", {}) == []
