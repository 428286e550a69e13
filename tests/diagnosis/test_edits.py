import numpy as np
import pytest

import reference
from grader.diagnosis.edits import Edit, EditError, edited, with_texts


def solved(problem):
    inputs = problem.inputs(np.random.default_rng(1))
    return problem.solve(inputs, problem.resolve_options({}))


@pytest.mark.parametrize("problem_id", reference.problem_ids())
def test_a_copy_without_edits_answers_the_same_bits(problem_id):
    original, copy = solved(reference.problem(problem_id)), solved(with_texts(problem_id, {}))
    assert original.keys() == copy.keys()
    for name, right in original.items():
        assert right.tobytes() == copy[name].tobytes()


def test_an_edit_changes_the_copy_and_not_the_reference():
    before = solved(reference.problem("two_layer_net"))
    wrong = solved(
        edited("two_layer_net", [Edit('db1": dS1.sum(axis=0)', 'db1": dS1.mean(axis=0)')])
    )
    after = solved(reference.problem("two_layer_net"))
    assert np.array_equal(before["db1"], after["db1"])
    assert np.allclose(wrong["db1"] * 7, before["db1"])
    assert np.array_equal(wrong["dW1"], before["dW1"])


def test_an_edit_of_a_part_reaches_the_nets_that_are_built_on_it():
    wrong = solved(
        edited(
            "two_layer_net",
            [Edit("return float(loss), dscores / N", "return float(loss), dscores", "losses")],
        )
    )
    right = solved(reference.problem("two_layer_net"))
    assert np.allclose(wrong["dW2"], 7 * right["dW2"])


@pytest.mark.parametrize("old", ["no such text", "return"])
def test_an_edit_that_fits_no_place_or_several_is_refused(old):
    with pytest.raises(EditError, match="times, not once"):
        edited("two_layer_net", [Edit(old, "")])
