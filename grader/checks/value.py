"""Is a value right: a forward pass, a loss, an activation, a prediction?"""

from __future__ import annotations

from grader.checks.cases import judge
from grader.checks.registry import NeedMore, Question
from grader.records import Verdict


def step(question: Question) -> Verdict | NeedMore:
    """Judge an item's values against the reference's on every draw."""
    return judge(question, "value")
