"""Does each probe fit the problem or data set that it names?"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping

from grader.errors import Complaint
from grader.rubric.catalogue import Catalogue, ProblemFacts
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.fields import ID_RULE, is_id
from grader.rubric.formula_checks import asks_formulas_alone
from grader.rubric.python_code import python_complaints
from grader.rubric.schema import CaseModel, ProbeModel
from grader.rubric.wording import hint, shown

SOURCE_KEYS = ("problem", "dataset", "draws")
"""Keys one of which says what a probe draws."""
ONLY_VARIANT = "code"
"""Name of the variant of a probe with a single block."""
FALLBACK = "fallback"
"""Name of the variant that the key of the same name becomes."""


def problems_of(draft: Draft, catalogue: Catalogue) -> dict[str, ProblemFacts]:
    """Return the problem of each probe that names a known one."""
    known = catalogue.problem_ids()
    named = {name: probe.problem for name, probe in with_problem(draft)}
    return {
        name: catalogue.problem(problem.id)
        for name, problem in named.items()
        if problem is not None and problem.id in known
    }


def common_options(draft: Draft, facts: ProblemFacts) -> dict[str, str]:
    """Return the rubric's own options as far as a problem has them.

    What can be chosen holds for the problems that know every choice; a name that means something
    else there is another matter.
    """
    fixed = {
        name: option.default
        for name, option in draft.rubric.options.items()
        if not option.choices and name in facts.options
    }
    chosen = {
        name: setting.value
        for name, setting in draft.document.variation.settings.items()
        if name in facts.options and all(value in facts.options[name] for value in setting.values)
    }
    return fixed | chosen


def sound_options(draft: Draft, facts: ProblemFacts, probe: ProbeModel) -> dict[str, str] | None:
    """Return the options of a probe's problem, or None where one of them is a mistake."""
    chosen = probe.problem.options if probe.problem else {}
    options = common_options(draft, facts) | chosen
    is_sound = all(options[name] in facts.options.get(name, ()) for name in options)
    return options if is_sound else None


