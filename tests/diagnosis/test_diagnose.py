"""Wrong functions that must be named, and odd ones about which nothing may be said."""

import pickle
import re

import numpy as np
import pytest

import reference
from grader.diagnosis import Background, Sample, diagnose
from grader.records import Expected, Failed, Outcome, Returned
from tests.diagnosis.classroom import (
    certified,
    diagnosis_of,
    reference_with,
    samples,
    wrong_names,
)

NET = "two_layer_net"


def spoilt(problem_id=NET, options=(), **changes):
    """Return the right function with some answers changed; a change takes answers and inputs."""
    right = reference_with(problem_id, options=options)

    def function(**inputs):
        answers = dict(right(**inputs))
        return {**answers, **{name: change(answers, inputs) for name, change in changes.items()}}

    return function


def named(problem_id=NET, names=None, options=(), **changes):
    found = diagnosis_of(problem_id, spoilt(problem_id, options, **changes), names, options)
    assert found is not None
    return found


def noise(array):
    return np.random.default_rng(array.size).normal(size=array.shape)


FACTORS = [
    ("mean_missing", lambda a, i: i["N"] * a["dW1"]),
    ("mean_twice", lambda a, i: a["dW1"] / i["N"]),
    ("sign", lambda a, i: -a["dW1"]),
    ("doubled", lambda a, i: 2 * a["dW1"]),
    ("halved", lambda a, i: a["dW1"] / 2),
    ("factor_C", lambda a, i: a["dW1"] / i["C"]),
    ("factor_N*C", lambda a, i: a["dW1"] / (i["N"] * i["C"])),
    ("factor", lambda a, i: 1.001 * a["dW1"]),
    ("zero", lambda a, i: 0 * a["dW1"]),
]

PENALTIES = [
    ("penalty_missing", lambda a, i: a["dW1"] - i["reg"] * i["W1"]),
    ("penalty_doubled", lambda a, i: a["dW1"] + i["reg"] * i["W1"]),
    ("penalty_halved", lambda a, i: a["dW1"] - 0.5 * i["reg"] * i["W1"]),
    ("penalty_sign", lambda a, i: a["dW1"] - 2 * i["reg"] * i["W1"]),
    ("penalty_not_scaled", lambda a, i: a["dW1"] + (1 - i["reg"]) * i["W1"]),
    ("penalty_over_n", lambda a, i: a["dW1"] - i["reg"] * i["W1"] * (1 - 1 / i["N"])),
    ("data_term_missing", lambda a, i: i["reg"] * i["W1"]),
]

SHAPES = [
    ("transposed", lambda a, i: a["dW1"].T),
    ("transposed", lambda a, i: a["dW1"].T.reshape(a["dW1"].shape)),
    ("flipped", lambda a, i: a["dW1"][::-1]),
    ("permuted", lambda a, i: a["dW1"][np.random.default_rng(3).permutation(len(a["dW1"]))]),
    ("summed", lambda a, i: a["dW1"].sum()),
    ("averaged", lambda a, i: np.full(a["dW1"].shape, a["dW1"].mean())),
    ("truncated", lambda a, i: np.trunc(a["dW1"])),
    ("rounded", lambda a, i: np.round(a["dW1"], 3)),
    ("swapped_answers", lambda a, i: a["dW2"].T),
    ("input_returned", lambda a, i: i["W1"]),
]


@pytest.mark.parametrize(("name", "change"), FACTORS + PENALTIES + SHAPES)
def test_a_wrong_gradient_is_named(name, change):
    found = named(dW1=change)
    assert found.name == name
    assert found.answers == ("dW1",)


def test_several_mistakes_at_once_are_all_named():
    found = named(
        dW1=lambda a, i: i["N"] * (a["dW1"] - i["reg"] * i["W1"]) + 2 * i["reg"] * i["W1"]
    )
    assert found.name == "mean_missing+penalty_doubled"


def test_an_edit_and_a_factor_are_named_together():
    right = reference_with(NET)

    def function(**inputs):
        without = right(**{**inputs, "b1": 0 * inputs["b1"]})
        return {**right(**inputs), "dW2": -inputs["N"] * 1.0 * without["dW2"] / inputs["N"]}

    assert diagnosis_of(NET, function).name == "bias_missing+sign"


def test_an_averaged_bias_is_told_from_a_gradient_that_is_averaged_twice():
    averaged = named(db1=lambda a, i: a["db1"] / i["N"])
    assert averaged.name == "bias_averaged"
    twice = named(dW1=lambda a, i: a["dW1"] / i["N"], db1=lambda a, i: a["db1"] / i["N"])
    assert twice.name == "mean_twice"
    assert twice.answers == ("dW1", "db1")


