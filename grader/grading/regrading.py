"""Some submissions of a run graded again: what stays as it was, and by what the rest is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.grading.plan import Plan, chosen
from grader.grading.rescoring import Run, open_old_run, recorded_sheets
from grader.records import Rubric, ScoreSheet
from grader.scoring.sheet import in_brief
from grader.submission import Found


def run_to_amend(folder: Path) -> Run | None:
    """Return the run that a folder holds, or None where it holds none yet."""
    return open_old_run(folder) if (folder / "run.json").exists() else None


def must_be_of(run: Run, rubric: Rubric) -> None:
    """Refuse to go on with a run of another homework.

    Raises
    ------
    UsageError
        If the rubric is not that of the run.
    """
    if run.rubric != rubric.id:
        raise UsageError(f"{run.folder}: holds a run of {run.rubric}, not of {rubric.id}")


def must_fit(run: Run, rubric: Rubric, seed: int | None) -> None:
    """Refuse to put a submission into a run that is of other draws.

    Raises
    ------
    UsageError
        If the choices or the seed are not those of the run.
    """
    if seed not in (None, run.seed):
        told = f"was graded with --seed {run.seed}; another one would need everybody"
        raise UsageError(f"{run.folder}: {told}")
    if dict(rubric.chosen) != dict(run.facts.get("options", {})):
        told = "was graded with other choices of the rubric's options; a row cannot have these"
        raise UsageError(f"{run.folder}: {told}")


def must_not_narrow(run: Run, rubric: Rubric, only: Sequence[str]) -> None:
    """Refuse to go on with a run for fewer items than it holds: its tables would lose the rest.

    Raises
    ------
    UsageError
        If an item of the run is not among those that are asked for.
    """
    if not only:
        return
    wanted = {item.id for item in chosen(rubric, tuple(only))}
    lost = [item.id for item in chosen(rubric, run.only) if item.id not in wanted]
    if lost:
        told = f"holds {', '.join(lost)} as well, which --only would take out of its tables"
        ways = "--only with --student asks again for an item of one submission; or choose another"
        raise UsageError(f"{run.folder}: {told}; {ways} folder with -o")


def left_behind(run: Run, found: Iterable[Found]) -> list[str]:
    """Return the submissions that a run has results of and that are not among those found."""
    names = {path.stem for path in (run.folder / "results").glob("*.json")}
    return sorted(names.difference(one.id for one in found))


def sheets_before(run: Run, plan: Plan, jobs: int) -> list[ScoreSheet]:
    """Return all sheets of a run in brief, judged from what was answered: nobody's code runs."""
    names = sorted(path.stem for path in (run.folder / "results").glob("*.json"))
    sheets = recorded_sheets(run.folder, plan, names, jobs)
    return [in_brief(sheet, plan.items) for sheet in sheets]
