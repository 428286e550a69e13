"""Do the options of a rubric fit its problems, and what depends on a choice the options?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.errors import Complaint
from grader.records import Option
from grader.rubric.catalogue import ProblemFacts
from grader.rubric.choices import (
    MOST_COMBINATIONS,
    OPTIONS,
    are_too_many,
    count_of,
    declared_options,
    settings_of,
)
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.probe_checks import option_value_complaint, with_problem
from grader.rubric.schema import OptionModel
from grader.rubric.wording import hint, shown


def option_complaints(draft: Draft, problems: Mapping[str, ProblemFacts]) -> Iterator[Complaint]:
    """Yield what is wrong with the options, and with what depends on them.

    Parameters
    ----------
    draft
        What could be read of the rubric.
    problems
        The known problem of each probe that has one.
    """
    for name, option in draft.rubric.options.items():
        if option.choices:
            yield from _declaration(draft, (*OPTIONS, name), option)
        for facts in problems.values():
            if name in facts.options and not option.choices:
                at = (*OPTIONS, name)
                yield from option_value_complaint(draft, at, option.default, facts, name)
    yield from _taken(draft)
    yield from _half_known(draft, problems)
    yield from _unresolved(draft)
    yield from _misplaced(draft)
    yield from _only(draft)


def idle_option_complaints(
    draft: Draft, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield the options, and the names that a choice sets, on which nothing depends."""
    known = sorted({name for facts in problems.values() for name in facts.options})
    if len(problems) < len(list(with_problem(draft))):
        return
    for name, option in draft.rubric.options.items():
        if not option.choices and name not in known:
            message = f"no problem of this rubric has an option {shown(name)}{hint(name, known)}"
            yield draft.document.at_key((*OPTIONS, name), message)
    for declared in declared_options(draft.document):
        yield from _idle_names(draft, declared, problems)