def test_different_mistakes_in_different_answers_are_told_apart():
    found = named(dW1=lambda a, i: 2 * a["dW1"], loss=lambda a, i: -a["loss"])
    assert found.name == "sign+doubled"
    assert found.answers == ("loss", "dW1")


def test_mistakes_that_answer_alike_are_all_told():
    found = diagnosis_of("conv", spoilt("conv", out=lambda a, i: 0 * a["out"]))
    assert found.name == "zero"
    both = named("sgd", w_1=lambda a, i: i["w"] + i["learning_rate"] * i["dws"][0])
    assert both.name == "step_sign"


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("single_example", slice(0, 1)),
        ("example_dropped", slice(0, -1)),
        ("example_dropped", slice(1, None)),
    ],
)
def test_examples_that_do_not_count_are_named(name, chosen):
    right = reference_with("rbm")

    def function(**inputs):
        kept = {**inputs, "V": inputs["V"][chosen]}
        return {**right(**inputs), "dW": right(**kept)["dW"]} if len(kept["V"]) else right(**inputs)

    found = diagnosis_of("rbm", function, ["dW"])
    assert name in found.name if found.name else len(certified("rbm", "single", 0, (), 1)) == 3


def test_an_answer_that_is_not_summed_over_the_examples_is_named():
    def function(**inputs):
        answers = reference_with("affine")(**inputs)
        return {**answers, "db": inputs["dout"]}

    assert diagnosis_of("affine", function).name == "bias_not_summed"


def test_the_first_answer_given_again_is_named():
    memory = []

    def function(**inputs):
        answers = reference_with(NET)(**inputs)
        memory.append(answers["loss"])
        return {**answers, "loss": memory[0]}

    assert diagnosis_of(NET, function).name == "stale_answer"


def test_values_are_named_as_gradients_are():
    assert named(loss=lambda a, i: a["loss"] / i["N"]).name == "mean_twice"

    def without_penalty(answers, inputs):
        squares = np.sum(inputs["W1"] ** 2) + np.sum(inputs["W2"] ** 2)
        return answers["loss"] - 0.5 * inputs["reg"] * squares

    assert named(loss=without_penalty).name == "penalty_missing"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_overflow_is_named_with_its_cause():
    def function(x, y, **_):
        shares = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        rows = np.arange(len(y))
        dx = shares.copy()
        dx[rows, y] -= 1.0
        return {"loss": -np.log(shares[rows, y]).mean(), "dx": dx / len(y)}

    found = diagnosis_of("softmax_loss", function)
    assert found.name == "overflow"
    assert "exponentials of large scores" in found.sentence


def test_one_wrong_entry_is_told_with_its_place():
    def change(answers, inputs):
        spoilt_one = answers["dW2"].copy()
        spoilt_one[1, 1] += 0.5
        return spoilt_one

    found = named(dW2=change)
    assert found.name == "isolated_entries"
    assert "row 1" in found.sentence


def test_single_precision_does_not_hide_a_mistake():
    single = lambda a, i: (i["N"] * a["dW1"]).astype(np.float32)  # noqa: E731
    assert named(dW1=single).name == "mean_missing"


SENTENCES = [
    (
        {"dW1": lambda a, i: i["N"] * a["dW1"]},
        "dW1 is 7.00 times the right gradient where N was 7 and 11.00 times where N was 11: "
        "the mean over the batch is missing.",
    ),
    (
        {"dW1": lambda a, i: a["dW1"] - i["reg"] * i["W1"]},
        "dW1 is exactly what comes out on all 7 draws if the penalty is left out "
        "(reg was 0, 0.3 and 0.1).",
    ),
    (
        {"dW1": lambda a, i: -a["dW1"], "dW2": lambda a, i: -a["dW2"]},
        "dW1 and dW2 are each -1.00 times the right gradient on all 7 draws: "
        "its sign is the wrong way round.",
    ),
    (
        {"dW1": lambda a, i: 1.001 * a["dW1"]},
        "dW1 is 1.001 times the right gradient on all 7 draws.",
    ),
    (
        {"dW1": lambda a, i: a["dW1"].T},
        "dW1 is exactly what comes out on all 7 draws if it is transposed.",
    ),
    (
        {"dW1": lambda a, i: 0 * a["dW1"]},
        "dW1 is 0 throughout on all 7 draws.",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), SENTENCES)
