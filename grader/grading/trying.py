"""Is one formula right? For whoever tries a derivation, without a rubric and without a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

import reference
from grader.errors import UsageError
from grader.formula import Formula, FormulaError, read, vocabulary
from grader.formula.errors import pointed
from grader.grading.judging import judge_all
from grader.grading.planning import make_plan
from grader.grading.witness import Witness
from grader.records import (
    Answer,
    Case,
    DrawKey,
    Item,
    Limits,
    Modules,
    Outcome,
    Probe,
    ProblemRef,
    Returned,
    Rubric,
    Verdict,
)
from grader.rubric.wording import hint
from reference.problem import Problem

_SEED = 576
_CASES = ("plain", "square")
_NAME = "formula"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a formula.

    Parameters
    ----------
    answer
        Which answer of the problem it is.
    read_as
        How it was read, as LaTeX; empty where it could not be.
    complaint
        Why it could not be read, with the place; empty where it was.
    verdict
        What was found; None where it could not be read.
    """

    answer: str
    read_as: str
    complaint: str
    verdict: Verdict | None

    @property
    def is_right(self) -> bool:
        """Whether it is right on every draw."""
        return self.verdict is not None and self.verdict.outcome is Outcome.CORRECT


def try_formula(
    problem_id: str, wrt: str, text: str, of: str = "", chosen: Mapping[str, str] | None = None
) -> Tried:
    """Read a formula, judge it on certified draws, and say what is wrong with it.

    Parameters
    ----------
    problem_id
        A problem of ``reference``.
    wrt
        What is differentiated by, ``W``, or the name of an answer, ``dW``.
    text
        The formula, with definitions in lines before it.
    of
        Which loss is differentiated, where the problem has several.
    chosen
        Options of the problem.

    Raises
    ------
    UsageError
        If there is no such problem, answer or option.
    """
    problem, options = _problem(problem_id, chosen or {})
    answer = _answer(problem, options, wrt, of)
    words = vocabulary(problem_id, options, answer)
    try:
        formula: Formula = read(text, words)
    except FormulaError as error:
        complaint = f"{error.told}\n\n{pointed(text, error)}"
        return Tried(answer=answer, read_as="", complaint=complaint, verdict=None)
    verdict = _judged(ProblemRef(id=problem_id, options=options), answer, text)
    return Tried(answer=answer, read_as=formula.latex, complaint="", verdict=verdict)


def _problem(problem_id: str, chosen: Mapping[str, str]) -> tuple[Problem, dict[str, str]]:
    known = reference.problem_ids()
    if problem_id not in known:
        raise UsageError(f"there is no problem {problem_id!r}{hint(problem_id, known)}")
    problem = reference.problem(problem_id)
    try:
        return problem, problem.resolve_options(chosen)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _answer(problem: Problem, options: Mapping[str, str], wrt: str, of: str) -> str:
    """Return the answer that is meant, by its own name or by what it is the derivative by."""
    inputs = problem.inputs(np.random.default_rng(_SEED), options=options)
    answers = problem.solve(inputs, options)
    if wrt in answers and not of:
        return wrt
    fitting = [
        name
        for name, gradient in problem.gradients.items()
        if gradient.wrt == wrt and of in ("", gradient.of) and name in answers
    ]
    # A delta is the gradient in a bias too: what is called after the input is meant.
    plain = [name for name in fitting if name.endswith(wrt)]
    fitting = plain if len(plain) == 1 else fitting
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        told = ", ".join(fitting)
        several = f"problem {problem.id} has several derivatives by {wrt}: {told}"
        raise UsageError(f"{several}; name one, as in --wrt {fitting[0]}")
    known = sorted({gradient.wrt for gradient in problem.gradients.values()} | set(answers))
    raise UsageError(f"problem {problem.id} has no derivative by {wrt!r}{hint(wrt, known)}")


def _judged(source: ProblemRef, answer: str, text: str) -> Verdict:
    plan = make_plan(_rubric(source, answer))
    came = Returned(value=np.frombuffer(text.encode("utf-8", "replace"), np.uint8))

    def ask(key: DrawKey) -> Mapping[str, Answer]:
        return {answer: came}

    verdicts, _ = judge_all(plan, Witness(ask=ask))
    return verdicts[_NAME]


def _rubric(source: ProblemRef, answer: str) -> Rubric:
    """Return a rubric of one item, the formula."""
    regimes = reference.problem(source.id).regimes
    probe = Probe(
        id=_NAME,
        source=source,
        cases=tuple(
            Case(name=name, draws=2 if name == "plain" else 1, overrides={})
            for name in _CASES
            if name == "plain" or name in regimes
        ),
        variants=(),
        answers={answer: ""},
        constants={},
        limits=Limits(),
    )
    item = Item(
        id=_NAME,
        title="A formula",
        section="",
        points=Decimal(1),
        check=_NAME,
        probe=_NAME,
        answers=(answer,),
        group=None,
        case_weights={},
        answer_weights={},
        parameters={},
        hint="",
        visibility="visible",
    )
    return Rubric(
        id=_NAME,
        title="A formula",
        seed=_SEED,
        modules=Modules(expected=()),
        limits=Limits(),
        probes={_NAME: probe},
        groups={},
        items=(item,),
        starter=(),
        digest="",
    )
