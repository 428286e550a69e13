"""A wrong variant: which mistake, how it is made from the reference, and where it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.diagnosis.edits import Edit, edited
from reference.problem import Problem
from tests.bank.trial import Options, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mistake in one problem.

    Parameters
    ----------
    problem, name
        Which problem, and the mistake as a slug, different within a problem.
    about
        The mistake in a sentence.
    edits
        What makes the reference make it.
    spoils
        The answers that it changes; all others stay as they are.
    cases
        Where it shows: at least one of these cases has a draw in which each answer changes.
    names
        The diagnoses that would be right; where there are none, silence is.
    options
        Under which the problem is posed.
    """

    problem: str
    name: str
    about: str
    edits: tuple[Edit, ...]
    spoils: tuple[str, ...]
    cases: tuple[str, ...] = ("plain",)
    names: frozenset[str] = frozenset()
    options: Options = ()

    def __str__(self) -> str:
        return f"{self.problem}-{self.name}"

    @property
    def setting(self) -> Setting:
        """Return where it is tried."""
        return Setting(problem=self.problem, options=self.options)

    def variant(self) -> Problem:
        """Return the wrong problem: a fresh copy, without memory of earlier calls."""
        return edited(self.problem, self.edits)


def row(
    problem: str,
    name: str,
    about: str,
    *changes: tuple[str, ...],
    spoils: str,
    names: str = "",
    cases: str = "plain",
    options: Options = (),
) -> Row:
    """Return a row from words: changes are (old, new) or (old, new, module)."""
    return Row(
        problem=problem,
        name=name,
        about=about,
        edits=tuple(Edit(*change) for change in changes),
        spoils=tuple(spoils.split()),
        cases=tuple(cases.split()),
        names=frozenset(names.split()),
        options=options,
    )


_ENTRY = (
    "(spoilt := {0}) + 0.25 * np.abs(spoilt).max()"
    " * (np.arange(spoilt.size).reshape(spoilt.shape) == spoilt.size // 2)"
)
_FIRST_CALL = (
    '({0}) * (1.0 if globals().setdefault("CALLS", []).append(0) or len(CALLS) == 1 else 1.5)'
)

EVERYWHERE = {
    "sign": ("The sign is wrong.", "-({0})", "sign step_sign"),
    "thousandth": ("All is too large by 0.1 %.", "1.001 * ({0})", "factor"),
    "one_entry": ("A single entry of the array is wrong.", _ENTRY, "isolated_entries"),
    "first_call": ("Only the first call is right.", _FIRST_CALL, "state_kept"),
    "second_array": (
        "Only the first array that is made is right.",
        _FIRST_CALL,
        "factor state_kept",
    ),
}
"""Mistakes that can be made in any array: what it is, how it is written, what it is called."""


def everywhere(
    problem: str, text: str, around: str = "{}", *, spoils: str, without: str = "second_array"
) -> Iterator[Row]:
    """Yield the mistakes of ``EVERYWHERE`` in the array that a piece of text stands for.

    Parameters
    ----------
    problem
        As in ``reference.problem``.
    text
        The expression.
    around
        What stands about ``{}``, its place, so that it is found once.
    spoils, without
        The answers that are made of it; the mistakes that make no sense there.
    """
    for kind, (about, template, names) in EVERYWHERE.items():
        if kind not in without.split():
            wrong = f"({template.format(text)})"
            change = (around.replace("{}", text), around.replace("{}", wrong))
            name = f"{kind}_{spoils.split()[0]}"
            yield row(problem, name, about, change, spoils=spoils, names=names)
