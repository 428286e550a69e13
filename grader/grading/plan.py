"""What is going to be asked, and what is right: worked out once for all submissions."""

from __future__ import annotations

import ast
import functools
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Protocol

from grader.adapters import adapter_for
from grader.checks.draws import Convention, combinations, convention_name
from grader.checks.knowledge import OWN_LOSS, Knowledge
from grader.checks.numeric import points
from grader.checks.sweeps import direction
from grader.diagnosis import Background
from grader.errors import UsageError
from grader.grading.digests import digest_of_inputs, digest_of_probe
from grader.grading.secret import keyed_seed, no_secret
from grader.grading.waivers import offered
from grader.records import (
    Draw,
    DrawKey,
    Item,
    Probe,
    ProblemRef,
    Rubric,
    SourceFile,
    Submission,
    SweepKey,
    Variant,
    Waiver,
)
from grader.sandbox.channel import Request
from grader.scoring.adjustments import Adjustments
from grader.scoring.marks import Marks

MAY_BE_RANDOM = frozenset({"property", "training"})
"""Checks whose answers need not be the same twice: an initialiser's, a training's."""


class Source(Knowledge, Protocol):
    """Where a plan's draws come from: the reference, or what a kit carries of it."""

    def draw(
        self,
        probe: Probe,
        key: DrawKey,
        seed: int,
        conventions: list[Convention],
        made_of: str = "",
    ) -> Draw:
        """Return a draw with the right answers under each convention.

        ``made_of`` tells all that it follows from, beside the code: equal texts, equal draws. It is
        empty where the draw is not to be kept between commands.
        """

    def background(self, source: ProblemRef, draw: Draw, convention: Convention) -> Background:
        """Return what mistakes would answer on a draw; the source has all its options."""


