"""Are several questions at once answered one by one, whatever one of them does?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import psutil
import pytest

from grader.records import Outcome
from grader.sandbox.client import Death, Request, Zygote
from tests.sandbox.pupils import HandedIn, HandIn

pytestmark = pytest.mark.usefixtures("unharmed")


def requests(*codes: str, **inputs: Any) -> list[Request]:
    call = {"op": "call", "answers": {"out": "out"}, "inputs": inputs, "constants": {}, "seed": 1}
    return [Request({**call, "code": code}) for code in codes]


def answered(
    pupil: HandedIn, asked: Sequence[Request], **limits: float
) -> tuple[list[float], Death | None]:
    """Return the answers that came, and what the process died of if it did."""
    values: list[float] = []
    try:
        for reply, usage in pupil.child.ask_all(asked, **{"cpu_s": 1.0, "wall_s": 20.0, **limits}):
            values.append(float(reply["answers"]["out"]["value"]))
            assert usage.wall_s >= 0
            assert usage.cpu_s >= 0
    except Death as death:
        return values, death
    return values, None


def test_questions_are_answered_in_their_order(hand_in: HandIn) -> None:
    asked = requests(*(f"out = {number}" for number in range(50)))

    assert answered(hand_in(""), asked) == ([*range(50)], None)


def test_a_request_can_be_asked_again_and_of_others(hand_in: HandIn) -> None:
    asked = requests("out = 1", "out = 2")

    for pupil in (hand_in(""), hand_in("")):
        for _ in range(2):
            assert answered(pupil, asked) == ([1, 2], None)


def test_questions_larger_than_the_pipe_do_not_block(hand_in: HandIn) -> None:
    asked = requests(*["out = big.sum()"] * 5, big=np.ones(200_000))

    assert answered(hand_in(""), asked) == ([200_000] * 5, None)


def test_questions_and_answers_larger_than_the_pipe_do_not_block(hand_in: HandIn) -> None:
    asked = requests(*["out = big"] * 5, big=np.ones(200_000))

    replies = list(hand_in("").child.ask_all(asked, 5.0, 20.0))

    assert [reply["answers"]["out"]["value"].sum() for reply, _ in replies] == [200_000] * 5


def test_answers_before_a_death_stand(hand_in: HandIn) -> None:
    asked = requests("out = 1", "out = 2", "import os; os._exit(3)", "out = 4")

    values, death = answered(hand_in(""), asked)

    assert values == [1, 2]
    assert death is not None
    assert (death.outcome, death.message) == (
        Outcome.CRASHED,
        "it ended itself with exit code 3",
    )


PRINTS_60_KB = "import os; os.write(1, bytes(60 << 10)); out = 1"


def test_what_was_printed_for_earlier_questions_counts_no_more(hand_in: HandIn) -> None:
    pupil = hand_in("")
    pupil.child.output_limit = 100 << 10

    for _ in range(5):
        assert answered(pupil, requests(PRINTS_60_KB)) == ([1], None)


def test_one_call_that_prints_too_much_is_stopped_whatever_came_before(hand_in: HandIn) -> None:
    pupil = hand_in("")
    pupil.child.output_limit = 100 << 10
    # More than all of them together may print, however they overlap.
    much = f"for _ in range(20):\n    {PRINTS_60_KB}"

    assert answered(pupil, requests(PRINTS_60_KB)) == ([1], None)
    values, death = answered(pupil, requests("out = 1", much, "out = 3"))

    assert values == [1]
    assert death is not None
    assert death.message == "it printed more than 100 KB"


def test_what_was_printed_for_others_that_were_asked_together_counts_no_more(
    hand_in: HandIn,
) -> None:
    pupil = hand_in("")
    pupil.child.output_limit = 100 << 10

    # Some wait, so that what they have printed is met before their answers come; others run ahead.
    asked = requests(*[PRINTS_60_KB] * 3, *[f"{PRINTS_60_KB}; import time; time.sleep(0.05)"] * 3)

    assert answered(pupil, asked) == ([1] * 6, None)


def test_a_call_is_not_charged_with_what_later_ones_have_printed_already(hand_in: HandIn) -> None:
    pupil = hand_in("")
    pupil.child.output_limit = 100 << 10
    values = []

    for reply, _ in pupil.child.ask_all(requests(*[PRINTS_60_KB] * 8), 5.0, 20.0):
        # Busy elsewhere: meanwhile the child goes on as far as the pipes let it.
        time.sleep(0.1)
        values.append(float(reply["answers"]["out"]["value"]))

    assert values == [1] * 8


AHEAD = """
import struct, sys
import msgpack
above = sys._getframe()
while above.f_code.co_name != "handle":
    above = above.f_back
