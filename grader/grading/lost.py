"""Which results of a run are gone since it was graded, and how do they come back?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.grading.rescoring import Run
from grader.report.escaping import listed

JUDGES_AGAIN = "grader grade … --resume judges again what was answered, and asks for the rest"


def lost_results(run: Run, back: Collection[str] = ()) -> str:
    """Return what is told of results that a run had and has no more; nothing if all are there.

    Parameters
    ----------
    run
        The run; its ``run.json`` tells how many were graded.
    back
        Submissions that are graded again.
    """
    there = {path.stem for path in (run.folder / "results").glob("*.json")} | set(back)
    graded = run.facts.get("graded", 0)
    count = graded - len(there)
    if count <= 0:
        return ""
    # Who is not among the submissions any more has a transcript without a result, too.
    frames = (path.stem for path in (run.folder / "transcripts").glob("*.frame"))
    answered = sorted(name for name in frames if name not in there)
    told = f"{count} of {graded} results are gone{_named(answered, count)}"
    return f"{run.folder}: {told}: {JUDGES_AGAIN}"


def _named(answered: Sequence[str], count: int) -> str:
    """Return who has answered and has no result, as far as that tells whose are gone."""
    if not answered:
        return ""
    names = listed(answered, most=20)
    if len(answered) == count:
        return f" ({names})"
    return f" (among {names})" if len(answered) > count else f" ({names} and others)"
