"""Does each item fit its probe, and each group its items?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction

from grader.errors import Complaint
from grader.rubric.catalogue import ProblemFacts
from grader.rubric.check_schema import (
    COMPARED_CHECKS,
    MEASURED_CHECKS,
    SOURCES,
    UNPROBED_CHECKS,
)
from grader.rubric.credit_checks import carrying_complaints
from grader.rubric.document import Path
from grader.rubric.draft import Draft
from grader.rubric.formula_checks import formula_complaints
from grader.rubric.probe_checks import SOURCE_KEYS
from grader.rubric.property_checks import property_complaints
from grader.rubric.schema import AskedModel
from grader.rubric.wording import hint, shown


def item_complaints(
    draft: Draft,
    problems: Mapping[str, ProblemFacts],
    inputs: Mapping[str, tuple[str, ...]],
) -> Iterator[Complaint]:
    """Yield what is wrong between items and the probes and groups that they name.

    Parameters
    ----------
    draft
        What could be read of the rubric.
    problems
        The known problem of each probe that has one.
    inputs
        The inputs of each probe of which they are known.
    """
    yield from _repeated(draft)
    keys = draft.document.keys(())
    if keys and not {"items", "sections"} & set(keys):
        yield draft.document.at((), "missing key 'items' (or 'sections')")
    yield from _ways(draft)
    yield from _leaders(draft)
    for at, item in draft.asked():
        yield from _without_probe(draft, at, item)
        yield from _reference(draft, at, item, "group")
        yield from _reference(draft, at, item, "probe")
        if item.probe in draft.rubric.probes:
            yield from _answers(draft, at, item)
            yield from _kind(draft, at, item, problems)
            yield from _credit(draft, at, item)
            yield from carrying_complaints(draft, at, item, problems)
            yield from formula_complaints(draft, at, item, problems)
            yield from property_complaints(draft, at, item, inputs.get(item.probe))


def idle_item_complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield the probes and groups that no item names, and waivers of no item."""
    yield from _unused(draft)
    known = [item.id for _, _, item in draft.items()]
    for name, waiver in draft.rubric.waivers.items():
        for i, pattern in enumerate(waiver.items):
            if not any(fnmatchcase(item, pattern) for item in known):
                message = f"no item is {shown(pattern)}{hint(pattern, known)}"
                yield draft.document.at(("waivers", name, "items", i), message)


def _ways(draft: Draft) -> Iterator[Complaint]:
    """Yield what is wrong with the items that can be earned in several ways."""
    for at, _, item in draft.items():
        ways = (*at, "any_of")
        if len(item.any_of) == 1:
            yield draft.document.at(ways, "one way alone is none of several: name two or more")
        for key in ("check", *AskedModel.OF_PROBED) if item.any_of else ():
            if (*at, key) in draft.document.places:
                message = f"an item with 'any_of' cannot have {key!r}: each of its ways has one"
                yield draft.document.at_key((*at, key), message)
        for key in item.further if item.any_of else ():
            message = f"unknown key {shown(key)} beside 'any_of': parameters belong to a way"
            yield draft.document.at_key((*at, key), message)
        yield from _same_names(draft, ways, [way.name for way in item.any_of])


def _leaders(draft: Draft) -> Iterator[Complaint]:
    """Yield what cannot stand on a leaderboard: everybody in the course reads it."""
    names = []
    for at, _, item in draft.items():
        if item.leaderboard is None:
            continue
        board, key = (*at, "leaderboard"), item.leaderboard.name
        if item.visibility != "visible":
            message = f"everybody sees the leaderboard, and this item is {item.visibility!r}"
            yield draft.document.at(board, message)
        checks = {way.check for way in item.any_of} or {item.check}
        if item.leaderboard.of == "accuracy" and not checks <= MEASURED_CHECKS:
            known = " or ".join(f"{check!r}" for check in sorted(MEASURED_CHECKS))
            yield draft.document.at(board, f"only an item with the check {known} has an accuracy")
        if key and key in names:
            yield draft.document.at(board, f"the leaderboard has {shown(key)} already")
        names.append(key)


def _same_names(draft: Draft, ways: Path, names: list[str]) -> Iterator[Complaint]:
    for i, name in enumerate(names):
        if name and name in names[:i]:
            message = f"the way {shown(name)} stands here twice"
            yield draft.document.at((*ways, i, "name"), message)


def _without_probe(draft: Draft, at: Path, item: AskedModel) -> Iterator[Complaint]:
    """Yield the keys that an item which asks for nothing cannot have."""
    if item.check in UNPROBED_CHECKS:
        for key in AskedModel.OF_PROBED:
            if (*at, key) in draft.document.places:
                message = f"an item with the check {item.check!r} cannot have {key!r}"
                yield draft.document.at_key((*at, key), message)


def _repeated(draft: Draft) -> Iterator[Complaint]:
    """Yield every id of an item or a section that was there before."""
    items = [((*at, "id"), item.id) for at, _, item in draft.items()]
    sections = [(("sections", i, "id"), s.id) for i, s in enumerate(draft.rubric.sections)]
    for kind, ids in (("item", items), ("section", sections)):
        first: dict[str, Path] = {}
        for path, name in sorted(ids, key=lambda pair: draft.document.places.get(pair[0], (0, 0))):
            if name and name in first:
                line = draft.document.places[first[name]][0]
                message = f"the {kind} id {shown(name)} is taken: it is in line {line} too"
                yield draft.document.at(path, message)
            first.setdefault(name, path)


