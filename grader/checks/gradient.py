"""Is a gradient right? Judged entry by entry against the reference's, on certified draws.

The reference's gradients have passed the complex-step check on these very draws; the verdict's
evidence says how closely. Where a rubric says ``method: numeric``, the answers are held against
numeric derivatives of the probe's own loss instead.
"""

from __future__ import annotations

from dataclasses import replace

from grader.checks.by_numbers import judge_numerically
from grader.checks.cases import judge
from grader.checks.registry import NeedMore, Question
from grader.checks.units import CERTIFIED_WITHIN
from grader.records import Verdict


def step(question: Question) -> Verdict | NeedMore:
    """Judge an item's gradients on every draw."""
    if question.item.parameters.get("method") == "numeric":
        return judge_numerically(question)
    verdict = judge(question, "gradient")
    if isinstance(verdict, NeedMore):
        return verdict
    return certified(question, verdict)


def certified(question: Question, verdict: Verdict) -> Verdict:
    """Return a verdict with the evidence that the reference is right on these very draws."""
    worst = max(
        draw.certificate.get(answer, 0.0)
        for draw in question.draws.values()
        for answer in question.item.answers
    )
    told = (
        f"certified: the reference agrees with the complex step within {worst:.2g} units "
        f"(allowed: {CERTIFIED_WITHIN:.0f})"
    )
    return replace(verdict, notes=(*verdict.notes, told))
