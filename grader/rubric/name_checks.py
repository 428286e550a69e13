"""Is every name that a probe's Python reads defined, whichever variant is chosen?

What is not defined would cost every student the points: the probe itself would raise NameError.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.errors import Complaint
from grader.rubric.catalogue import Catalogue, ProblemFacts
from grader.rubric.document import Path, Place
from grader.rubric.draft import Draft
from grader.rubric.formula_checks import FORMULA, asks_formulas_alone
from grader.rubric.probe_checks import FALLBACK, ONLY_VARIANT, sound_options
from grader.rubric.python_names import Names, names_of
from grader.rubric.schema import ProbeModel
from grader.rubric.wording import hint, nearest, shown

OF_DATASETS = ("X_train", "y_train", "X_val", "y_val", "X_test")
"""What a probe with a data set is given."""
OF_STATEMENTS = ("stated", "recorded")
"""Functions that read what was handed in, for a probe that draws nothing."""
OF_EVERY_PROBE = ("np",)
_OF_PYTHON = frozenset({*dir(builtins), "__builtins__", FORMULA})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unknown:
    """A name that a probe reads and nobody defines."""

    probe: str
    path: Path
    """Of the text that reads it."""
    place: Place
    """Inside that text."""
    name: str
    why: str
    """The end of the message: which variant lacks it, what was meant."""

    def complaint(self, draft: Draft, where: str = "") -> Complaint:
        """Return the complaint at the name's own line and column."""
        message = f"unknown name {shown(self.name)}{where}{self.why}"
        return draft.document.inside(self.path, *self.place, message)


