"""What the hand-derived gradients promise beyond the contract.

They have the published forms and limits, and every plausible mistake shows on every draw.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

import reference
from reference.activations import sigmoid, sigmoid_derivative, swish
from reference.gplvm import log_likelihood
from reference.problem import Problem
from reference.rbm import energy, free_energy, states, visible_distribution
from tests.reference.derivation_oracles import ORACLES

DRAWS = 20
NEAR = 1e-9

PROBLEMS = {name: reference.problem(name) for name in ORACLES}


def draws(
    problem: Problem, regime: str, options: Mapping[str, str], count: int = DRAWS
) -> Iterator[dict[str, Any]]:
    """Yield the first draws that stay clear of every kink."""
    accepted = 0
    for seed in range(3 * count):
        rng = np.random.default_rng(seed)
        inputs = problem.inputs(rng, index=seed, regime=regime, options=options)
        if problem.margin(inputs, options) >= 1e-4:
            yield inputs
            accepted += 1
        if accepted == count:
            return
    raise AssertionError(f"only {accepted} of {3 * count} draws keep clear of the kinks")


def distance(one: Any, other: Any) -> float:
    """Return the largest difference relative to the block's scale."""
    assert np.shape(one) == np.shape(other)
    return float(np.max(np.abs(one - other)) / max(np.max(np.abs(other)), np.finfo(float).tiny))


@pytest.mark.parametrize(
    ("problem_id", "options", "axes", "per_example"),
    [
        ("autoencoder", {"examples": "batch"}, {"X": 1}, {}),
        ("autoencoder", {"examples": "batch", "nonlinearity": "tanh"}, {"X": 1}, {}),
        ("swish_net", {"examples": "batch"}, {"X": 1, "y": 0}, {"z1": 1, "h1": 1, "z2": 1}),
        (
            "swish_net",
            {"examples": "batch", "given": "g"},
            {"X": 1, "g": 1},
            {"z1": 1, "h1": 1, "z2": 1},
        ),
        ("gplvm", {}, {"X": 0, "Y": 0}, {"dL_dX": 0, "dL1_dX": 0, "dL2_dX": 0}),
        ("rbm", {}, {"V": 0}, {}),
    ],
)
def test_the_order_of_the_examples_does_not_matter(problem_id, options, axes, per_example):
    problem = PROBLEMS[problem_id]
    options = problem.resolve_options(options)
    for inputs in draws(problem, "plain", options, count=4):
        count = next(np.shape(inputs[name])[axis] for name, axis in axes.items())
        order = np.random.default_rng(1).permutation(count)
        shuffled = {name: np.take(inputs[name], order, axis) for name, axis in axes.items()}
        answers = problem.solve(inputs, options)
        for name, answer in problem.solve({**inputs, **shuffled}, options).items():
            axis = per_example.get(name)
            expected = answers[name] if axis is None else np.take(answers[name], order, axis)
            assert distance(answer, expected) <= 1e-11, name


# What students write instead of the right answer, each from the same inputs.


def one_path(path: str) -> Callable[..., Any]:
    problem = PROBLEMS["autoencoder"]
    return lambda inputs, answers: problem.parts(
        inputs, problem.resolve_options({"examples": "batch", "nonlinearity": "linear"})
    )["dW"][path]


def swish_slope(slope: Callable[[Any], Any]) -> Callable[..., Any]:
    def dW1(inputs, answers):
        return (slope(answers["z1"]) * (inputs["W2"].T @ inputs["g"])) @ inputs["X"].T

    return dW1


def plus_two(z):
    return (1 + (z + 2) * np.exp(-z)) / (1 + np.exp(-z)) ** 2


def slope_of_the_output(inputs, answers):
    error = answers["x2"] - inputs["y"]
    return np.outer(answers["x1"], error * sigmoid_derivative(answers["x2"]))


def hidden_slope_of_the_output(inputs, answers):
    delta1 = (inputs["W2"] @ answers["delta2"]) * sigmoid_derivative(answers["x1"])
    return np.outer(inputs["x"], delta1)