def probe_complaints(
    draft: Draft, catalogue: Catalogue, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield what is wrong inside each probe.

    Parameters
    ----------
    draft
        What could be read of the rubric.
    catalogue
        Which problems and data sets there are.
    problems
        The known problem of each probe that has one.
    """
    for name, probe in draft.rubric.probes.items():
        at = ("probes", name)
        if not is_id(name):
            yield draft.document.at_key(at, f"a probe's name must be {ID_RULE}")
        if draft.is_sound(at):
            yield from _alternatives(draft, at)
        yield from _names(draft, at, probe)
        yield from python_complaints(draft.document, at, probe)
        if name in problems:
            yield from _problem(draft, at, probe, problems[name], catalogue)
        elif _is_unknown(draft, at, probe, catalogue):
            named = probe.problem.id if probe.problem else ""
            message = f"unknown problem {shown(named)}{hint(named, catalogue.problem_ids())}"
            yield draft.document.at((*at, "problem", "id"), message)
        yield from _dataset(draft, at, probe, catalogue)


def _is_unknown(draft: Draft, at: Path, probe: ProbeModel, catalogue: Catalogue) -> bool:
    """Whether a probe names a problem, and there is none of that name."""
    if probe.problem is None or probe.problem.id in ("", *catalogue.problem_ids()):
        return False
    unresolved = draft.document.variation.unresolved
    return (*at, "problem") not in unresolved and (*at, "problem", "id") not in unresolved


def option_value_complaint(
    draft: Draft, at: Path, value: object, facts: ProblemFacts, option: str
) -> Iterator[Complaint]:
    """Yield a complaint where an option of a problem cannot have a value."""
    known = facts.options[option]
    if value not in known:
        message = f"problem {facts.id}: {option} cannot be {shown(str(value))}"
        yield draft.document.at(at, message + hint(str(value), known))


def with_problem(draft: Draft) -> Iterator[tuple[str, ProbeModel]]:
    """Yield the probes that draw a problem's inputs, as far as one can tell."""
    for name, probe in draft.rubric.probes.items():
        if probe.dataset is None and not probe.draws:
            yield name, probe


def _alternatives(draft: Draft, at: Path) -> Iterator[Complaint]:
    """Yield complaints where of two keys not exactly one is there."""
    keys = draft.document.keys(at)
    for known in (SOURCE_KEYS, ("code", "variants")):
        has = [key for key in known if key in keys]
        is_unneeded = "draws" in keys or asks_formulas_alone(draft.rubric.probes[str(at[-1])])
        is_optional = known != SOURCE_KEYS and is_unneeded
        if not has and not is_optional:
            others = " or ".join(map(repr, known[1:]))
            yield draft.document.at(at, f"missing key {known[0]!r} (or {others})")
        for second in has[1:]:
            message = f"either {has[0]!r} or {second!r}, not both"
            yield draft.document.at_key((*at, second), message)
    if "draws" in keys and "cases" in keys:
        message = "a probe that draws nothing has no cases"
        yield draft.document.at_key((*at, "cases"), message)
    if "draws" in keys and "per_student" in keys:
        message = "a probe that draws nothing has no draws per student"
        yield draft.document.at_key((*at, "per_student"), message)


def _names(draft: Draft, at: Path, probe: ProbeModel) -> Iterator[Complaint]:
    """Yield complaints about names that cannot be ids or Python names, or stand twice."""
    for key, names in (("cases", probe.cases), ("answers", probe.answers)):
        for name in names:
            if not is_id(name):
                yield draft.document.at_key((*at, key, name), f"a name here must be {ID_RULE}")
    for name in probe.with_:
        if not name.isidentifier() or keyword.iskeyword(name):
            message = f"{shown(name)} cannot be the name of a Python variable"
            yield draft.document.at_key((*at, "with", name), message)
    taken = {FALLBACK}
    for i, variant in enumerate(probe.variants):
        if variant.name and variant.name in taken:
            message = f"the variant name {shown(variant.name)} is taken"
            yield draft.document.at((*at, "variants", i, "name"), message)
        taken.add(variant.name)


def _problem(
    draft: Draft, at: Path, probe: ProbeModel, facts: ProblemFacts, catalogue: Catalogue
) -> Iterator[Complaint]:
    """Yield what does not fit the problem: options, cases, answers."""
    chosen = probe.problem.options if probe.problem else {}
    yield from _options(draft, (*at, "problem"), chosen, facts)
    yield from _cases(draft, at, probe.cases, facts)
    options = sound_options(draft, facts, probe)
    if options is not None:
        known = catalogue.answers(facts.id, options)
        free = _of_properties_alone(draft, str(at[-1]))
        for name in probe.answers:
            if name not in known and name not in free:
                message = f"problem {facts.id} has no answer {shown(name)}{hint(name, known)}"
                yield draft.document.at_key((*at, "answers", name), message)


def _of_properties_alone(draft: Draft, probe: str) -> set[str]:
    """Return the answers of a probe that need no right ones: what a property is told of."""
    items = [item for _, item in draft.asked() if item.probe == probe]
    free = {name for item in items if item.check == "property" for name in item.answer}
    return free - {name for item in items if item.check != "property" for name in item.answer}


def _options(
    draft: Draft, at: Path, chosen: Mapping[str, str], facts: ProblemFacts
) -> Iterator[Complaint]:
    for option, value in chosen.items():
        if option in facts.options:
            if (*at, option) not in draft.document.variation.unresolved:
                yield from option_value_complaint(draft, (*at, option), value, facts, option)
        else:
            message = f"problem {facts.id} has no option {shown(option)}"
            yield draft.document.at_key((*at, option), message + hint(option, facts.options))


def _cases(
    draft: Draft, at: Path, cases: Mapping[str, CaseModel], facts: ProblemFacts
) -> Iterator[Complaint]:
    """Yield overrides that the problem has not, and cases that are the plain one again."""
    plain = cases["plain"].overrides if "plain" in cases else {}
    for name, case in cases.items():
        path = (*at, "cases", name)
        for key, value in case.overrides.items():
            yield from _override(draft, (*path, key), key, value, facts)
        usual = case.overrides in ({}, plain) and draft.is_whole(path)
        if name != "plain" and usual and name not in facts.regimes:
            message = f"the case {shown(name)} draws what 'plain' draws: problem {facts.id} "
            message += f"has no such regime{hint(name, sorted(facts.regimes))}"
            yield draft.document.at_key(path, message)


def _override(
    draft: Draft, at: Path, key: str, value: float, facts: ProblemFacts
) -> Iterator[Complaint]:
    if key in facts.sizes:
        if not isinstance(value, int) or value < 1:
            message = f"{key} is a size: it must be a whole number of at least 1, not {value}"
            yield draft.document.at(at, message)
    elif key not in facts.settings:
        known = ["draws", *sorted(facts.sizes), *sorted(facts.settings)]
        message = f"problem {facts.id} has no size or setting {shown(key)}{hint(key, known)}"
        yield draft.document.at_key(at, message)


def _held_back(draft: Draft, at: Path, is_overfit: bool) -> Iterator[Complaint]:
    """Yield a complaint where the size of the hidden set is missing, or there is no such set."""
    has_test = "test" in draft.document.keys(at)
    if is_overfit and has_test:
        message = "nothing is held back with 'mode: overfit': leave 'test' out"
        yield draft.document.at_key((*at, "test"), message)
    if not is_overfit and not has_test and (*at, "mode") not in draft.broken:
        yield draft.document.at(at, "missing key 'test'")


def _dataset(
    draft: Draft, at: Path, probe: ProbeModel, catalogue: Catalogue
) -> Iterator[Complaint]:
    """Yield what does not fit the data set."""
    dataset, unresolved = probe.dataset, draft.document.variation.unresolved
    if dataset is None or not dataset.id or (*at, "dataset", "id") in unresolved:
        return
    yield from _held_back(draft, (*at, "dataset"), dataset.is_overfit)
    known = catalogue.dataset_ids()
    if dataset.id not in known:
        message = f"unknown data set {shown(dataset.id)}{hint(dataset.id, known)}"
        yield draft.document.at((*at, "dataset", "id"), message)
        return
    places: list[tuple[Path, Iterable[str]]] = [((*at, "dataset"), dataset.parameters)]
    places += [((*at, "cases", name), case.overrides) for name, case in probe.cases.items()]
    parameters = catalogue.dataset_parameters(dataset.id)
    for path, given in places:
        for key in given:
            if key not in parameters:
                message = f"the data set {dataset.id} has no parameter {shown(key)}"
                yield draft.document.at_key((*path, key), message + hint(key, parameters))
