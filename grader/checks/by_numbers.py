"""Is a gradient that of the loss that the probe names? By numeric derivatives alone.

For a course that gives a loss and no gradient to compare with. The derivative of any loss will not
do: the student's own must be the right one, under an accepted convention, before a gradient that
agrees with it is right. One line that disagrees is not enough to fail anybody: it must happen on
two draws that know nothing of each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

import reference
from grader.checks.cases import decide
from grader.checks.comparison import (
    Comparison,
    compare,
    entry_of,
    has_accepted_shape,
    told_of,
    wrong_shape,
)
from grader.checks.messages import Results
from grader.checks.own_loss import compared_loss
from grader.checks.registry import NeedMore, Question
from grader.checks.sweeps import (
    LINES,
    MOST_LINES,
    STILL,
    Agreement,
    Finding,
    direction,
    finding,
    is_settled,
    together,
)
from grader.records import (
    Answer,
    Array,
    Draw,
    DrawKey,
    Failed,
    Outcome,
    Returned,
    SweepKey,
    Verdict,
)

MOST_ENTRIES = 40
"""Entries of a wrong gradient that are looked at one by one, to say where it is wrong."""


def judge_numerically(question: Question) -> Verdict | NeedMore:
    """Return the verdict on an item's gradients against numeric derivatives of the own loss."""
    wanted = [key for key in _lines(question) if key not in question.sweeps]
    if wanted:
        return NeedMore(sweeps=wanted)
    results = _confirmed({answer: _by_case(question, answer) for answer in question.item.answers})
    wanted = [key for key in _entries(question, results) if key not in question.sweeps]
    if wanted:
        return NeedMore(sweeps=wanted)
    verdict = decide(question, "gradient", results)
    if isinstance(verdict, NeedMore):
        return verdict
    places = [_where(question, answer, key) for answer, key in _failed(question, results).items()]
    told = "judged by numeric derivatives of the loss, along random lines"
    return replace(
        verdict,
        message=" ".join([verdict.message, *filter(None, places)]),
        notes=(*verdict.notes, told),
        details="",
    )


def _wrt(question: Question, answer: str) -> str:
    assert question.problem is not None, "a rubric's check"
    return reference.problem(question.problem.id).gradients[answer].wrt


def _lines(question: Question) -> Iterator[SweepKey]:
    """Yield the lines to look along: further ones where the first ones have left it open."""
    for answer in question.item.answers:
        for key, draw in question.draws.items():
            value = _as_gradient(question, answer, key, draw)
            if value is None:
                continue
            lines = [SweepKey(key, _wrt(question, answer), line) for line in range(MOST_LINES)]
            found = _findings(question.sweeps, draw, lines[:LINES], value)
            is_open = isinstance(found, list) and len(found) >= LINES and not is_settled(found)
            yield from lines if is_open else lines[:LINES]


def _as_gradient(question: Question, answer: str, key: DrawKey, draw: Draw) -> Array | None:
    """Return an answer in the shape of the input, or None where it cannot be a gradient."""
    came, shape = question.answers[key][answer], np.shape(draw.inputs[_wrt(question, answer)])
    if isinstance(came, Failed) or came.value.dtype.kind not in "biuf":
        return None
    is_one = has_accepted_shape(came.value.shape, shape) and bool(np.all(np.isfinite(came.value)))
    return came.value.reshape(shape).astype(np.float64) if is_one else None


def _by_case(question: Question, answer: str) -> dict[str, dict[DrawKey, Comparison]]:
    cases: dict[str, dict[DrawKey, Comparison]] = {}
    for key, draw in question.draws.items():
        cases.setdefault(key.case, {})[key] = _on_draw(question, answer, key, draw)
    return cases