def test_a_sentence_tells_the_mistake_with_the_draws_own_numbers(changes, sentence):
    assert named(**changes).sentence == sentence


def test_answers_share_a_sentence_only_if_it_is_true_of_each():
    found = named(dW1=lambda a, i: 1.001 * a["dW1"], dW2=lambda a, i: 1.003 * a["dW2"])
    assert found.name == "factor"
    assert found.sentence == (
        "dW1 is 1.001 times the right gradient on all 7 draws. "
        "dW2 is 1.003 times the right gradient on all 7 draws."
    )

    def function(**inputs):
        answers = reference_with("gplvm")(**inputs)
        total = answers["dL1_dX"] - answers["dL2_dX"]
        return {**answers, "dL2_dX": -answers["dL2_dX"], "dL_dX": total}

    both = diagnosis_of("gplvm", function)
    assert both.name == "sign"
    assert both.sentence == (
        "dL2_dX and dL_dX are each exactly what comes out on all 6 draws if "
        "the sign of the gradient of the data fit is the wrong way round."
    )


def test_where_nothing_matches_the_facts_are_told():
    found = named(dW1=lambda a, i: a["dW1"] + noise(a["dW1"]))
    assert found.name == ""
    assert found.sentence.startswith("dW1 is wrong on 7 of 7 draws, in every entry. ")
    assert "Its cosine to the right gradient is " in found.sentence


@pytest.mark.parametrize("size", [1e308, -1.7e308, 1e200])
def test_an_answer_at_the_end_of_a_doubles_range_has_a_direction_too(size):
    found = named(dW1=lambda a, i: np.where(noise(a["dW1"]) > 0, size, size / 3))
    assert "Its cosine to the right gradient is " in found.sentence
    assert not re.search(r"\b(nan|inf)\b", found.sentence)


def test_a_wrong_row_is_told():
    def change(answers, inputs):
        wrong = answers["dW1"].copy()
        wrong[1] += noise(wrong[1])
        return wrong

    found = named(dW1=change)
    assert found.name in ("", "isolated_entries")
    assert "all in row 1" in found.sentence


@pytest.mark.parametrize("problem_id", reference.problem_ids())
def test_a_random_array_is_never_named(problem_id):
    right = reference_with(problem_id)
    kinds = {
        n: np.asarray(e.value).dtype.kind
        for n, e in certified(problem_id, "plain", 0, (), 1)[1].items()
    }
    for name in [name for name, kind in kinds.items() if kind == "f"]:

        def function(name=name, **inputs):
            answers = dict(right(**inputs))
            seed = [len(name), answers[name].size, *map(ord, name)]
            return {**answers, name: np.random.default_rng(seed).normal(size=answers[name].shape)}

        found = diagnosis_of(problem_id, function, [name])
        assert found.name == "", found


ODD = [
    lambda a, i: a["dW1"] + 0.1,
    lambda a, i: a["dW1"] * (1 + noise(a["dW1"])),
    lambda a, i: a["dW1"] + a["dW1"] ** 2,
    lambda a, i: a["dW1"] * np.sin(i["N"]),
    lambda a, i: np.array([]),
    lambda a, i: np.ones((2, 2, 2)),
    lambda a, i: a["dW1"] * (1.0 if i["N"] == 1 else 1.7),
]


@pytest.mark.parametrize("change", ODD)
def test_an_odd_answer_is_not_named(change):
    assert named(dW1=change).name == ""


def test_a_mistake_on_some_draws_alone_is_not_named():
    found = named(dW1=lambda a, i: i["N"] * a["dW1"] if i["reg"] == 0 else a["dW1"])
    assert found.name == ""


def test_a_shape_that_is_wrong_on_some_draws_alone_is_told():
    found = named(
        dW1=lambda a, i: a["dW1"][..., None] if i["D"] == 3 else a["dW1"] + noise(a["dW1"])
    )
    assert found.name == ""
    assert "its shape is (3, 5, 1), not (3, 5)" in found.sentence


MESS = [
    lambda a: a * np.nan,
    lambda a: np.where(a > 0, np.inf, a),
    lambda a: a.ravel(),
    lambda a: a[..., None],
    lambda a: a > 0,
    lambda a: (1e6 * a).astype(int),
    lambda a: a.astype(np.float32) * 2,
    lambda a: np.zeros((0,)),
    lambda a: a + 0j,
    lambda a: a * 1e-300,
    lambda a: np.array(["x"]),
    lambda a: np.broadcast_to(a, (3, *a.shape)),
]


