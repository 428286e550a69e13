"""Is a typed formula right? Evaluated on the certified draws, and judged as what it comes to is.

What came back from the student's process is a text. It is read by our own parser, in which nothing
can be called but functions of matrix calculus, and becomes an array like any other answer.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

import reference
from grader.checks.cases import judge
from grader.checks.comparison import compare, has_accepted_shape
from grader.checks.gradient import certified
from grader.checks.registry import NeedMore, Question
from grader.checks.typed import READ_AS, UNREAD
from grader.formula import Formula, FormulaError, ShapeError, read, vocabulary
from grader.formula.document import UnansweredError
from grader.formula.errors import pointed
from grader.formula.vocabulary import Vocabulary
from grader.records import Answer, Array, Draw, DrawKey, Failed, Item, Outcome, Returned, Verdict

_KEPT = 256
_SHORT = 4
"""Signs; a place of fewer is shown with its line, since there may be many such."""
_LONGEST = 1200
"""Characters of what is told of how a formula was read."""


def step(question: Question) -> Verdict | NeedMore:
    """Judge an item's formulas on every draw."""
    answers = evaluated(question)
    follows = _follows(question) if question.item.carried > 0 else {}
    verdict = judge(replace(question, answers=answers, follows=follows), "formula")
    if isinstance(verdict, NeedMore):
        return verdict
    notes = [*verdict.notes, *_readings(question)]
    verdict = replace(verdict, notes=tuple(notes))
    return certified(question, verdict)


def evaluated(question: Question) -> dict[DrawKey, dict[str, Answer]]:
    """Return the answers of an item's probe with every formula worked out on its draw.

    Parameters
    ----------
    question
        The item; what its probe answered are texts.

    Notes
    -----
    Where the item goes on from the student's own earlier steps (``given``), their names stand in
    its formula for what the student found them to be, right or wrong.
    """
    return {
        key: {**answers, **_on_draw(question, question.draws[key], answers)}
        for key, answers in question.answers.items()
    }


def _on_draw(question: Question, draw: Draw, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    item = question.item
    found: dict[str, Answer] = {}
    own: dict[str, Array] = {}
    for name in (*_in_order(question, item), *item.answers):
        formula = _read(question, name, answers[name])
        if isinstance(formula, Failed):
            found[name] = formula
            continue
        try:
            value = formula.value(draw.inputs, own)
            defined = formula.own_values(draw.inputs, own)
        except FormulaError as error:
            found[name] = _failed(Outcome.RAISED, formula.text, error)
            continue
        may_lie = bool(item.parameters.get("transposed"))
        value = value.T if may_lie and formula.is_transposed else value
        found[name] = Returned(value=_flat(value, draw, name))
        if name not in item.answers:
            own[name] = value
        # A step that is defined on the way is a step of one's own as well.
        for step_name in item.given:
            if step_name in defined and step_name != name:
                found[step_name] = Returned(value=_flat(defined[step_name], draw, step_name))
    return found


# --- carried forward ---------------------------------------------------------------------------


def _follows(question: Question) -> dict[tuple[str, str], str]:
    """Return which answers would be right if the student's own intermediates were.

    Where a text works out an intermediate of the problem itself (``e``, ``K``) and has it wrong,
    what it goes on to say may still be right: it is, with the right intermediate in its place.
    """
    cases: dict[str, list[Draw]] = {}
    for key, draw in question.draws.items():
        cases.setdefault(key.case, []).append(draw)
    found = {}
    for name in question.item.answers:
        formula = _read(question, name, next(iter(question.answers.values()))[name])
        own = () if isinstance(formula, Failed) else formula.own_intermediates
        if isinstance(formula, Failed) or not own:
            continue
        mended = read(formula.text, formula.words, frozenset(own))
        told = f"{name} is right for your own {' and '.join(own)}, which {_are(own)} wrong"
        for case, draws in cases.items():
            if all(_is_right(mended, draw, question, name) for draw in draws):
                found[name, case] = told
    return found


def _are(names: tuple[str, ...]) -> str:
    return "are" if len(names) > 1 else "is"


def _is_right(formula: Formula, draw: Draw, question: Question, name: str) -> bool:
    try:
        value = formula.value(draw.inputs)
    except FormulaError:
        return False
    right = draw.expected[question.convention][name]
    came = Returned(value=_flat(value, draw, name))
    return compare(name, came, right).outcome is Outcome.CORRECT


def _in_order(question: Question, item: Item) -> list[str]:
    """Return the earlier steps that an item goes on from, in the order of the problem."""
    assert question.problem is not None, "a formula is judged on a problem's draws"
    order = reference.problem(question.problem.id).intermediates
    steps = [name for name in item.given if name not in item.answers]
    return sorted(steps, key=lambda name: order.index(name) if name in order else len(order))


def _flat(value: Array, draw: Draw, name: str) -> Array:
    """Return a value in the shape that the right one has, where it may lie another way."""
    for right in draw.expected.values():
        if name in right and has_accepted_shape(value.shape, right[name].value.shape):
            return value.reshape(right[name].value.shape)
    return np.ascontiguousarray(value)


# --- reading -----------------------------------------------------------------------------------


def _read(question: Question, name: str, answer: Answer) -> Formula | Failed:
    """Return an answer's formula, or why there is none."""
    if isinstance(answer, Failed):
        return answer
    if answer.value.dtype != np.uint8 or answer.value.ndim != 1:
        return Failed(outcome=Outcome.WRONG, message=f"{name} came back as no text")
    text = answer.value.tobytes().decode("utf-8", "replace")
    assert question.problem is not None, "a formula is judged on a problem's draws"
    names = question.item.parameters.get("names") or None
    options = tuple(sorted(question.problem.options.items()))
    try:
        return _parsed(text, question.problem.id, options, name, names)
    except UnansweredError as error:
        return Failed(outcome=Outcome.NOT_IMPLEMENTED, message=error.told)
    except ShapeError as error:
        return _failed(Outcome.WRONG, text, error)
    except FormulaError as error:
        return _failed(Outcome.RAISED, text, error)


def _failed(outcome: Outcome, text: str, error: FormulaError) -> Failed:
    line, _, carets = pointed(text, error).partition("\n")
    place = line[len(carets) - carets.count("^") :][: carets.count("^")].strip()
    at = f", at “{place}”" if place else ""
    if place and len(place) < _SHORT and len(line.strip()) > len(place):
        at += f" in “{line.strip()}”"
    exception = type(error).__name__
    return Failed(outcome=outcome, message=f"{error.told}{at}", exception=exception)


@functools.lru_cache(maxsize=_KEPT)
def _parsed(
    text: str,
    problem: str,
    options: tuple[tuple[str, str], ...],
    answer: str,
    names: tuple[str, ...] | None,
) -> Formula:
    return read(text, _words(problem, options, answer, names))


@functools.lru_cache(maxsize=_KEPT)
def _words(
    problem: str,
    options: tuple[tuple[str, str], ...],
    answer: str,
    names: tuple[str, ...] | None,
) -> Vocabulary:
    return vocabulary(problem, dict(options), answer, names)


def _readings(question: Question) -> list[str]:
    """Return how each formula was read, for whoever wrote it."""
    key = next(iter(question.answers))
    told, unread = [], False
    for name in question.item.answers:
        formula = _read(question, name, question.answers[key][name])
        if isinstance(formula, Formula):
            shown = formula.latex
            shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} …"
            told.append(f"{name} was {READ_AS} {shown}")
        unread = unread or (isinstance(formula, Failed) and formula.exception == "FormulaError")
    return [*told, *([UNREAD] if unread else [])]
