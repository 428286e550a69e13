"""Typed formulas are judged as any gradient is; steps go on from the student's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from grader.grading.judging import judge_all
from grader.grading.witness import Witness
from grader.records import Answer, DrawKey, Failed, Outcome, Returned, Verdict
from tests.checks.trial import Exercise, plan_of

TIED = Exercise(problem="autoencoder", answers=("dW",), check="formula", cases=("plain", "square"))
SWISH = replace(TIED, problem="swish_net", answers=("dW2", "db2"), options=(("given", "g"),))
DELTA1 = Exercise(
    problem="sigmoid_mlp",
    answers=("delta1",),
    check="formula",
    cases=("plain",),
    carried="0.5",
    given=("delta2",),
)
RIGHT = "W e x^T + W x e^T"
MISSING = Failed(outcome=Outcome.NOT_IMPLEMENTED, message="no formula stands under q1.d")


def written(text: str) -> Returned:
    return Returned(value=np.frombuffer(text.encode(), np.uint8))


def verdict_on(exercise: Exercise, **texts: str | Answer) -> Verdict:
    answers: dict[str, Answer] = {
        name: written(text) if isinstance(text, str) else text for name, text in texts.items()
    }

    def ask(key: DrawKey) -> Mapping[str, Answer]:
        return answers

    verdicts, _ = judge_all(plan_of(exercise), Witness(ask=ask))
    return verdicts["item"]


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        "np.outer(W @ e, x) + np.outer(W @ x, e)",
        r"W\left(W^\top W - I\right) x x^\top + W x x^\top \left(W^\top W - I\right)",
    ],
)
def test_accepts_odd_spellings_of_what_is_right(text: str) -> None:
    verdict = verdict_on(TIED, dW=text)

    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1)
    assert verdict.message == "The formula is right on all 3 draws."
    assert any(note.startswith(r"dW was read as \frac{\partial L}") for note in verdict.notes)
    assert any(note.startswith("certified: ") for note in verdict.notes)


@pytest.mark.parametrize(
    ("text", "mistake", "told"),
    [
        ("W e x^T", "path_missing|part_missing", "the decoder path is left out"),
        ("2 W e x^T + 2 W x e^T", "twice", "it is twice too large"),
        ("-W e x^T - W x e^T", "sign", "its sign is the wrong way round"),
        ("x e^T W^T + e x^T W^T", "transposed", "it is transposed"),
    ],
)
def test_names_what_is_wrong_as_for_code(text: str, mistake: str, told: str) -> None:
    verdict = verdict_on(TIED, dW=text)

    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)
    assert told in verdict.message
    assert verdict.diagnosis is not None


def test_a_formula_whose_parts_do_not_fit_is_wrong_and_says_where() -> None:
    verdict = verdict_on(TIED, dW="W e x^T + x")

    assert verdict.outcome is Outcome.WRONG
    assert "W e x^{\\top} is 5×7, x is 7×1: these cannot be added" in verdict.message
    assert "at “W e x^T + x”" in verdict.message


def test_a_formula_that_cannot_be_read_is_told_to_a_person_too() -> None:
    verdict = verdict_on(TIED, dW="W M x^T")

    assert verdict.outcome is Outcome.RAISED
    assert verdict.message == "unknown name M; did you mean m?, at “M” in “W M x^T”."
    assert "formulas that could not be read" in verdict.notes


def test_what_is_missing_stays_missing() -> None:
    assert verdict_on(TIED, dW=MISSING).outcome is Outcome.NOT_IMPLEMENTED


@pytest.mark.parametrize("value", [np.ones((5, 7)), np.array(0.5), np.zeros((2, 3), np.uint8)])
def test_numbers_are_no_formula(value: np.ndarray) -> None:
    verdict = verdict_on(TIED, dW=Returned(value=value))

    assert verdict.outcome is Outcome.WRONG
    assert "came back as no text" in verdict.message


def test_two_answers_may_stand_in_one_text() -> None:
    text = "\\nabla_{b_2} L = g\n\\nabla_{W_2} L = g h_1^T"
    swapped = "\\nabla_{W_2} L = h_1 g^T\n\\nabla_{b_2} L = g"
    weighted = replace(SWISH, answer_weights=(("dW2", "0.6"), ("db2", "0.4")))

    assert verdict_on(SWISH, dW2=text, db2=text).outcome is Outcome.CORRECT
    assert verdict_on(weighted, dW2=swapped, db2=swapped).credit == Decimal("0.4")
    alone = verdict_on(weighted, dW2="\\nabla_{b_2} L = g", db2="\\nabla_{b_2} L = g")
    assert alone.credit == Decimal("0.4")


def test_a_transposed_gradient_is_right_only_where_the_rubric_says_so() -> None:
    text = "e x^T W^T + x e^T W^T"
    accepting = replace(TIED, parameters=(("transposed", True),))

    assert verdict_on(TIED, dW=text).outcome is Outcome.WRONG
    assert verdict_on(accepting, dW=text).outcome is Outcome.CORRECT
    assert verdict_on(accepting, dW=RIGHT).outcome is Outcome.CORRECT
    assert verdict_on(accepting, dW="x e^T W^T - e x^T W^T").outcome is Outcome.WRONG


def test_a_rubric_may_leave_intermediates_out() -> None:
    bare = replace(TIED, parameters=(("names", ("y",)),))

    assert "y" in verdict_on(bare, dW="W v x^T").message
    assert verdict_on(bare, dW="W (y - x) x^T + W x (y - x)^T").outcome is Outcome.CORRECT
    assert "unknown name h" in verdict_on(bare, dW="W h x^T").message


@pytest.mark.parametrize(
    ("own", "credit"),
    [("e = W^T W x + x", "0.5"), ("e = W^T W x - x", "1"), ("v = W^T W x + x", "0")],
)
def test_a_wrong_intermediate_that_is_rightly_used_keeps_its_share(own: str, credit: str) -> None:
    carrying = replace(TIED, carried="0.5")
    name = own[0]
    verdict = verdict_on(carrying, dW=f"{own}\n\\nabla_W L = W {name} x^T + W x {name}^T")

    assert verdict.credit == Decimal(credit)
    if credit == "0.5":
        told = "Carried forward: dW is right for your own e, which is wrong."
        assert told in verdict.message
    wrongly = verdict_on(carrying, dW="e = W^T W x + x\n\\nabla_W L = W e x^T")
    assert wrongly.credit == 0


def test_the_sum_of_two_steps_is_taken_of_ones_own() -> None:
    exercise = replace(
        TIED,
        problem="gplvm",
        answers=("dL_dX",),
        given=("dL1_dX", "dL2_dX"),
        carried="0.5",
    )
    total = r"\frac{\partial L_1}{\partial X} + \frac{\partial L_2}{\partial X}"
    first, second = r"-\alpha D K^{-1} X", r"\alpha K^{-1} Y Y^T K^{-1} X"

    assert verdict_on(exercise, dL_dX=total, dL1_dX=first, dL2_dX=second).credit == 1
    half = verdict_on(exercise, dL_dX=total, dL1_dX=first, dL2_dX="-" + second)
    assert (half.outcome, half.credit) == (Outcome.PARTIAL, Decimal("0.5"))
    assert verdict_on(exercise, dL_dX=total, dL1_dX=MISSING, dL2_dX=MISSING).credit == 1


def test_an_intermediate_may_rest_on_others_that_are_closed() -> None:
    net = replace(TIED, options=(("nonlinearity", "tanh"),), parameters=(("names", ("e", "h")),))
    text = r"""
        d = e \odot (1 - (e + x)^2)
        \nabla_W L = h d^T + ((W d) \odot (1 - h^2)) x^T
    """

    assert verdict_on(net, dW=text).outcome is Outcome.CORRECT
    assert "unknown name a" in verdict_on(net, dW="a x^T").message


# --- steps ---------------------------------------------------------------------------------------

STEP2 = r"\delta^{(2)} = (x^{(2)} - y) \odot \phi'(z^{(2)})"
WRONG2 = r"\delta^{(2)} = (x^{(2)} - y) \odot \phi'(x^{(2)})"
STEP1 = r"\delta^{(1)} = (W^{(2)} \delta^{(2)}) \odot \phi'(z^{(1)})"


def test_a_step_after_a_right_one_is_right() -> None:
    assert verdict_on(DELTA1, delta1=STEP1, delta2=STEP2).outcome is Outcome.CORRECT


def test_a_right_step_after_a_wrong_one_keeps_its_share() -> None:
    verdict = verdict_on(DELTA1, delta1=STEP1, delta2=WRONG2)

    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, Decimal("0.5"))
    told = "Carried forward: delta1 is right for your own delta2, which is wrong."
    assert told in verdict.message


def test_a_wrong_step_after_a_wrong_one_earns_nothing() -> None:
    wrong = STEP1.replace("z^{(1)}", "x^{(1)}")

    assert verdict_on(DELTA1, delta1=wrong, delta2=WRONG2).credit == 0


def test_a_step_that_is_defined_on_the_way_is_carried_too() -> None:
    verdict = verdict_on(DELTA1, delta1=f"{WRONG2}\n{STEP1}", delta2=MISSING)

    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, Decimal("0.5"))


def test_without_a_step_of_ones_own_its_name_stands_for_the_right_one() -> None:
    assert verdict_on(DELTA1, delta1=STEP1, delta2=MISSING).outcome is Outcome.CORRECT
    unreadable = verdict_on(DELTA1, delta1=STEP1, delta2="(x_2 - y")
    assert unreadable.outcome is Outcome.CORRECT


def test_a_step_of_another_shape_is_none_to_go_on_from() -> None:
    turned = r"\delta_2 = ((x_2 - y) \odot \phi'(z_2))^T"

    assert verdict_on(DELTA1, delta1=STEP1, delta2=turned).outcome is Outcome.CORRECT
    outer = verdict_on(DELTA1, delta1=STEP1, delta2="x_2 y^T")
    assert outer.outcome is Outcome.CORRECT