def _reference(draft: Draft, at: Path, item: AskedModel, kind: str) -> Iterator[Complaint]:
    """Yield a complaint where the probe or the group of an item does not exist."""
    name: str = getattr(item, kind)
    home = f"{kind}s"
    known = draft.document.keys((home,))
    is_told = (home,) in draft.broken or (kind == "probe" and not known)
    if (home, name) in draft.document.variation.left_out:
        message = f"the {kind} {shown(name)} is left out where this item is not"
        yield draft.document.at((*at, kind), message)
    elif name and name not in known and not is_told:
        yield draft.document.at((*at, kind), f"unknown {kind} {shown(name)}{hint(name, known)}")


def _answers(draft: Draft, at: Path, item: AskedModel) -> Iterator[Complaint]:
    """Yield the answers of an item that its probe does not give."""
    home = ("probes", item.probe, "answers")
    yield from twice(draft, (*at, "answer"), item.answer)
    if not draft.is_sound(home):
        return
    known = draft.document.keys(home)
    for i, answer in enumerate(item.answer):
        if answer not in known:
            message = f"probe {item.probe!r} has no answer {shown(answer)}{hint(answer, known)}"
            yield draft.document.at((*at, "answer", i), message)


def twice(draft: Draft, at: Path, names: tuple[str, ...]) -> Iterator[Complaint]:
    """Yield the names of a list that stand in it once more."""
    for i, name in enumerate(names):
        if name in names[:i]:
            yield draft.document.at((*at, i), f"{shown(name)} stands here twice")


def _kind(
    draft: Draft, at: Path, item: AskedModel, problems: Mapping[str, ProblemFacts]
) -> Iterator[Complaint]:
    """Yield where the check and the probe are not made for each other."""
    if item.check not in SOURCES:
        return
    home: Path = ("probes", item.probe)
    has = [key for key in SOURCE_KEYS if (*home, key) in draft.document.places]
    wanted = SOURCES[item.check]
    if len(has) == 1 and has[0] not in wanted and (*home, has[0]) not in draft.broken:
        message = f"the check {item.check!r} needs a probe with {_source(wanted[0])}"
        message += f"; {item.probe!r} has {_source(has[0])}"
        yield draft.document.at((*at, "check"), message)
    elif item.check == "gradient" and item.probe in problems:
        yield from _derivatives(draft, at, item, problems[item.probe])
    if item.group and item.check not in COMPARED_CHECKS:
        message = f"an item with the check {item.check!r} cannot be in a group"
        yield draft.document.at((*at, "group"), message)
    if item.check == "number" and len(item.answer) > 1:
        yield draft.document.at((*at, "answer"), "a worked number is one answer, not several")


def _source(key: str) -> str:
    return "'draws: none'" if key == "draws" else f"a {key!r}"


def _derivatives(
    draft: Draft, at: Path, item: AskedModel, facts: ProblemFacts
) -> Iterator[Complaint]:
    """Yield the answers of a gradient item that the reference gives as values."""
    for i, answer in enumerate(item.answer):
        if answer in draft.rubric.probes[item.probe].answers and answer not in facts.gradients:
            message = f"{shown(answer)} is no gradient of problem {facts.id}: use the check 'value'"
            yield draft.document.at((*at, "answer", i), message)


def _credit(draft: Draft, at: Path, item: AskedModel) -> Iterator[Complaint]:
    """Yield weights of cases and answers that the item has not, and sums other than 1."""
    by_case, by_answer = (*at, "credit", "cases"), (*at, "credit", "answers")
    cases = _cases(draft, item.probe)
    if cases:
        owner = f"probe {item.probe!r} has no case"
        yield from _strangers(draft, by_case, item.credit.cases, cases, owner)
    if item.answer:
        owner = "this item has no answer"
        yield from _strangers(draft, by_answer, item.credit.answers, item.answer, owner)
        yield from _unweighted(draft, by_answer, item)
    yield from _sum(draft, by_case, item.credit.cases)
    yield from _sum(draft, by_answer, item.credit.answers)


def _cases(draft: Draft, probe: str) -> tuple[str, ...]:
    """Return the names of a probe's cases, none where they could not be read."""
    home = ("probes", probe)
    if not draft.is_sound(home) or (*home, "cases") in draft.broken:
        return ()
    return tuple(draft.rubric.probes[probe].cases)


def _strangers(
    draft: Draft, at: Path, weights: Mapping[str, Decimal], known: tuple[str, ...], owner: str
) -> Iterator[Complaint]:
    for name in weights:
        if name not in known:
            message = f"a weight for {shown(name)}: {owner} of that name{hint(name, known)}"
            yield draft.document.at_key((*at, name), message)


def _unweighted(draft: Draft, at: Path, item: AskedModel) -> Iterator[Complaint]:
    """Yield the answers that would count for nothing beside the weighted ones."""
    if draft.is_whole(at):
        for answer in item.answer:
            if answer not in item.credit.answers:
                yield draft.document.at(at, f"no weight for the answer {shown(answer)}")


def _sum(draft: Draft, at: Path, weights: Mapping[str, Decimal]) -> Iterator[Complaint]:
    """Yield a complaint where weights do not sum to 1, in exact arithmetic."""
    total = sum(map(Fraction, weights.values()), Fraction(0))
    if weights and total != 1 and draft.is_whole(at):
        yield draft.document.at(at, f"the weights sum to {sum(weights.values())}, not 1")


def _unused(draft: Draft) -> Iterator[Complaint]:
    """Yield the probes and groups that no item names."""
    items = [item for _, item in draft.asked()]
    if not items:
        return
    for kind, named in (
        ("probe", {item.probe for item in items}),
        ("group", {item.group for item in items}),
    ):
        for name in draft.document.keys((f"{kind}s",)):
            if name not in named:
                message = f"no item uses the {kind} {shown(name)}"
                yield draft.document.at_key((f"{kind}s", name), message)
