"""What a run and a check look like in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.records import Item, Option, Outcome, Rubric, ScoreSheet, Verdict
from grader.report.escaping import number_text, terminal_text

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
        total = "–" if sheet.has_fault else number_text(sheet.total)
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
    """Return the outcomes other than "correct", each with its items."""
    by_outcome: dict[Outcome, list[str]] = {}
    for score in sheet.scores:
        if score.verdict.outcome is not Outcome.CORRECT:
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
    console.print(f"{len(sheets)} submissions: {told}" if told else "no submissions")


def print_sheet(console: Console, sheet: ScoreSheet) -> None:
    """Print one submission's items with points and what was found, for its author."""
    table = Table(expand=False)
    for column in ("item", "points", "outcome"):
        table.add_column(column, no_wrap=True)
    table.add_column("what was found")
    for score in sheet.scores:
        outcome = score.verdict.outcome
        points = "–" if score.points is None else number_text(score.points)
        is_visible = score.item.visibility == "visible"
        message = score.verdict.message if is_visible else "(not shown for this item)"
        message = " ".join([message, *to_know(score.verdict)]) if is_visible else message
        if is_visible and outcome is Outcome.WRONG and score.item.hint:
            message = f"{message} Hint: {score.item.hint}"
        table.add_row(
            score.item.id,
            f"{points} of {number_text(score.item.points)}",
            Text(str(outcome), style=_COLOURS.get(outcome, "red")),
            _plain(message),
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


def to_know(verdict: Verdict) -> list[str]:
    """Return the notes that an author should read: what was accepted, what was changed in place."""
    telling = ("your code changes", "stabiliser")
    return [f"Note: {note}." for note in verdict.notes if any(word in note for word in telling)]


def _print_details(console: Console, sheet: ScoreSheet) -> None:
    """Print what came back for the first items that are wrong, beside what is right."""
    wrong = [
        score
        for score in sheet.scores
        if score.item.visibility == "visible" and score.verdict.details
    ]
    for score in wrong[:_MOST_DETAILS]:
        console.print(_plain(f"{score.item.id}: {score.verdict.details.splitlines()[0]}"))
        for line in score.verdict.details.splitlines()[1:]:
            console.print(_plain(f"  {line}"), highlight=False)
    if len(wrong) > _MOST_DETAILS:
        others = ", ".join(score.item.id for score in wrong[_MOST_DETAILS:])
        console.print(_plain(f"Ask for one item with --only to see the same of {others}."))


def _total(sheet: ScoreSheet) -> str:
    told = f"total: {number_text(sheet.total)} of {number_text(sheet.maximum)} points"
    undecided = sum((s.item.points for s in sheet.scores if s.points is None), Decimal(0))
    return f"{told} so far; {number_text(undecided)} points are undecided" if undecided else told


def print_rubric(console: Console, rubric: Rubric) -> None:
    """Print a rubric's items, section by section, and the conventions it accepts."""
    table = Table(title=_plain(rubric.title), title_justify="left", expand=False)
    for column in ("item", "points", "check", "cases", "title"):
        table.add_column(column, justify="right" if column == "points" else "left")
    section = ""
    for item in rubric.items:
        if item.section != section:
            section = item.section
            table.add_section()
        checks = " or ".join(dict.fromkeys(way.check for way in item.asked))
        title = _plain(item.title)
        table.add_row(item.id, number_text(item.points), checks, _cases(rubric, item), title)
    console.print(table)
    for group in rubric.groups.values():
        accepted = "; ".join(f"{name}: {' or '.join(v)}" for name, v in group.accept.items())
        console.print(_plain(f"group {group.id} holds to one of {accepted}"))
    for option in rubric.options:
        console.print(_plain(_option_line(rubric, option)))
    console.print(f"{number_text(rubric.maximum)} points, seed {rubric.seed}", highlight=False)


def _cases(rubric: Rubric, item: Item) -> str:
    """Return the cases that an item is tried on, each once."""
    probes = [rubric.probes[way.probe] for way in item.asked if way.probe]
    return ", ".join(dict.fromkeys(case.name for probe in probes for case in probe.cases))


def _option_line(rubric: Rubric, option: Option) -> str:
    """Return what can be chosen of an option, and what is."""
    chosen = rubric.chosen[option.id]
    default = "the default" if chosen == option.default else f"the default is {option.default}"
    title = f" ({option.title})" if option.title else ""
    known = " or ".join(option.choices)
    return f"option {option.id}{title} is one of {known}; here {chosen}, {default}"
