"""The check ``gradient``, tried on what students hand in, on the draws of real problems."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from grader.records import Outcome
from tests.checks import students
from tests.checks.students import Student, changed, vectorised
from tests.checks.trial import Exercise, verdict_on

GRADIENTS = ("dW1", "db1", "dW2", "db2")
NET = Exercise(
    problem="two_layer_net",
    answers=GRADIENTS,
    cases=("plain", "decay", "single", "square", "hot"),
)
DECAY_APART = replace(
    NET,
    settings=tuple((case, (("reg", 0.0),)) for case in ("plain", "single", "square", "hot")),
    case_weights=(("plain", "0.7"), ("decay", "0.3")),
)
EITHER_SCALING = Exercise(
    problem="moons_net",
    answers=("dW1",),
    options=(("penalty", "absent"),),
    accept=(("scaling", ("sum", "mean")),),
)


@pytest.mark.parametrize(
    "student",
    [
        students.vectorised,
        students.with_loops,
        students.with_einsum,
        students.in_matrices,
        changed("db1", lambda db1, given: db1.reshape(1, -1)),
        changed("db2", lambda db2, given: db2.reshape(-1, 1)),
        changed("dW1", lambda dW1, given: np.asarray(dW1, dtype=np.longdouble)),
        changed("dW2", lambda dW2, given: dW2.astype(complex)),
        changed("dW2", lambda dW2, given: dW2.tolist()),
    ],
    ids="vectorised loops einsum matrices row_bias column_bias longdouble complex lists".split(),
)
def test_accepts_a_right_gradient_however_it_is_written(student: Student) -> None:
    verdict = verdict_on(student, NET)
    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1)
    assert verdict.message == "The gradient is right on all 6 draws."
    assert max(evidence.deviation for evidence in verdict.evidence) < 100


def test_accepts_an_inverse_where_the_reference_has_a_cholesky_factor() -> None:
    exercise = Exercise(
        problem="gplvm", answers=("dL1_dX", "dL2_dX"), cases=("plain", "single", "square", "hot")
    )
    assert verdict_on(students.with_an_inverse, exercise).outcome is Outcome.CORRECT


def test_accepts_single_precision_and_says_so() -> None:
    verdict = verdict_on(students.in_single_precision, NET)
    assert verdict.outcome is Outcome.CORRECT
    assert "dW1: single precision" in verdict.notes


WRONG = {
    "mask_without_the_bias": students.mask_without_the_bias,
    "without_the_penalty": students.without_the_penalty,
    "without_the_mean": students.without_the_mean,
    "only_the_first_example": students.only_the_first_example,
    "wrong_for_square_matrices_only": students.through_the_wrong_side,
    "right_for_square_matrices_only": students.right_for_square_only,
    "normalised_over_the_examples": students.with_swapped_probabilities,
    "one_entry": changed("dW2", lambda dW2, given: np.where(dW2 == dW2.max(), 0.999 * dW2, dW2)),
    "one_entry_by_a_millionth": changed(
        "dW1", lambda dW1, given: np.where(dW1 == dW1.min(), dW1 * (1 + 1e-6), dW1)
    ),
    "the_sign": changed("db1", lambda db1, given: -db1),
    "zeros": changed("dW1", lambda dW1, given: np.zeros_like(dW1)),
    "the_last_entry_not_filled": changed("db2", lambda db2, given: np.r_[db2[:-1], np.nan]),
    "broadcast_bias": changed("db2", lambda db2, given: np.tile(db2, (given["N"], 1))),
    "averaged_twice": changed("db1", lambda db1, given: db1 / given["N"]),
    "rows_swapped": changed("dW1", lambda dW1, given: dW1[::-1]),
    "rounded_to_print": changed("dW2", lambda dW2, given: np.round(dW2, 3)),
    "flattened": changed("dW1", lambda dW1, given: dW1.ravel()),
}


@pytest.mark.parametrize("student", WRONG.values(), ids=WRONG)
def test_rejects_a_gradient_that_is_wrong_in(student: Student) -> None:
    verdict = verdict_on(student, NET)
    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)
    assert "In case " in verdict.message


def test_rejects_a_transposed_gradient_by_its_shape_and_a_square_one_by_its_numbers() -> None:
    verdict = verdict_on(changed("dW1", lambda dW1, given: dW1.T), NET)
    details = {e.draw: e.detail for e in verdict.evidence if e.answer == "dW1"}
    assert verdict.outcome is Outcome.WRONG
    assert details["probe/plain/0"] == "dW1 has shape (11, 5), (5, 11) is right"
    assert details["probe/square/0"].startswith("dW1 differs in ")


def test_rejects_weights_that_were_read_the_other_way_round() -> None:
    """Where every shape is square, the layout of the course shows in the numbers alone."""
    columns = replace(NET, cases=("square",), options=(("layout", "columns"),))
    assert verdict_on(vectorised, columns).outcome is Outcome.WRONG


def test_rejects_what_is_right_in_one_case_only_and_names_that_case() -> None:
    verdict = verdict_on(students.only_the_first_example, NET)
    assert "Right: dW1 in single; db1 in single; dW2 in single; db2 in single." in verdict.message


def test_accepts_the_rest_where_only_the_penalty_is_missing() -> None:
    verdict = verdict_on(students.without_the_penalty, DECAY_APART)
    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, Decimal("0.7"))
    told = "In case decay (N=7, D=5, H=11, C=3, reg=0.3): dW1 differs in 55 of 55 entries"
    assert told in verdict.message
    assert verdict.message.endswith("db2 in all cases.")


def test_rejects_a_penalty_that_is_right_while_the_rest_is_not() -> None:
    student = changed("db2", lambda db2, given: 2 * db2)
    verdict = verdict_on(student, DECAY_APART)
    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)


def test_accepts_each_answer_for_its_own_weight() -> None:
    shares = tuple((name, "0.25") for name in GRADIENTS)
    student = changed("db2", lambda db2, given: 2 * db2)
    verdict = verdict_on(student, replace(NET, answer_weights=shares))
    assert (verdict.outcome, verdict.credit) == (Outcome.PARTIAL, Decimal("0.75"))


def backpropagated(X, y, W1, b1, W2, b2, N, **sizes):
    hidden = np.tanh(X @ W1 + b1)
    delta = np.exp(hidden @ W2 + b2)
    delta /= delta.sum(axis=1, keepdims=True)
    delta[range(N), y] -= 1
    return {"dW1": X.T @ (delta @ W2.T * (1 - hidden**2))}


@pytest.mark.parametrize("scale", ["sum", "mean"])
def test_accepts_every_convention_that_the_course_accepts(scale: str) -> None:
    def student(N, **given):
        right = backpropagated(N=N, **given)["dW1"]
        return {"dW1": right / N if scale == "mean" else right}

    assert verdict_on(student, EITHER_SCALING).outcome is Outcome.CORRECT


def test_rejects_a_convention_that_the_course_does_not_accept() -> None:
    only_mean = replace(EITHER_SCALING, accept=(("scaling", ("mean",)),))
    assert verdict_on(backpropagated, only_mean).outcome is Outcome.WRONG


def test_rejects_a_scaling_of_neither_kind() -> None:
    def student(N, C, **given):
        return {"dW1": backpropagated(N=N, **given)["dW1"] / C}

    assert verdict_on(student, EITHER_SCALING).outcome is Outcome.WRONG


def test_tells_how_closely_the_reference_itself_was_checked() -> None:
    (note,) = verdict_on(vectorised, NET).notes
    assert note.startswith("certified: the reference agrees with the complex step within ")


# --- finite differences in place of backpropagation ------------------------------------------


@pytest.mark.parametrize("h", [1e-3, 1e-4, 1e-5, 1e-6])
def test_central_differences_in_place_of_a_backward_pass_are_not_simply_right(h: float) -> None:
    """With a careful step a person has to look; a coarse one looks like single precision, and the
    verdict says so."""

    def by_differences(z, dout, **sizes):
        return {"dz": dout * (np.tanh(z + h) - np.tanh(z - h)) / (2 * h)}

    exercise = Exercise(problem="tanh", answers=("dz",), cases=("plain", "single"))
    verdict = verdict_on(by_differences, exercise)
    if h > 1e-5 and verdict.outcome is Outcome.CORRECT:
        assert any("or as finite differences" in note for note in verdict.notes)
    else:
        assert verdict.outcome in (Outcome.WRONG, Outcome.UNSURE), (h, verdict.message)


def test_a_rubric_may_ask_for_double_precision() -> None:
    def by_differences(z, dout, **sizes):
        return {"dz": dout * (np.tanh(z + 1e-8) - np.tanh(z)) / 1e-8}

    exercise = Exercise(problem="tanh", answers=("dz",), cases=("plain", "single"))
    strict = replace(exercise, parameters=(("precision", "double"),))
    assert verdict_on(by_differences, exercise).outcome is Outcome.CORRECT
    verdict = verdict_on(by_differences, strict)
    assert verdict.outcome is Outcome.WRONG
    assert "or as finite differences; here it must be exact" in verdict.message

    def right(z, dout, **sizes):
        return {"dz": dout * (1 - np.tanh(z) ** 2)}

    assert verdict_on(right, strict).outcome is Outcome.CORRECT
