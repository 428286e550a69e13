"""Mistakes in the initialisers of weights."""

from __future__ import annotations

from collections.abc import Mapping

from grader.diagnosis.catalogue.rows import Row, row

_SOLVED = 'std, limit = moments(problem_id, inputs["fan_in"], inputs["fan_out"], inputs["std"])'
_FANS = (
    ("fan_out_for_in", "the number of outputs stands where the number of inputs is right",
     'inputs["fan_out"], inputs["fan_in"]'),
    ("fan_in_alone", "only the number of inputs counts", 'inputs["fan_in"], inputs["fan_in"]'),
    ("fan_out_alone", "only the number of outputs counts",
     'inputs["fan_out"], inputs["fan_out"]'),
    ("one_fan", "the number of outputs is left out", 'inputs["fan_in"], 0'),
    ("other_fan", "the number of inputs is left out", '0, inputs["fan_out"]'),
)  # fmt: skip
_GIVEN = 'inputs["fan_in"], inputs["fan_out"]'
_USES_FANS = ("glorot_uniform", "glorot_normal")


def _fan_rows(rows: tuple[tuple[str, str, str], ...]) -> tuple[Row, ...]:
    return tuple(
        row(key, clause, (_SOLVED, _SOLVED.replace(_GIVEN, new))) for key, clause, new in rows
    )


_SQUARED = row(
    "root_missing",
    "the root is not taken",
    (_SOLVED, f"{_SOLVED}\n        std, limit = std**2, limit**2"),
)

INITIALIZERS: Mapping[str, tuple[Row, ...]] = {
    "truncated_normal": (
        row("shrinking_missing", "the deviation that the cut takes away is not counted",
            ("return SHRINK * std, CUT * std", "return std, CUT * std")),
        row("wrong_cut", "the cut is at three deviations, not at two",
            ("return SHRINK * std, CUT * std", "return SHRINK * std, 3.0 * std")),
    ),
    **{name: (*_fan_rows(_FANS[1:]), _SQUARED) for name in _USES_FANS},
    "he_normal": (
        *_fan_rows(_FANS[:1]),
        _SQUARED,
        row("wrong_rule:glorot", "the number of outputs counts as well, as in Glorot's rule",
            (_SOLVED, _SOLVED.replace("problem_id", '"glorot_normal"'))),
    ),
}  # fmt: skip
"""Mistakes in each initialiser."""
