"""Several ways to earn one item, as a rubric says them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from grader.records import Rubric

WAYS = """\
  - id: ways
    title: Ways
    points: 2
    any_of:
      - {name: code, check: value, probe: net, answer: loss, stabilised: false}
      - {name: paper, check: written}
"""
CHANGES: dict[str, tuple[tuple[str, str], str]] = {
    "one way alone": (("      - {name: paper, check: written}\n", ""), "one way alone is none"),
    "a check beside": (("    any_of", "    check: value\n    any_of"), "cannot have 'check': each"),
    "a probe beside": (("    any_of", "    probe: net\n    any_of"), "cannot have 'probe': each"),
    "a parameter beside": (
        ("    any_of", "    accuracy: 0.5\n    any_of"),
        "unknown key 'accuracy' beside 'any_of': parameters belong to a way",
    ),
    "a name twice": (("name: paper", "name: code"), "the way 'code' stands here twice"),
    "a way without a name": (("{name: paper, ", "{"), "missing key 'name'"),
    "points of a way": (("name: paper", "points: 1, name: paper"), "unknown key 'points'"),
    "an unknown probe": (("probe: net", "probe: nett"), "unknown probe 'nett'"),
    "an unknown answer": (("answer: loss", "answer: los"), "has no answer 'los'"),
    "an unknown parameter": (("stabilised", "stabilized"), "unknown key 'stabilized'"),
    "a check that does not fit": (("check: value", "check: training, accuracy: 0.5"), "'dataset'"),
    "no ways": ((WAYS[WAYS.index("any_of") :], "any_of: []\n"), "any_of must not be empty"),
}


def test_an_item_has_a_way_for_each(
    load: Callable[[str], Rubric], change: Callable[..., str]
) -> None:
    rubric = load(change(("items:\n", "items:\n" + WAYS)))

    item = rubric.items[0]
    assert (item.check, item.probe, [way.id for way in item.ways]) == (
        "any_of",
        "",
        ["ways:code", "ways:paper"],
    )
    assert {way.title for way in item.ways} == {"Ways"}
    assert item.ways[0].parameters == {"stabilised": False}
    assert rubric.maximum == Decimal("8.5")


@pytest.mark.parametrize("mistake", CHANGES)
def test_a_mistake_in_a_way_is_told(
    mistake: str, complaints: Callable[[str], list[str]], change: Callable[..., str]
) -> None:
    pair, told = CHANGES[mistake]
    assert pair[0] in WAYS

    found = complaints(change(("items:\n", "items:\n" + WAYS.replace(*pair, 1))))

    assert any(told in one for one in found), found
