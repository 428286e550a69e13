"""How is a verdict put into words: where it is wrong, where it is right, what came back?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from grader.checks.comparison import Comparison
from grader.records import Answer, Array, Draw, DrawKey, Expected, Outcome, Returned

Results = Mapping[str, Mapping[str, Mapping[DrawKey, Comparison]]]
"""Answer -> case -> draw -> comparison."""
Outcomes = Mapping[tuple[str, str], Outcome]
"""(Answer, case) -> outcome."""

_ROWS, _COLUMNS = 2, 3


def all_right(noun: str, count: int) -> str:
    """Return the sentence about an item of which everything is right."""
    return f"The {noun} is right on {f'all {count} draws' if count > 1 else 'the one draw'}."


def sentence(results: Results, outcomes: Outcomes, draws: Mapping[DrawKey, Draw]) -> str:
    """Say what is wrong first, where, and where it is right.

    Parameters
    ----------
    results, outcomes
        What was found; at least one of the outcomes is not ``correct``.
    draws
        With their sizes, for the sentence.
    """
    failed = [where for where, outcome in outcomes.items() if outcome is not Outcome.CORRECT]
    answer, case = failed[0]
    key, worst = next(
        (key, c) for key, c in results[answer][case].items() if c.outcome is outcomes[answer, case]
    )
    detail = worst.detail.rstrip(".")
    stop = "" if detail.endswith("?") else "."
    if worst.outcome not in (Outcome.WRONG, Outcome.UNSURE) and len(failed) == len(outcomes):
        return f"{detail}{stop}"
    if worst.outcome is Outcome.UNSURE:
        detail = f"neither right nor wrong by the numbers, a person has to look: {detail}"
    told = f"In case {case} ({sizes_of(draws[key])}): {detail}{stop}"
    others = [where for where in failed[1:] if outcomes[where] is not Outcome.UNSURE]
    open_ones = [where for where in failed[1:] if outcomes[where] is Outcome.UNSURE]
    right = [where for where in outcomes if where not in failed]
    if others:
        is_first_open = outcomes[answer, case] is Outcome.UNSURE
        told += f" Not right{'' if is_first_open else ' either'}: {listed(others, outcomes)}."
    if open_ones:
        told += f" Not decided: {listed(open_ones, outcomes)}."
    if right:
        told += f" Right: {listed(right, outcomes)}."
    return told


def sizes_of(draw: Draw) -> str:
    """Return a draw's sizes and numbers, ``N=7, D=5, reg=0.3``."""
    shown = ((n, v) for n, v in draw.inputs.items() if isinstance(v, (int, float)))
    return ", ".join(f"{name}={value:g}" for name, value in shown)


def listed(places: Iterable[tuple[str, str]], outcomes: Outcomes) -> str:
    """Return answers with their cases, cut short where an answer's cases are all there."""
    by_answer: dict[str, list[str]] = {}
    for answer, case in places:
        by_answer.setdefault(answer, []).append(case)
    is_alone = len({answer for answer, _ in outcomes}) == 1
    told = []
    for answer, cases in by_answer.items():
        is_everywhere = len(cases) == sum(1 for other, _ in outcomes if other == answer)
        where = "in all cases" if is_everywhere else f"in {', '.join(cases)}"
        told.append(where if is_alone else f"{answer} {where}")
    return "; ".join(told)


def details(
    results: Results,
    draws: Mapping[DrawKey, Draw],
    answers: Mapping[DrawKey, Mapping[str, Answer]],
    convention: str,
) -> str:
    """Return what came back on the smallest draw that is wrong, a corner beside the right one.

    Parameters
    ----------
    results
        What was found.
    draws, answers
        The draws and what came back on them.
    convention
        The one that is judged by.

    Returns
    -------
    str
        Some lines; empty where no numbers came back that are wrong.
    """
    wrong = [
        (draws[key].expected[convention][answer].value.size, str(key), key, answer)
        for answer, cases in results.items()
        for found in cases.values()
        for key, comparison in found.items()
        if comparison.outcome in (Outcome.WRONG, Outcome.UNSURE)
        and isinstance(answers[key].get(answer), Returned)
    ]
    if not wrong:
        return ""
    _, _, key, answer = min(wrong)
    came = answers[key][answer]
    assert isinstance(came, Returned), "chosen so"
    return _beside(answer, key, draws[key], came, draws[key].expected[convention][answer])


def _beside(name: str, key: DrawKey, draw: Draw, came: Returned, right: Expected) -> str:
    lines = [
        f"Asked on {key} ({sizes_of(draw)}).",
        f"{name} came back with shape {came.value.shape} and type {came.value.dtype}; "
        f"the right one has shape {right.value.shape}.",
    ]
    yours, theirs = _corner(came.value), _corner(right.value)
    width = max(len(line) for line in (*yours, "yours"))
    lines.append(f"  {'yours':<{width}}   right")
    for row in range(max(len(yours), len(theirs))):
        mine = yours[row] if row < len(yours) else ""
        other = theirs[row] if row < len(theirs) else ""
        lines.append(f"  {mine:<{width}}   {other}".rstrip())
    return "\n".join(lines)


def _corner(value: Array) -> list[str]:
    """Return the first entries of an array, at most two rows of three."""
    if not value.size:
        return ["(no entries)"]
    if value.ndim > 2:
        value = value.reshape(-1, value.shape[-1])
    table = np.atleast_2d(value)
    rows = [
        " ".join(f"{_number(entry):>10}" for entry in row[:_COLUMNS])
        + (" …" if table.shape[1] > _COLUMNS else "")
        for row in table[:_ROWS]
    ]
    return [*rows, "…"] if table.shape[0] > _ROWS else rows


def _number(entry: np.generic) -> str:
    if entry.dtype.kind not in "fc":
        return str(entry)
    # Nobody should wonder at a negative 0.
    return f"{entry:.4g}" if entry != 0 else "0"


def as_sentence(clause: str) -> str:
    """Return a clause with a capital, unless it begins with a name such as dW.

    >>> as_sentence("nothing states dW"), as_sentence("dW is None")
    ('Nothing states dW', 'dW is None')
    """
    word = clause.partition(" ")[0]
    return f"{clause[:1].upper()}{clause[1:]}" if word.isalpha() and word.islower() else clause
