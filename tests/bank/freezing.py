"""What does each mutation do on certified draws? Writes the frozen list, ``mutations.txt``.

Run ``python -m tests.bank.freezing`` after a reference's ``solve`` has changed, and only then: the
list must not be chosen by what the diagnosis can name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

import reference
from grader.checks.comparison import has_accepted_shape
from grader.records import Answer, Draw, Failed, Returned
from tests.bank.mutations import FROZEN, STATUSES, Mutation, mutated, mutations_of
from tests.bank.trial import Setting, answered, draw_of

LEAST_CHANGE = 1e-9
"""Of the largest entry of a right answer: what is less is rounding, or nothing at all."""
LEAST_MISTAKE = 1e-6
"""What is less is no more than a student's single precision does to right code."""
_HEAD = """\
# Single-token mutations of the references, frozen before any diagnosis was tuned.
# What it does on certified draws ("changes" an answer by more than 1e-6 of its largest entry;
# does so "faintly", by less or to what is right with another stabiliser; "survives" with the same
# answers), problem, function, kind, number, change.
# Mutations that break down on every draw are left out: they give no answer to judge.
"""


def status_of(mutation: Mutation) -> str:
    """Return what a mutation does on the covering array of its problem's cases."""
    setting = Setting(problem=mutation.problem)
    try:
        variant = mutated(mutation)
    except Exception:  # noqa: BLE001 - a mutated module may break down in any way
        return "raises"
    came = answered(variant.solve, setting)
    if all(isinstance(one, Failed) for answers in came.values() for one in answers.values()):
        return "raises"
    if not max(change_of(draw_of(setting, key), came[key]) for key in came) > LEAST_CHANGE:
        return "survives"
    is_mistake = any(mistake_of(draw_of(setting, key), came[key]) > LEAST_MISTAKE for key in came)
    return "changes" if is_mistake else "faintly"


def change_of(draw: Draw, answers: Mapping[str, Answer], names: Iterable[str] = ()) -> float:
    """Return by how much answers differ from the right ones, each relative to its largest entry.

    Parameters
    ----------
    draw
        With the right answers.
    answers
        What came back.
    names
        The answers to look at; all where there are none.
    """
    changes = [0.0]
    for name in names or draw.expected[""]:
        right, answer = draw.expected[""][name].value, answers.get(name)
        if not isinstance(answer, Returned):
            return np.inf
        value = answer.value
        if not has_accepted_shape(value.shape, right.shape) or not np.all(np.isfinite(value)):
            return np.inf
        if right.size:
            distance = np.abs(value.reshape(right.shape) - right.astype(np.float64)).max()
            changes.append(float(distance / (np.abs(right).max() or 1.0)))
    return max(changes)


def mistake_of(draw: Draw, answers: Mapping[str, Answer]) -> float:
    """Return the change, where what is right with a stabiliser counts as right too."""
    mistakes = [0.0]
    for name, right in draw.expected[""].items():
        allowed = (right.value, *right.stabilised.values())
        others = [replace(right, value=np.asarray(value)) for value in allowed]
        mistakes.append(
            min(change_of(replace(draw, expected={"": {name: o}}), answers) for o in others)
        )
    return max(mistakes)


def main() -> None:
    """Write the list."""
    found = {
        mutation: status_of(mutation)
        for problem_id in reference.problem_ids()
        for mutation in mutations_of(problem_id)
    }
    lines = [f"{status}\t{m.key}\n" for m, status in found.items() if status in STATUSES]
    FROZEN.write_text(_HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
