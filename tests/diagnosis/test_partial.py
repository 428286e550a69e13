"""Answers that are right up to a bound or up to the end of a loop, and some that only look so."""

import numpy as np
import pytest

from tests.diagnosis.classroom import diagnosis_of, reference_with

NET = "two_layer_net"


def changed(**changes):
    """Return the right function with some answers changed; a change takes answers and inputs."""
    right = reference_with(NET)

    def function(**inputs):
        answers = dict(right(**inputs))
        return {**answers, **{name: change(answers, inputs) for name, change in changes.items()}}

    return function


def name_of(function, names=None):
    found = diagnosis_of(NET, function, names)
    assert found is not None, "it is right"
    return found.name


# --- up to a bound ---------------------------------------------------------------------------------

_BOUND = 0.05


def test_an_answer_whose_large_entries_are_cut_is_named_with_the_bound():
    function = changed(dW1=lambda a, i: np.clip(a["dW1"], -_BOUND, _BOUND))
    found = diagnosis_of(NET, function)
    assert found.name == "clipped"
    assert found.sentence == (
        "dW1 is exactly what comes out on all 7 draws if what is larger than 0.05, of either sign, "
        "is cut down to that."
    )


def test_what_is_cut_before_the_penalty_is_added_is_named_too():
    def before_the_penalty(answers, inputs):
        penalty = inputs["reg"] * inputs["W1"]
        return np.clip(answers["dW1"] - penalty, -_BOUND, _BOUND) + penalty

    assert name_of(changed(dW1=before_the_penalty)) == "clipped"


def only_the_largest_entry(answers, inputs):
    right = answers["dW1"]
    bound = np.sort(np.abs(right).ravel())[-2]
    return np.clip(right, -bound, bound)


@pytest.mark.parametrize(
    "change",
    [
        lambda a, i: a["dW1"] * min(1.0, _BOUND / np.linalg.norm(a["dW1"])),
        lambda a, i: _BOUND * np.tanh(a["dW1"] / _BOUND),
        lambda a, i: np.clip(a["dW1"], -_BOUND / i["N"], _BOUND / i["N"]),
        lambda a, i: np.where(np.abs(a["dW1"]) > _BOUND, 0.0, a["dW1"]),
        lambda a, i: np.sign(a["dW1"]),
        only_the_largest_entry,
    ],
    ids=["by the norm", "squashed", "a bound a draw", "left out", "signs", "one entry"],
)
def test_what_only_looks_like_a_bound_is_not_called_one(change):
    assert "clipped" not in name_of(changed(dW1=change))


def test_one_number_that_is_everywhere_is_no_bound():
    function = changed(loss=lambda a, i: np.asarray(0.01))
    assert "clipped" not in name_of(function, ["loss"])


# --- up to the end of a loop -----------------------------------------------------------------------


def rows_up_to(end):
    """Return the gradient of a loop over rows that ends too soon, the penalty added afterwards."""

    def change(answers, inputs):
        penalty = inputs["reg"] * inputs["W1"]
        data = answers["dW1"] - penalty
        data[end(inputs) :] = 0.0
        return data + penalty

    return change


def columns_up_to_D(answers, inputs):
    kept = answers["dW1"].copy()
    kept[:, inputs["D"] :] = 0.0
    return kept


def test_an_answer_that_a_loop_fills_in_part_is_named_with_where_it_ends():
    found = diagnosis_of(NET, changed(dW1=columns_up_to_D))
    assert found.name == "cut_short"
    assert found.sentence == (
        "dW1 is exactly what comes out on all 7 draws if it is filled along its second axis up to "
        "D only, and 0 beyond."
    )
    assert name_of(changed(dW1=rows_up_to(lambda i: i["C"]))) == "cut_short"


@pytest.mark.parametrize(
    "change",
    [
        rows_up_to(lambda i: 2),
        rows_up_to(lambda i: i["D"] - 1),
        lambda a, i: np.vstack([a["dW1"][: i["C"]], 0.5 * a["dW1"][i["C"] :]]),
        lambda a, i: np.vstack([2.0 * a["dW1"][: i["C"]], 0.0 * a["dW1"][i["C"] :]]),
    ],
    ids=["a number", "all but the last", "halved beyond", "doubled before"],
)
def test_what_is_filled_otherwise_is_not_called_cut_short(change):
    assert "cut_short" not in name_of(changed(dW1=change))
