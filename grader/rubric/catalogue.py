"""Which problems and data sets may a rubric name, and what do they offer?"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from reference import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFacts:
    """What a rubric may say about a problem."""

    id: str
    options: Mapping[str, tuple[str, ...]]
    """Option -> its values, the default first."""
    sizes: frozenset[str]
    settings: frozenset[str]
    regimes: frozenset[str]
    """Case names that change the draw by themselves."""
    gradients: frozenset[str]
    """Answers that are derivatives."""
    intermediates: frozenset[str] = frozenset()
    """Answers from which, as a student gave them, the later ones can be computed."""
    notation: frozenset[str] = frozenset()
    """Further intermediates that a formula may use."""


class Catalogue(Protocol):
    """Looks problems and data sets up by id."""

    def problem_ids(self) -> tuple[str, ...]:
        """Return the ids of all problems."""

    def problem(self, problem_id: str) -> ProblemFacts:
        """Return the facts of a known problem."""

    def answers(self, problem_id: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of a known problem's answers under valid options."""

    def inputs(self, problem_id: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of a known problem's inputs under valid options, sizes among them."""

    def dataset_ids(self) -> tuple[str, ...]:
        """Return the ids of all data sets."""

    def dataset_parameters(self, dataset_id: str) -> tuple[str, ...]:
        """Return the names of a known data set's parameters."""


class ReferenceCatalogue:
    """The problems and data sets of ``reference``, each imported when it is asked for."""

    def problem_ids(self) -> tuple[str, ...]:
        """Return the ids of all problems, without importing them."""
        import reference

        return reference.problem_ids()

    def problem(self, problem_id: str) -> ProblemFacts:
        """Return the facts of a known problem."""
        from grader.formula.notation import names_of_steps

        found = _problem(problem_id)
        return ProblemFacts(
            id=problem_id,
            options=found.options,
            sizes=frozenset().union(*found.sizes),
            settings=frozenset(found.settings),
            regimes=frozenset(found.regimes),
            gradients=frozenset(found.gradients),
            intermediates=frozenset(found.intermediates),
            notation=names_of_steps(problem_id, found),
        )

    def answers(self, problem_id: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of a known problem's answers, learnt by solving one draw."""
        return _names(problem_id, options)[1]

    def inputs(self, problem_id: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of a known problem's inputs, learnt from the same draw.

        They depend on the options alone: every case and every draw has the same.
        """
        return _names(problem_id, options)[0]

    def dataset_ids(self) -> tuple[str, ...]:
        """Return the ids of all data sets."""
        return tuple(_datasets())

    def dataset_parameters(self, dataset_id: str) -> tuple[str, ...]:
        """Return the parameters of a data set's function after its generator and count."""
        return tuple(inspect.signature(_datasets()[dataset_id]).parameters)[2:]


def _problem(problem_id: str) -> Problem:
    import reference

    return reference.problem(problem_id)


def _names(problem_id: str, options: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of a problem's inputs and of its answers."""
    resolved = _problem(problem_id).resolve_options(options)
    return _drawn_names(problem_id, tuple(sorted(resolved.items())))


@cache
def _drawn_names(
    problem_id: str, options: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    import numpy as np

    problem = _problem(problem_id)
    inputs = problem.inputs(np.random.default_rng(0), options=dict(options))
    return tuple(inputs), tuple(problem.solve(inputs, dict(options)))


def _datasets() -> Mapping[str, Any]:
    """Return the data sets' functions; none in an installation without that module."""
    try:
        module = import_module("reference.datasets")
    except ModuleNotFoundError:
        return {}
    datasets: Mapping[str, Any] = module.DATASETS
    return datasets
