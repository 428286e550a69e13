"""How is a submission graded in Gradescope's container, with results whatever happens?"""

from __future__ import annotations

import contextlib
import json
import math
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import FrameType
from typing import Any

from grader import __version__
from grader.errors import GraderFault, UsageError
from grader.gradescope.building import FORMAT, SECRET, SETTINGS
from grader.gradescope.container import Container, points_by_hand
from grader.grading.executors import LocalExecutor, Work
from grader.grading.isolation import Demand, Isolation, isolation
from grader.grading.journal import open_run
from grader.grading.limits import with_limits
from grader.grading.plan import make_plan, must_have_secret
from grader.grading.secret import FILE_VARIABLE, read_secret
from grader.records import Item, Person, Rubric, ScoreSheet, Submission
from grader.report.escaping import json_text, number_text
from grader.report.files import write_text
from grader.report.gradescope import final_results, open_results
from grader.rubric import load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection
from grader.scoring.sheet import fault_sheet
from grader.submission import Found
from grader.submission.found import found_as
from grader.submission.listing import listed_folder

_CLOSED = ("submission", "source", "results", "submission_metadata.json")
_STUDENT = "submission"


class TooLateError(GraderFault):
    """The container's time is nearly over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What ``submission_metadata.json`` tells, as far as it does.

    Parameters
    ----------
    people
        Who handed in; at least one, whose id is made up where the file names nobody.
    total_points
        What the assignment is worth, or None where that cannot be told.
    trouble
        Why the file could not be read; empty where it could.
    """

    people: tuple[Person, ...] = (Person(student_id=_STUDENT),)
    total_points: Decimal | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a course should know of a submission that was graded.

    Parameters
    ----------
    warnings
        What is odd about the machine or the assignment.
    fault
        Why items have no verdict, where that is a fault of ours; else empty.
    """

    warnings: tuple[str, ...] = ()
    fault: str = ""


@dataclass(slots=True)
class _Progress:
    """What is known of a submission at the time when its results have to be written."""

    root: Path
    started: float = field(default_factory=time.monotonic)
    items: tuple[Item, ...] = ()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.started

    def write(self, results: Mapping[str, Any]) -> None:
        write_text(self.root / "results" / "results.json", f"{json_text(results)}\n")

    def tell(self, stage: str) -> None:
        self.write(open_results(self.items, stage))


def run(root: Path, demand: Demand) -> Report:
    """Grade the submission in ``root`` and write ``results/results.json``.

    It is written at once, and anew as grading goes on; each time it is there whole or not at all.

    Parameters
    ----------
    root
        ``/autograder``, with ``source``, ``submission`` and ``submission_metadata.json``.
    demand
        The isolation to go on with.

    Raises
    ------
    GraderError
        If the submission could not be graded; the results say that nobody has judged it.
    """
    (root / "results").mkdir(parents=True, exist_ok=True)
    progress = _Progress(root)
    progress.tell("Grading has begun.")
    try:
        return _graded(progress, demand)
    except Exception:
        # Whatever it is, the student reads that it is not their fault before anybody else does.
        progress.tell("The autograder itself failed, which is no fault of yours.")
        raise


def _graded(progress: _Progress, demand: Demand) -> Report:
    root = progress.root
    warnings = close_to_others(root)
    rubric, container = read_settings(root / "source")
    kept = root / "source" / SECRET
    secret = read_secret({FILE_VARIABLE: str(kept)} if kept.exists() else {})
    progress.items = rubric.items
    metadata = read_metadata(root / "submission_metadata.json")
    found = found_in(root / "submission", metadata)
    progress.tell(f"Your code is being run; Python files and notebooks: {len(found.files)}.")
    walls = isolation(demand, rubric)
    warnings += filter(None, [walls.warning, metadata.trouble, _differing(rubric, metadata)])
    fault = ""
    try:
        with _deadline(container.deadline_s - progress.elapsed_s):
            sheet, fault = _examined(rubric, found, walls, secret)
    except TooLateError as error:
        fault = str(error)
        nothing = Submission(id=found.id, people=found.people, files=())
        sheet = fault_sheet(nothing, rubric.items, fault)
    facts = {"rubric": rubric.id, "options": dict(rubric.chosen), "grader": __version__}
    facts |= walls.facts
    progress.write(final_results(sheet, progress.elapsed_s, warnings, facts))
    return Report(warnings=tuple(warnings), fault=fault)


def close_to_others(root: Path) -> list[str]:
    """Close what a student's process must not read to all users but root.

    The sandbox does not rest on it: there, no file can be opened at all. Returns what could not be
    closed.
    """
    troubles = []
    for name in _CLOSED:
        path = root / name
        if not path.exists():
            continue
        try:
            path.chmod(0o700 if path.is_dir() else 0o600)
        except OSError as error:
            troubles.append(f"{path} cannot be closed to others ({error.strerror})")
    return troubles


def _examined(
    rubric: Rubric, found: Found, walls: Isolation, secret: bytes | None
) -> tuple[ScoreSheet, str]:
    """Grade in a worker, which may die without taking the results along; return its fault as well.

    The container has half a core: one worker, whatever else the machine seems to have.
    """
    plan = must_have_secret(make_plan(rubric, secret=secret))
    with tempfile.TemporaryDirectory(prefix="grader-") as name:
        folder = Path(name)
        open_run(folder)
        work = Work(plan=plan, found=[found], folder=folder, isolation=walls)
        executor = LocalExecutor(work, jobs=1)
        try:
            executor.start()
            (sheet,) = executor.run()
            executor.close()
        except BaseException:
            executor.stop()
            raise
        traces = [path.read_text(encoding="utf-8") for path in (folder / "faults").glob("*.txt")]
    if not sheet.has_fault:
        return sheet, ""
    return sheet, "\n".join(traces) or "; ".join(sheet.flags)


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise TooLateError where the block takes longer."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooLateError("the time of the container was nearly over")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def read_settings(source: Path) -> tuple[Rubric, Container]:
    """Return what the zip file says to grade by, and the container that it was built for.

    Raises
    ------
    UsageError, RubricError
        If something of it is missing or was changed into what cannot be used.
    """
    file = source / SETTINGS
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise UsageError(f"{file}: of another version of the toolkit; build the zip file anew")
        container = Container(memory_mb=told["memory_mb"], timeout_minutes=told["timeout_minutes"])
        choices = tuple(
            Choice(option=option, choice=choice, source=str(file))
            for option, choice in told["options"].items()
        )
        path, limits = source / told["rubric"], list(told["limits"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file}: cannot be read ({type(error).__name__}: {error})") from None
    rubric = load_rubric(path, selection=Selection(choices=choices))
    return container.fit(with_limits(rubric, limits)), container


def read_metadata(file: Path) -> Metadata:
    """Return what Gradescope tells of a submission; whatever is missing or odd is left out."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        users, assignment = told["users"], told["assignment"]
        people = tuple(
            Person(
                student_id=str(user.get("id", _STUDENT)),
                name=str(user.get("name", "")),
                email=str(user.get("email", "")),
                late_s=_late(told.get("created_at"), user.get("assignment"), assignment),
            )
            for user in users
        )
        points = assignment.get("total_points")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return Metadata(trouble=f"{file.name}: cannot be read ({type(error).__name__}: {error})")
    return Metadata(people=people or Metadata().people, total_points=_number(points))


