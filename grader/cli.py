"""The command ``grader``: its words put together."""

from __future__ import annotations

import click

from grader import __version__
from grader.commands.check import check
from grader.commands.compare import compare
from grader.commands.doctor import doctor
from grader.commands.formula import formula
from grader.commands.grade import grade
from grader.commands.gradebook import gradebook
from grader.commands.gradescope import gradescope
from grader.commands.group import CommandGroup
from grader.commands.kit import kit
from grader.commands.marks import marks
from grader.commands.replay import replay
from grader.commands.report import report
from grader.commands.rescore import rescore
from grader.commands.rubrics import rubric


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grade homework of neural-network courses: hand-written NumPy gradients and networks.

    Every submission runs in a process of its own, isolated; what it answers is judged outside.
    Exit codes: 0 graded, 1 a problem with the rubric, the command or a submission, 2 a fault of
    the grader itself, 130 interrupted (also by a full disk).
    """


for _command in (
    *(grade, check, rescore, compare, replay, rubric, doctor, gradescope),
    *(marks, gradebook, report, formula, kit),
):
    main.add_command(_command)


if __name__ == "__main__":
    main()