def without_n(name: str) -> Callable[..., Any]:
    def gradient(inputs, answers):
        phases = PROBLEMS["rbm"].parts(inputs, {})[name]
        return phases["positive phase"] + phases["negative phase"] / len(inputs["V"])

    return gradient


MISTAKES: list[tuple[str, dict[str, str], str, str, Callable[..., Any]]] = [
    ("autoencoder", {"examples": "batch"}, "dW", "encoder path alone", one_path("encoder path")),
    ("autoencoder", {"examples": "batch"}, "dW", "decoder path alone", one_path("decoder path")),
    ("autoencoder", {}, "dW", "one path twice", lambda i, a: 2 * np.outer(i["W"] @ (i["W"].T @ (i["W"] @ i["x"]) - i["x"]), i["x"])),
    ("gplvm", {}, "dL1_dX", "½ left", lambda i, a: a["dL1_dX"] / 2),
    ("gplvm", {}, "dL_dX", "½ left in one path", lambda i, a: a["dL1_dX"] + a["dL2_dX"] / 2),
    ("gplvm", {}, "dL_dX", "sign of the second path", lambda i, a: a["dL1_dX"] - a["dL2_dX"]),
    ("gplvm", {}, "dL2_dX", "alpha missing", lambda i, a: a["dL2_dX"] / i["alpha"]),
    ("gplvm", {}, "dL1_dX", "D missing", lambda i, a: a["dL1_dX"] / i["D"]),
    ("gplvm", {}, "dL_dbeta", "beta for its inverse", lambda i, a: -i["beta"] ** 2 * a["dL_dbeta"]),
    ("gplvm", {}, "L", "constant missing", lambda i, a: a["L1"] + a["L2"]),
    ("swish_net", {"given": "g", "examples": "batch"}, "dW1", "z1 + 2 for z1 + 1", swish_slope(plus_two)),
    ("swish_net", {"given": "g", "examples": "batch"}, "dW1", "z1 for its sigmoid", swish_slope(lambda z: z + sigmoid_derivative(z))),
    ("swish_net", {"given": "g", "examples": "batch"}, "dW1", "slope of the sigmoid", swish_slope(sigmoid_derivative)),
    ("swish_net", {"given": "g", "examples": "batch"}, "dW2", "g h1ᵀ of z1", lambda i, a: i["g"] @ a["z1"].T),
    ("swish_net", {"given": "g", "examples": "batch"}, "db2", "mean for the sum", lambda i, a: i["g"].mean(axis=1)),
    ("swish_net", {}, "h1", "bias forgotten", lambda i, a: swish(i["W1"] @ i["x"])),
    ("sigmoid_mlp", {}, "dW2", "φ' of the output layer's output", slope_of_the_output),
    ("sigmoid_mlp", {}, "dW1", "φ' of the hidden layer's output", hidden_slope_of_the_output),
    ("sigmoid_mlp", {}, "delta2", "φ' missing", lambda i, a: a["x2"] - i["y"]),
    ("sigmoid_mlp", {}, "loss", "½ missing", lambda i, a: 2 * a["loss"]),
    ("backprop_by_hand", {}, "dW1", "sign lost", lambda i, a: -a["dW1"]),
    ("backprop_by_hand", {}, "dh1", "ReLU's mask missing", lambda i, a: a["da"]),
    ("backprop_by_hand", {}, "dW1", "slope of the output missing", lambda i, a: np.outer(a["dy"] * i["W2"] * (a["h1"] > 0), i["x"])),
    ("backprop_by_hand", {}, "dW2", "h1 for a", lambda i, a: a["dh2"] * a["h1"]),
    ("rbm", {}, "dW", "no n before the second sum", without_n("dW")),
    ("rbm", {}, "db", "no n before the second sum", without_n("db")),
    ("rbm", {}, "dc", "no n before the second sum", without_n("dc")),
    ("rbm", {}, "db", "b forgotten in the mean of v", lambda i, a: i["V"].sum(axis=0) - len(i["V"]) * sigmoid(i["b"])),
]  # fmt: skip


