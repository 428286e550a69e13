"""What does a rubric ask, and how does it divide the points?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.records import DatasetRef, Item, LatePolicy, Nothing, Option, Rubric
from grader.report.escaping import number_text, terminal_text

_LEGEND = (
    "Numbers are shares of an item's points. A guard has none: whoever fails it loses the first "
    "case's share. Cases or answers without numbers stand together. Carried is what a wrong answer "
    "keeps that follows from an earlier mistake."
)


def print_rubric(console: Console, rubric: Rubric) -> None:
    """Print a rubric's items, section by section, and the conventions it accepts."""
    table = Table(title=_plain(rubric.title), title_justify="left", expand=False)
    for column in ("item", "points", "check", "cases", "answers", "carried", "title"):
        is_number = column in ("points", "carried")
        table.add_column(column, justify="right" if is_number else "left")
    section = ""
    for item in rubric.items:
        if item.section != section:
            section = item.section
            table.add_section()
        table.add_row(*_row(rubric, item))
    console.print(table)
    if any(item.is_probed for item in rubric.items):
        console.print(_plain(_LEGEND))
    for group in rubric.groups.values():
        accepted = "; ".join(f"{name}: {' or '.join(v)}" for name, v in group.accept.items())
        console.print(_plain(f"group {group.id} holds to one of {accepted}"))
    for option in rubric.options:
        console.print(_plain(_option_line(rubric, option)))
    for line in _further_lines(rubric):
        console.print(_plain(line))
    console.print(f"{number_text(rubric.maximum)} points, seed {rubric.seed}", highlight=False)


def _plain(text: str) -> Text:
    """Return a text that is no markup and harmless."""
    return Text(terminal_text(text))


def _row(rubric: Rubric, item: Item) -> tuple[str | Text, ...]:
    """Return the cells of an item; those of several ways are told one after the other."""
    ways = item.asked
    carried = dict.fromkeys(number_text(way.carried) for way in ways if way.carried)
    return (
        item.id,
        number_text(item.points),
        _either(way.check for way in ways),
        _either(_cases(rubric, way) for way in ways),
        _either(_shares(way.answer_weights, way.answers) for way in ways),
        " or ".join(carried),
        _plain(item.title),
    )


def _either(texts: Iterable[str]) -> str:
    """Return texts, each once, as what may be one or another."""
    return " or ".join(dict.fromkeys(filter(None, texts)))


def _cases(rubric: Rubric, way: Item) -> str:
    """Return the cases that something is tried on, with their shares, and which are guards.

    Of what draws no inputs there are none: the answer is read from what was handed in, or judged
    by the examples of a data set.
    """
    source = rubric.probes[way.probe].source if way.probe else None
    if source is None:
        return ""
    if isinstance(source, Nothing):
        return "no draws: read from the files"
    names = tuple(case.name for case in rubric.probes[way.probe].cases)
    if isinstance(source, DatasetRef) and len(names) == 1:
        return f"data set {source.id}"
    if not way.case_weights:
        return ", ".join(names)
    guards = ", ".join(name for name in names if name not in way.case_weights)
    told = _shares(way.case_weights, tuple(way.case_weights))
    return f"{told}; guards: {guards}" if guards else told


def _shares(weights: Mapping[str, Decimal], names: tuple[str, ...]) -> str:
    """Return names, each with its share where they have any."""
    if not weights:
        return ", ".join(names)
    return ", ".join(f"{name} {number_text(weights[name])}" for name in names)


def _further_lines(rubric: Rubric) -> Iterator[str]:
    """Yield what is said of the homework as a whole."""
    if rubric.late is not None:
        yield _late_line(rubric.late)
    for item in rubric.items:
        if item.leader is not None:
            yield f"leaderboard: {item.leader.name}, the {item.leader.of} of {item.id}"


def _late_line(late: LatePolicy) -> str:
    """Return what a late submission loses."""
    of = "what was earned" if late.is_of_earned else "the maximum"
    told = f"late: {number_text(late.per_day)} % of {of} for each day that has begun"
    told += f", at most {number_text(late.most)} %" if late.most < 100 else ""
    grace_h = Decimal(late.grace_s) / 3600
    return f"{told}, after {number_text(grace_h)} h of grace" if late.grace_s else told


def _option_line(rubric: Rubric, option: Option) -> str:
    """Return what can be chosen of an option, and what is."""
    chosen = rubric.chosen[option.id]
    default = "the default" if chosen == option.default else f"the default is {option.default}"
    title = f" ({option.title})" if option.title else ""
    known = " or ".join(option.choices)
    return f"option {option.id}{title} is one of {known}; here {chosen}, {default}"
