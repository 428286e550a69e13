"""What does the diagnosis call a wrong variant, and does the name hold on other draws?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from grader.checks.stability import differing, instability
from grader.diagnosis import Background, Sample, diagnose
from grader.diagnosis.background import background
from grader.records import Answer, DrawKey, Reply, Usage
from tests.bank.trial import Answers, Setting, Solve, answered, asked, draw_of


@lru_cache(maxsize=64)
def _background(setting: Setting, key: DrawKey) -> Background:
    return background(setting.problem, draw_of(setting, key).inputs, setting.full_options)


def name_of(spoilt: Sequence[str], answers: Answers, setting: Setting) -> str:
    """Return the diagnosis' name of wrong answers, empty where it only tells facts.

    Parameters
    ----------
    spoilt
        The answers that are wrong.
    answers
        What came back on the covering array.
    setting
        Where it came back.
    """
    samples = [
        Sample(
            case=key.case,
            inputs=draw_of(setting, key).inputs,
            right=draw_of(setting, key).expected[""],
            answers=came,
            background=_background(setting, key),
        )
        for key, came in answers.items()
    ]
    found = diagnose(spoilt, samples) if spoilt else None
    return found.name if found is not None else ""


def name_of_state(row_solve: Solve, fresh_solve: Solve, answers: Answers, setting: Setting) -> str:
    """Return what state that is kept is called, empty where the first draw answers alike again.

    Parameters
    ----------
    row_solve
        A variant that has answered all draws; it is asked the first one once more.
    fresh_solve
        The same in a new process, as it were: it is asked everything from the start.
    answers
        What the first has answered.
    setting
        Where it is tried.
    """
    key = next(iter(answers))
    again = asked(row_solve, setting, key)
    if not differing(draw_of(setting, key), answers[key], again):
        return ""
    fresh = answered(fresh_solve, setting)
    repeats = [_reply(again), _reply(fresh[key]), _reply(asked(fresh_solve, setting, key))]
    found = instability(draw_of(setting, key), _reply(answers[key]), repeats)
    return next(iter(found.values())).name if found else ""


def _reply(answers: Mapping[str, Answer]) -> Reply:
    return Reply(answers=answers, usage=Usage(wall_s=0.0, cpu_s=0.0))


def is_alias(name: str, spoilt: Sequence[str], solve: Solve, setting: Setting) -> bool:
    """Return whether code gets the same name on other draws: then it is that mistake by value.

    Nobody knows what a mutation is called. But a name that holds on draws that it was not found
    on describes what the code does; one that does not hold was wrong.
    """
    return name_of(spoilt, answered(solve, setting), setting) == name
