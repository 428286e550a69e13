"""The homework of ``submission/kinds.py``, and how a submission to it is graded."""

from __future__ import annotations

from pathlib import Path

from grader.grading.examiner import Examiner
from grader.grading.planning import make_plan
from grader.records import ScoreSheet
from grader.rubric import load_rubric
from grader.submission import discover, read
from tests.grading.classroom import HEAD, write_rubric
from tests.submission.kinds import EXPECTED, KINDS, STARTER, put_kind

RUBRIC = (
    HEAD.replace("[act.py]", f"[{', '.join(EXPECTED)}]")
    + """\
probes:
  net:
    problem: tanh
    cases: {plain: {}}
    code: |
      from nndl.neural_net import net
      out = net(z)
    answers: {out: out}
  layers:
    problem: tanh
    cases: {plain: {}}
    code: |
      from nndl.layers import squash
      out = squash(z)
    answers: {out: out}
items:
  - {id: net, title: "Net", points: 4, check: value, probe: net, answer: out}
  - {id: layers, title: "Layers", points: 6, check: value, probe: layers, answer: out}
"""
)


class Hall:
    """The homework of the kinds, with and without what NumPy has removed."""

    def __init__(self, folder: Path) -> None:
        older = RUBRIC.replace("modules: {", "modules: {numpy_compat: true, ")
        self.examiners = {
            text is older: Examiner(make_plan(load_rubric(write_rubric(home, text, STARTER))))
            for text, home in ((RUBRIC, folder / "plain"), (older, folder / "older"))
        }

    def grade(self, folder: Path, name: str, numpy_compat: bool) -> ScoreSheet:
        """Grade a kind of submission as ``grader grade`` does."""
        (found,) = discover(put_kind(folder, KINDS[name]), EXPECTED)
        sheet, _ = self.examiners[numpy_compat].examine(read(found))
        return sheet

    def close(self) -> None:
        """End the zygotes."""
        for examiner in self.examiners.values():
            examiner.close()
