"""Which submissions has a rubric as examples, and which points were worked out for each?

They lie in ``submissions_example/<id>/<student>/``, with an ``expected.csv`` beside them; those of
another choice of the rubric's options than the defaults in ``<id>@year=2015``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import Complaint, UsageError
from grader.records import Rubric, ScoreSheet, Submission
from grader.report.escaping import number_text
from grader.submission import one_submission, read

FOLDER = "submissions_example"
EXPECTED = "expected.csv"
STUDENT, TOTAL, REASON = "student", "total", "reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A submission with the points that it should have.

    Parameters
    ----------
    student
        Its name, that of its folder.
    submission
        Its files.
    points
        Item -> points as they stand in the table, empty where a person decides.
    file, line
        Where they stand.
    """

    student: str
    submission: Submission
    points: Mapping[str, str]
    file: str
    line: int

    def is_right(self, rubric: Rubric) -> bool:
        """Whether it should have every point that no person gives."""
        return all(
            self.points.get(item.id) == number_text(item.points)
            for item in rubric.items
            if item.is_probed
        )

    def complaint(self, message: str) -> Complaint:
        """Return a complaint about this row of the table."""
        return Complaint(
            file=self.file, line=self.line, column=1, message=f"{self.student}: {message}"
        )


def examples_of(rubric: Rubric, file: Path) -> tuple[list[Example], list[Complaint]]:
    """Return a rubric's examples, and what is wrong with their table.

    Parameters
    ----------
    rubric, file
        The rubric and its YAML file. Examples lie in the folder that holds the folder of the
        rubrics, or in the current one.

    Returns
    -------
    examples
        Those of which both the folder and the row can be read; none where there is no table.
    complaints
    """
    homes = [*file.resolve().parents[2:3], Path()]
    tables = [home / FOLDER / folder_of(rubric) / EXPECTED for home in homes]
    table = next((table for table in tables if table.is_file()), None)
    if table is None:
        return [], []
    try:
        with table.open(newline="", encoding="utf-8-sig") as stream:
            return _read(rubric, table, csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{table}: cannot be read ({error})") from None


def folder_of(rubric: Rubric) -> str:
    """Return the name of the folder with a rubric's examples under its choice."""
    chosen = rubric.chosen
    others = [f"{o.id}={chosen[o.id]}" for o in rubric.options if chosen[o.id] != o.default]
    return f"{rubric.id}@{','.join(others)}" if others else rubric.id


def _read(
    rubric: Rubric, table: Path, rows: csv.DictReader[str]
) -> tuple[list[Example], list[Complaint]]:
    wanted = [STUDENT, *(item.id for item in rubric.items), TOTAL, REASON]
    if list(rows.fieldnames or ()) != wanted:
        told = f"its columns must be the rubric's items: {','.join(wanted)}"
        return [], [Complaint(file=str(table), line=1, column=1, message=told)]
    examples: list[Example] = []
    complaints: list[Complaint] = []
    for row in rows:
        try:
            submission = read(one_submission([table.parent / row[STUDENT]]))
        except UsageError as error:
            complaints.append(_at(table, rows.line_num, str(error)))
            continue
        points = {item.id: row[item.id] for item in rubric.items}
        example = Example(
            student=row[STUDENT],
            submission=submission,
            points={**points, TOTAL: row[TOTAL]},
            file=str(table),
            line=rows.line_num,
        )
        examples.append(example)
    named = {example.student for example in examples}
    # What an example's folder lacks was told above; what has no row would never be looked at.
    for folder in sorted(path for path in table.parent.iterdir() if path.is_dir()):
        if folder.name not in named:
            complaints.append(_at(table, 0, f"the folder {folder.name} has no row"))
    return examples, complaints


def _at(table: Path, line: int, message: str) -> Complaint:
    return Complaint(file=str(table), line=line, column=1, message=message)


def unexpected(example: Example, sheet: ScoreSheet) -> Iterator[Complaint]:
    """Yield the cells of an example's row that are not what it has got."""
    for score in sheet.scores:
        wanted = example.points[score.item.id]
        came = "" if score.points is None else number_text(score.points)
        if came != wanted:
            told = f"{score.item.id} has {came or 'no points yet'}, not {wanted or 'undecided'}"
            why = f"({score.verdict.outcome}): {score.verdict.message}"
            yield example.complaint(f"{told} {why}")
    total = number_text(sheet.total)
    if total != example.points[TOTAL]:
        yield example.complaint(f"the total is {total}, not {example.points[TOTAL]}")
