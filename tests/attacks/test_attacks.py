"""Does each hostile or broken submission end as it should, without harm to anything else?

Every row of the table of attacks is a test here, its number in the test's id. They run at the best
isolation level of whoever runs them; see test_elsewhere.py for the others.
"""

from __future__ import annotations

import os
import re

import pytest

from grader.records import Outcome
from tests.attacks import container
from tests.attacks.attack import Attack, missing_capability
from tests.attacks.hall import Examined, Hall
from tests.attacks.table import ALL, everywhere

IS_ELSEWHERE = os.environ.get("ATTACKS_AT") == "another level"
CHOSEN = everywhere() if IS_ELSEWHERE else ALL
_EARNING = {str(Outcome.CORRECT), str(Outcome.PARTIAL)}


@pytest.mark.parametrize("attack", CHOSEN, ids=lambda attack: attack.id)
def test_a_hostile_submission_gets_its_outcome(
    request: pytest.FixtureRequest, hall: Hall, attack: Attack
) -> None:
    if attack.hole:
        request.applymarker(pytest.mark.xfail(reason=attack.hole, strict=True))
    if missing := missing_capability(attack):
        pytest.skip(f"this machine lacks {missing}")
    pid = hall.zygote_pid(attack.homework)
    before = hall.outside()

    submission = hall.hand_in(attack)
    if attack.name.startswith("changed between"):
        (hall.folder / "inbox" / submission.id / "act.py").write_text("1 / 0\n")
    examined = hall.examine(attack, submission)

    assert hall.outside() == before
    _assert_outcomes(attack, examined)
    hall.assert_unharmed(attack.homework, pid)


def _assert_outcomes(attack: Attack, examined: Examined) -> None:
    found = examined.outcomes
    messages = [score.verdict.message for score in examined.sheet.scores]
    told = f"{found}: {messages}\n{examined.flags}"
    assert (found["out"], found["dz"]) == (attack.out, attack.dz), told
    for score in examined.sheet.scores:
        assert not score.points or str(score.verdict.outcome) in _EARNING
    assert re.search(attack.told, examined.message), told
    assert re.search(attack.flag, examined.flags), told
    if attack.after is not None:
        attack.after(examined)


# --- the table itself ------------------------------------------------------------------------


def test_every_row_of_the_table_is_a_test() -> None:
    assert {attack.row for attack in ALL} == set(range(1, 101))


def test_no_two_attacks_bear_one_name() -> None:
    names = [attack.id for attack in ALL]
    assert sorted(set(names)) == sorted(names)


def test_every_row_is_tried_at_the_other_levels_too() -> None:
    assert {attack.row for attack in everywhere()} == set(range(1, 101))
    assert {attack.id for attack in ALL if attack.is_about_walls} <= {a.id for a in everywhere()}


@pytest.mark.skipif(
    os.geteuid() != 0 or os.uname().machine != "x86_64", reason="this machine lacks root, or x86_64"
)
def test_as_root_nothing_is_skipped_at_any_level() -> None:
    assert [attack.id for attack in ALL if missing_capability(attack)] == []
    assert container.lacks() == ""
