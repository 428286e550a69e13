"""A run's folder with results that were made, not graded."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.grading.journal import sheet_message, write_json, write_run
from grader.records import (
    Diagnosis,
    Evidence,
    Item,
    LoadReport,
    Outcome,
    Person,
    Rubric,
    ScoreSheet,
    Verdict,
)
from grader.rubric import find_rubric, load_rubric
from tests.scoring import made

RUBRIC = "elec576-a1"
HOSTILE = (
    "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    "<!--\x1b[31mred\x00\u202eevil\u200b\ud800 {{ 7 * 7 }} '\"&&amp; | **bold** [a](javascript:b)"
)


@functools.cache
def rubric() -> Rubric:
    """Return the rubric that made runs were graded by."""
    return load_rubric(find_rubric(RUBRIC))


def verdict(outcome: Outcome, text: str = "", diagnosis: str = "", **given: Any) -> Verdict:
    """Return a verdict whose texts all hold one text."""
    plain = made.verdict(outcome)
    told = {
        "message": f"{plain.message} {text}".strip(),
        "details": f"Asked on a draw. {text}\nyours  right\n  1.0    2.0" if text else "",
        "notes": (f"note: {text}",) if text else (),
        "evidence": (
            Evidence(
                draw="probe/plain/0",
                answer="dW1",
                outcome=outcome,
                deviation=float("nan") if text else 0.5,
                detail=text or "right",
            ),
        ),
        "diagnosis": Diagnosis(name=diagnosis, sentence=f"dW1 is wrong if {diagnosis}.", answers=())
        if diagnosis
        else None,
    }
    return replace(plain, **{**told, **given})


def sheet(
    name: str,
    verdicts: Sequence[Verdict] = (),
    items: Iterable[Item] | None = None,
    **given: Any,
) -> ScoreSheet:
    """Return a sheet of the rubric's items: the first with these verdicts, all others right."""
    listed = tuple(items or rubric().items)
    rest = [made.verdict()] * (len(listed) - len(verdicts))
    told = {i.id: v for i, v in zip(listed, [*verdicts, *rest], strict=True)}
    return made.sheet(listed, told, name, **given)


def hostile_sheet() -> ScoreSheet:
    """Return a sheet in which every text that a student can write is hostile."""
    person = Person(
        student_id=f"id {HOSTILE}", name=f"Name {HOSTILE}", email=HOSTILE, section=HOSTILE
    )
    load = LoadReport(
        root=HOSTILE, loaded=(HOSTILE,), failures=(HOSTILE,), notes=(HOSTILE,), broken={}
    )
    wrong = verdict(Outcome.WRONG, HOSTILE, diagnosis="penalty_missing")
    told = sheet("hostile", [wrong], flags=[HOSTILE], people=(person,), problems=(HOSTILE,))
    return replace(told, load=load, conventions={"group": HOSTILE})


def write(folder: Path, sheets: Iterable[ScoreSheet], **facts: Any) -> Path:
    """Write a run's folder and return it."""
    (folder / "results").mkdir(parents=True)
    for one in sheets:
        write_json(folder / "results" / f"{one.submission}.json", sheet_message(one))
    told = {"seed": 576, "state": "finished", "grader": "0.1.0", "only": [], **facts}
    write_run(folder, rubric(), told)
    return folder
