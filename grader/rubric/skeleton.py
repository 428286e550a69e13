"""What does a new rubric for a problem start from? A commented one that holds as it is."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.rubric.catalogue import ReferenceCatalogue
from grader.rubric.fields import ID_RULE, is_id
from grader.rubric.places import RUBRIC_FILE
from grader.rubric.wording import hint, shown

if TYPE_CHECKING:
    from reference.problem import Problem

MODULE = "homework"
_SEED = 2026
_POINTS = 2


def placeholder(answer: str) -> str:
    """Return the hint that an author is to replace.

    >>> placeholder("dW1")
    'Say where to look when dW1 is wrong, without giving it away.'
    """
    return f"Say where to look when {answer} is wrong, without giving it away."


def write_skeleton(problem_id: str, folder: Path) -> tuple[Path, ...]:
    """Write a rubric's folder for a problem: the rubric, a starter and a README.

    Parameters
    ----------
    problem_id
        Of ``reference``.
    folder
        To be made; its name becomes the rubric's id.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    UsageError
        If there is no such problem, the folder's name cannot be an id, the folder holds something
        already, or it cannot be written.
    """
    skeleton = Skeleton.of(problem_id, folder.resolve().name)
    try:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{folder}: holds something already; name a new folder")
        texts = {
            folder / RUBRIC_FILE: skeleton.rubric(),
            folder / "starter" / f"{MODULE}.py": skeleton.starter(),
            folder / "README.md": skeleton.readme(),
        }
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror})") from None
    return tuple(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """A new rubric's texts.

    Parameters
    ----------
    rubric_id
        Its id.
    problem
        What it asks for.
    answers
        The problem's answers.
    """

    rubric_id: str
    problem: Problem
    answers: tuple[str, ...]

    @staticmethod
    def of(problem_id: str, rubric_id: str) -> Skeleton:
        """Return the skeleton for a problem of ``reference``; see ``write_skeleton``."""
        import reference

        catalogue = ReferenceCatalogue()
        known = catalogue.problem_ids()
        if problem_id not in known:
            raise UsageError(f"no problem {shown(problem_id)}{hint(problem_id, known)}")
        if not is_id(rubric_id):
            raise UsageError(f"{rubric_id!r} cannot be a rubric's id: it must be {ID_RULE}")
        problem = reference.problem(problem_id)
        answers = catalogue.answers(problem_id, {})
        return Skeleton(rubric_id=rubric_id, problem=problem, answers=answers)

    @property
    def functions(self) -> Mapping[str, tuple[str, ...]]:
        """Function that students write -> the answers that it gives."""
        values = tuple(name for name in self.answers if name not in self.problem.gradients)
        gradients = tuple(name for name in self.answers if name in self.problem.gradients)
        both = {"values": values, "gradients": gradients}
        return {name: answers for name, answers in both.items() if answers}

    @property
    def inputs(self) -> Mapping[str, str]:
        """Input -> its shape in words."""
        shapes = self.problem.shapes(self.problem.resolve_options({}))
        return {
            name: f"({', '.join(map(str, shape))})" if shape else "a number"
            for name, shape in shapes.items()
            if name.isidentifier() and not keyword.iskeyword(name)
        }

    # --- the rubric -------------------------------------------------------------------------

    def rubric(self) -> str:
        """Return the text of ``rubric.yaml``."""
        parts = [_HEAD.format(id=self.rubric_id, title=self.problem.title, seed=_SEED)]
        parts += [f"  expected: [{MODULE}.py]\n", _MODULES, "\nprobes:\n"]
        parts += [self._probe(name, answers) for name, answers in self.functions.items()]
        parts += ["items:\n", _ITEMS]
        parts += [self._item(name, one) for name, all_ in self.functions.items() for one in all_]
        return "".join(parts)

    def _probe(self, function: str, answers: Iterable[str]) -> str:
        given = ", ".join(self.inputs)
        lines = [
            f"  {function}:",
            *self._options(),
            f"    problem: {self.problem.id}",
            "    # Regimes of inputs; a weight in an item's credit.cases says what each is worth.",
            f"    cases: {{{', '.join(self._cases())}}}",
            "    # How your course's code is called: any Python, on the inputs by their names.",
            "    code: |",
            f"      from {MODULE} import {function}",
            f"      found = {function}({given})",
            "    answers:",
            *(f'      {name}: found["{name}"]' for name in answers),
        ]
        return "\n".join(lines) + "\n\n"

    def _options(self) -> Iterator[str]:
        for name, values in self.problem.options.items():
            known = " or ".join(values)
            told = f"{name} is {values[0]}; {{id: {self.problem.id}, {name}: …}} has {known}"
            yield f"    # {told}"

    def _cases(self) -> Iterator[str]:
        yield "plain: {draws: 2}"
        yield from (f"{name}: {{}}" for name in self.problem.regimes)

    def _item(self, function: str, answer: str) -> str:
        is_gradient = answer in self.problem.gradients
        check = "update" if answer == "path" else "gradient" if is_gradient else "value"
        what = self._title(answer)
        lines = [
            f"  - id: {answer}",
            f'    title: "{what}"',
            f"    points: {_POINTS}",
            f"    check: {check}",
            f"    probe: {function}",
            f"    answer: {answer}",
            f'    hint: "{placeholder(answer)}"',
        ]
        return "\n".join(lines) + "\n"

    def _title(self, answer: str) -> str:
        gradient = self.problem.gradients.get(answer)
        return f"{answer}: derivative by {gradient.wrt}" if gradient else answer

    # --- the starter and the README ---------------------------------------------------------

    def starter(self) -> str:
        """Return the text of the module that students get."""
        return "import numpy as np\n" + "".join(
            self._function(name, answers) for name, answers in self.functions.items()
        )

    def _function(self, name: str, answers: tuple[str, ...]) -> str:
        shapes = "\n".join(f"    {given}: {shape}" for given, shape in self.inputs.items())
        return _FUNCTION.format(
            name=name,
            inputs=", ".join(self.inputs),
            answers=", ".join(answers),
            shapes=shapes,
            example=", ".join(f'"{answer}": …' for answer in answers),
        )

    def readme(self) -> str:
        """Return the text of the README for TAs."""
        rows = "\n".join(
            f"| `{answer}` | {_POINTS} | |" for all_ in self.functions.values() for answer in all_
        )
        return _README.format(
            id=self.rubric_id, title=self.problem.title, source=self.problem.source, rows=rows
        )


_HEAD = """\
# docs/writing-a-rubric.md tells what may stand here; `grader rubric lint {id}` proves it.
schema: 1
id: {id}
title: "{title}"
# All draws follow from it: choose another one for another course.
seed: {seed}
# What students were given. A part that answers just as it does is "not implemented".
starter: starter/
# Of one call; ten times what slow but right code needs.
limits: {{cpu_s: 5, load_s: 5}}
modules:
  # The files that students hand in; they tell where the root of a submission is.
"""
_MODULES = """\
  # What may be imported and does nothing, and of what you want to be told.
  stand_in: [matplotlib]
  flag: [torch, tensorflow, jax, autograd]
"""
_ITEMS = """\
  # The points are yours to divide. Let one forgotten thing cost its own part, once:
  # `credit: {cases: {plain: 0.7, decay: 0.3}}`, and let an earlier mistake not cost twice:
  # `credit: {carried: 0.5}` with a `loss` of the probe, or `given` earlier answers.
"""
_FUNCTION = '''

def {name}({inputs}):
    """Return a dict with {answers}.

{shapes}
    """
    # TODO: return {{{example}}}
    return None
'''
_README = """\
# {title}

For TAs: what is asked, what is accepted, and what a mistake costs. From {source}.

| item | points | a mistake costs |
|---|---|---|
{rows}

Grade with `grader grade SUBMISSIONS --rubric {id}`. Write a right and a wrong submission into
`submissions_example/{id}/`, work their points out by hand in `expected.csv`, and run
`grader rubric lint {id}` before the homework is given out.
"""
