"""What ``grader grade`` tells before it grades, and of a run that ended early."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.commands.output import tell

if TYPE_CHECKING:
    from rich.console import Console

    from grader.grading.batch import Finished
    from grader.grading.plan import Plan
    from grader.grading.rescoring import Run
    from grader.records import Rubric
    from grader.submission import Census, Found


def asked_again(
    run: Run, plan: Plan, items: tuple[str, ...], found: Sequence[Found]
) -> frozenset[str]:
    """Return the only probes that are asked of some submissions of a run; none where all are."""
    from grader.grading.amending import must_be_amendable, probes_again

    if not items:
        return frozenset()
    probes = probes_again(plan, items, run.folder)
    must_be_amendable(run.folder, plan, found, probes)
    return probes


def tell_less(notes: Console, run: Run, only: tuple[str, ...], found: Sequence[Found]) -> None:
    """Tell of items and of people whom a run does not have, or not any more."""
    from grader.grading.regrading import left_behind
    from grader.report.escaping import listed

    if only:
        told = f"{run.folder}: only {', '.join(only)}, as it was begun"
        tell(notes, f"{told}; --only '*' with --resume adds the other items")
    if found and (gone := left_behind(run, found)):
        told = f"{run.folder}: {len(gone)} of its submissions are not there any more, and have no"
        way = "once PATH holds them again, --resume brings them back, and asks nobody again"
        tell(notes, f"{told} row: {listed(gone)}; {way}", style="yellow")


def tell_asked_again(
    notes: Console, plan: Plan, items: tuple[str, ...], probes: frozenset[str]
) -> None:
    """Tell what is asked again, and which other items the same calls answer."""
    from grader.grading.amending import items_of
    from grader.grading.plan import chosen

    wanted = {item.id for item in chosen(plan.rubric, items)}
    others = [item.id for item in items_of(plan, probes) if item.id not in wanted]
    told = f"asked again: {', '.join(item.id for item in plan.items if item.id in wanted)}"
    also = f"; by the same call as well: {', '.join(others)}" if others else ""
    tell(notes, f"{told}{also}; all other answers stay")


def early_end(finished: Finished, count: int) -> str:
    """Say of a run that ended early why, how far it came, and how it goes on."""
    cut, graded = finished.cut_short, len(finished.sheets)
    told = f"{cut.why if cut else 'interrupted'}: {graded} of {count} submissions were graded"
    kept = "the tables hold these, and " if graded else ""
    if not finished.has_tables:
        kept = "these are kept, though not in all tables: "
    once = f"{cut.once}, the same command with " if cut and cut.once else ""
    return f"{told}; {kept}{once}--resume goes on"


def tell_found(notes: Console, rubric: Rubric, path: Path, seen: Census, count: int) -> bool:
    """Tell what was found before it is graded; return whether it may be of another homework."""
    from grader.report.escaping import counted, listed
    from grader.submission import FOLDER, hold_expected

    missing = sum(not one.origin for one in seen.found)
    kind = "" if seen.source == FOLDER else f" ({seen.title})"
    handed_in = len(seen.found) - missing
    these = "" if count == len(seen.found) else f", of which {count} graded now"
    tell(notes, f"{rubric.id}: {counted(handed_in, 'submission')} in {path}{kind}{these}")
    if missing:
        tell(notes, f"{missing} on the roster handed in nothing")
    is_doubtful = not hold_expected(seen.found, rubric.modules.expected)
    if is_doubtful:
        wanted = ", ".join(rubric.modules.expected)
        told = f"none of them holds {wanted} or a notebook: is this the right rubric and folder?"
        tell(notes, told, style="yellow")
    if seen.unmatched and seen.source != FOLDER:
        tell(notes, f"belongs to nobody: {listed(seen.unmatched)}", style="yellow")
    for one in seen.roster:
        tell(notes, f"{one.submission}: {one.why}", style="yellow")
    return is_doubtful
