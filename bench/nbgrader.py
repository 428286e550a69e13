"""The homework for nbgrader: one ``nbgrader autograde`` over all submissions.

It has no option for more than one job, so for two jobs the class is split into two courses that are
graded at the same time, each with a gradebook of its own. The modules lie beside the notebook,
whose locked cells make one test each. ``nbgrader generate_assignment`` is run beforehand, untimed.
"""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.homework import Homework
from bench.tools import (
    CHECKS,
    RUN_S,
    NotMeasuredError,
    Tool,
    handed_in_by,
    must,
    tests_of,
    write_checks,
    write_notebook,
)
from bench.ways import Timing

_ASSIGNMENT = "hw3"


def _run_nbgrader(
    programs: Path, homework: Homework, folder: Path, jobs: int, count: int
) -> Timing:
    """Run ``nbgrader autograde`` once for each job, on its share of the first submissions."""
    shutil.rmtree(folder, ignore_errors=True)
    chosen = homework.plain[:count]
    courses = [
        _nbgrader_course(programs, homework, folder / f"course-{job}", chosen[job::jobs])
        for job in range(jobs)
    ]
    command = [str(programs / "nbgrader"), "autograde", _ASSIGNMENT]
    began = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda course: must(RUN_S, command, course, programs), courses))
    wall_s = time.perf_counter() - began
    graded = [row for course in courses for row in _grades(programs, course)]
    if len(graded) != len(chosen):
        raise NotMeasuredError(f"nbgrader has graded {len(graded)} of {len(chosen)} submissions")
    for row in graded:
        if float(row["score"]) != len(homework.plan.items):
            raise NotMeasuredError(f"nbgrader gives {row['student_id']} {row['score']} points")
    return Timing(wall_s=wall_s / len(chosen))


def _nbgrader_course(
    programs: Path, homework: Homework, course: Path, plain: Sequence[Path]
) -> Path:
    """Return the folder of a course with one assignment and its submissions."""
    source = course / "source" / _ASSIGNMENT
    write_checks(homework, source)
    cells: list[tuple[str, Mapping[str, Any]]] = [(f"import {CHECKS}\n", _locked("start", 0))]
    cells += [(f"{CHECKS}.{name}()", _locked(name, 1)) for name in tests_of(homework)]
    write_notebook(source / "hw3.ipynb", cells)
    (course / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "bench"\n', encoding="utf-8"
    )
    make = [str(programs / "nbgrader"), "generate_assignment", _ASSIGNMENT]
    must(RUN_S, make, course, programs)
    for one in plain:
        handed_in = course / "submitted" / one.name / _ASSIGNMENT
        shutil.copytree(course / "release" / _ASSIGNMENT, handed_in)
        for file in handed_in_by(one):
            there = handed_in / file.relative_to(one)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, there)
    return course


def _locked(name: str, points: int) -> dict[str, Any]:
    """Return the metadata of a cell that students must not change; with points, of a test."""
    told: dict[str, Any] = {"grade": points > 0, "grade_id": name, "locked": True}
    told |= {"points": points} if points else {}
    return {"nbgrader": {**told, "schema_version": 3, "solution": False, "task": False}}


def _grades(programs: Path, course: Path) -> list[dict[str, str]]:
    """Return the rows of what nbgrader exports."""
    must(RUN_S, [str(programs / "nbgrader"), "export"], course, programs)
    with (course / "grades.csv").open(newline="", encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream) if row["assignment"] == _ASSIGNMENT]


NBGRADER = Tool(
    name="nbgrader",
    packages=("nbgrader",),
    command="nbgrader",
    count=30,
    quick_count=4,
    run=_run_nbgrader,
)