loop, write = above.f_globals, above.f_globals["_write"]
header = msgpack.packb({"id": above.f_locals["message"]["id"] + 1, "answers": {"out": {"value": 4.0}}})
ahead = struct.pack("<IQ", len(header), 0) + header
loop["_write"] = lambda to, data: write(to, bytes(data) + ahead) and len(data)
out = 3
"""
"""Sends its answer, and right behind it one to the next question."""


def test_what_was_written_before_it_was_asked_for_is_no_answer(hand_in: HandIn) -> None:
    first, second = requests(AHEAD, "out = 5")
    pupil = hand_in("")

    assert answered(pupil, [first]) == ([3], None)
    values, death = answered(pupil, [second])

    assert values == []
    assert death is not None
    assert (death.outcome, death.message) == (
        Outcome.CRASHED,
        "it wrote to the grader's channel unasked",
    )


@pytest.mark.parametrize(
    ("code", "limits"),
    [("while True: pass", {"cpu_s": 0.2}), ("import time; time.sleep(9**9)", {"wall_s": 0.3})],
)
def test_each_question_has_limits_of_its_own(
    hand_in: HandIn, code: str, limits: dict[str, float]
) -> None:
    asked = requests("out = 1", code, "out = 3")

    values, death = answered(hand_in(""), asked, **limits)

    assert values == [1]
    assert death is not None
    assert death.outcome is Outcome.TIMED_OUT


def test_together_questions_may_take_more_than_one_may(hand_in: HandIn) -> None:
    burn = "import time\nend = time.process_time() + 0.1\nwhile time.process_time() < end: pass\nout = 1"

    assert answered(hand_in(""), requests(*[burn] * 5), cpu_s=0.3) == ([1] * 5, None)


def test_an_exception_in_one_question_leaves_the_next(hand_in: HandIn) -> None:
    asked = requests("1 / 0", "out = 2")

    first, second = (reply for reply, _ in hand_in("").child.ask_all(asked, 1.0, 20.0))

    assert first["answers"]["out"]["outcome"] == "raised"
    assert second["answers"]["out"]["value"] == 2


def test_a_forged_answer_to_a_later_question_is_found_out(hand_in: HandIn) -> None:
    asked = requests("out = 1", "out = 2", "out = 3")
    forge = f"""
import msgpack, os, struct
def frame(number):
    header = msgpack.packb({{'id': number, 'answers': {{'out': {{'outcome': 'wrong'}}}}}})
    return struct.pack('<IQ', len(header), 0) + header
os.write(4, frame({asked[1].id}))
out = 1
"""
    forged = requests(forge)
    pupil = hand_in("")

    with pytest.raises(Death) as death:
        list(pupil.child.ask_all([*forged, *asked], 1.0, 20.0))

    assert death.value.outcome is Outcome.CRASHED
    assert death.value.message == "it answered a question that was not asked"


def test_no_questions_have_no_answers(hand_in: HandIn) -> None:
    assert answered(hand_in(""), []) == ([], None)


def test_a_process_that_waits_for_the_next_submission_is_reaped_before_its_zygote_ends() -> None:
    waiting = []
    for _ in range(2):
        with Zygote() as zygote:
            zygote.prepare(600, 1.0)
            pid = zygote.prepared_pid()
            assert pid is not None
            waiting.append(psutil.Process(pid))
    assert [process.is_running() for process in waiting] == [False, False], waiting
