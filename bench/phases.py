"""Where does the CPU time of a submission go, in the grader's process and in the student's?

CPU time, since other work on the machine moves it less than the clock. The zygote's fork is not in
it. Each figure is the median over the submissions of ``bench/batch.py`` without the training.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# The repository in place of this folder, whose modules may bear the names of packages.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.homework import make_homework  # noqa: E402 - after the lines above
from grader.grading.assessing import assessed  # noqa: E402
from grader.grading.examiner import witness_of  # noqa: E402
from grader.grading.journal import open_run, write_result  # noqa: E402
from grader.grading.judging import judge_all  # noqa: E402
from grader.grading.plan import Plan  # noqa: E402
from grader.grading.session import Session  # noqa: E402
from grader.grading.whence import Whence  # noqa: E402
from grader.sandbox.client import Zygote  # noqa: E402
from grader.submission import Found, read  # noqa: E402

SUBMISSIONS = 30
_Value = TypeVar("_Value")


class Phases:
    """CPU seconds of this process by phase."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], _Value]) -> _Value:
        """Do some work and count it."""
        began = time.process_time()
        value = work()
        self.spent[name] = time.process_time() - began
        return value


def grade(plan: Plan, zygote: Zygote, found: Found, folder: Path) -> Mapping[str, float]:
    """Grade a submission as an examiner does, and return the CPU seconds of each phase."""
    phase = Phases()
    submission = phase("grader: files are read", lambda: plan.adapted(read(found)))
    session = Session(plan, zygote, submission)
    phase("grader: the process is loaded and asked", session.ask_all)
    judged = phase("grader: answers are judged", lambda: judge_all(plan, witness_of(session)))
    phase("grader: the process is ended", session.close)
    transcript = phase("grader: the transcript is made", session.transcript)
    sheet = phase(
        "grader: the sheet is made",
        lambda: assessed(plan, submission, transcript, judged, session.ask),
    )
    phase("grader: the result is written", lambda: write_result(folder, sheet, transcript))
    calls = sum(reply.usage.cpu_s for reply in transcript.replies.values())
    calls += sum(r.usage.cpu_s for again in transcript.repeats.values() for r in again)
    whole = transcript.usage.cpu_s
    return {
        **phase.spent,
        "student: calls": calls,
        "student: walls, loading, end": whole - calls,
    }


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as name, Zygote() as zygote:
        home = Path(name)
        homework = make_homework(home / "without", "without training", False, SUBMISSIONS)
        plan = homework.plan
        seen = Whence().look(homework.submissions, plan.rubric.modules.expected)
        open_run(home / "run")
        told = [grade(plan, zygote, found, home / "run") for found in seen.found]
    medians = {phase: statistics.median(one[phase] for one in told) for phase in told[0]}
    whole = sum(medians.values())
    for phase, spent in medians.items():
        print(f"{phase:<42} {1e3 * spent:5.2f} ms {spent / whole:4.0%}")
    print(f"{'together':<42} {1e3 * whole:5.2f} ms")


if __name__ == "__main__":
    main()
