"""Do the groups and waivers of a rubric fit its items?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.errors import Complaint
from grader.rubric.catalogue import ProblemFacts
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.fields import ID_RULE, is_id
from grader.rubric.item_checks import twice
from grader.rubric.wording import hint, shown


def group_complaints(draft: Draft, problems: Mapping[str, ProblemFacts]) -> Iterator[Complaint]:
    """Yield what is wrong between groups and the problems of their items."""
    for name, group in draft.rubric.groups.items():
        at = ("groups", name)
        if not is_id(name):
            yield draft.document.at_key(at, f"a group's name must be {ID_RULE}")
        probes = {item.probe for _, item in draft.asked() if item.group == name}
        members = {problems[probe].id: problems[probe] for probe in probes if probe in problems}
        for option, values in group.accept.items():
            yield from twice(draft, (*at, "accept", option), values)
            for facts in members.values():
                yield from _accepted(draft, (*at, "accept", option), values, facts)


def waiver_complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield waivers whose name is no id."""
    for name in draft.rubric.waivers:
        if not is_id(name):
            yield draft.document.at_key(("waivers", name), f"a waiver's name must be {ID_RULE}")


def _accepted(
    draft: Draft, at: Path, values: tuple[str, ...], facts: ProblemFacts
) -> Iterator[Complaint]:
    """Yield what a group accepts that a problem of its items does not know."""
    option = str(at[-1])
    if option not in facts.options:
        message = f"problem {facts.id} has no option {shown(option)}"
        yield draft.document.at_key(at, message + hint(option, facts.options))
        return
    for i, value in enumerate(values):
        if value not in facts.options[option]:
            message = f"problem {facts.id}: {option} cannot be {shown(value)}"
            message += hint(value, facts.options[option])
            yield draft.document.at((*at, i), message)
