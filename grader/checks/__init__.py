"""The judge: pure functions from draws and answers to verdicts."""

from grader.checks import gradient, training, value
from grader.checks.registry import NeedMore, Question, Step

__all__ = ["CHECKS", "NeedMore", "Question", "Step"]

CHECKS: dict[str, Step] = {
    "gradient": gradient.step,
    "training": training.step,
    "value": value.step,
}
"""Every check by its name in a rubric; a new one is a file and a row."""