@pytest.mark.parametrize("first", range(len(MESS)))
def test_whatever_comes_back_is_borne(first):
    made = samples(NET, reference_with(NET))
    for one, place in zip(made, range(first, first + len(made)), strict=True):
        change = MESS[place % len(MESS)]
        for name, expected in one.right.items():
            one.answers[name] = Returned(value=np.asarray(change(expected.value)))
    found = diagnose(list(made[0].right), made)
    assert found.sentence.endswith(".")


def test_right_answers_and_failures_have_no_diagnosis():
    made = samples(NET, reference_with(NET))
    assert diagnose(["dW1"], made) is None
    failed = Failed(outcome=Outcome.RAISED, message="ValueError")
    broken = [
        Sample(
            case=one.case,
            inputs=one.inputs,
            right=one.right,
            answers={"dW1": failed},
            background=one.background,
        )
        for one in made
    ]
    assert diagnose(["dW1"], broken) is None
    assert diagnose(["dW1"], []) is None


def test_nan_without_a_known_cause_is_told_as_a_fact():
    found = named(dW1=lambda a, i: a["dW1"] * np.nan)
    assert found.name == ""
    assert "entries of dW1 are NaN or infinite" in found.sentence
    assert found.sentence.endswith("and some on every other draw.")


def test_a_background_is_plain_and_can_be_carried():
    _, _, known = certified(NET, "decay", 0, (), 1)
    copy = pickle.loads(pickle.dumps(known))  # noqa: S301
    assert isinstance(copy, Background)
    assert copy.sizes == known.sizes
    assert copy.edits.keys() == known.edits.keys()


def test_without_a_background_factors_and_shapes_are_still_named():
    value = np.arange(6.0).reshape(2, 3) + 0.3
    sample = Sample(
        case="plain",
        inputs={},
        right={"dW": Expected(value=value, unit=1e-15, unit32=1e-7)},
        answers={"dW": Returned(value=-value)},
        background=Background(sizes={}),
    )
    assert diagnose(["dW"], [sample]).name == "sign"


def test_wrong_names_sees_what_the_judge_would():
    made = samples(NET, spoilt(dW1=lambda a, i: 2 * a["dW1"]))
    assert wrong_names(made) == ["dW1"]


def test_a_gradient_that_passes_dropout_untouched_is_named_by_what_was_dropped_too():
    passed = {"dscaled": lambda a, i: i["dout"], "dropped_gradient": lambda a, i: abs(i["dout"])}
    found = named("dropout", ["dscaled", "dropped_gradient"], **passed)
    assert found.sentence == (
        "dscaled and dropped_gradient are each exactly what comes out on all 4 draws if the "
        "gradient passes as if nothing were dropped or scaled."
    )


# --- one number everywhere -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem_id", "name", "number"),
    [
        ("affine", "db", 1.0),
        ("batchnorm", "dbeta", 1.0),
        ("backprop_by_hand", "dW1_12", 1.0),
        ("backprop_by_hand", "dW1_12", -1.0),
        ("glorot_uniform", "limit", 1.0),
        ("dropout", "dscaled", 1.0),
        ("dropout", "dropped_gradient", 2.0),
        ("two_layer_net", "dW1", 1e-30),
    ],
)
def test_one_number_everywhere_is_no_mistake_that_happens_to_come_out_at_it(
    problem_id, name, number
):
    found = named(
        problem_id, [name], **{name: lambda a, i: np.full_like(a[name], number, dtype=float)}
    )
    assert found.name in ("", "zero"), found
    if name == "dW1":
        assert found.sentence == "dW1 is next to 0 throughout, 1e-30 at most, on all 7 draws."


def test_a_precision_is_no_bias_that_was_left_out():
    found = named("gplvm", ["L2"], L2=lambda a, i: np.zeros(()))
    assert found.sentence == "L2 is 0 throughout on all 6 draws."


def test_a_constant_that_is_a_known_mistake_keeps_its_name():
    found = named("relu", ["derivative"], derivative=lambda a, i: np.ones_like(a["derivative"]))
    assert found.name == "mask_missing"


def test_an_answer_that_is_a_little_off_is_told_with_as_many_digits_as_that_takes():
    found = named(dW1=lambda a, i: a["dW1"] * (1 + 1e-4 * noise(a["dW1"])))
    told = r"cosine to the right gradient is 1 up to \de-\d\d, and it is (0\.9999|1\.0000)\d+ times"
    assert re.search(told, found.sentence), found.sentence
