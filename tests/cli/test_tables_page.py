"""Whoever follows the page about tables has marked, adjusted and uploaded."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

from grader.report.files import TABLES
from grader.report.tables import scores_table
from tests.cli.command import ROOT, grader, scores
from tests.gradebook.books import MOODLE
from tests.grading.classroom import RIGHT, TANH, put, write_rubric
from tests.scoring.made import item

PAGE = (ROOT / "docs" / "tables.md").read_text("utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]
(CHANGES,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
HOMEWORK = TANH.replace("id: dz", "id: q4.dz").replace(
    "items:\n", "items:\n  - {id: why, title: Why, points: 3, check: written}\n"
)
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (71)\n    Points Possible,,,,,13\n"


def test_the_page_names_every_column_of_scores_and_the_readme_leads_to_it() -> None:
    items = [item("a", section="one")]
    columns = [name for name in scores_table(items, []).columns if not name.startswith("a")]
    for name in (*columns, "adjustments", "<item>.outcome"):
        assert f"`{name.partition(' ')[0]}" in PAGE, name
    assert "(docs/tables.md)" in (ROOT / "README.md").read_text("utf-8")


def followed(command: str, folder: Path) -> None:
    name, *arguments = shlex.split(command)
    assert name == "grader"
    done = grader(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr


def test_every_command_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    write_rubric(tmp_path, HOMEWORK.replace("probes:", "late: {per_day: 10}\nprobes:"))
    students = [f"0{number}00" for number in range(1, 6)]
    for student in students:
        put(tmp_path / "all" / student / "act.py", RIGHT)
    followed("grader grade all --rubric tiny -o runs/hw3", tmp_path)
    assert {path.name for path in (tmp_path / "runs" / "hw3").glob("*.csv")} == set(TABLES)
    template, rescore, adjust, canvas, moodle, gradescope = COMMANDS
    followed(template, tmp_path)
    filled = (tmp_path / "marks.csv").read_text().replace(",3,,", ",3,2,")
    put(tmp_path / "marks.csv", filled)
    followed(rescore, tmp_path)
    put(tmp_path / "changes.csv", CHANGES)
    followed(adjust, tmp_path)
    rows = scores(tmp_path / "runs" / "hw3")
    totals = {student: rows[student]["total"] for student in students}
    assert totals == {"0100": "10", "0200": "13.5", "0300": "9.4", "0400": "12", "0500": "12"}
    listed = "".join(f"x,{9000 + n},{student},,L,\n" for n, student in enumerate(students))
    put(tmp_path / "exported.csv", CANVAS + listed)
    followed(canvas, tmp_path)
    with (tmp_path / "upload.csv").open(newline="", encoding="utf-8") as stream:
        uploaded = {row[2]: row[-1] for row in list(csv.reader(stream))[2:]}
    assert uploaded == totals
    worksheet = MOODLE.replace("10.00,Yes", "13.00,Yes").replace("10.00,No", "13.00,Yes")
    for number, student in enumerate(students[:3], start=1):
        worksheet = worksheet.replace(f",{1000 + number},", f",{student},")
    put(tmp_path / "worksheet.csv", worksheet)
    done = grader(*shlex.split(moodle)[1:], cwd=tmp_path)
    assert done.stderr.count("left out: 0400 is not in the gradebook") == 1
    assert "left out: 0200: 13.5 is above Moodle's maximum of 13" in done.stderr
    assert "written: upload.csv, 2 students in the column 'Grade'" in done.stderr
    followed(gradescope, tmp_path)
    assert len((tmp_path / "grades.csv").read_text().splitlines()) == 6
