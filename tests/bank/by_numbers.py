"""What does the judge say of a variant's gradients by numeric derivatives of its own loss alone?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.checks import CHECKS, NeedMore, Question
from grader.checks.by_reference import ByReference
from grader.checks.numeric import points
from grader.checks.sweeps import direction
from grader.records import Answer, Failed, Outcome, ProblemRef, Returned, SweepKey, Verdict
from tests.bank.trial import Answers, Setting, Solve, answers_of, asked, draw_of, given_to
from tests.scoring.made import item

MOST_ROUNDS = 30
NO_VALUE = ("LinAlgError", "OverflowError", "ValueError", "ZeroDivisionError")
"""Exceptions that the child takes for a place where a loss has no value."""


def gradients_of(setting: Setting) -> Iterator[str]:
    """Yield the answers that are derivatives of another answer."""
    answers = answers_of(setting)
    for name in answers:
        gradient = setting.reference.gradients.get(name)
        if gradient is not None and gradient.of in answers:
            yield name


class Losses:
    """A variant's own losses along lines, each line looked along once.

    Parameters
    ----------
    solve
        The variant.
    setting
        Where it is tried.
    """

    def __init__(self, solve: Solve, setting: Setting) -> None:
        self.solve = solve
        self.setting = setting
        self.evaluations = 0
        self._known: dict[tuple[str, SweepKey], Answer] = {}

    def along(self, name: str, key: SweepKey) -> Answer:
        """Return the loss that a gradient is the derivative of, at the points of one line."""
        gradient = self.setting.reference.gradients[name]
        known = (f"{gradient.of} {gradient.along}", key)
        if known not in self._known:
            self._known[known] = self._sampled(name, key)
        return self._known[known]

    def _sampled(self, name: str, key: SweepKey) -> Answer:
        gradient = self.setting.reference.gradients[name]
        draw = draw_of(self.setting, key.draw)
        line, samples = direction(draw, key), []
        for point in points():
            moved = draw.inputs[key.wrt] + point * line
            there = {**draw.inputs, key.wrt: moved if np.ndim(moved) else float(moved)}
            came = given_to(self.solve, there, self.setting.full_options)
            self.evaluations += 1
            if isinstance(came, Failed):
                if point == 0 or came.exception not in NO_VALUE:
                    return came
                samples.append(np.nan)
                continue
            along = 1.0 if gradient.along is None else draw.inputs[gradient.along]
            try:
                with np.errstate(all="ignore"):
                    samples.append(float(np.sum(np.asarray(came[gradient.of]) * along)))
            except (KeyError, TypeError, ValueError) as error:
                return Failed(outcome=Outcome.RAISED, message=str(error))
        return Returned(value=np.array(samples))


def verdict_by_numbers(name: str, answers: Answers, losses: Losses) -> Verdict:
    """Return the verdict on one gradient, further draws and lines asked for where in doubt.

    Parameters
    ----------
    name
        One of ``gradients_of``.
    answers
        What the variant answered on the covering array.
    losses
        The variant's own losses.
    """
    setting = losses.setting
    missing = Failed(outcome=Outcome.NOT_IMPLEMENTED, message=f"{name} did not come back")
    known = {key: {name: came.get(name, missing)} for key, came in answers.items()}
    sweeps: dict[SweepKey, Answer] = {}
    for _ in range(MOST_ROUNDS):
        decided = CHECKS["gradient"](
            Question(
                item=item(answers=(name,), check="gradient", parameters={"method": "numeric"}),
                draws={key: draw_of(setting, key) for key in known},
                answers=known,
                problem=ProblemRef(id=setting.problem, options=setting.full_options),
                has_loss=True,
                sweeps=sweeps,
                known=ByReference(),
            )
        )
        if not isinstance(decided, NeedMore):
            return decided
        for key in decided.keys:
            known[key] = {name: asked(losses.solve, setting, key).get(name, missing)}
        sweeps |= {key: losses.along(name, key) for key in decided.sweeps}
    raise AssertionError(f"no verdict on {name} of {setting.problem} after {MOST_ROUNDS} rounds")
