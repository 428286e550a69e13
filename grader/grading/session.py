"""How does one submission answer? Every probe on every draw, called the way that fits it best."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.checks.draws import keys_of
from grader.checks.knowledge import OWN_LOSS
from grader.checks.numeric import points
from grader.checks.stability import differing
from grader.grading.calling import failed_reply, joined, rank, read_reply
from grader.grading.children import Asked, Children, Origin
from grader.grading.digests import digest_of_files
from grader.grading.plan import Plan
from grader.grading.waivers import claimed
from grader.records import (
    Answer,
    Draw,
    DrawKey,
    Failed,
    Outcome,
    Probe,
    Reply,
    Returned,
    Submission,
    SweepKey,
    Transcript,
    Variant,
)
from grader.sandbox.channel import ProtocolError, Request
from grader.sandbox.endings import Death
from grader.sandbox.replies import answers_of

_MOST_DEATHS = 2
"""Processes that a probe may crash before its further draws are given up."""
_SWEEP_SHARE = 2.0
"""What a sweep may use, in CPU limits of its probe; slower code is not asked."""


@dataclass(slots=True)
class Session:
    """All that a submission answers, asked for at its first use.

    Parameters
    ----------
    plan
        What is asked.
    zygote
        Where its processes come from.
    submission
        Whose files they are; the rubric's starter lies beneath them.
    only
        The probes that are asked at once; all of the plan if not given.
    """

    plan: Plan
    zygote: Origin
    submission: Submission
    only: Collection[str] | None = None
    replies: dict[DrawKey, Reply] = field(default_factory=dict)
    sweeps: dict[SweepKey, Answer] = field(default_factory=dict)
    repeats: dict[DrawKey, tuple[Reply, ...]] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    """Probe -> the way of calling that was chosen on its first draw."""
    children: Children = field(init=False)
    _fatal: dict[str, Failed] = field(default_factory=dict)
    """Probe -> what its child died of; its further draws are not tried."""
    _deaths: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        files, adapter = self.submission.files, self.submission.adapter
        self.children = Children(self.plan, self.zygote, files, adapter)

    def ask_all(self) -> None:
        """Call every probe on every draw, and the first draw of each once more."""
        asked = [p for p in self.plan.probes if self.only is None or p.id in self.only]
        for _, group in itertools.groupby(asked, self.children.kind_of):
            probes = list(group)
            for _, alike in itertools.groupby(probes, lambda probe: probe.limits):
                self._ask_in_turn(alike)
            self._repeat(probes)

    def _ask_in_turn(self, probes: Iterable[Probe]) -> None:
        """Call probes of the same limits on every draw, as many as can be without waiting."""
        calls: list[tuple[Probe, DrawKey]] = []
        for probe in probes:
            keys = list(keys_of(probe))
            if len(probe.variants) > 1:
                # The first draw settles how the probe is called on the others.
                self._ask_together(calls)
                self.ask(keys.pop(0))
                calls = []
            calls += [(probe, key) for key in keys]
        self._ask_together(calls)

    def ask(self, key: DrawKey) -> Mapping[str, Answer]:
        """Return the answers on one draw, asking only if they are not there yet."""
        if key not in self.replies:
            probe = self.plan.rubric.probes[key.probe]
            self.replies[key] = self._reply(probe, self.plan.draw(key))
        return self.replies[key].answers

    def sweep(self, key: SweepKey) -> Answer:
        """Return the submission's own loss along a line, asking only if it is not there yet."""
        if key not in self.sweeps:
            self.sweeps[key] = self._sweep(self.plan.rubric.probes[key.draw.probe], key)
        return self.sweeps[key]

    def close(self) -> None:
        """End the child that is left."""
        self.children.end()

    def transcript(self) -> Transcript:
        """Return everything that was answered, with what discovery met."""
        submission = self.submission
        return Transcript(
            submission=submission.id,
            load=self.children.load or Transcript.empty(submission.id).load,
            replies=dict(self.replies),
            variants={probe: variant.name for probe, variant in self.variants.items()},
            usage=self.children.usage,
            children=self.children.count,
            sweeps=dict(self.sweeps),
            repeats=dict(self.repeats),
            files=digest_of_files(submission.hashed),
            probes=dict(self.plan.probe_digests),
            inputs={key: self.plan.inputs_digest(key) for key in self.replies},
            notes=submission.notes,
            waivers=claimed(self.plan.waivers, submission.files),
        )

    # --- draws ----------------------------------------------------------------------------

    def _ask_together(self, calls: Sequence[tuple[Probe, DrawKey]]) -> None:
        """Ask without waiting in between; of a probe that ends its process, the rest singly."""
        waiting = deque(calls)
        while waiting:
            first = waiting[0][0]
            child = self.children.child_for(first) if first.id not in self._fatal else None
            if child is not None and not isinstance(child, Failed):
                self._ask_all_of(child, waiting)
            ended = waiting[0][0] if waiting else first
            while waiting and waiting[0][0] is ended:
                self.ask(waiting.popleft()[1])

    def _ask_all_of(self, child: Asked, waiting: deque[tuple[Probe, DrawKey]]) -> None:
        """Take from the calls that are waiting those that are answered before a process ends."""
        requests = [self._request(probe, key) for probe, key in waiting]
        limits = waiting[0][0].limits
        try:
            told = child.ask_all(requests, limits.cpu_s, limits.wall(limits.cpu_s))
            for reply, usage in told:
                probe, key = waiting[0]
                self.replies[key] = read_reply(probe, self.plan.draw(key), reply, usage)
                waiting.popleft()
        except (ProtocolError, Death) as ended:
            probe, key = waiting[0]
            failure = self._note_end(probe, ended)
            if failure is not None:
                self.replies[key] = failed_reply(probe, failure)

    def _request(self, probe: Probe, key: DrawKey) -> Request:
        variant = self.variants.setdefault(probe.id, probe.variants[0])
        return self.plan.request(probe, variant, key)

    def _reply(self, probe: Probe, draw: Draw) -> Reply:
        if probe.id in self.variants:
            return self._call(probe, self.variants[probe.id], draw)
        return self._best_reply(probe, draw)

    def _best_reply(self, probe: Probe, draw: Draw) -> Reply:
        """Try the ways of calling in their order, and keep to the best of them from now on.

        That is the one with most answers right: a student who spells a type another way may have
        a branch for all other words, whose answers look like any. A fallback is only for code
        that does not answer.
        """
        best: tuple[tuple[float, int], Variant, Reply] | None = None
        died: Failed | None = None
        for variant in probe.variants:
            if best is not None and variant.fallback and best[0][1] == len(probe.answers):
                break
            if probe.id in self._fatal:
                # Only a fallback, which calls less of the student's code, may still answer.
                if not variant.fallback:
                    continue
                died = self._fatal.pop(probe.id)
            reply = self._call(probe, variant, draw)
            ranked = rank(reply, draw, self.plan.accuracy_asked(probe))
            if best is None or ranked > best[0]:
                best = (ranked, variant, reply)
            if ranked[0] == len(probe.answers):
                break
        assert best is not None, "a rubric's probe has at least one variant"
        self.variants[probe.id] = best[1]
        if died is not None and not best[1].fallback:
            self._fatal[probe.id] = died
        return best[2]

    def _call(self, probe: Probe, variant: Variant, draw: Draw) -> Reply:
        """Call a probe; where the wall clock ran out, a busy machine may be why: once more."""
        request = self.plan.request(probe, variant, draw.key)
        for is_last in (False, True):
            if probe.id in self._fatal:
                break
            child = self.children.child_for(probe)
            if isinstance(child, Failed):
                return failed_reply(probe, child)
            try:
                return self._told(child, probe, draw, request)
            except (ProtocolError, Death) as ended:
                failure = self._note_end(probe, ended, is_last)
                if failure is not None:
                    return failed_reply(probe, failure)
        return failed_reply(probe, self._fatal[probe.id])

    def _told(self, child: Asked, probe: Probe, draw: Draw, request: Request) -> Reply:
        limits = probe.limits
        reply, usage = next(child.ask_all([request], limits.cpu_s, limits.wall(limits.cpu_s)))
        return read_reply(probe, draw, reply, usage)

    def _note_end(
        self, probe: Probe, ended: ProtocolError | Death, is_last: bool = False
    ) -> Failed | None:
        """Bury a child and return what it died of, or None where another try may mend it.

        What runs out of time once does so again: the probe is given up. What crashes may do so on
        one draw alone.
        """
        self.children.end()
        is_mendable = isinstance(ended, Death) and (
            # What an earlier probe has left there may have filled the memory.
            ended.retry or ended.outcome is Outcome.OUT_OF_MEMORY
        )
        if is_mendable and not is_last:
            return None
        outcome = ended.outcome if isinstance(ended, Death) else Outcome.CRASHED
        why = ended.message if isinstance(ended, Death) else f"it broke the protocol: {ended}"
        failure = Failed(outcome=outcome, message=f"your code was stopped: {why}")
        self._deaths[probe.id] += 1
        if outcome is Outcome.TIMED_OUT or self._deaths[probe.id] >= _MOST_DEATHS:
            self._fatal[probe.id] = failure
        return failure

    # --- the same again -------------------------------------------------------------------

    def _repeat(self, probes: Sequence[Probe]) -> None:
        """Ask the first draw of probes again; an answer that differs is looked at once more.

        A training is left alone: nobody asks it to end at the same place twice.
        """
        asked = [probe for probe in probes if self._may_repeat(probe)]
        for _, group in itertools.groupby(asked, lambda probe: probe.limits):
            together = list(group)
            keys = [next(keys_of(probe)) for probe in together]
            requests = [self._again(probe, is_second=True, is_reseeded=True) for probe in together]
            child = self.children.child_for(together[0])
            if isinstance(child, Failed):
                return
            limits = together[0].limits
            try:
                told = child.ask_all(requests, limits.cpu_s, limits.wall(limits.cpu_s))
                for probe, key, (reply, usage) in zip(together, keys, told, strict=True):
                    read = read_reply(probe, self.plan.draw(key), reply, usage)
                    self.repeats[key] = (read,)
            except (ProtocolError, Death):
                # What was answered stands: a process that dies of a repetition proves nothing.
                self.children.end()
        for probe in asked:
            self._confirm(probe)

    def _may_repeat(self, probe: Probe) -> bool:
        first = self.replies[next(keys_of(probe))]
        answered = any(isinstance(answer, Returned) for answer in first.answers.values())
        is_asked = self.plan.is_repeatable(probe)
        return answered and is_asked and probe.id not in self._fatal

    def _again(self, probe: Probe, **how: bool) -> Request:
        key = next(keys_of(probe))
        return self.plan.request(probe, self.variants[probe.id], key, **how)

    def _confirm(self, probe: Probe) -> None:
        """Where a repetition differs, make the same calls in a new process."""
        key = next(keys_of(probe))
        draw, first = self.plan.draw(key), self.replies[key]
        if key not in self.repeats:
            return
        if not differing(draw, first.answers, self.repeats[key][0].answers):
            return
        self.children.end()
        child = self.children.child_for(probe)
        if isinstance(child, Failed):
            return
        try:
            self.repeats[key] += self._same_calls(child, probe)
        except (ProtocolError, Death):
            self.children.end()

    def _same_calls(self, child: Asked, probe: Probe) -> tuple[Reply, Reply]:
        """Ask a new process with another seed, then as before: return the first and last reply."""
        variant, keys = self.variants[probe.id], list(keys_of(probe))
        first = self.plan.draw(keys[0])
        fresh = self._told(child, probe, first, self._again(probe, is_reseeded=True))
        for key in keys:
            self._told(child, probe, self.plan.draw(key), self.plan.request(probe, variant, key))
        return fresh, self._told(child, probe, first, self._again(probe, is_second=True))

    def _sweep(self, probe: Probe, key: SweepKey) -> Answer:
        """Ask for the own loss along a line, unless the code is too slow for so many calls."""
        limit = probe.limits.cpu_s * _SWEEP_SHARE
        if len(points()) * self.replies[key.draw].usage.cpu_s > limit:
            told = "your code is too slow for its loss to be looked at along a line"
            return Failed(outcome=Outcome.TIMED_OUT, message=told)
        request = self.plan.sweep_request(probe, self.variants[probe.id], key)
        try:
            child = self.children.child_for(probe)
            if isinstance(child, Failed):
                return child
            reply, _ = next(child.ask_all([request], limit, probe.limits.wall(limit)))
            if key.answer:
                return joined(answers_of(reply, [OWN_LOSS, key.answer]).values())
            answer = answers_of(reply, ["loss"])["loss"]
        except (ProtocolError, Death) as ended:
            self.children.end()
            return Failed(outcome=Outcome.CRASHED, message=str(ended))
        if isinstance(answer, Returned) and answer.value.shape != np.shape(points()):
            return Failed(outcome=Outcome.CRASHED, message="the loss did not come back as asked")
        return answer
