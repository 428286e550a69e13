"""What does a report of a thousand students by forty items cost: to write, to keep, to load?

    .venv/bin/python bench/report.py [--quick]

The students are made from a fixed seed: a file of code each, four items in ten wrong with a
diagnosis, evidence and what came back, as long as real ones. The last line is JSON; without a
Chromium its load times are null, with the reason. ``--quick`` makes a hundred students.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from grader.grading.digests import digest_of_files
from grader.grading.reporting import Report
from grader.grading.rescoring import open_old_run
from grader.grading.transcripts import write_transcript
from grader.records import (
    Diagnosis,
    Evidence,
    Item,
    LoadReport,
    Outcome,
    Person,
    Rubric,
    SourceFile,
    Transcript,
    Verdict,
)
from tests.browser.chromium import MISSING, Chromium, found_chromium
from tests.report.made_run import rubric, write
from tests.scoring import made

STUDENTS, QUICK_STUDENTS, ITEMS = 1000, 100, 40
SEED = 576
LOADS = 5
MOST_S, MOST_MB = 2.0, 20.0
MODULE = "three_layer_neural_network.py"
MISTAKES = tuple(
    f"{what}_{how}"
    for what in ("mean", "penalty", "bias", "mask")
    for how in ("missing", "doubled")
)


def main() -> None:
    """Measure, print a table, and say it once more as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_STUDENTS} students")
    count = QUICK_STUDENTS if parser.parse_args().quick else STUDENTS
    with tempfile.TemporaryDirectory() as home:
        measured = measure(Path(home), count)
    for name, value in measured.items():
        print(f"{name:28} {value}")
    print(json.dumps(measured))


def measure(home: Path, count: int) -> dict[str, Any]:
    """Return what a report of some students costs."""
    asked = rubric_of(ITEMS)
    run = make_run(home, asked, count)
    report = Report(run=open_old_run(run), rubric=asked, output=home / "out")
    told: dict[str, Any] = {"students": count, "items": ITEMS, "seed": SEED}
    told["page_s"] = timed(report.write_page)
    told["page_mb"] = size_mb(home / "out" / "report.html")
    told["feedback_s"] = timed(report.write_feedback)
    told["feedback_mb"] = round(sum(map(size_mb, (home / "out" / "feedback").iterdir())), 2)
    told["anonymous_s"] = timed(report.write_anonymous_page)
    told |= loaded(home / "out" / "report.html")
    told["targets"] = f"load under {MOST_S:g} s, under {MOST_MB:g} MB"
    fast = told["load_s"] is None or told["load_s"] <= MOST_S
    told["within_targets"] = bool(fast and told["page_mb"] <= MOST_MB)
    return told


def loaded(page: Path) -> dict[str, Any]:
    """Return how long a browser takes: to load the page, to open a student, to sort, to search.

    On a busy machine the CPU seconds of all its processes while it loads say more than the wall's.
    """
    names = ("load_s", "load_cpu_s", "open_student_s", "sort_s", "search_s")
    if found_chromium() is None:
        return {**dict.fromkeys(names), "why_null": MISSING}
    loads, spent = [], []
    with Chromium() as browser:
        browser.look_like()
        for _ in range(LOADS):
            before = browser.cpu_s()
            browser.open(page)
            spent.append(browser.cpu_s() - before)
            loads.append(
                browser.run("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000")
            )
        opening = browser.run(_TIMED % _OPEN)
        browser.run("document.querySelector('dialog').close()")
        sorting = browser.run(
            _TIMED % "document.querySelector('[data-sort=number] button').click()"
        )
        searching = browser.run(_TIMED % _SEARCH)
    seconds = (statistics.median(loads), statistics.median(spent), opening, sorting, searching)
    return {name: round(value, 3) for name, value in zip(names, seconds, strict=True)}


_OPEN = (
    "document.querySelector('#table tbody button').click();"
    "while (!document.querySelector('#body .item')) await new Promise(requestAnimationFrame)"
)
_SEARCH = (
    "document.querySelector('#search').value = 'student 7';"
    "document.querySelector('#search').dispatchEvent(new Event('input', {bubbles: true}))"
)
_TIMED = (
    "(async () => { const start = performance.now(); %s;"
    " await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));"
    " return (performance.now() - start) / 1000; })()"
)


def timed(do: Callable[[], object]) -> float:
    """Return how many seconds of wall time something takes."""
    start = time.perf_counter()
    do()
    return round(time.perf_counter() - start, 2)


