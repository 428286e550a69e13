"""Probes that draw nothing, and the items of worked numbers, properties and claims."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.records import Nothing, Rubric, Variant

Load = Callable[[str], Rubric]
Change = Callable[..., str]

ITEMS = "items:\n"
NOTES = (
    "  fit:\n    dataset",
    """\
  notes:
    draws: none
    answers: {dW: stated("dW"), best: 'recorded("accuracy: (.*)", "largest")'}
  fit:
    dataset""",
)
DW = "  - {id: dW, title: By hand, points: 1, check: number, probe: notes, answer: dW, value: -1/16}\n"
BEST = (
    "  - {id: best, title: Tuned, points: 1, check: recorded, probe: notes, answer: best, "
    "accuracy: 0.5, unit: percent}\n"
)
W = ("answers: {loss: loss,", "answers: {W: w, loss: loss,")
SHAPE = (
    "  - {id: W, title: W, points: 1, check: property, probe: net, answer: W, "
    'holds: "shape(W)[0] == N"}\n'
)


def test_reads_what_a_submission_states(load: Load, change: Change) -> None:
    rubric = load(change(NOTES, (ITEMS, ITEMS + DW + BEST)))

    assert rubric.probes["notes"].source == Nothing()
    assert rubric.probes["notes"].variants == (Variant(name="code", code="pass"),)
    assert rubric.items[0].parameters == {"value": "-1/16", "within": 0.0}
    assert rubric.items[1].parameters == {"accuracy": 0.5, "zero_at": -1.0, "unit": "percent"}


@pytest.mark.parametrize(
    ("written", "exact"),
    [("-0.0625", "-0.0625"), ("3", "3"), ('" 2 / 6 "', "1/3"), ("1e-3", "0.001")],
)
def test_a_worked_number_is_kept_exactly(
    load: Load, change: Change, written: str, exact: str
) -> None:
    text = change(NOTES, (ITEMS, ITEMS + DW.replace("-1/16", written) + BEST))

    assert load(text).items[0].parameters["value"] == exact


def test_an_answer_that_only_properties_read_need_not_be_the_problems(
    load: Load, change: Change
) -> None:
    rubric = load(change(W, (ITEMS, ITEMS + SHAPE)))

    assert rubric.items[0].parameters == {"holds": ("shape(W)[0] == N",)}


MISTAKES: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "a worked number without its value": (
        [NOTES, (ITEMS, ITEMS + DW.replace(", value: -1/16", "") + BEST)],
        ["23:5: missing key 'value'"],
    ),
    "a value that is no number": (
        [NOTES, (ITEMS, ITEMS + DW.replace("-1/16", "half") + BEST)],
        ["23:89: value must be a fraction such as -1/16, or a decimal, not the text 'half'"],
    ),
    "a tolerance below nothing": (
        [NOTES, (ITEMS, ITEMS + DW.replace("-1/16", "2, within: -1") + BEST)],
        ["23:100: within must be at least 0, not -1"],
    ),
    "a worked number of drawn inputs": (
        [
            NOTES,
            (
                ITEMS,
                ITEMS + DW.replace("probe: notes, answer: dW", "probe: net, answer: dW1") + BEST,
            ),
        ],
        ["23:48: the check 'number' needs a probe with 'draws: none'; 'net' has a 'problem'"],
    ),
    "two worked numbers in one": (
        [NOTES, (ITEMS, ITEMS + DW.replace("answer: dW", "answer: [dW, best]") + BEST)],
        ["23:78: a worked number is one answer, not several"],
    ),
    "a value of nothing that is drawn": (
        [
            NOTES,
            (ITEMS, ITEMS + DW.replace("number", "value").replace(", value: -1/16", "") + BEST),
        ],
        ["23:48: the check 'value' needs a probe with a 'problem'; 'notes' has 'draws: none'"],
    ),
    "weights of a worked number": (
        [NOTES, (ITEMS, ITEMS + DW.replace("}", ", credit: {cases: {plain: 1}}}") + BEST)],
        ["23:105: an item with the check 'number' cannot have 'cases'"],
    ),
    "a worked number in a group": (
        [
            NOTES,
            (
                ITEMS,
                "groups: {g: {accept: {scaling: sum}}}\n"
                + ITEMS
                + DW.replace("}", ", group: g}")
                + BEST,
            ),
        ],
        ["24:103: an item with the check 'number' cannot be in a group"],
    ),
    "an unknown unit": (
        [NOTES, (ITEMS, ITEMS + DW + BEST.replace("percent", "percents"))],
        ["24:107: unit cannot be 'percents'; did you mean 'percent'?"],
    ),
    "cases of a probe that draws nothing": (
        [
            (NOTES[0], NOTES[1].replace("draws: none", "draws: none\n    cases: {plain: {}}")),
            (ITEMS, ITEMS + DW + BEST),
        ],
        ["16:5: a probe that draws nothing has no cases"],
    ),
    "a probe that draws something and nothing": (
        [
            (NOTES[0], NOTES[1].replace("draws: none", "draws: none\n    problem: net")),
            (ITEMS, ITEMS + DW + BEST),
        ],
        ["15:5: either 'problem' or 'draws', not both"],
    ),
    "another word for nothing": (
        [(NOTES[0], NOTES[1].replace("draws: none", "draws: nothing")), (ITEMS, ITEMS + DW + BEST)],
        ["15:12: draws cannot be 'nothing'; known: none"],
    ),
    "a name that such a probe has not": (
        [(NOTES[0], NOTES[1].replace('stated("dW")', "X")), (ITEMS, ITEMS + DW + BEST)],
        ["16:19: unknown name 'X'; known: stated, recorded, np"],
    ),
    "a statement where something is drawn": (
        [("{loss: loss, dW1", '{loss: stated("loss"), dW1')],
        ["13:21: unknown name 'stated'"],
    ),
    "a pattern that is none": (
        [(NOTES[0], NOTES[1].replace("(.*)", "(.*")), (ITEMS, ITEMS + DW + BEST)],
        ["16:49: 'accuracy: (.*' is no pattern: missing ), unterminated subpattern at position 10"],
    ),
    "a number that cannot be chosen": (
        [(NOTES[0], NOTES[1].replace("largest", "larges")), (ITEMS, ITEMS + DW + BEST)],
        ["16:67: 'larges' cannot be chosen; did you mean 'largest'?"],
    ),
    "an expression that is none": (
        [W, (ITEMS, ITEMS + SHAPE.replace("== N", "== )"))],
        ["20:97: not an expression: unmatched ')'"],
    ),
    "an expression of a name that there is not": (
        [W, (ITEMS, ITEMS + SHAPE.replace("== N", "== M"))],
        ["20:97: 'M' is neither an answer of this item nor an input"],
    ),
    "an expression with a function that there is not": (
        [W, (ITEMS, ITEMS + SHAPE.replace("shape(W)[0]", "W.tofile(N)"))],
        ["20:82: 'tofile' is no function here"],
    ),
    "a property that nothing must hold of": (
        [W, (ITEMS, ITEMS + SHAPE.replace(', holds: "shape(W)[0] == N"', ""))],
        ["20:5: missing key 'holds'"],
    ),
    "a property's answer with the name of an input": (
        [
            ("answers: {loss: loss,", "answers: {X: w, loss: loss,"),
            (ITEMS, ITEMS + SHAPE.replace("answer: W", "answer: X").replace("(W)", "(X)")),
        ],
        ["20:71: 'X' is an input too: the answer needs another name here"],
    ),
    "an answer of a property and of a value": (
        [
            W,
            (
                ITEMS,
                ITEMS
                + SHAPE
                + SHAPE.replace("id: W", "id: V")
                .replace("property", "value")
                .partition(", holds")[0]
                + "}\n",
            ),
        ],
        ["13:15: problem net has no answer 'W'; known: scores, loss, dW1"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_at_its_place(
    mistake: str, complaints: Callable[[str], list[str]], change: Change
) -> None:
    pairs, expected = MISTAKES[mistake]

    found = complaints(change(*pairs))

    assert len(found) == len(expected), found
    for told, wanted in zip(found, expected, strict=True):
        assert told.startswith(wanted)
