"""What does a check look like in a notebook? A table, and what fails: HTML, Markdown or text."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console

from grader.records import ItemScore, Rubric, ScoreSheet
from grader.report.escaping import html_text, markdown_text, number_text, terminal_text
from grader.report.terminal import is_to_be_told, print_items, print_sheet, total_of
from grader.report.told import details_of, found_of

_WIDTH = 100


class Checked:
    """What came of a check.

    Parameters
    ----------
    sheet
        All items with their verdicts.
    reproductions
        Item -> lines that show a failure.
    """

    def __init__(self, sheet: ScoreSheet, reproductions: Mapping[str, Sequence[str]]) -> None:
        self._sheet = sheet
        self._reproductions = reproductions

    @property
    def outcomes(self) -> dict[str, str]:
        """Item -> outcome, by its word: ``"correct"``, ``"wrong"``, …"""
        return {score.item.id: str(score.verdict.outcome) for score in self._sheet.scores}

    @property
    def scores(self) -> tuple[ItemScore, ...]:
        """Each item with its verdict and points."""
        return self._sheet.scores

    def __repr__(self) -> str:
        return _printed(print_sheet, self._sheet, self._reproductions)

    def _repr_markdown_(self) -> str:
        rows = [
            f"| {_code(s.item.id)} | {_points(s)} | {s.verdict.outcome} | "
            f"{markdown_text(s.item.title)} |"
            for s in self._sheet.scores
        ]
        parts = ["| item | points | outcome | what it is |\n|---|---|---|---|\n" + "\n".join(rows)]
        for score in self._failing:
            lines = [*details_of(score), *self._reproductions.get(score.item.id, ())]
            block = "".join(f"\n    {terminal_text(line)}" for line in lines)
            head = f"**{_code(score.item.id)}: {score.verdict.outcome}**"
            parts.append(f"{head} {markdown_text(found_of(score))}\n{block}".rstrip())
        parts += [f"note: {markdown_text(flag)}" for flag in self._sheet.flags]
        return "\n\n".join([*parts, markdown_text(total_of(self._sheet))]) + "\n"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{html_text(s.item.id)}</code></td><td>{html_text(_points(s))}</td>"
            f"<td>{html_text(str(s.verdict.outcome))}</td><td>{html_text(s.item.title)}</td></tr>"
            for s in self._sheet.scores
        )
        head = "<tr><th>item</th><th>points</th><th>outcome</th><th>what it is</th></tr>"
        failing = "".join(map(self._failure, self._failing))
        failing += "".join(f"<p>note: {html_text(flag)}</p>" for flag in self._sheet.flags)
        total = html_text(total_of(self._sheet))
        return f"<table>{head}{rows}</table>{failing}<p>{total}</p>"

    def _failure(self, score: ItemScore) -> str:
        lines = [*details_of(score), *self._reproductions.get(score.item.id, ())]
        block = "\n".join(html_text(line) for line in lines)
        return (
            f"<p><b>{html_text(score.item.id)}: {html_text(str(score.verdict.outcome))}</b><br>"
            f"{html_text(found_of(score))}</p>" + (f"<pre>{block}</pre>" if block else "")
        )

    @property
    def _failing(self) -> list[ItemScore]:
        return [score for score in self._sheet.scores if is_to_be_told(score)]


class Listed(Mapping[str, str]):
    """Items by id, each with what it is; shows itself with their points."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._titles = {item.id: item.title for item in rubric.items}

    def __getitem__(self, item: str) -> str:
        return self._titles[item]

    def __iter__(self) -> Any:
        return iter(self._titles)

    def __len__(self) -> int:
        return len(self._titles)

    def __repr__(self) -> str:
        return _printed(print_items, self._rubric)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><code>{html_text(item.id)}</code></td><td>{number_text(item.points)}</td>"
            f"<td>{html_text(item.title)}</td></tr>"
            for item in self._rubric.items
        )
        return f"<table><tr><th>item</th><th>points</th><th>what it is</th></tr>{rows}</table>"


def _printed(show: Callable[..., None], *arguments: Any) -> str:
    stream = io.StringIO()
    # In Jupyter a console would display what it is to write, once for each line.
    console = Console(file=stream, width=_WIDTH, color_system=None, force_jupyter=False)
    show(console, *arguments)
    return stream.getvalue().rstrip("\n")


def _points(score: ItemScore) -> str:
    points = "–" if score.points is None else number_text(score.points)
    return f"{points} of {number_text(score.item.points)}"


def _code(text: str) -> str:
    return f"`{terminal_text(text)}`"
