"""The judge: pure functions from draws and answers to verdicts."""

from grader.checks import gradient, number, property, recorded, training, typed, update, value
from grader.checks.registry import COMPARED, NeedMore, Question, Step

__all__ = ["CHECKS", "COMPARED", "NeedMore", "Question", "Step"]

CHECKS: dict[str, Step] = {
    "formula": typed.step,
    "gradient": gradient.step,
    "number": number.step,
    "property": property.step,
    "recorded": recorded.step,
    "training": training.step,
    "update": update.step,
    "value": value.step,
}
"""Every check by its name in a rubric; a new one is a file and a row."""
