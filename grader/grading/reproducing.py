"""How can whoever reads a verdict see for themselves: what was asked, and how it is asked again?"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace

from grader.checks.messages import sizes_of
from grader.grading.plan import Plan
from grader.records import (
    DrawKey,
    Item,
    Outcome,
    ScoreSheet,
    Submission,
    Transcript,
    Verdict,
)
from grader.report.scripts import script

_NOTHING_TO_SEE = frozenset(
    {
        Outcome.CORRECT,
        Outcome.AWAITING_MARK,
        Outcome.WAIVED,
        Outcome.NOT_SUBMITTED,
        Outcome.GRADER_FAULT,
    }
)
_BY_NUMBERS = frozenset({Outcome.WRONG, Outcome.UNSURE})


def reproducible(
    plan: Plan, submission: Submission, verdicts: Mapping[str, Verdict]
) -> dict[str, Verdict]:
    """Return the verdicts with how to ask again behind what was asked and what came back.

    Parameters
    ----------
    plan
        What was asked.
    submission
        Whose verdicts they are.
    verdicts
        Item -> verdict, all but those of hidden items to be completed.
    """
    student = submission.people[0].student_id if submission.people else submission.id
    return {
        item.id: _completed(plan, item, verdicts[item.id], student or submission.id)
        for item in plan.items
    }


def _completed(plan: Plan, item: Item, verdict: Verdict, student: str) -> Verdict:
    is_shown = item.visibility != "hidden" and bool(item.probe)
    if not is_shown or verdict.outcome in _NOTHING_TO_SEE:
        return verdict
    asked = verdict.details or _asked(plan, item, verdict)
    lines = [*asked.splitlines(), how_again(plan, item, student)]
    return replace(verdict, details="\n".join(lines))


def _asked(plan: Plan, item: Item, verdict: Verdict) -> str:
    """Return on which draw it was asked: the first that came out as the item did, or the first."""
    told = [e.draw for e in verdict.evidence if e.outcome is verdict.outcome]
    for key, draw in plan.draws.items():
        if key.probe == item.probe and (not told or str(key) == told[0]):
            sizes = sizes_of(draw)
            return f"Asked on {key} ({sizes})." if sizes else f"Asked on {key}."
    return ""


def how_again(plan: Plan, item: Item, student: str) -> str:
    """Return the line that says how an item is asked once more: by its author, and by a TA."""
    rubric = plan.rubric
    if plan.again:
        return f"To see it again: {plan.again.format(item=item.id)}"
    chosen = [
        f" --option {option.id}={rubric.chosen[option.id]}"
        for option in rubric.options
        if rubric.chosen[option.id] != option.default
    ]
    seed = f" --seed {plan.seed}" if plan.seed != rubric.seed else ""
    return (
        f"To see it again: grader check YOUR_FILES --rubric {rubric.id}{''.join(chosen)}{seed} "
        f"--only {item.id} (a TA: grader replay RUN {shlex.quote(student)} {item.id})"
    )


def reproductions(
    plan: Plan, sheet: ScoreSheet, transcript: Transcript, in_notebook: bool = False
) -> dict[str, tuple[str, ...]]:
    """Return for each failing visible item lines of Python that show it without the grader.

    Parameters
    ----------
    plan
        What was asked.
    sheet
        What came of it.
    transcript
        Tells how the student's code was called.
    in_notebook
        Whether it stands in a notebook, where no import finds it.

    Returns
    -------
    dict
        Item -> lines, for the smallest draw that failed. Where the inputs are too many to be
        written out, how they can be had.
    """
    known = {str(key): key for key in plan.draws}
    shown: dict[str, tuple[str, ...]] = {}
    for score in sheet.scores:
        verdict = score.verdict
        is_shown = score.item.visibility == "visible"
        # What is yet to be written, or to be loaded, needs no example of how it fails.
        is_missing = verdict.outcome in (Outcome.NOT_IMPLEMENTED, Outcome.LOAD_FAILED)
        if not is_shown or is_missing or verdict.outcome in _NOTHING_TO_SEE:
            continue
        wrong = [e for e in verdict.evidence if e.outcome in _BY_NUMBERS and e.draw in known]
        failed = [e for e in verdict.evidence if e.outcome is verdict.outcome and e.draw in known]
        if wrong or failed:
            # The same draw as that of the verdict's details.
            chosen = min(wrong, key=lambda e: _size(plan, known[e.draw], e.answer), default=None)
            told = chosen or failed[0]
            key, answer = known[told.draw], told.answer
            shown[score.item.id] = _example(plan, transcript, key, answer, in_notebook)
    return shown


def _size(plan: Plan, key: DrawKey, answer: str) -> tuple[int, str]:
    """Return what orders draws as the details of a verdict do: the smallest answer first."""
    right = next(iter(plan.draw(key).expected.values()), {})
    return (right[answer].value.size if answer in right else 0), str(key)


def _example(
    plan: Plan, transcript: Transcript, key: DrawKey, answer: str, in_notebook: bool
) -> tuple[str, ...]:
    """Return the lines of one example; a fault of ours in them costs no verdict."""
    try:
        return tuple(_lines(plan, transcript, key, answer, in_notebook))
    except Exception as error:  # noqa: BLE001 - all that is lost is an example
        return (f"A fault of the grader: no example ({type(error).__name__}: {error}).",)


def _lines(
    plan: Plan, transcript: Transcript, key: DrawKey, answer: str, in_notebook: bool
) -> list[str]:
    probe = plan.rubric.probes[key.probe]
    name = transcript.variants.get(probe.id)
    variant = next((v for v in probe.variants if v.name == name), probe.variants[0])
    written = script(probe, variant, plan.draw(key), answer)
    if written and not in_notebook:
        return ["To see it without the grader, in the folder of your files:", *written]
    if not plan.draw(key).expected:
        return []
    if in_notebook:
        return [f"Its inputs: nb.inputs({str(key)!r})"]
    had = f"from grader import notebook; notebook({plan.rubric.id!r}).inputs({str(key)!r})"
    return [f"Its inputs, too many to be shown: {had}"]
