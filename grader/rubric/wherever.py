"""Under which choices of a rubric's options is something wrong?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.errors import Complaint
from grader.rubric.document import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of a rubric under one choice.

    Parameters
    ----------
    chosen
        Option -> choice.
    wrong
        What is a mistake under whichever choice it is found.
    idle
        What is one only if it is found wherever its place is there: what nothing depends on.
    places
        Line and column of all that is there under this choice.
    """

    chosen: Mapping[str, str]
    wrong: Sequence[Complaint]
    idle: Sequence[Complaint]
    places: frozenset[Place]


def told(found: Sequence[Found]) -> Iterator[Complaint]:
    """Yield each complaint once; one that some choices alone have says which.

    Parameters
    ----------
    found
        One for each combination of choices.
    """
    ways: dict[Complaint, list[Mapping[str, str]]] = {}
    for one in found:
        for complaint in dict.fromkeys(one.wrong):
            ways.setdefault(complaint, []).append(one.chosen)
    for complaint, where in ways.items():
        is_everywhere = len(where) == len(found)
        yield complaint if is_everywhere else _limited(complaint, where, found)
    # Their texts may differ by what else there is, so that the place tells which is which.
    idle = {_place(complaint): complaint for one in reversed(found) for complaint in one.idle}
    for one in found:
        unread = {_place(complaint) for complaint in one.idle}
        idle = {at: told for at, told in idle.items() if at in unread or at not in one.places}
    yield from idle.values()


def _place(complaint: Complaint) -> Place:
    return complaint.line, complaint.column


def _limited(
    complaint: Complaint, where: Sequence[Mapping[str, str]], found: Sequence[Found]
) -> Complaint:
    """Return a complaint with the choices under which it holds."""
    told = [
        f"{option} is {' or '.join(seen)}"
        for option in where[0]
        for seen, every in [(_choices(where, option), _choices([f.chosen for f in found], option))]
        if len(seen) < len(every)
    ]
    if not told:
        # Every choice of each option is among them, only not every combination.
        told = [f"for example {option} is {choice}" for option, choice in where[0].items()]
    return replace(complaint, message=f"{complaint.message} (where {', '.join(told)})")


def _choices(ways: Iterable[Mapping[str, str]], option: str) -> list[str]:
    return list(dict.fromkeys(way[option] for way in ways))