def _idle_names(
    draft: Draft, option: Option, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield an option on which nothing depends, or those of its names that nothing reads."""
    sets = sorted({name for names in option.choices.values() for name in names})
    idle = [name for name in (option.id, *sets) if _is_idle(draft, name, problems)]
    if idle == [option.id, *sets]:
        message = f"nothing depends on the option {shown(option.id)}"
        message += f"; a probe reads it as ${option.id}, and 'only' as {option.id}"
        yield draft.document.at_key((*OPTIONS, option.id), message)
        return
    for name in idle:
        if name in sets:
            choice = next(choice for choice, names in option.choices.items() if name in names)
            message = f"nothing reads {shown(name)}: a probe reads it as ${name}"
            yield draft.document.at_key((*OPTIONS, option.id, "choices", choice, name), message)


def _is_idle(draft: Draft, name: str, problems: Mapping[str, ProblemFacts]) -> bool:
    """Whether no problem and no part of the rubric depends on a name."""
    setting = draft.document.variation.settings.get(name)
    # What this choice does not set, another one may: there it is looked at.
    values = setting.values if setting else ()
    reached = any(
        value in facts.options.get(name, ()) for facts in problems.values() for value in values
    )
    return not reached and name not in draft.document.variation.used


def _declaration(draft: Draft, at: Path, option: OptionModel) -> Iterator[Complaint]:
    """Yield a default that is no choice, and names that cannot be written as ``$name``."""
    if option.default and option.default not in option.choices:
        message = f"the default {shown(option.default)} is none of the choices"
        yield draft.document.at((*at, "default"), message + hint(option.default, option.choices))
    if not str(at[-1]).isidentifier():
        yield draft.document.at_key(at, _no_name(str(at[-1])))
    for choice, names in option.choices.items():
        for name in names:
            if not name.isidentifier():
                yield draft.document.at_key((*at, "choices", choice, name), _no_name(name))


def _no_name(name: str) -> str:
    return f"{shown(name)} cannot be a name: letters, digits and '_', not starting with a digit"


def _taken(draft: Draft) -> Iterator[Complaint]:
    """Yield the names that a choice sets and another option has or sets too."""
    owners = {name: name for name in draft.rubric.options}
    for name, option in draft.rubric.options.items():
        for choice, names in option.choices.items():
            for inner in names:
                owner = owners.setdefault(inner, name)
                # An option that sets its own name is taken by itself.
                if owner != name or inner == name:
                    message = f"{shown(inner)} is set by the option {shown(owner)} already"
                    at = (*OPTIONS, name, "choices", choice, inner)
                    yield draft.document.at_key(at, message)


def _half_known(draft: Draft, problems: Mapping[str, ProblemFacts]) -> Iterator[Complaint]:
    """Yield a choice that a problem does not know, although it knows others of its option."""
    for option in declared_options(draft.document):
        for choice in option.choices:
            settings = settings_of(draft.document, [option], {option.id: choice})
            for facts in {facts.id: facts for facts in problems.values()}.values():
                for name, setting in settings.items():
                    if any(value in facts.options.get(name, ()) for value in setting.values):
                        at = setting.path
                        yield from option_value_complaint(draft, at, setting.value, facts, name)


def _unresolved(draft: Draft) -> Iterator[Complaint]:
    """Yield the values that name what no choice sets, unless its option may be what is broken."""
    if any(path[:1] == OPTIONS for path in draft.broken):
        return
    known = list(draft.document.variation.settings)
    for path, name in draft.document.variation.unresolved.items():
        yield draft.document.at(path, f"no option sets {shown(f'${name}')}{hint(name, known)}")


def _misplaced(draft: Draft) -> Iterator[Complaint]:
    """Yield the names of options that stand where nothing is replaced, and what to write."""
    for path, found in draft.document.variation.misplaced.items():
        name = f"${found.name}"
        if found.kind == "code":
            text = draft.document.text(path)
            line = text.count("\n", 0, found.at) + 1
            column = found.at - (text.rfind("\n", 0, found.at) + 1) + 1
            message = f"{name} is not replaced in Python: "
            message += _instead_in_code(path, found.name)
            yield draft.document.inside(path, line, column, message)
        else:
            why = "inside a text" if found.kind == "value" else "here"
            message = f"{name} is not replaced {why}: it stands for the whole of a value, of a "
            message += (
                "problem, 'with', 'cases', 'dataset', 'limits', 'accept' or what an item counts"
            )
            yield draft.document.at(path, message)


def _instead_in_code(path: Path, name: str) -> str:
    if path[0] == "probes":
        return f"hand it in by 'with: {{{name}: ${name}}}', and read it as {name}"
    return "write an item for each choice, with 'only'"


def _only(draft: Draft) -> Iterator[Complaint]:
    """Yield the options and choices of an ``only`` that there are not."""
    held: list[tuple[Path, Mapping[str, tuple[str, ...]]]] = [
        (("probes", name), probe.only) for name, probe in draft.rubric.probes.items()
    ]
    held += [(("groups", name), group.only) for name, group in draft.rubric.groups.items()]
    held += [
        (("modules", "expected", i), module.only)
        for i, module in enumerate(draft.rubric.modules.expected)
    ]
    held += [(path, item.only) for path, _, item in draft.items()]
    for at, only in held:
        for option, wanted in only.items():
            yield from _wanted(draft, (*at, "only", option), option, wanted)


def _wanted(draft: Draft, at: Path, option: str, wanted: tuple[str, ...]) -> Iterator[Complaint]:
    options = {name: one for name, one in draft.rubric.options.items() if one.choices}
    if option in draft.rubric.options and option not in options:
        if (*OPTIONS, option) not in draft.broken:
            yield draft.document.at_key(at, f"the option {shown(option)} is fixed, not chosen")
        return
    if option not in options:
        if OPTIONS not in draft.broken and (*OPTIONS, option) not in draft.broken:
            message = f"there is no option {shown(option)} to choose{hint(option, options)}"
            yield draft.document.at_key(at, message)
        return
    for i, choice in enumerate(wanted):
        if choice not in options[option].choices:
            message = f"the option {option} cannot be {shown(choice)}"
            message += hint(choice, options[option].choices)
            yield draft.document.at((*at, i), message)


def number_complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield a complaint where there are more combinations of choices than can all be checked."""
    options = declared_options(draft.document)
    if are_too_many(options):
        message = f"{count_of(options)} combinations of choices: at most {MOST_COMBINATIONS} "
        yield draft.document.at_key(OPTIONS, message + "can all be checked")