def _on_draw(question: Question, answer: str, key: DrawKey, draw: Draw) -> Comparison:
    came, wrt = question.answers[key][answer], _wrt(question, answer)
    if isinstance(came, Failed):
        return _comparison(came.outcome, told_of(came))
    shape = np.shape(draw.inputs[wrt])
    if came.value.dtype.kind not in "biuf" or not has_accepted_shape(came.value.shape, shape):
        return _comparison(Outcome.WRONG, wrong_shape(answer, came.value.shape, shape))
    if not np.all(np.isfinite(came.value)):
        return _comparison(Outcome.WRONG, f"{answer} has entries that are NaN or infinite")
    lines = [SweepKey(key, wrt, line) for line in range(MOST_LINES)]
    found = _findings(question.sweeps, draw, lines, came.value.reshape(shape).astype(np.float64))
    if isinstance(found, Failed):
        return _comparison(Outcome.UNSURE, f"the loss cannot be looked at: {found.message}")
    outcome = _OUTCOMES[together(found)]
    if outcome is not Outcome.CORRECT and (known := _right_beside(question, answer, key, found)):
        return known
    if outcome is Outcome.CORRECT or any(one.reason == STILL for one in found):
        loss = compared_loss(question, answer, draw, found[0].at)
        if outcome is Outcome.CORRECT or loss.outcome is Outcome.WRONG:
            is_allowed = bool(question.item.parameters.get("stabilised", True))
            told = _as_its_loss(answer, loss, is_allowed)
            return _unless_coarse(question, answer, key, draw, told, found)
    return _comparison(outcome, _told(answer, found))


def _right_beside(
    question: Question, answer: str, key: DrawKey, found: Sequence[Finding]
) -> Comparison | None:
    """Return that an answer is right where the own loss is, and the reference's gradient says so.

    Whatever the lines say then is the loss's doing: ``log(p + 1e-8)`` where p is smaller than that
    has a slope of its own, and a kink has two. Numeric derivatives fail nobody's right answer.
    """
    draw = question.draws[key]
    is_allowed = bool(question.item.parameters.get("stabilised", True))
    loss = compared_loss(question, answer, draw, found[0].at)
    right = draw.expected[question.convention][answer]
    compared = compare(answer, question.answers[key][answer], right)
    if compared.outcome is not Outcome.CORRECT or (compared.stabilisers and not is_allowed):
        return None
    told = _as_its_loss(answer, loss, is_allowed)
    return told if told.outcome is Outcome.CORRECT else None


_OUTCOMES = {
    Agreement.YES: Outcome.CORRECT,
    Agreement.NO: Outcome.WRONG,
    Agreement.UNKNOWN: Outcome.UNSURE,
}


def _as_its_loss(answer: str, loss: Comparison, is_stabiliser_allowed: bool) -> Comparison:
    """Return what a gradient is that is the derivative of the own loss: as right as that is."""
    told = f"{answer} goes with your own loss, but {loss.detail}"
    if loss.outcome is not Outcome.CORRECT:
        return _comparison(loss.outcome, told)
    note = f"the loss: {loss.note}" if loss.note else ""
    if loss.stabilisers:
        which = f"right up to a stabiliser, {min(loss.stabilisers)}"
        if not is_stabiliser_allowed:
            told = f"{answer} goes with your own loss, which is only {which}"
            return _comparison(Outcome.WRONG, told)
        note = f"the loss: {which}"
    return replace(_comparison(Outcome.CORRECT, "right"), note=note)


def _findings(
    sweeps: Mapping[SweepKey, Answer], draw: Draw, lines: Sequence[SweepKey], value: Array
) -> list[Finding] | Failed:
    """Return what the lines say that have been looked along."""
    found = []
    for line in lines:
        sampled = sweeps.get(line)
        if isinstance(sampled, Failed):
            return sampled
        if sampled is not None:
            found.append(finding(value, direction(draw, line), sampled.value))
    return found


def _comparison(outcome: Outcome, detail: str) -> Comparison:
    deviation = 0.0 if outcome is Outcome.CORRECT else np.inf
    return Comparison(outcome=outcome, deviation=deviation, detail=detail)