def name_complaints(
    draft: Draft, catalogue: Catalogue, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield the names that nothing defines, and constants that take the name of an input.

    Parameters
    ----------
    draft
        What could be read of the rubric.
    catalogue
        Which inputs the problems have.
    problems
        The known problem of each probe that has one.
    """
    unknown: dict[tuple[int, int, str], list[_Unknown]] = defaultdict(list)
    for name, probe in draft.rubric.probes.items():
        inputs = _inputs(draft, catalogue, name, probe, problems)
        if inputs is not None:
            yield from _shadowing(draft, name, probe, inputs)
            for one in _unknown(draft, name, probe, inputs):
                complaint = one.complaint(draft)
                unknown[complaint.line, complaint.column, one.name].append(one)
    for found in unknown.values():
        yield from _told(draft, found)


def inputs_of(
    draft: Draft, catalogue: Catalogue, problems: Mapping[str, ProblemFacts]
) -> dict[str, tuple[str, ...]]:
    """Return the names of what each probe is given, as far as anybody can tell."""
    found = {
        name: _inputs(draft, catalogue, name, probe, problems)
        for name, probe in draft.rubric.probes.items()
    }
    return {name: inputs for name, inputs in found.items() if inputs is not None}


def _told(draft: Draft, found: list[_Unknown]) -> Iterator[Complaint]:
    """Yield one complaint about a name at a place that several probes may share by an anchor."""
    first, places = found[0], draft.document.places
    _, _, *rest = first.path
    sharing = [
        probe
        for probe in draft.rubric.probes
        if places.get(("probes", probe, *rest)) == places.get(first.path)
    ]
    if len(found) >= len(sharing):
        yield first.complaint(draft)
        return
    for one in found:
        yield one.complaint(draft, f" in the probe {shown(one.probe)}")


def _inputs(
    draft: Draft,
    catalogue: Catalogue,
    name: str,
    probe: ProbeModel,
    problems: Mapping[str, ProblemFacts],
) -> tuple[str, ...] | None:
    """Return the names of what a probe is given, or None where nobody can tell."""
    if sum((probe.problem is not None, probe.dataset is not None, bool(probe.draws))) > 1:
        return None
    if probe.draws:
        return OF_STATEMENTS
    if probe.dataset is not None:
        return OF_DATASETS[: 4 if probe.dataset.is_overfit else 5]
    if name not in problems:
        return None
    options = sound_options(draft, problems[name], probe)
    return catalogue.inputs(problems[name].id, options) if options is not None else None


def _shadowing(
    draft: Draft, name: str, probe: ProbeModel, inputs: tuple[str, ...]
) -> Iterator[Complaint]:
    """Yield the constants that an input would be taken for."""
    at = ("probes", name, "with")
    source = f"problem {probe.problem.id}" if probe.problem else "the data set"
    source = "every probe that draws nothing" if probe.draws else source
    for constant in draft.document.keys(at):
        if constant in inputs:
            message = f"{shown(constant)} is an input of {source}: a constant needs another name"
            yield draft.document.at_key((*at, constant), message)


def _unknown(
    draft: Draft, name: str, probe: ProbeModel, inputs: tuple[str, ...]
) -> Iterator[_Unknown]:
    """Yield the names of a probe that nothing defines, each once."""
    at = ("probes", name)
    given = [*inputs, *draft.document.keys((*at, "with")), *OF_EVERY_PROBE]
    variants = list(_variants(at, probe))
    told = _OF_PYTHON.union(given)
    for variant in variants:
        for word, place in variant.wanted.items():
            if word not in told:
                told |= {word}
                why = hint(word, [*given, *sorted(variant.defined)])
                yield _Unknown(probe=name, path=variant.path, place=place, name=word, why=why)
    for path, names in _later(at, probe):
        for word, place in names.wanted.items() if names else {}.items():
            lacking = [variant for variant in variants if variant.lacks(word)]
            if lacking and word not in told:
                told |= {word}
                why = _lack(word, given, lacking, is_partial=len(lacking) < len(variants))
                yield _Unknown(probe=name, path=path, place=place, name=word, why=why)


def _later(at: Path, probe: ProbeModel) -> Iterator[tuple[Path, Names | None]]:
    """Yield what is read after a variant has run: the answers, the loss, the second call."""
    for answer, expression in probe.answers.items():
        yield (*at, "answers", answer), names_of(expression, "eval")
    if probe.loss and probe.loss not in probe.answers:
        yield (*at, "loss"), names_of(probe.loss, "eval")
    if probe.again:
        yield (*at, "again"), names_of(probe.again, "exec")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variant:
    """One of the ways of calling of which the probe may choose any."""

    name: str
    path: Path
    names: Names | None
    """None where it does not compile."""

    @property
    def wanted(self) -> Mapping[str, Place]:
        """The names that it reads and does not define, as far as anybody can tell."""
        return self.names.wanted if self.names and not self.names.is_open else {}

    @property
    def defined(self) -> frozenset[str]:
        """The names that it certainly knows of."""
        return self.names.defined if self.names else frozenset()

    def lacks(self, word: str) -> bool:
        """Whether it certainly does not define a name."""
        return self.names is not None and not self.names.is_open and word not in self.defined


def _variants(at: Path, probe: ProbeModel) -> Iterator[_Variant]:
    """Yield every variant that may be chosen."""
    blocks: list[tuple[str, Path, str]] = [
        (variant.name, (*at, "variants", i, "code"), variant.code)
        for i, variant in enumerate(probe.variants)
    ]
    blocks.append((ONLY_VARIANT, (*at, "code"), probe.code))
    blocks.append((FALLBACK, (*at, "fallback"), probe.fallback))
    if not any(code for _, _, code in blocks) and (probe.draws or asks_formulas_alone(probe)):
        blocks.append((ONLY_VARIANT, at, "pass"))
    for name, path, code in blocks:
        if code:
            yield _Variant(name=name, path=path, names=names_of(code, "exec"))


def _lack(word: str, given: list[str], lacking: list[_Variant], *, is_partial: bool) -> str:
    """Return which variants lack a name that an answer reads, and what was meant."""
    known = [*given, *sorted(frozenset().union(*(variant.defined for variant in lacking)))]
    if not is_partial:
        return hint(word, known)
    named = " and ".join(shown(variant.name) for variant in lacking)
    does = f"the variants {named} do" if len(lacking) > 1 else f"the variant {named} does"
    meant = nearest(word, known)
    return f": {does} not define it" + (f"; did you mean {meant!r}?" if meant else "")
