"""From verdicts to a score sheet: what is untouched, what is unstable, what a TA should look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from grader.checks.comparison import PERHAPS_SINGLE
from grader.checks.recorded import CLAIM
from grader.checks.typed import UNREAD
from grader.grading.explaining import FAULT
from grader.grading.judging import leave_open, mark_unstable, mark_untouched
from grader.grading.plan import Plan
from grader.grading.recorded import Recorded
from grader.grading.reproducing import reproducible
from grader.grading.waivers import waived
from grader.grading.ways import by_best_way
from grader.grading.witness import Ask
from grader.records import (
    ADAPTER,
    ENVIRONMENT,
    Failed,
    Outcome,
    ScoreSheet,
    Spent,
    Submission,
    Transcript,
    Usage,
    Verdict,
)
from grader.scoring.adjustments import adjusted
from grader.scoring.marks import marked
from grader.scoring.sheet import make_sheet

_ACCEPTED = frozenset({Outcome.CORRECT, Outcome.PARTIAL, Outcome.UNSURE})


def assessed(
    plan: Plan,
    submission: Submission,
    transcript: Transcript,
    judged: tuple[Mapping[str, Verdict], Mapping[str, str]],
    starter: Ask,
) -> ScoreSheet:
    """Return the score sheet of a submission that has been judged.

    Parameters
    ----------
    plan
        What was asked.
    submission
        Whose sheet it is; its files are not read any more.
    transcript
        Everything that it has answered.
    judged
        What was asked -> verdict, and group -> the convention that it holds to.
    starter
        Gives the untouched starter's answers on a draw.
    """
    verdicts, conventions = judged
    broken = [told for told in transcript.load.failures if told.startswith(ADAPTER)]
    # An item that fails for a person's own mistake is left open, and a rescore tells it once.
    problems = tuple(dict.fromkeys((*submission.problems, *broken)))
    submission = replace(submission, problems=problems)
    recorded = Recorded(plan, transcript)
    verdicts = mark_unstable(plan, verdicts, transcript.replies, recorded.repeats)
    verdicts = mark_untouched(plan, verdicts, recorded.ask, starter)
    verdicts = by_best_way(plan.items, verdicts)
    if submission.problems:
        verdicts = leave_open(verdicts, submission.problems)
    verdicts = waived(plan.rubric, verdicts, transcript.waivers)
    verdicts = reproducible(plan, submission, verdicts)
    sheet = make_sheet(
        submission,
        verdicts,
        plan.items,
        transcript.load,
        transcript.usage,
        conventions,
        [*flags_of(plan, submission, transcript), *_noted(verdicts)],
    )
    return by_hand(plan, replace(sheet, spent=spent_by_probe(transcript)))


def by_hand(plan: Plan, sheet: ScoreSheet) -> ScoreSheet:
    """Return a sheet with what people have said of it: marks, waivers, lateness, adjustments."""
    sheet = marked(sheet, plan.marks, plan.taken)
    return adjusted(sheet, plan.adjustments, plan.rubric, plan.taken)


def spent_by_probe(transcript: Transcript) -> dict[str, Spent]:
    """Return what the calls of each probe have used, by the kernel's account.

    Calls along the lines of numeric derivatives are only in the submission's total.
    """
    calls = [(key.probe, reply.usage) for key, reply in transcript.replies.items()]
    calls += [(key.probe, r.usage) for key, again in transcript.repeats.items() for r in again]
    spent: dict[str, Spent] = {}
    for probe, usage in calls:
        so_far = spent.get(probe, Spent(calls=0, usage=Usage(wall_s=0.0, cpu_s=0.0)))
        # Rounded as transcripts keep them, so that a rescore adds up the very same numbers.
        spent[probe] = Spent(
            calls=so_far.calls + 1,
            usage=Usage(
                wall_s=so_far.usage.wall_s + round(usage.wall_s, 6),
                cpu_s=so_far.usage.cpu_s + round(usage.cpu_s, 6),
                peak_mb=max(so_far.usage.peak_mb, usage.peak_mb),
            ),
        )
    return spent


def _noted(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Return flags about answers that may be finite differences, or are only claimed."""
    unread = [item for item, verdict in verdicts.items() if UNREAD in verdict.notes]
    flags = [f"{UNREAD}: {', '.join(unread)}"] if unread else []
    flags += [
        f"{item}: {note}"
        for item, verdict in verdicts.items()
        for note in verdict.notes
        if note.startswith(FAULT)
    ]
    for telling in (PERHAPS_SINGLE, CLAIM):
        items = [
            item
            for item, verdict in verdicts.items()
            if verdict.outcome in _ACCEPTED and any(telling in note for note in verdict.notes)
        ]
        flags += [f"{telling}: {', '.join(items)}"] if items else []
    return flags


def without_files(plan: Plan, submission: Submission) -> tuple[ScoreSheet, Transcript]:
    """Return the sheet of a submission without any code: nothing is run for it."""
    nothing = replace(Transcript.empty(submission.id), notes=submission.notes)
    told = "No Python file or notebook was handed in."
    verdict = Verdict(outcome=Outcome.NOT_SUBMITTED, credit=Decimal(0), message=told)
    verdicts = {item.id: verdict for item in plan.items}
    if submission.problems:
        verdicts = leave_open(verdicts, submission.problems)
    flags = [*submission.problems, *submission.notes]
    sheet = make_sheet(submission, verdicts, plan.items, nothing.load, nothing.usage, {}, flags)
    return by_hand(plan, sheet), nothing


def flags_of(plan: Plan, submission: Submission, transcript: Transcript) -> list[str]:
    """Return what a TA should look at in a submission."""
    flags = list(submission.problems)
    flags += submission.notes
    flags += [f"waiver used: {name}" for name in transcript.waivers]
    flags += _of_other_files(plan, transcript)
    load = transcript.load
    if load.failures:
        more = f" (and {len(load.failures) - 1} more)" if len(load.failures) > 1 else ""
        flags.append(f"not loaded: {load.failures[0]}{more}")
    flags += _of_environment(transcript)
    flags += [note for note in load.notes if _is_telling(note, plan.rubric.modules.flag)]
    for probe, variant in transcript.variants.items():
        if any(v.fallback and v.name == variant for v in plan.rubric.probes[probe].variants):
            flags.append(f"{probe}: answered only when called the second way (its fallback)")
    return flags


def _of_other_files(plan: Plan, transcript: Transcript) -> list[str]:
    """Return which items were asked again of other files than the rest, where any were."""
    later = [i.id for i in plan.items if any(way.probe in transcript.later for way in i.asked)]
    return [f"graded again by itself, from other files: {', '.join(later)}"] if later else []


def _of_environment(transcript: Transcript) -> list[str]:
    """Return what failed for a newer NumPy than the homework was written for, each once."""
    failed = [
        answer.message
        for reply in transcript.replies.values()
        for answer in reply.answers.values()
        if isinstance(answer, Failed)
    ]
    told = [
        found[found.index(ENVIRONMENT) :]
        for found in (*transcript.load.failures, *failed)
        if ENVIRONMENT in found
    ]
    way = "'numpy_compat: true' under the rubric's modules provides most such names"
    return [f"{one}; {way}" for one in dict.fromkeys(told)]


def _is_telling(note: str, flagged: Iterable[str]) -> bool:
    """Tell notes about which files were taken, and about modules to flag, from mere routine."""
    module = note.partition(" ")[0].partition(".")[0]
    if note.startswith(ADAPTER):
        return True
    words = ("is taken for it", "also found", "ended the process", "was not handed in")
    return any(word in note for word in words) or ("stand-in" in note and module in flagged)
