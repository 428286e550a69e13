"""A tiny homework made in a folder, and submissions to it, graded by real child processes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from grader.grading.examiner import Examiner
from grader.grading.plan import Plan
from grader.grading.planning import make_plan
from grader.records import Outcome, Person, ScoreSheet, SourceFile, Submission, Transcript
from grader.rubric import load_rubric

HEAD = """\
schema: 1
id: tiny
title: "A tiny homework"
seed: 11
starter: starter/
limits: {cpu_s: 0.6, load_s: 0.8, wall_s: 6, total_s: 20, memory_mb: 512, output_kb: 256}
modules: {expected: [act.py]}
"""

TANH = (
    HEAD
    + """\
probes:
  out:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from act import forward
      out = forward(z)
    answers: {out: out}
  dz:
    problem: tanh
    cases: {plain: {draws: 2}}
    code: |
      from act import backward
      dz = backward(dout, z)
    answers: {dz: dz}
items:
  - {id: out, title: "tanh", points: 4, check: value, probe: out, answer: out}
  - {id: dz, title: "Backwards through tanh", points: 6, check: gradient, probe: dz, answer: dz}
"""
)
"""Two items with a probe each."""

STARTER = {
    "act.py": """\
import numpy as np

def forward(z):
    out = np.zeros_like(z)
    # TODO
    return out

def backward(dout, z):
    # TODO
    pass
"""
}

RIGHT = """\
import numpy as np

def forward(z):
    return np.tanh(z)

def backward(dout, z):
    return dout * (1 - np.tanh(z) ** 2)
"""

BACKWARD = RIGHT.partition("def backward")[2].join(["\ndef backward", ""])
"""The right second half, to stand after a first half that is not."""


class Classroom:
    """A rubric with its plan, and one warm zygote for all submissions to it."""

    def __init__(
        self, folder: Path, rubric: str = TANH, starter: Mapping[str, str] = STARTER
    ) -> None:
        self.home = write_rubric(folder, rubric, starter)
        self.plan: Plan = make_plan(load_rubric(self.home))
        self.examiner = Examiner(self.plan, has_notebooks=False)

    def examine(self, *sources: str, **files: str) -> tuple[ScoreSheet, Transcript]:
        """Grade a submission of ``act.py``, or of the named modules."""
        if sources:
            files["act"] = "\n".join(textwrap.dedent(source) for source in sources)
        return self.examiner.examine(submission({f"{name}.py": files[name] for name in files}))

    def grade(self, *sources: str, **files: str) -> ScoreSheet:
        """Grade a submission; see ``examine``."""
        return self.examine(*sources, **files)[0]

    def outcomes(self, *sources: str, **files: str) -> dict[str, str]:
        """Grade a submission and return each item's outcome."""
        return outcomes(self.grade(*sources, **files))


def write_rubric(folder: Path, rubric: str, starter: Mapping[str, str] = STARTER) -> Path:
    """Write a rubric's folder and return it."""
    home = folder / "tiny"
    for name, source in starter.items():
        put(home / "starter" / name, source)
    (home / "starter").mkdir(parents=True, exist_ok=True)
    put(home / "rubric.yaml", rubric)
    return home


def put(path: Path, text: str) -> Path:
    """Write a file and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def submission(files: Mapping[str, str], name: str = "amber-fox") -> Submission:
    """Return a submission of these files."""
    return Submission(
        id=name,
        people=(Person(student_id=name),),
        files=tuple(
            SourceFile(path=path, data=source.encode()) for path, source in sorted(files.items())
        ),
    )


def outcomes(sheet: ScoreSheet) -> dict[str, str]:
    """Return each item's outcome."""
    return {score.item.id: str(score.verdict.outcome) for score in sheet.scores}


def messages(sheet: ScoreSheet) -> dict[str, str]:
    """Return each item's message."""
    return {score.item.id: score.verdict.message for score in sheet.scores}


def points(sheet: ScoreSheet) -> dict[str, str]:
    """Return each item's points as a text, empty where there are none yet."""
    return {
        s.item.id: "" if s.points is None else f"{s.points.normalize():f}" for s in sheet.scores
    }


__all__ = ["Classroom", "Outcome"]