@pytest.mark.parametrize(
    ("problem_id", "options", "answer", "mistake"),
    [pytest.param(p, o, a, f, id=f"{p}-{a}-{name}") for p, o, a, name, f in MISTAKES],
)
def test_a_plausible_mistake_shows_on_every_draw(problem_id, options, answer, mistake):
    problem = PROBLEMS[problem_id]
    options = problem.resolve_options(options)
    for inputs in draws(problem, "plain", options):
        answers = problem.solve(inputs, options)
        assert distance(mistake(inputs, answers), answers[answer]) > 1e-3


# Autoencoder


def test_the_linear_autoencoder_has_the_gradient_of_the_lecture():
    problem = PROBLEMS["autoencoder"]
    options = problem.resolve_options({})
    for inputs in draws(problem, "plain", options):
        W, x = inputs["W"], inputs["x"]
        e = W.T @ W @ x - x
        expected = np.outer(W @ e, x) + np.outer(W @ x, e)
        assert distance(problem.solve(inputs, options)["dW"], expected) <= NEAR


@pytest.mark.parametrize("nonlinearity", PROBLEMS["autoencoder"].options["nonlinearity"])
def test_a_batch_is_the_sum_of_its_examples(nonlinearity):
    problem = PROBLEMS["autoencoder"]
    batch = {"examples": "batch", "nonlinearity": nonlinearity}
    one = {"examples": "one", "nonlinearity": nonlinearity}
    inputs = problem.inputs(np.random.default_rng(3), options=batch)
    singles = [problem.solve({"W": inputs["W"], "x": x}, one) for x in inputs["X"].T]
    for name, answer in problem.solve(inputs, batch).items():
        assert distance(answer, sum(single[name] for single in singles)) <= NEAR


def test_a_dead_code_counts_as_a_kink_of_the_decoder():
    problem = PROBLEMS["autoencoder"]
    options = problem.resolve_options({"nonlinearity": "relu"})
    dead = {"W": -np.ones((2, 3)), "x": np.ones(3)}
    assert problem.margin(dead, options) == 0.0
    assert problem.margin(dead, {**options, "nonlinearity": "linear"}) == np.inf


# GP-LVM


def test_the_gplvm_gradients_are_those_of_the_question():
    problem = PROBLEMS["gplvm"]
    for inputs in draws(problem, "plain", {}):
        X, Y, alpha = inputs["X"], inputs["Y"], inputs["alpha"]
        K_inverse = np.linalg.inv(alpha * X @ X.T + np.eye(len(X)) / inputs["beta"])
        answers = problem.solve(inputs, {})
        first = -alpha * inputs["D"] * K_inverse @ X
        second = alpha * K_inverse @ Y @ Y.T @ K_inverse @ X
        assert distance(answers["dL1_dX"], first) <= NEAR
        assert distance(answers["dL2_dX"], second) <= NEAR
        assert distance(answers["dL_dX"], first + second) <= NEAR


@pytest.mark.parametrize("regime", ["plain", *PROBLEMS["gplvm"].regimes])
def test_the_kernels_inverse_is_good_enough_on_every_draw(regime):
    problem = PROBLEMS["gplvm"]
    for inputs in draws(problem, regime, {}):
        X, Y = inputs["X"], inputs["Y"]
        K_inverse = np.linalg.inv(inputs["alpha"] * X @ X.T + np.eye(len(X)) / inputs["beta"])
        slope = inputs["alpha"] * K_inverse @ Y @ Y.T @ K_inverse @ X
        assert distance(slope, problem.solve(inputs, {})["dL2_dX"]) <= 1e-12


