"""Typed formulas, without their parser: it is loaded where a formula is judged.

The parser knows the reference's words, so that a student's kit has neither it nor items that are
typed. What imports this module does not import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from grader.checks.registry import NeedMore, Question
from grader.records import Answer, DrawKey, Verdict

FORMULA = "formula"
"""Name of the check."""
READ_AS = "read as"
"""How the note begins that says what was understood."""
UNREAD = "formulas that could not be read"
"""How the flag begins that names items of which a formula was not understood."""
_PARSER = "grader.checks.formula"


def step(question: Question) -> Verdict | NeedMore:
    """Judge an item's formulas on every draw."""
    judged: Verdict | NeedMore = import_module(_PARSER).step(question)
    return judged


def evaluated(question: Question) -> dict[DrawKey, dict[str, Answer]]:
    """Return the answers of an item's probe with every formula worked out on its draw."""
    found: Mapping[DrawKey, Mapping[str, Answer]] = import_module(_PARSER).evaluated(question)
    return {key: dict(answers) for key, answers in found.items()}
