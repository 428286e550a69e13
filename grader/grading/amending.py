"""Single items of a submission asked again: what is asked, and what stays as it was answered.

A probe is what is asked, and one call answers all of its items; so these are graded again together.
All other answers stay, and are judged once more along with the new ones: where items hang together,
by a group's convention or a share that is carried forward, they still do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from grader.checks.draws import keys_of
from grader.errors import UsageError
from grader.grading.journal import people_in, read_result
from grader.grading.plan import Plan, chosen
from grader.grading.recorded import Recorded
from grader.grading.transcripts import read_transcript
from grader.grading.witness import Witness
from grader.records import Answer, DrawKey, Item, Submission, SweepKey, Transcript, Usage
from grader.submission import Found

_Told = TypeVar("_Told")


def probes_again(plan: Plan, patterns: Sequence[str], run: Path) -> frozenset[str]:
    """Return the probes that answer some of a run's items.

    Parameters
    ----------
    plan
        That of the run.
    patterns
        Item ids, or patterns such as ``q4.*``.
    run
        The run's folder, for the message.

    Raises
    ------
    UsageError
        If a pattern names no item of the run, or none of them is answered by code.
    """
    held = {item.id for item in plan.items}
    for pattern in patterns:
        if not any(item.id in held for item in chosen(plan.rubric, (pattern,))):
            told = f"holds no {pattern}, but {', '.join(sorted(held))}"
            raise UsageError(f"{run}: {told}; grade other items into another folder with -o")
    items = [item for item in chosen(plan.rubric, tuple(patterns)) if item.id in held]
    probes = frozenset(way.probe for item in items for way in item.asked if way.probe)
    if not probes:
        told = "has no answer of anybody's code to ask for again; marks are given with --marks"
        raise UsageError(f"{', '.join(item.id for item in items)} {told}")
    return probes


def items_of(plan: Plan, probes: Collection[str]) -> list[Item]:
    """Return the items that any of some probes answers."""
    return [item for item in plan.items if any(way.probe in probes for way in item.asked)]


def must_be_amendable(
    run: Path, plan: Plan, found: Sequence[Found], probes: Collection[str]
) -> None:
    """Refuse to ask some items alone where the other answers cannot stay as they are.

    Parameters
    ----------
    run
        The run's folder.
    plan
        That of the run.
    found
        The submissions.
    probes
        What is going to be asked again.

    Raises
    ------
    UsageError
        If nothing was handed in or answered before, or the other probes, the starter, the limits
        or this program have changed since, so that all would have to be asked.
    """
    for one in found:
        name = one.id
        whole = f"grade {name} whole: --student without --only"
        if not one.files:
            raise UsageError(f"{name}: no Python file or notebook is there; {whole}")
        try:
            transcript = read_transcript(run / "transcripts" / f"{name}.frame")
            told = read_result(run / "results" / f"{name}.json")
        except (UsageError, OSError) as error:
            raise UsageError(
                f"{run}: what {name} answered cannot be read ({error}); {whole}"
            ) from None
        if not transcript.replies:
            raise UsageError(f"{run}: {name} had handed in nothing; {whole}")
        own = plan.of(Submission(id=name, people=people_in(told), files=()))
        if not _hold(own, transcript, probes):
            why = "the rubric's probes, its limits or the grader have changed since"
            raise UsageError(f"{run}: {name} would have to answer all again, since {why}; {whole}")


def _hold(plan: Plan, transcript: Transcript, but: Collection[str]) -> bool:
    """Return whether all first draws of the other probes are answered, and the answers hold."""
    recorded = Recorded(plan, transcript)
    return all(
        recorded.has(key) for probe in plan.probes if probe.id not in but for key in keys_of(probe)
    )


def kept_problems(run: Path, submission: Submission) -> Submission:
    """Return a submission with what could not be read when its other answers were given, too."""
    told = read_result(run / "results" / f"{submission.id}.json")
    problems = dict.fromkeys((*told["problems"], *submission.problems))
    return replace(submission, problems=tuple(problems))


def heard(again: Witness, before: Witness, probes: Collection[str]) -> Witness:
    """Return a witness that is asked some probes again, and for the others tells what it said."""

    def of(key: DrawKey) -> Witness:
        return again if key.probe in probes else before

    def ask(key: DrawKey) -> Mapping[str, Answer]:
        return of(key).ask(key)

    def sweep(key: SweepKey) -> Answer:
        return of(key.draw).sweep(key)

    def mutated(key: DrawKey) -> tuple[str, ...]:
        return of(key).mutated(key)

    return Witness(ask=ask, sweep=sweep, mutated=mutated)


def amended(before: Transcript, again: Transcript, probes: Collection[str]) -> Transcript:
    """Return a transcript with the answers of some probes in place of those of before.

    How the files were loaded, and what was found in them, stays that of the other answers. Where
    the files are not the same any more, the transcript tells for which probes.
    """
    files = {probe: before.files_of(probe) for probe in before.probes}
    files |= dict.fromkeys(probes, again.files)
    is_whole = set(files.values()) == {again.files}
    common = again.files if is_whole else before.files
    return replace(
        before,
        replies=_exchanged(before.replies, again.replies, probes),
        repeats=_exchanged(before.repeats, again.repeats, probes),
        inputs=_exchanged(before.inputs, again.inputs, probes),
        sweeps={
            **{key: loss for key, loss in before.sweeps.items() if key.draw.probe not in probes},
            **again.sweeps,
        },
        variants={**before.variants, **again.variants},
        probes={**before.probes, **{probe: again.probes[probe] for probe in probes}},
        usage=Usage(
            wall_s=before.usage.wall_s + again.usage.wall_s,
            cpu_s=before.usage.cpu_s + again.usage.cpu_s,
            peak_mb=max(before.usage.peak_mb, again.usage.peak_mb),
        ),
        children=before.children + again.children,
        files=common,
        later={probe: digest for probe, digest in files.items() if digest != common},
    )


def _exchanged(
    before: Mapping[DrawKey, _Told], again: Mapping[DrawKey, _Told], probes: Collection[str]
) -> dict[DrawKey, _Told]:
    """Return what was told by draw, that of some probes anew."""
    kept = {key: told for key, told in before.items() if key.probe not in probes}
    return {**kept, **again}
