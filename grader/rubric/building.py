"""How does a checked draft become the records that the other stages read?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.records import (
    ANY_OF,
    Case,
    DatasetRef,
    Group,
    Item,
    LatePolicy,
    Leader,
    Limits,
    Modules,
    Nothing,
    Option,
    Probe,
    ProblemRef,
    Rubric,
    Source,
    SourceFile,
    Variant,
    Waiver,
    way_id,
)
from grader.rubric.catalogue import ProblemFacts
from grader.rubric.check_schema import CHECKS
from grader.rubric.draft import Draft
from grader.rubric.probe_checks import FALLBACK, ONLY_VARIANT, common_options
from grader.rubric.schema import (
    AskedModel,
    ItemModel,
    LateModel,
    ModulesModel,
    ProbeLimitsModel,
    ProbeModel,
)


def build(
    draft: Draft,
    problems: Mapping[str, ProblemFacts],
    starter: tuple[SourceFile, ...],
    digest: str,
    options: tuple[Option, ...] = (),
) -> Rubric:
    """Return the rubric of a draft about which there is no complaint.

    Parameters
    ----------
    draft
        The whole rubric.
    problems
        The problem of each probe that has one.
    starter
        Its starter files.
    digest
        Hash of it all.
    options
        What can be chosen; the draft is of one choice.
    """
    rubric = draft.rubric
    limits = _limits(Limits(), rubric.limits)
    return Rubric(
        id=rubric.id,
        title=rubric.title,
        seed=rubric.seed,
        modules=_modules(rubric.modules),
        limits=limits,
        probes={
            name: _probe(draft, name, probe, problems.get(name), limits)
            for name, probe in rubric.probes.items()
        },
        groups={
            name: Group(id=name, accept=dict(group.accept)) for name, group in rubric.groups.items()
        },
        items=tuple(_item(item, section) for _, section, item in draft.items()),
        starter=starter,
        digest=digest,
        waivers=tuple(
            Waiver(id=name, phrase=waiver.phrase, items=waiver.items)
            for name, waiver in rubric.waivers.items()
        ),
        options=options,
        chosen=dict(draft.document.variation.chosen),
        level=rubric.isolation.level,
        late=_late(rubric.late),
    )


def _late(given: LateModel | None) -> LatePolicy | None:
    if given is None:
        return None
    return LatePolicy(
        per_day=given.per_day,
        is_of_earned=given.of == "earned",
        grace_s=given.grace_h,
        most=given.most,
    )


def _limits(base: Limits, given: ProbeLimitsModel) -> Limits:
    """Return limits with those that were given over the others."""
    return replace(base, **given.model_dump(exclude_unset=True))


def _modules(given: ModulesModel) -> Modules:
    return Modules(
        expected=tuple(module.path for module in given.expected),
        preload=given.preload,
        stand_in=given.stand_in,
        flag=given.flag,
        numpy_compat=given.numpy_compat,
        readable=given.readable,
    )


def _probe(
    draft: Draft, name: str, probe: ProbeModel, facts: ProblemFacts | None, limits: Limits
) -> Probe:
    return Probe(
        id=name,
        source=_source(draft, probe, facts),
        cases=tuple(
            Case(name=case, draws=given.draws, overrides=given.overrides)
            for case, given in probe.cases.items()
        ),
        variants=_variants(probe),
        answers=dict(probe.answers),
        constants=dict(probe.with_),
        limits=_limits(limits, probe.limits),
        loss=probe.answers.get(probe.loss, probe.loss),
        again=probe.again,
        per_student=probe.per_student,
    )


def _source(draft: Draft, probe: ProbeModel, facts: ProblemFacts | None) -> Source:
    """Return what a probe draws; the rubric's options stand under its own."""
    if probe.draws:
        return Nothing()
    if probe.dataset is not None:
        return DatasetRef(
            id=probe.dataset.id,
            train=probe.dataset.train,
            validation=probe.dataset.validation,
            test=probe.dataset.test,
            parameters=probe.dataset.parameters,
            is_overfit=probe.dataset.is_overfit,
        )
    assert probe.problem is not None
    assert facts is not None
    return ProblemRef(
        id=probe.problem.id, options=common_options(draft, facts) | probe.problem.options
    )


def _variants(probe: ProbeModel) -> tuple[Variant, ...]:
    """Return the ways of calling, the fallback last."""
    named = [(variant.name, variant.code) for variant in probe.variants]
    variants = [Variant(name=name, code=code) for name, code in named]
    if probe.code:
        variants.append(Variant(name=ONLY_VARIANT, code=probe.code))
    if not variants:
        # A probe that only reads what was handed in calls nothing.
        variants.append(Variant(name=ONLY_VARIANT, code="pass"))
    if probe.fallback:
        variants.append(Variant(name=FALLBACK, code=probe.fallback, fallback=True))
    return tuple(variants)


def _item(item: ItemModel, section: str) -> Item:
    """Return an item; each of its ways bears its title, points and hint."""
    asked = _asked(item, item, item.id, section)
    ways = tuple(_asked(item, way, way_id(item.id, way.name), section) for way in item.any_of)
    board = item.leaderboard
    if board is None:
        return replace(asked, ways=ways)
    leader = Leader(name=board.name, of=board.of, order=board.order)
    return replace(asked, ways=ways, leader=leader)


def _asked(item: ItemModel, asked: AskedModel, name: str, section: str) -> Item:
    check = asked.check
    parameters = CHECKS[check].model_validate(asked.further).model_dump() if check else {}
    return Item(
        id=name,
        title=item.title,
        section=section,
        points=item.points,
        check=check or ANY_OF,
        probe=asked.probe,
        answers=asked.answer,
        group=asked.group or None,
        case_weights=dict(asked.credit.cases),
        answer_weights=dict(asked.credit.answers),
        parameters=parameters,
        hint=item.hint,
        carried=asked.credit.carried,
        given=asked.credit.given,
        mutated=asked.credit.mutated,
        visibility=item.visibility,
    )
