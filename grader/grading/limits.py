"""Which limits does a command set in place of a rubric's?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from grader.errors import UsageError
from grader.records import Limits, Rubric
from grader.rubric.schema import LimitsModel, ProbeLimitsModel

_OF_A_CALL = ("cpu_s", "wall_s", "memory_mb", "output_kb")


def with_limits(rubric: Rubric, given: Iterable[str]) -> Rubric:
    """Return a rubric with limits from the command line.

    Parameters
    ----------
    rubric
        As its author wrote it.
    given
        ``NAME=VALUE`` holds for the whole submission and for every probe that keeps to the
        rubric's; ``PROBE.NAME=VALUE`` for one probe. Names and ranges are those of the rubric's
        ``limits``; of two for the same the later counts.

    Raises
    ------
    UsageError
        If a name, a probe or a value is not known or does not fit.
    """
    for text in given:
        probe, name, value = _parsed(text, rubric)
        rubric = (
            _for_probe(rubric, probe, {name: value}) if probe else _for_all(rubric, name, value)
        )
    _must_fit("the rubric", rubric.limits)
    for probe, asked in rubric.probes.items():
        _must_fit(f"probe {probe}", asked.limits)
    return rubric


def _parsed(text: str, rubric: Rubric) -> tuple[str, str, float | int]:
    """Return the probe that a limit is for, or "", its name and its value."""
    where, is_there, told = text.partition("=")
    probe, _, name = where.rpartition(".")
    if probe and probe not in rubric.probes:
        known = ", ".join(rubric.probes)
        raise UsageError(
            f"limit {text}: rubric {rubric.id} has no probe {probe!r} (it has: {known})"
        )
    model = ProbeLimitsModel if probe else LimitsModel
    if not is_there or name not in model.model_fields:
        names = ", ".join(model.model_fields)
        raise UsageError(f"limit {text}: must be NAME=VALUE with one of the names {names}")
    return probe, name, _value(text, name, told, model)


def _value(text: str, name: str, told: str, model: type[ProbeLimitsModel]) -> float | int:
    try:
        number = int(told) if told.isdecimal() else Decimal(told)
        value: float | int = getattr(model.model_validate({name: number}), name)
    except InvalidOperation:
        raise UsageError(f"limit {text}: {told!r} is no number") from None
    except ValidationError as error:
        raise UsageError(f"limit {text}: {name} {error.errors()[0]['msg']}") from None
    return value


def _for_all(rubric: Rubric, name: str, value: float | int) -> Rubric:
    """Set a limit for the submission, and for the probes that have none of their own."""
    usual = getattr(rubric.limits, name)
    changed = replace(rubric, limits=_set(rubric.limits, {name: value}))
    if name not in _OF_A_CALL:
        return changed
    for probe, asked in rubric.probes.items():
        if getattr(asked.limits, name) == usual:
            changed = _for_probe(changed, probe, {name: value})
    return changed


def _for_probe(rubric: Rubric, probe: str, values: Mapping[str, float | int]) -> Rubric:
    asked = rubric.probes[probe]
    told = replace(asked, limits=_set(asked.limits, values))
    return replace(rubric, probes={**rubric.probes, probe: told})


def _set(limits: Limits, values: Mapping[str, Any]) -> Limits:
    return replace(limits, **values)


def _must_fit(whose: str, limits: Limits) -> None:
    if limits.wall_s is not None and not limits.wall_s >= limits.cpu_s:
        told = f"{limits.wall_s:g} s of wall time, less than the {limits.cpu_s:g} s of CPU time"
        raise UsageError(f"limits of {whose}: a call would have {told}")