def size_mb(path: Path) -> float:
    """Return a file's size in MB of a million bytes."""
    return round(path.stat().st_size / 1e6, 3)


# --- what is made ----------------------------------------------------------------------------


def rubric_of(count: int) -> Rubric:
    """Return a rubric with some items, which ask the probes of a real one."""
    real = rubric().items
    items = tuple(
        replace(
            real[number % len(real)],
            id=f"q{1 + number // 8}.{'abcdefgh'[number % 8]}",
            section=f"Question {1 + number // 8}",
        )
        for number in range(count)
    )
    return replace(rubric(), items=items)


def make_run(home: Path, asked: Rubric, count: int) -> Path:
    """Return a run's folder of made students, whose files lie beside it."""
    random = np.random.default_rng(SEED)
    given = Path(__file__).parents[1] / "submissions_example" / asked.id / "amber-fox" / MODULE
    code = given.read_text(encoding="utf-8")
    submissions = home / "submissions"
    names = [f"student-{number:04}" for number in range(count)]
    frames = home / "run" / "transcripts"
    files = {}
    for name in names:
        # Everybody writes the same in other words.
        own = code.replace("self.probs", f"self.p_{random.integers(1 << 30):x}")
        own = own.replace(
            "        return", f"        # {random.integers(1 << 62):x}\n        return"
        )
        files[name] = SourceFile(path=MODULE, data=own.encode())
        (submissions / name).mkdir(parents=True)
        (submissions / name / MODULE).write_bytes(files[name].data)
    run = write(
        home / "run",
        (sheet_of(name, asked, random) for name in names),
        submissions=str(submissions),
    )
    frames.mkdir()
    for name, file in files.items():
        told = replace(Transcript.empty(name), files=digest_of_files([file]))
        write_transcript(frames / f"{name}.frame", told)
    return run


def sheet_of(name: str, asked: Rubric, random: np.random.Generator) -> Any:
    """Return a sheet with four items in ten wrong."""
    number = name.rpartition("-")[2]
    person = Person(
        student_id=name,
        name=f"Student {number} of the class",
        email=f"{name}@x.edu",
        section="ABCD"[int(number) % 4],
    )
    verdicts = {item.id: verdict_of(item, name, random) for item in asked.items}
    load = LoadReport(
        root="", loaded=(MODULE,), failures=(), notes=("matplotlib: a stand-in",), broken={}
    )
    sheet = made.sheet(asked.items, verdicts, name, flags=["a note"], people=(person,))
    return replace(sheet, load=load)


def verdict_of(item: Item, name: str, random: np.random.Generator) -> Verdict:
    """Return a verdict with the words and numbers that real ones have."""
    is_wrong = random.random() < 0.4
    outcome = Outcome.WRONG if is_wrong else Outcome.CORRECT
    evidence = tuple(evidence_of(item, outcome, random))
    if not is_wrong:
        return replace(
            made.verdict(), message="The gradient is right on all 7 draws.", evidence=evidence
        )
    mistake = MISTAKES[random.integers(len(MISTAKES))]
    sentence = f"{item.title} is exactly what comes out on all 7 draws if it is {mistake}."
    rows = "\n".join(" ".join(f"{x:10.4g}" for x in random.standard_normal(6)) for _ in range(4))
    again = (
        f"To see it again: grader check YOUR_FILES --only {item.id} (a TA: grader replay {name})"
    )
    case = (
        f" In case plain (N=7, D=5): it differs in 55 of 55 entries, most by {random.random():.6g}."
    )
    return replace(
        made.verdict(outcome),
        message=sentence + case + " Not right either: in decay, single, square, hot, wide.",
        details=f"Asked on probe/plain/0 (N=7, D=5, H=11).\nyours          right\n{rows}\n{again}",
        diagnosis=Diagnosis(name=mistake, sentence=sentence, answers=(item.title,)),
        evidence=evidence,
        notes=("certified: the reference agrees with the complex step within 0.48 units",),
    )


def evidence_of(item: Item, outcome: Outcome, random: np.random.Generator) -> Iterator[Evidence]:
    """Yield seven comparisons."""
    for case in ("plain/0", "plain/1", "decay/0", "single/0", "square/0", "hot/0", "wide/0"):
        units = float(random.random()) * (1e9 if outcome is Outcome.WRONG else 1.0)
        detail = "right" if outcome is Outcome.CORRECT else f"differs by {units:.3g} units"
        yield Evidence(
            draw=f"{item.probe}/{case}",
            answer="dW1",
            outcome=outcome,
            deviation=units,
            detail=detail,
        )


if __name__ == "__main__":
    main()