@dataclass(kw_only=True)
class Plan:
    """A rubric with its draws.

    Parameters
    ----------
    rubric
        The homework.
    items
        The items to judge, all of the rubric's or those that were asked for.
    seed
        Of all draws.
    source
        Makes the draws, and knows what the judging asks beyond them.
    marks
        What people have marked by hand.
    adjustments
        What people have added to totals, taken off and waived.
    taken
        Names in both that mean the submission of that very id, and nobody else who is called so.
    adapters
        Student or submission -> code that brings it under the names that the probes ask for; over
        those that lie beside the rubric.
    secret
        Key of the draws that nobody can work out: hidden ones, and those of each student.
    draws
        Certified draws by name; further ones are added when a check is in doubt.
    again
        How a student asks for an item once more, with ``{item}`` for its id; empty where that is
        the course's own command.
    owner, common
        Whose own draws it has, and the plan of everybody that has the others; see ``of``.
    """

    rubric: Rubric
    items: tuple[Item, ...]
    seed: int
    source: Source
    marks: Marks = field(default_factory=Marks)
    adjustments: Adjustments = field(default_factory=Adjustments)
    taken: frozenset[str] = frozenset()
    adapters: Mapping[str, SourceFile] = field(default_factory=dict)
    secret: bytes | None = field(default=None, repr=False)
    draws: dict[DrawKey, Draw] = field(default_factory=dict)
    again: str = ""
    owner: str = ""
    common: Plan | None = None
    _requests: dict[tuple[str, str, DrawKey, bool, bool], Request] = field(default_factory=dict)
    _backgrounds: dict[tuple[DrawKey, str], Background] = field(default_factory=dict)
    _digests: dict[DrawKey, str] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Item, ...]:
        """What is judged: the items, those with several ways by each of them."""
        return tuple(one for item in self.items for one in item.asked)

    @property
    def probes(self) -> list[Probe]:
        """The probes that the items use: those of visible items first, in the rubric's order."""
        used = {item.probe for item in self.asked}
        seen = {item.probe for item in self.asked if item.visibility != "hidden"}
        probes = [probe for probe in self.rubric.probes.values() if probe.id in used]
        return sorted(probes, key=lambda probe: probe.id not in seen)

    def of(self, submission: Submission) -> Plan:
        """Return the plan by which a submission is asked and judged.

        That is this one, unless a probe has draws per student: then it is a plan with those of
        its students, which has all other draws from this one.
        """
        if not any(probe.per_student for probe in self.probes):
            return self
        return replace(
            self,
            owner=submission.owner,
            common=self,
            draws={},
            _requests={},
            _backgrounds={},
            _digests={},
        )

    def is_own(self, probe: Probe) -> bool:
        """Whether a probe's draws are made for this plan's owner alone."""
        return self.common is not None and probe.per_student

    def seed_of(self, probe: Probe) -> int:
        """Return the seed of a probe's draws; with a secret it is nobody's to work out.

        The draws per student of a plan without an owner are nobody's: they show that such draws
        can be certified.
        """
        if self.secret is None:
            return self.seed
        if probe.per_student:
            return keyed_seed(self.secret, self.seed, "student", self.owner)
        # By all items of the rubric: a draw does not depend on which of them are asked for.
        asked = [item for item in self.rubric.asked if item.probe == probe.id]
        if all(item.visibility == "hidden" for item in asked):
            return keyed_seed(self.secret, self.seed, "hidden")
        return self.seed

    @property
    def uses_secret(self) -> bool:
        """Whether any draw depends on the secret."""
        return any(self.seed_of(probe) != self.seed for probe in self.probes)

    def adapted(self, submission: Submission) -> Submission:
        """Return a submission with its adapter, if there is one."""
        people = (person.student_id for person in submission.people)
        students = tuple(name for name in people if name not in self.taken)
        adapters = {**self.rubric.adapters, **self.adapters}
        return replace(submission, adapter=adapter_for(adapters, submission.id, students))

    def is_hidden(self, probe: Probe) -> bool:
        """Whether only hidden items use a probe; it runs in a child of its own then."""
        return all(item.visibility == "hidden" for item in self.asked if item.probe == probe.id)

    def is_repeatable(self, probe: Probe) -> bool:
        """Whether a probe is asked to answer the same way twice."""
        checks = {item.check for item in self.asked if item.probe == probe.id}
        return not checks <= MAY_BE_RANDOM

    def problem(self, item: Item, convention: Convention) -> ProblemRef | None:
        """Return an item's problem with all its options under a convention."""
        source = self.rubric.probes[item.probe].source
        if not isinstance(source, ProblemRef):
            return None
        options = self.source.options(source, convention)
        return ProblemRef(id=source.id, options=options)

    def inputs_digest(self, key: DrawKey) -> str:
        """Return the hash of a draw's inputs."""
        if self.common is not None and not self._is_own(key):
            return self.common.inputs_digest(key)
        if key not in self._digests:
            self._digests[key] = digest_of_inputs(self.draw(key))
        return self._digests[key]

    @functools.cached_property
    def probe_digests(self) -> Mapping[str, str]:
        """Probe -> hash of all that its answers depend on, beside the draws and the files."""
        if self.common is not None:
            return self.common.probe_digests
        return {probe.id: digest_of_probe(self.rubric, probe) for probe in self.probes}

    def background(self, item: Item, key: DrawKey, convention: Convention) -> Background:
        """Return what mistakes would answer on a draw, worked out at its first use."""
        if self.common is not None and not self._is_own(key):
            return self.common.background(item, key, convention)
        name = (key, convention_name(convention))
        if name not in self._backgrounds:
            problem = self.problem(item, convention)
            assert problem is not None, "only answers with right values are diagnosed"
            found = self.source.background(problem, self.draw(key), convention)
            self._backgrounds[name] = found
        return self._backgrounds[name]

    def conventions(self, item: Item) -> list[Convention]:
        """Return the combinations of options under which an item may be judged."""
        return combinations(self.rubric.groups[item.group].accept if item.group else {})

    def draw(self, key: DrawKey) -> Draw:
        """Return a draw, made at its first use."""
        if key not in self.draws:
            probe = self.rubric.probes[key.probe]
            if self.common is not None and not self.is_own(probe):
                self.draws[key] = self.common.draw(key)
            else:
                conventions = self._conventions_of(probe)
                seed = self.seed_of(probe)
                # Those of one student are not worth keeping.
                made_of = repr((self.digest_of_draws(probe), seed, key))
                made_of = "" if self.is_own(probe) else made_of
                self.draws[key] = self.source.draw(probe, key, seed, conventions, made_of)
        return self.draws[key]

    def _is_own(self, key: DrawKey) -> bool:
        return self.is_own(self.rubric.probes[key.probe])

    def digest_of_draws(self, probe: Probe) -> str:
        """Return what a probe's draws depend on, as a text; equal texts are equal draws."""
        return repr(
            (
                probe.id,
                probe.source,
                probe.cases,
                sorted(probe.answers),
                self._conventions_of(probe),
            )
        )

    def _conventions_of(self, probe: Probe) -> list[Convention]:
        """Return all conventions that any item of a probe is judged under.

        Of all of the rubric's items, so that a draw is the same whichever of them are asked for.
        """
        by_name = {
            convention_name(convention): convention
            for item in self.rubric.asked
            if item.probe == probe.id
            for convention in self.conventions(item)
        }
        return list(by_name.values())

    def _message(self, probe: Probe, variant: Variant, key: DrawKey) -> dict[str, Any]:
        return {
            "op": "call",
            "code": variant.code,
            "answers": dict(probe.answers),
            "inputs": dict(self.draw(key).inputs),
            "constants": dict(probe.constants),
            "seed": zlib.crc32(str(key).encode()),
        }

    def request(
        self,
        probe: Probe,
        variant: Variant,
        key: DrawKey,
        *,
        is_second: bool = False,
        is_reseeded: bool = False,
    ) -> Request:
        """Return the request for a probe's answers on a draw, the same for every submission.

        Parameters
        ----------
        probe, variant, key
            What is asked.
        is_second
            Whether the rubric's code for a second call runs after the first.
        is_reseeded
            Whether random numbers get another seed than the first time.
        """
        if self.common is not None and not self.is_own(probe):
            how = {"is_second": is_second, "is_reseeded": is_reseeded}
            return self.common.request(probe, variant, key, **how)
        name = (probe.id, variant.name, key, is_second, is_reseeded)
        if name not in self._requests:
            message = self._message(probe, variant, key)
            message["again"] = probe.again if is_second else ""
            message["seed"] ^= int(is_reseeded)
            self._requests[name] = Request(message)
        return self._requests[name]

    def sweep_request(self, probe: Probe, variant: Variant, key: SweepKey) -> Request:
        """Return the request for a student's own loss along a line, or with other data."""
        if key.answer:
            return Request(
                {**self._message(probe, variant, key.draw), **self._exchange(probe, key)}
            )
        line = direction(self.draw(key.draw), key)
        asked = {"op": "sweep", "wrt": key.wrt, "line": line, "points": points()}
        return Request({**self._message(probe, variant, key.draw), **asked, "loss": probe.loss})

    def _exchange(self, probe: Probe, key: SweepKey) -> dict[str, Any]:
        """Return what of a call's message is another one when other data are given."""
        assert isinstance(probe.source, ProblemRef), "a training has no gradients"
        other = self.source.other_data(probe.source, self.draw(key.draw), key.answer)
        assert other is not None, "asked for only where there are other data"
        return {
            "inputs": other.inputs,
            "answers": {OWN_LOSS: probe.loss, key.answer: probe.answers[key.answer]},
            "again": "",
        }

    @functools.cached_property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that a student can claim: their phrase is not in the starter."""
        if self.common is not None:
            return self.common.waivers
        return offered(self.rubric)

    def accuracy_asked(self, probe: Probe) -> float:
        """Return the share of right predictions that the items of a training ask for."""
        asked = [
            i.parameters["accuracy"] for i in self.items_of(probe) if "accuracy" in i.parameters
        ]
        return max(asked, default=1.0)

    def items_of(self, probe: Probe) -> tuple[Item, ...]:
        """Return all the rubric's items that a probe answers."""
        return tuple(item for item in self.rubric.items if item.probe == probe.id)

    @functools.cached_property
    def wanted(self) -> Mapping[str, Sequence[str]]:
        """Return module -> names that any probe of the rubric imports from it.

        Not those of the chosen items alone: which files stand for which modules must not depend
        on the choice, since the files import one another.
        """
        if self.common is not None:
            return self.common.wanted
        wanted: dict[str, set[str]] = {}
        for probe in self.rubric.probes.values():
            for variant in probe.variants:
                for module, names in _imports(variant.code):
                    wanted.setdefault(module, set()).update(names)
        return {module: sorted(names) for module, names in sorted(wanted.items())}


def must_have_secret(plan: Plan) -> Plan:
    """Return a plan by which submissions are going to be asked or judged.

    Raises
    ------
    UsageError
        If some of its draws are per student, and there is no secret that they could follow from.
    """
    for probe in plan.probes:
        if probe.per_student and plan.secret is None:
            raise no_secret(probe.id)
    return plan


def chosen(rubric: Rubric, patterns: tuple[str, ...]) -> tuple[Item, ...]:
    """Return the items that are asked for: all without a pattern.

    Raises
    ------
    UsageError
        If a pattern matches no item.
    """
    for pattern in patterns:
        if not any(fnmatchcase(item.id, pattern) for item in rubric.items):
            known = ", ".join(item.id for item in rubric.items)
            raise UsageError(f"rubric {rubric.id} has no item {pattern!r} (it has: {known})")
    return tuple(
        item
        for item in rubric.items
        if not patterns or any(fnmatchcase(item.id, pattern) for pattern in patterns)
    )


def _imports(code: str) -> Iterable[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [alias.name for alias in node.names]
