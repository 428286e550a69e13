"""What a run and a check look like in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.records import Outcome, Rubric, ScoreSheet
from grader.report.escaping import counted, number_text, terminal_text
from grader.report.told import details_of, found_of, is_shown, name_of, totals_text

_MOST_ROWS = 40
_MOST_DETAILS = 2
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
    """Print one row per submission: its total, and the items that are not right."""
    table = Table(title=_plain(rubric.title), title_justify="left", expand=False)
    table.add_column("student", no_wrap=True)
    table.add_column("total", justify="right")
    table.add_column("of", justify="right")
    table.add_column("not right")
    for sheet in sheets[:_MOST_ROWS]:
        total = "–" if sheet.has_fault else totals_text(sheet)
        table.add_row(
            _plain(", ".join(person.student_id for person in sheet.people)),
            total,
            number_text(sheet.maximum),
            _what_is_wrong(sheet),
        )
    console.print(table)
    if len(sheets) > _MOST_ROWS:
        console.print(f"… and {len(sheets) - _MOST_ROWS} more in scores.csv")


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


def print_sheet(console: Console, sheet: ScoreSheet) -> None:
    """Print one submission's items with points and what was found, for its author."""
    table = Table(expand=False)
    for column in ("item", "points", "outcome"):
        table.add_column(column, no_wrap=True)
    table.add_column("what was found")
    for score in sheet.scores:
        outcome = score.verdict.outcome
        points = "–" if score.points is None else number_text(score.points)
        table.add_row(
            _plain(name_of(score)),
            f"{points} of {number_text(score.item.points)}" if is_shown(score) else "",
            Text(str(outcome), style=_COLOURS.get(outcome, "red")),
            _plain(found_of(score)),
        )
    console.print(table)
    _print_details(console, sheet)
    if sheet.load is not None:
        for line in (*sheet.load.failures, *sheet.load.notes):
            console.print(_plain(f"loading: {line}"))
    told = sheet.load.notes if sheet.load is not None else ()
    for flag in sheet.flags:
        if flag not in told and flag not in sheet.problems and not flag.startswith("not loaded: "):
            console.print(_plain(f"note: {flag}"))
    console.print(_total(sheet), highlight=False)


def _print_details(console: Console, sheet: ScoreSheet) -> None:
    """Print what came back for the first items that are wrong, beside what is right."""
    wrong = [score for score in sheet.scores if details_of(score)]
    for score in wrong[:_MOST_DETAILS]:
        first, *rest = details_of(score)
        console.print(_plain(f"{score.item.id}: {first}"), soft_wrap=True)
        for line in rest:
            console.print(_plain(f"  {line}"), highlight=False, soft_wrap=True)
    if len(wrong) > _MOST_DETAILS:
        others = ", ".join(score.item.id for score in wrong[_MOST_DETAILS:])
        console.print(_plain(f"Ask for one item with --only to see the same of {others}."))


def _total(sheet: ScoreSheet) -> str:
    told = f"total: {number_text(sheet.total)} of {number_text(sheet.maximum)} points"
    undecided = sum((s.item.points for s in sheet.scores if s.points is None), Decimal(0))
    return f"{told} so far; {number_text(undecided)} points are undecided" if undecided else told
