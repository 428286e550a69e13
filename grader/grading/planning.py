"""How is a plan made? By the reference, which draws, certifies, and knows what mistakes answer."""

from __future__ import annotations

from collections.abc import Iterable

from grader.checks.by_reference import ByReference
from grader.checks.drawing import make_draw
from grader.checks.draws import Convention, keys_of
from grader.diagnosis import Background
from grader.diagnosis.background import background
from grader.grading.kept_draws import KeptDraws
from grader.grading.plan import Plan, chosen
from grader.records import Draw, DrawKey, Item, Probe, ProblemRef, Rubric


class FromReference(ByReference):
    """Draws by the reference; see ``Source``.

    Parameters
    ----------
    kept
        Where certified draws are kept between commands, if they are.
    """

    def __init__(self, kept: KeptDraws | None = None) -> None:
        self._kept = kept

    def draw(
        self,
        probe: Probe,
        key: DrawKey,
        seed: int,
        conventions: list[Convention],
        made_of: str = "",
    ) -> Draw:
        """Return the certified draw of that name: one that is kept, or made and kept now."""
        kept = self._kept if made_of else None
        draw = kept.find(made_of, key) if kept is not None else None
        if draw is None:
            draw = make_draw(probe, key, seed, conventions)
            if kept is not None:
                kept.keep(made_of, draw)
        return draw

    def background(self, source: ProblemRef, draw: Draw, convention: Convention) -> Background:
        """Return what mistakes would answer on a draw."""
        return background(source.id, draw.inputs, source.options)


def plan_of(
    rubric: Rubric,
    items: tuple[Item, ...],
    seed: int,
    secret: bytes | None = None,
    kept: KeptDraws | None = None,
) -> Plan:
    """Return the plan for some of a rubric's items; its draws are made at their first use."""
    source = FromReference(kept)
    return Plan(rubric=rubric, items=items, seed=seed, source=source, secret=secret)


def make_plan(
    rubric: Rubric,
    only: Iterable[str] = (),
    seed: int | None = None,
    secret: bytes | None = None,
    kept: KeptDraws | None = None,
) -> Plan:
    """Return the plan for a rubric, its draws made and certified.

    Parameters
    ----------
    rubric
        The homework.
    only
        Item ids, or patterns such as ``q4.*``; nothing means all.
    seed
        In place of the rubric's own.
    secret
        Key of hidden draws and of those per student; see ``must_have_secret``.
    kept
        Where certified draws are looked for and kept; None makes all of them.

    Raises
    ------
    UsageError
        If a pattern matches no item, or no inputs of a case can be certified.
    """
    items = chosen(rubric, tuple(only))
    plan = plan_of(rubric, items, rubric.seed if seed is None else seed, secret, kept)
    for probe in plan.probes:
        for key in keys_of(probe):
            plan.draw(key)
    return plan
