"""What does the diagnosis call a wrong variant, and does the name hold on other draws?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from grader.diagnosis import Background, Sample, background, diagnose
from grader.records import DrawKey
from tests.bank.trial import Answers, Setting, Solve, answered, draw_of


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


def is_alias(name: str, spoilt: Sequence[str], solve: Solve, setting: Setting) -> bool:
    """Return whether code gets the same name on other draws: then it is that mistake by value.

    Nobody knows what a mutation is called. But a name that holds on draws that it was not found
    on describes what the code does; one that does not hold was wrong.
    """
    return name_of(spoilt, answered(solve, setting), setting) == name