def _told(answer: str, found: list[Finding]) -> str:
    """Return a clause about the line that says most."""
    for one in found:
        if one.agreement is Agreement.NO:
            return (
                f"along a random line {answer} says {one.told:.6g}, and the loss changes by "
                f"{one.measured:.6g}"
            )
    for one in found:
        if one.agreement is Agreement.UNKNOWN:
            return f"{answer} cannot be judged by the loss: {one.reason}"
    return "right"


def _confirmed(results: Results) -> Results:
    """Leave a single failure of a case in doubt, so that another draw is asked for."""
    settled: dict[str, dict[str, dict[DrawKey, Comparison]]] = {}
    for answer, cases in results.items():
        for case, found in cases.items():
            failures = [key for key, c in found.items() if _is_failure(c)]
            settled.setdefault(answer, {})[case] = {
                key: replace(c, outcome=Outcome.UNSURE) if failures == [key] else c
                for key, c in found.items()
            }
    return settled


def _is_failure(comparison: Comparison) -> bool:
    return comparison.outcome is Outcome.WRONG and comparison.detail.startswith("along a random")


def _unless_coarse(
    question: Question,
    answer: str,
    key: DrawKey,
    draw: Draw,
    told: Comparison,
    found: Sequence[Finding],
) -> Comparison:
    """Leave it to a person where a right loss moves in steps, and cannot show what is a little off.

    The right gradient is known beside it: what differs from that agrees with the loss only because
    the steps hide it.
    """
    if told.outcome is not Outcome.CORRECT or not any(one.is_coarse for one in found):
        return told
    right = draw.expected[question.convention][answer]
    if compare(answer, question.answers[key][answer], right).outcome is Outcome.CORRECT:
        return told
    return _comparison(Outcome.UNSURE, f"{answer} agrees only as far as so coarse a loss can tell")


# --- where it is wrong -----------------------------------------------------------------------


def _entries(question: Question, results: Results) -> list[SweepKey]:
    """Return the entries to be looked at one by one, on the smallest draw that has failed."""
    return [
        SweepKey(key, _wrt(question, answer), entry=entry)
        for answer, key in _failed(question, results).items()
        for entry in _looked_at(question.draws[key], _wrt(question, answer), key)
    ]


def _failed(question: Question, results: Results) -> dict[str, DrawKey]:
    failed: dict[str, DrawKey] = {}
    for answer, cases in results.items():
        keys = [key for found in cases.values() for key, c in found.items() if _is_failure(c)]
        if keys:
            wrt = _wrt(question, answer)
            failed[answer] = min(keys, key=lambda k: (np.size(question.draws[k].inputs[wrt]), k))
    return failed


def _looked_at(draw: Draw, wrt: str, key: DrawKey) -> list[int]:
    size = int(np.size(draw.inputs[wrt]))
    if size <= MOST_ENTRIES:
        return list(range(size))
    rng = np.random.default_rng([size, key.index])
    return sorted(int(i) for i in rng.choice(size, MOST_ENTRIES, replace=False))


def _where(question: Question, answer: str, key: DrawKey) -> str:
    draw, wrt = question.draws[key], _wrt(question, answer)
    came = question.answers[key][answer]
    assert isinstance(came, Returned), "only numbers fail along a line"
    value = came.value.reshape(np.shape(draw.inputs[wrt])).astype(np.float64)
    tried = _looked_at(draw, wrt, key)
    wrong: list[tuple[int, Finding]] = []
    for entry in tried:
        sweep = SweepKey(key, wrt, entry=entry)
        sampled = question.sweeps[sweep]
        if isinstance(sampled, Returned):
            one = finding(value, direction(draw, sweep), sampled.value)
            if one.agreement is Agreement.NO:
                wrong.append((entry, one))
    if not wrong:
        return ""
    entry, one = wrong[0]
    step = float(np.abs(direction(draw, SweepKey(key, wrt, entry=entry))).max())
    _, place = entry_of(entry, value.shape)
    return (
        f"Of {answer}'s entries {len(wrong)} of {len(tried)} that were tried are wrong, "
        f"as [{place}]: "
        f"{one.told / step:.6g}, where {one.measured / step:.6g} is the derivative."
    )
