"""One item of one submission, with everything that is known of it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.records import DrawKey, ItemScore, Transcript
from grader.report.escaping import number_text, terminal_text

_MOST_OUTPUT = 2000


def print_replay(console: Console, submission: str, score: ItemScore, told: Transcript) -> None:
    """Print the verdict, each draw's comparison, what came back, and what was printed.

    Parameters
    ----------
    console
        Where to.
    submission
        Whose item it is.
    score
        Its verdict and points.
    told
        What was answered.
    """
    verdict, item = score.verdict, score.item
    points = "undecided" if score.points is None else number_text(score.points)
    _line(console, f"{submission}: {item.id}, {item.title}")
    _line(console, f"{points} of {number_text(item.points)} points: {verdict.outcome}")
    _line(console, verdict.message)
    for note in verdict.notes:
        _line(console, f"note: {note}")
    if verdict.evidence:
        table = Table(expand=False)
        for column in ("draw", "answer", "outcome", "units of rounding", "detail"):
            table.add_column(column, justify="right" if column.startswith("units") else "left")
        for seen in verdict.evidence:
            texts = (
                seen.draw,
                seen.answer,
                str(seen.outcome),
                f"{seen.deviation:.3g}",
                seen.detail,
            )
            table.add_row(*(Text(terminal_text(text)) for text in texts))
        console.print(table)
    for line in verdict.details.splitlines():
        _line(console, line)
    for key, reply in told.replies.items():
        _output(console, key, reply.output)
    for line in (*told.load.failures, *told.load.notes):
        _line(console, f"loading: {line}")


def _output(console: Console, key: DrawKey, output: str) -> None:
    if output.strip():
        _line(console, f"printed on {key}:")
        for line in output[:_MOST_OUTPUT].splitlines():
            _line(console, f"  | {line}")


def _line(console: Console, text: str) -> None:
    console.print(Text(terminal_text(text)), highlight=False, soft_wrap=True)
