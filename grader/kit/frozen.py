"""How is a plan made without the reference? By what a kit carries; gaps are told as that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from grader.checks.draws import Convention, convention_name
from grader.checks.knowledge import Derivative, OtherData
from grader.diagnosis import Background
from grader.grading.plan import Plan, chosen
from grader.grading.witness import NotRecordedError
from grader.kit.record import Kit, options_text
from grader.records import Array, Draw, DrawKey, Probe, ProblemRef


class NotInKitError(NotRecordedError):
    """A check asks for a draw that the kit does not carry."""

    remedy = "it takes the course's grader, which has more draws than a kit"


class Frozen:
    """What a kit knows; see ``Source`` and ``Knowledge`` for what each method answers."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def draw(
        self,
        probe: Probe,
        key: DrawKey,
        seed: int,
        conventions: list[Convention],
        made_of: str = "",
    ) -> Draw:
        """Return the draw of that name.

        Raises
        ------
        NotInKitError
            If the kit has none.
        """
        if key not in self._kit.draws:
            raise NotInKitError(str(key))
        return self._kit.draws[key]

    def background(self, source: ProblemRef, draw: Draw, convention: Convention) -> Background:
        """Return what mistakes would answer on a draw, as far as the kit tells."""
        name = (draw.key, convention_name(convention))
        return self._kit.backgrounds.get(name) or _plain_background(draw)

    def options(self, source: ProblemRef, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """Return a problem's full options."""
        return {**self._kit.options[source.id], **source.options, **chosen}

    def gradients(self, problem: str) -> Mapping[str, Derivative]:
        """Return which of a problem's answers are derivatives."""
        return self._kit.gradients[problem]

    def given(
        self, source: ProblemRef, inputs: Mapping[str, Any], own: Mapping[str, Array]
    ) -> Mapping[str, Array] | None:
        """Return that it is not known: working it out takes the reference."""
        return None

    def other_data(self, source: ProblemRef, draw: Draw, answer: str) -> OtherData | None:
        """Return other data that the draw could have had."""
        name = (draw.key, answer, options_text(self.options(source, {})))
        return self._kit.other_data.get(name)

    def has_other_sets(self) -> bool:
        """Return that they are other ones: the course's test sets are hidden."""
        return True


def _plain_background(draw: Draw) -> Background:
    return Background(
        sizes={
            name: float(value)
            for name, value in draw.inputs.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        }
    )


IN_A_TERMINAL = "grader check YOUR_FILES --only {item}"


def plan_of_kit(kit: Kit, only: Iterable[str] = (), again: str = IN_A_TERMINAL) -> Plan:
    """Return the plan for a kit's items.

    Parameters
    ----------
    kit
        The homework.
    only
        Item ids, or patterns such as ``q4.*``; nothing means all.
    again
        How an item is asked for once more.

    Raises
    ------
    UsageError
        If a pattern matches no item.
    """
    items = chosen(kit.rubric, tuple(only))
    # The seed of all draws is not told, and nothing is drawn here.
    return Plan(rubric=kit.rubric, items=items, seed=0, source=Frozen(kit), again=again)