def _late(created_at: object, own: object, assignment: Mapping[str, Any]) -> int:
    """Return by how many seconds a submission was late, by one's own due date if there is one.

    By the time at which it was handed in, so that grading it again changes nothing.
    """
    own_due = own.get("due_date") if isinstance(own, Mapping) else None
    due = own_due or assignment.get("due_date")
    try:
        late = datetime.fromisoformat(_iso(created_at)) - datetime.fromisoformat(_iso(due))
    except (TypeError, ValueError):
        return 0
    return max(0, math.ceil(late.total_seconds()))


def _iso(told: object) -> str:
    """Return a time as Python 3.10 reads it too: without parts of seconds, and no ``Z``."""
    whole, _, rest = str(told).replace("Z", "+00:00").partition(".")
    return whole + rest.lstrip("0123456789")


def _number(told: object) -> Decimal | None:
    try:
        number = Decimal(str(told))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _differing(rubric: Rubric, metadata: Metadata) -> str:
    """Return that the assignment is worth something else than its items; empty where it is not.

    What is marked by hand may be in the assignment's points or beside them.
    """
    worth, whole = metadata.total_points, rubric.maximum
    automatic = whole - points_by_hand(rubric)
    if worth is None or worth in (whole, automatic):
        return ""
    return (
        f"the assignment is worth {number_text(worth)} points, and the items that rubric "
        f"{rubric.id} grades {number_text(automatic)}: set the autograder's points to that"
    )


def found_in(folder: Path, metadata: Metadata) -> Found:
    """Return what lies in ``submission``; nothing there is a submission without files."""
    if not folder.is_dir():
        return Found(id=_STUDENT, people=metadata.people, base=folder, files=())
    found = found_as(_STUDENT, folder, listed_folder(folder))
    return replace(found, people=metadata.people)
