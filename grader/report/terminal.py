"""What a run and a check look like in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.records import ItemScore, Outcome, Rubric, ScoreSheet
from grader.report.escaping import counted, number_text, terminal_text
from grader.report.told import (
    NOT_SHOWN,
    details_of,
    found_of,
    is_shown,
    loading_of,
    to_know,
    totals_text,
)

_MOST_ROWS = 40
_LONGEST_NAME = 28
_BRIEF = frozenset(
    {Outcome.NOT_IMPLEMENTED, Outcome.LOAD_FAILED, Outcome.NOT_SUBMITTED, Outcome.AWAITING_MARK}
)
"""Outcomes of which an example on a draw tells nothing more."""
_COLOURS = {
    Outcome.CORRECT: "green",
    Outcome.PARTIAL: "yellow",
    Outcome.UNSURE: "magenta",
    Outcome.GRADER_FAULT: "bold red",
}


def _plain(text: str) -> Text:
    """Return a text that is no markup and harmless."""
    return Text(terminal_text(text))


def print_scores(console: Console, rubric: Rubric, sheets: Sequence[ScoreSheet]) -> None:
    """Print one row per submission: its total, and the items that are not right.

    Names have a column of their own where anybody's differs from the id.
    """
    table = Table(title=_plain(rubric.title), title_justify="left", expand=False)
    shown = sheets[:_MOST_ROWS]
    have_names = any(
        person.name not in ("", person.student_id) for sheet in shown for person in sheet.people
    )
    table.add_column("student", no_wrap=True)
    if have_names:
        table.add_column("name", no_wrap=True, max_width=_LONGEST_NAME)
    table.add_column("total", justify="right")
    table.add_column("of", justify="right")
    table.add_column("not right")
    for sheet in shown:
        table.add_row(
            _plain(", ".join(person.student_id for person in sheet.people)),
            *([_plain(", ".join(person.name for person in sheet.people))] if have_names else []),
            _total_cell(sheet),
            number_text(sheet.maximum),
            _what_is_wrong(sheet),
        )
    console.print(table)
    if len(sheets) > _MOST_ROWS:
        console.print(f"… and {len(sheets) - _MOST_ROWS} more in scores.csv")


def _total_cell(sheet: ScoreSheet) -> str:
    """Return a total; where nothing is decided yet there is none, and no zero either."""
    if sheet.has_fault:
        return "–"
    is_open = bool(sheet.scores) and all(score.points is None for score in sheet.scores)
    return "open" if is_open and not sheet.adjustments else totals_text(sheet)


def _what_is_wrong(sheet: ScoreSheet) -> Text:
    """Return the outcomes that cost points or want a person, each with its items."""
    by_outcome: dict[Outcome, list[str]] = {}
    for score in sheet.scores:
        if score.verdict.outcome not in (Outcome.CORRECT, Outcome.WAIVED):
            by_outcome.setdefault(score.verdict.outcome, []).append(score.item.id)
    text = Text()
    for outcome, items in by_outcome.items():
        if text:
            text.append("; ")
        text.append(str(outcome), style=_COLOURS.get(outcome, "red"))
        listed = "all items" if len(items) == len(sheet.scores) > 1 else ", ".join(items)
        text.append(f": {terminal_text(listed)}")
    return text


def print_summary(console: Console, sheets: Sequence[ScoreSheet]) -> None:
    """Print how often each outcome came."""
    counts = Counter(score.verdict.outcome for sheet in sheets for score in sheet.scores)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    listed = counted(len(sheets), "submission")
    console.print(f"{listed}: {told}" if told else "no submissions")


def print_sheet(
    console: Console, sheet: ScoreSheet, reproductions: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Print one submission's items with points, then each one that fails, for its author.

    Parameters
    ----------
    console
        Where to.
    sheet
        What came of the items.
    reproductions
        Item -> lines that show a failure without the grader.
    """
    table = Table(expand=False)
    for column in ("item", "points", "outcome"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it is")
    for score in sheet.scores:
        outcome = score.verdict.outcome
        points = "–" if score.points is None else number_text(score.points)
        table.add_row(
            _plain(score.item.id if is_shown(score) else ""),
            f"{points} of {number_text(score.item.points)}" if is_shown(score) else "",
            Text(str(outcome), style=_COLOURS.get(outcome, "red")),
            _plain(score.item.title if is_shown(score) else f"{score.item.title} {NOT_SHOWN}"),
        )
    console.print(table)
    for together in _alike([s for s in sheet.scores if is_shown(s) and is_to_be_told(s)]):
        reproduction = (reproductions or {}).get(together[0].item.id, ())
        _print_failure(console, together, reproduction)
    for line in loading_of(sheet):
        console.print(_plain(f"loading: {line}"), soft_wrap=True)
    told = sheet.load.notes if sheet.load is not None else ()
    for flag in sheet.flags:
        if flag not in told and flag not in sheet.problems and not flag.startswith("not loaded: "):
            console.print(_plain(f"note: {flag}"), soft_wrap=True)
    console.print(total_of(sheet), highlight=False)


def is_to_be_told(score: ItemScore) -> bool:
    """Return whether there is more to say of an item than that it is right."""
    return score.verdict.outcome is not Outcome.CORRECT or bool(to_know(score.verdict))


def _alike(scores: Sequence[ItemScore]) -> list[list[ItemScore]]:
    """Return the items in lists: those of which nothing but one and the same is to be said."""
    lists: dict[object, list[ItemScore]] = {}
    for score in scores:
        is_brief = score.verdict.outcome in _BRIEF
        name = (score.verdict.outcome, found_of(score)) if is_brief else score.item.id
        lists.setdefault(name, []).append(score)
    return list(lists.values())


def _print_failure(
    console: Console, scores: Sequence[ItemScore], reproduction: Sequence[str]
) -> None:
    """Print what is wrong with an item, what came back beside what is right, and how to see it."""
    first = scores[0]
    outcome = first.verdict.outcome
    names = terminal_text(", ".join(score.item.id for score in scores))
    head = Text(f"\n{names}: ", style="bold")
    console.print(head.append(str(outcome), style=_COLOURS.get(outcome, "red")), soft_wrap=True)
    console.print(_plain(f"  {found_of(first)}"), highlight=False, soft_wrap=True)
    if outcome in _BRIEF:
        return
    for line in details_of(first):
        console.print(_plain(f"  {line}"), highlight=False, soft_wrap=True)
    for number, line in enumerate(reproduction):
        # Python's lines stand at the margin, so that they run as they are copied.
        shown = f"  {line}" if number == 0 else line
        console.print(_plain(shown), highlight=False, soft_wrap=True)


def print_items(console: Console, rubric: Rubric) -> None:
    """Print a homework's items with their points."""
    table = Table(title=_plain(rubric.title), title_justify="left", expand=False)
    table.add_column("item", no_wrap=True)
    table.add_column("points", justify="right")
    table.add_column("what it is")
    for item in rubric.items:
        table.add_row(_plain(item.id), number_text(item.points), _plain(item.title))
    console.print(table)


def total_of(sheet: ScoreSheet) -> str:
    """Return the sum of the points in words, with what is still undecided."""
    told = f"total: {number_text(sheet.total)} of {number_text(sheet.maximum)} points"
    undecided = sum((s.item.points for s in sheet.scores if s.points is None), Decimal(0))
    return f"{told} so far; {number_text(undecided)} points are undecided" if undecided else told
