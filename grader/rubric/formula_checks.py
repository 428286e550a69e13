"""Does a probe ask for formulas where an item judges formulas, and nowhere else?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grader.errors import Complaint
from grader.rubric.catalogue import ProblemFacts
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.schema import AskedModel, ProbeModel
from grader.rubric.wording import hint, shown

FORMULA = "formula"
"""The function that gives a submission's formula, and the check that judges it."""


def asks_formulas_alone(probe: ProbeModel) -> bool:
    """Return whether all answers of a probe are formulas, so that it needs no code."""
    return bool(probe.answers) and all(map(label_of, probe.answers.values()))


def label_of(expression: str) -> str:
    """Return the label of the formula that an answer's expression asks for, or nothing.

    >>> label_of('formula("q1.d")'), label_of("dW")
    ('q1.d', '')
    """
    try:
        call = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        # That it is no Python is told elsewhere.
        return ""
    match call:
        case ast.Call(
            func=ast.Name(id=name), args=[ast.Constant(value=str(label))], keywords=[]
        ) if name == FORMULA:
            return label.strip()
    return ""


def formula_complaints(
    draft: Draft, at: Path, item: AskedModel, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield the answers of an item that are no formulas, or are formulas where numbers are judged.

    Parameters
    ----------
    draft, at, item
        The item, at its path; its probe exists.
    problems
        The known problem of each probe that has one.
    """
    answers = draft.rubric.probes[item.probe].answers
    for i, name in enumerate(item.answer):
        if name not in answers:
            continue
        is_formula, path = bool(label_of(answers[name])), (*at, "answer", i)
        if item.check == FORMULA and not is_formula:
            message = f"{shown(name)} of the probe {item.probe!r} is no formula: "
            message += (
                f'write its answer as formula("{name}"), with the label that stands before it'
            )
            yield draft.document.at(path, message)
        elif item.check != FORMULA and is_formula:
            message = (
                f"{shown(name)} of the probe {item.probe!r} is a formula: use the check 'formula'"
            )
            yield draft.document.at(path, message)
    if item.check == FORMULA and item.probe in problems:
        yield from _names(draft, at, item, problems[item.probe])


def _names(draft: Draft, at: Path, item: AskedModel, facts: ProblemFacts) -> Iterator[Complaint]:
    """Yield the names that a formula may use and the problem has not."""
    written = item.further.get("names")
    names = written if isinstance(written, list) else [written]
    known = sorted(facts.intermediates | facts.notation)
    for i, name in enumerate(names):
        if isinstance(name, str) and name not in known:
            path = (*at, "names", i) if isinstance(written, list) else (*at, "names")
            message = f"problem {facts.id} has no intermediate {shown(name)}{hint(name, known)}"
            yield draft.document.at(path, message)