@pytest.mark.parametrize("beta", [1e8, 1e14, 1e20, 1e100])
@pytest.mark.parametrize(("N", "Q"), [(11, 3), (3, 3), (3, 5), (1, 3), (1, 1)])
def test_the_log_likelihood_survives_an_ill_conditioned_kernel(N, Q, beta):
    rng = np.random.default_rng(0)
    X, Y, alpha = rng.normal(size=(N, Q)), rng.normal(size=(N, 5)), 0.7
    answers = log_likelihood(X, Y, alpha, beta)

    U, spread, V = np.linalg.svd(X)  # K = U diag(k) Uᵀ, its last N − Q eigenvalues being 1 / beta
    k = np.append(alpha * spread**2 + 1 / beta, [1 / beta] * (N - len(spread)))
    seen = np.square(U.T @ Y).sum(axis=1)
    assert distance(answers["L1"], -5 / 2 * np.log(k).sum()) <= 1e-13
    assert distance(answers["L2"], -np.sum(seen / k) / 2) <= 1e-11
    assert distance(answers["dL1_dbeta"] * beta, 5 / 2 * np.sum(1 / k / beta)) <= 1e-11
    slope = -alpha * 5 * (U[:, : len(spread)] * spread / k[: len(spread)]) @ V[: len(spread)]
    assert distance(answers["dL1_dX"], slope) <= 1e-11
    assert all(np.isfinite(answer).all() for answer in answers.values())


def test_the_data_fit_of_exact_observations_does_not_cancel():
    # Y = X A and beta → ∞: tr(K⁻¹ Y Yᵀ) → ‖A‖²/alpha, of which beta (‖Y‖² − …) would leave noise.
    rng = np.random.default_rng(1)
    X, A, alpha = rng.normal(size=(11, 3)), rng.normal(size=(3, 5)), 0.7
    answers = log_likelihood(X, X @ A, alpha, 1e14)
    assert distance(answers["L2"], -np.sum(A**2) / alpha / 2) <= 1e-11


# Swish net


def swish_draw(**options: str) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
    problem = PROBLEMS["swish_net"]
    chosen = problem.resolve_options(options)
    inputs = problem.inputs(np.random.default_rng(8), options=chosen)
    return chosen, inputs, problem.solve(inputs, chosen)


def test_a_batch_from_labels_is_the_sum_or_the_mean_of_its_examples():
    problem = PROBLEMS["swish_net"]
    for scaling, reduce in (("sum", np.sum), ("mean", np.mean)):
        _, inputs, answers = swish_draw(examples="batch", scaling=scaling)
        one = problem.resolve_options({})
        singles = [
            problem.solve({**inputs, "x": x, "y": int(label)}, one)
            for x, label in zip(inputs["X"].T, inputs["y"], strict=True)
        ]
        for name in ("loss", *problem.gradients):
            expected = reduce([single[name] for single in singles], axis=0)
            assert distance(answers[name], expected) <= NEAR


def test_the_gradient_given_in_the_scores_leads_to_that_of_the_label():
    problem = PROBLEMS["swish_net"]
    options, inputs, answers = swish_draw()
    g = np.exp(answers["z2"]) / np.exp(answers["z2"]).sum()
    g[inputs["y"]] -= 1
    from_g = problem.solve({**inputs, "g": g}, {**options, "given": "g"})
    for name in problem.gradients:
        assert distance(from_g[name], answers[name]) <= NEAR


@pytest.mark.parametrize("size", [1e3, -1e3])
def test_the_swish_net_is_finite_at_large_inputs(size):
    problem = PROBLEMS["swish_net"]
    options, inputs, _ = swish_draw()
    answers = problem.solve(
        {**inputs, "x": size * inputs["x"], "b2": 10 * size * inputs["b2"]}, options
    )
    assert all(np.isfinite(answer).all() for answer in answers.values())


# Sigmoid MLP


@pytest.mark.parametrize("activation", PROBLEMS["sigmoid_mlp"].options["activation"])
def test_the_perceptron_is_finite_at_large_inputs(activation):
    problem = PROBLEMS["sigmoid_mlp"]
    options = {"activation": activation}
    inputs = problem.inputs(np.random.default_rng(4), options=options)
    answers = problem.solve({**inputs, "x": 1e3 * inputs["x"]}, options)
    assert all(np.isfinite(answer).all() for answer in answers.values())


def test_the_perceptron_takes_the_sizes_of_the_course():
    problem = PROBLEMS["sigmoid_mlp"]
    options = problem.resolve_options({})
    sizes = {"D": 784, "K": 31, "C": 10}
    inputs = problem.inputs(np.random.default_rng(4), overrides=sizes, options=options)
    assert problem.solve(inputs, options)["dW1"].shape == (784, 31)


