"""From verdicts to a score sheet: what is untouched, what is unstable, what a TA should look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from grader.checks.comparison import PERHAPS_SINGLE
from grader.grading.judging import leave_open, mark_unstable, mark_untouched
from grader.grading.plan import Plan
from grader.grading.recorded import Recorded
from grader.grading.waivers import waived
from grader.grading.witness import Ask
from grader.records import Outcome, ScoreSheet, Submission, Transcript, Verdict
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
        Item -> verdict, and group -> the convention that it holds to.
    starter
        Gives the untouched starter's answers on a draw.
    """
    verdicts, conventions = judged
    recorded = Recorded(plan, transcript)
    verdicts = mark_unstable(plan, verdicts, transcript.replies, recorded.repeats)
    verdicts = mark_untouched(plan, verdicts, recorded.ask, starter)
    if submission.problems:
        verdicts = leave_open(verdicts, submission.problems)
    verdicts = waived(plan.rubric, verdicts, transcript.waivers)
    sheet = make_sheet(
        submission,
        verdicts,
        plan.items,
        transcript.load,
        transcript.usage,
        conventions,
        [*flags_of(plan, submission, transcript), *_coarse(verdicts)],
    )
    return marked(sheet, plan.marks)


def _coarse(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Return a flag about the items whose answers may have come from finite differences."""
    items = [
        item
        for item, verdict in verdicts.items()
        if verdict.outcome in _ACCEPTED and any(PERHAPS_SINGLE in note for note in verdict.notes)
    ]
    return [f"{PERHAPS_SINGLE}: {', '.join(items)}"] if items else []


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
    return marked(sheet, plan.marks), nothing


def flags_of(plan: Plan, submission: Submission, transcript: Transcript) -> list[str]:
    """Return what a TA should look at in a submission."""
    flags = list(submission.problems)
    flags += submission.notes
    flags += [f"waiver used: {name}" for name in transcript.waivers]
    load = transcript.load
    if load.failures:
        more = f" (and {len(load.failures) - 1} more)" if len(load.failures) > 1 else ""
        flags.append(f"not loaded: {load.failures[0]}{more}")
    flags += [note for note in load.notes if _is_telling(note, plan.rubric.modules.flag)]
    for probe, variant in transcript.variants.items():
        if any(v.fallback and v.name == variant for v in plan.rubric.probes[probe].variants):
            flags.append(f"{probe}: answered only when called the second way (its fallback)")
    return flags


def _is_telling(note: str, flagged: Iterable[str]) -> bool:
    """Tell notes about which files were taken, and about modules to flag, from mere routine."""
    module = note.partition(" ")[0].partition(".")[0]
    words = ("is taken for it", "also found", "ended the process", "was not handed in")
    return any(word in note for word in words) or ("stand-in" in note and module in flagged)
