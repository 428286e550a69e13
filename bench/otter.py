"""The homework for otter-grader: ``otter run`` on the zip file of one submission.

As documented for grading without a container: a process per submission, so many at a time. A
submission is a notebook with its modules, as otter's own export zips it; each item is a test file
of the exception-based format. ``otter generate`` makes the autograder's zip file beforehand,
untimed.
"""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


def _run_otter(programs: Path, homework: Homework, folder: Path, jobs: int, count: int) -> Timing:
    """Run ``otter run`` on each of the first submissions, so many at a time."""
    shutil.rmtree(folder, ignore_errors=True)
    autograder = _otter_assignment(programs, homework, folder)
    zips = [_otter_zip(plain, folder / "zips") for plain in homework.plain[:count]]
    outs = [folder / "out" / zipped.stem for zipped in zips]
    for out in outs:
        out.mkdir(parents=True)
    commands = [
        [str(programs / "otter"), "run", "-a", str(autograder), "-o", str(out), str(zipped)]
        for zipped, out in zip(zips, outs, strict=True)
    ]
    began = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda command: must(RUN_S, command, folder, programs), commands))
    wall_s = time.perf_counter() - began
    for out in outs:
        tests = json.loads((out / "results.json").read_text(encoding="utf-8"))["tests"]
        earned = sum(float(test.get("score", 0)) for test in tests)
        if earned != len(homework.plan.items):
            raise NotMeasuredError(f"otter gives {out.name} {earned:g} points, not all")
    return Timing(wall_s=wall_s / len(zips))


def _otter_assignment(programs: Path, homework: Homework, folder: Path) -> Path:
    """Return the autograder's zip file, made by otter."""
    files = write_checks(homework, folder / "files")
    tests = folder / "tests"
    tests.mkdir()
    for name in tests_of(homework):
        text = (
            "from otter.test_files import test_case\n\nOK_FORMAT = False\n\n"
            f'name = "{name}"\npoints = 1\n\n\n@test_case(points=1)\n'
            f"def {name}():\n    import {CHECKS}\n\n    {CHECKS}.{name}()\n"
        )
        (tests / f"{name}.py").write_text(text, encoding="utf-8")
    made = folder / "autograder.zip"
    given = ["--no-requirements", "--no-environment", "-t", str(tests), "-o", str(made)]
    names = [file.name for file in files]
    must(RUN_S, [str(programs / "otter"), "generate", *given, *names], folder / "files", programs)
    return made


def _otter_zip(plain: Path, folder: Path) -> Path:
    """Return a submission's zip file, as otter's export makes it: a notebook, its modules."""
    folder.mkdir(exist_ok=True)
    notebook = folder / f"{plain.name}.ipynb"
    write_notebook(notebook, [("import nndl\n", {})])
    made = folder / f"{plain.name}.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.write(notebook, "hw3.ipynb")
        for file in handed_in_by(plain):
            zipped.write(file, file.relative_to(plain))
    return made


OTTER = Tool(
    name="otter",
    packages=("otter-grader", "ipykernel"),
    command="otter",
    count=6,
    quick_count=2,
    run=_run_otter,
)