# The worked number


def test_the_worked_number_is_exactly_minus_one_sixteenth():
    problem = PROBLEMS["backprop_by_hand"]
    inputs = problem.inputs(np.random.default_rng(0), regime="published")
    answers = problem.solve(inputs, {})
    expected = {
        "h1": [1, -1 / 2], "a": [1, 0], "h2": 0, "y": 1 / 2, "loss": 1 / 8,
        "dy": -1 / 2, "dh2": -1 / 8, "dW2": [-1 / 8, 0], "db2": -1 / 8,
        "da": [-1 / 8, -1 / 8], "dh1": [-1 / 8, 0], "db1": [-1 / 8, 0],
        "dW1": [[-1 / 8, -1 / 16], [0, 0]], "dW1_12": -1 / 16,
    }  # fmt: skip
    assert answers.keys() == expected.keys()
    assert all(np.array_equal(answers[name], expected[name]) for name in expected)


def test_every_drawn_net_has_a_number_of_its_own_and_units_on_and_off():
    problem = PROBLEMS["backprop_by_hand"]
    drawn = list(draws(problem, "plain", {}))
    answers = [problem.solve(inputs, {}) for inputs in drawn]
    assert len({float(answer["dW1_12"]) for answer in answers} - {0.0}) == DRAWS
    assert all(answer["a"][0] > 0 and answer["a"][-1] == 0 for answer in answers)
    assert {inputs["t"] for inputs in drawn} == {0.0, 1.0}


# Restricted Boltzmann machine


def test_the_free_energy_sums_the_hidden_units_out():
    for inputs in draws(PROBLEMS["rbm"], "plain", {}, count=4):
        V, W, b, c = (inputs[name] for name in "VWbc")
        joint = np.array([[energy(v, h, W, b, c) for h in states(len(c))] for v in V])
        assert distance(free_energy(V, W, b, c), -np.log(np.exp(-joint).sum(axis=1))) <= NEAR


def test_the_visible_probabilities_are_those_of_all_joint_states():
    for inputs in draws(PROBLEMS["rbm"], "plain", {}, count=4):
        W, b, c = (inputs[name] for name in "Wbc")
        joint = np.exp([[-energy(v, h, W, b, c) for h in states(len(c))] for v in states(len(b))])
        p, log_Z = visible_distribution(W, b, c)
        assert distance(p, joint.sum(axis=1) / joint.sum()) <= NEAR
        assert distance(np.asarray(log_Z), np.log(joint.sum())) <= NEAR


def test_the_missing_n_is_invisible_with_one_observation():
    problem = PROBLEMS["rbm"]
    for inputs in draws(problem, "single", {}):
        answers = problem.solve(inputs, {})
        assert distance(without_n("dW")(inputs, answers), answers["dW"]) <= NEAR


def test_the_gradient_vanishes_where_the_data_are_the_model():
    V = states(3)
    zero = np.zeros((3, 5))
    answers = PROBLEMS["rbm"].solve({"V": V, "W": zero, "b": zero[:, 0], "c": zero[0]}, {})
    assert np.abs(answers["dW"]).max() <= 1e-12
    assert np.abs(answers["db"]).max() <= 1e-12


def test_a_twelve_unit_machine_with_large_weights_stays_finite():
    problem = PROBLEMS["rbm"]
    overrides = {"nv": 12, "scale": 1e3}
    inputs = problem.inputs(np.random.default_rng(2), overrides=overrides)
    answers = problem.solve(inputs, {})
    assert all(np.isfinite(answer).all() for answer in answers.values())
    assert answers["log_likelihood"] < 0


def test_solving_loads_numpy_alone():
    script = (
        "import sys, numpy as np, reference\n"
        f"for problem in map(reference.problem, {list(ORACLES)}):\n"
        "    options = problem.resolve_options({})\n"
        "    problem.solve(problem.inputs(np.random.default_rng(0)), options)\n"
        "sys.exit(any(name in sys.modules for name in ('scipy', 'sklearn', 'matplotlib')))\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
