"""Mistakes by rule: for each a wrong function that it names, and one beside it that it must not."""

import numpy as np
import pytest

import reference
from grader.diagnosis.background import background
from grader.diagnosis.edits import Edit
from tests.diagnosis.classroom import diagnosis_of, reference_with

NET = "two_layer_net"


def changed(problem_id, **changes):
    """Return the right function with some answers changed; a change takes answers and inputs."""
    right = reference_with(problem_id)

    def function(**inputs):
        answers = dict(right(**inputs))
        return {**answers, **{name: change(answers, inputs) for name, change in changes.items()}}

    return function


def with_text(problem_id, old, new, module=""):
    """Return the reference with one place of its text changed."""
    return reference_with(problem_id, [Edit(old, new, module)])


def name_of(problem_id, function, names=None):
    found = diagnosis_of(problem_id, function, names)
    assert found is not None, "it is right"
    return found.name


# --- rates that are taken for granted --------------------------------------------------------------


def walked(problem_id, **rates):
    right = reference_with(problem_id)
    return lambda **inputs: right(**{**inputs, **rates})


RATES = [
    ("momentum", {"mu": 0.9}),
    ("nesterov", {"mu": 0.9}),
    ("rmsprop", {"rho": 0.99}),
    ("rmsprop", {"rho": 0.9}),
    ("adam", {"beta1": 0.9}),
    ("nadam", {"beta2": 0.999}),
    ("adagrad", {"epsilon": 1e-8}),
    ("batchnorm", {"momentum": 0.9}),
    ("spatial_batchnorm", {"eps": 1e-5}),
    ("layernorm", {"eps": 1e-8}),
]


@pytest.mark.parametrize(("problem_id", "rates"), RATES)
def test_a_rate_that_is_not_looked_at_is_named(problem_id, rates):
    ((rate, number),) = rates.items()
    found = diagnosis_of(problem_id, walked(problem_id, **rates))
    assert found.name == "usual_rate"
    assert f"{rate} is taken to be {number:g}, whatever is given" in found.sentence


@pytest.mark.parametrize(
    ("problem_id", "rates"),
    [("momentum", {"mu": 0.7}), ("adam", {"beta2": 0.99}), ("batchnorm", {"momentum": 0.95})],
)
def test_another_number_is_no_usual_rate(problem_id, rates):
    assert name_of(problem_id, walked(problem_id, **rates)) == ""


def test_a_net_whose_beta1_is_an_array_has_no_usual_beta1():
    problem = reference.problem("regularised_net")
    options = problem.resolve_options({"norm": "batch"})
    inputs = problem.inputs(np.random.default_rng(2), options=options)
    assert isinstance(inputs["beta1"], np.ndarray)
    keys = background("regularised_net", inputs, options).edits
    rates = {key.rpartition(":")[2] for key in keys if key.startswith("usual_rate")}
    assert rates == {"eps"}


_ADAM = "divided(m / (1.0 - beta1**t), v / (1.0 - beta2**t), epsilon, inside)"
_NADAM = "divided(n, v / (1.0 - beta2**t), epsilon, inside)"
_N = "beta1 * m / (1.0 - beta1 ** (t + ahead)) + (1.0 - beta1) * dw / (1.0 - beta1**t)"

CORRECTIONS = [
    ("adam", "usual_rate", _ADAM, _ADAM.replace("beta2**t", "0.999**t")),
    ("adam", "usual_rate", _ADAM, _ADAM.replace("beta1**t", "0.9**t")),
    ("adam", "betas_swapped", _ADAM, _ADAM.replace("beta2**t", "beta1**t")),
    ("adam", "betas_swapped", _ADAM, _ADAM.replace("beta1**t", "beta2**t")),
    ("nadam", "usual_rate", _NADAM, _NADAM.replace("beta2**t", "0.999**t")),
    ("nadam", "usual_rate", _N, _N.replace("beta1 **", "0.9 **").replace("beta1**", "0.9**")),
    ("adam", "", _ADAM, _ADAM.replace("beta2**t", "0.99**t")),
    ("adam", "", _ADAM, _ADAM.replace("beta2**t", "(beta1 * beta2)**t")),
    ("nadam", "", _NADAM, _NADAM.replace("beta2**t", "0.9999**t")),
]


@pytest.mark.parametrize(("problem_id", "name", "old", "new"), CORRECTIONS)
def test_a_correction_with_another_rate_is_named_if_it_is_a_known_one(problem_id, name, old, new):
    assert name_of(problem_id, with_text(problem_id, old, new)) == name


# --- a matrix for its transpose --------------------------------------------------------------------


def affine_backwards(w_of):
    """Return an affine layer whose dx comes of another matrix, and does not come where it raises."""

    def function(x, w, b, dout, **sizes):
        right = reference_with("affine")(x=x, w=w, b=b, dout=dout, **sizes)
        try:
            return {**right, "dx": (dout @ w_of(w)).reshape(x.shape)}
        except ValueError:
            return {name: answer for name, answer in right.items() if name != "dx"}

    return function


def test_a_matrix_that_is_not_transposed_is_named_where_it_fits():
    found = diagnosis_of("affine", affine_backwards(lambda w: w))
    assert found.name == "not_transposed"
    assert "w stands where its transpose is right" in found.sentence
    assert name_of("affine", affine_backwards(lambda w: 0.5 * (w + w.T))) == ""
    assert name_of("affine", affine_backwards(lambda w: w[::-1])) == ""


TURNED = [
    ("affine_relu", "dout @ w.T", "dout @ {}", "w"),
    (NET, "G @ W2.T", "G @ {}", "W2"),
    ("fc_net", "G @ W.T", "G @ {}", "W"),
    ("moons_net", "delta @ weights[layer - 1].T", "delta @ {}", "weights[layer - 1]"),
    ("regularised_net", "G @ weights[layer + 1].T", "G @ {}", "weights[layer + 1]"),
    ("swish_net", "swish_derivative(z1) * (W2.T @ g)", "swish_derivative(z1) * ({} @ g)", "W2"),
    ("sigmoid_mlp", "(W2 @ delta2) * phi", "({}.T @ delta2) * phi", "W2"),
]


def _square(matrix, other):
    return f"({other} if len(set({matrix}.shape)) == 1 else {matrix}.T)"


@pytest.mark.parametrize(("problem_id", "old", "new", "matrix"), TURNED)
def test_nets_are_told_of_a_matrix_that_is_not_transposed(problem_id, old, new, matrix):
    turned = with_text(problem_id, old, new.format(_square(matrix, matrix)))
    flipped = with_text(problem_id, old, new.format(_square(matrix, f"{matrix}.T[::-1]")))
    assert name_of(problem_id, turned) == "not_transposed"
    assert "not_transposed" not in name_of(problem_id, flipped)


# --- one formula for another -----------------------------------------------------------------------

_STD = "np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) {} eps)"
_ROOT = "root = np.sqrt(square + epsilon) if inside else np.sqrt(square) + epsilon"
_HINGE = "np.maximum(margins, 0.0).sum()"
_SOFTPLUS = "np.logaddexp(0.0, V @ W + c).sum(axis=1)"
_ENTROPY = "-log_softmax(scores)[rows, y].mean()"
_P_LOG_P = "-(softmax(scores) * log_softmax(scores))"
_MOONS = "-log_softmax(z[-1])[rows, y].sum()"
_WON = "(winner == pixel)"
_PUT = "dx[tap] += dout * (winner == pixel)"
_SEEN = "seen = windows(padded(x, pad), shape[2], shape[3], stride)\n    dw"
_DZ1 = "conv_parameter_gradients(dz1, X, W1.shape, pad=pad_of(W1, padding))"
_DW1 = "conv_parameter_gradients({}, X, W1.shape, pad={})"

FORMULAS = [
    ("batchnorm", "stabiliser_sign", _STD.format("+"), _STD.format("-"), _STD.format("+ 2.0 *")),
    ("layernorm", "stabiliser_sign", _STD.format("+"), _STD.format("-"), _STD.format("+ 2.0 *")),
    ("adagrad", "root_twice", _ROOT, "root = square**0.25 + epsilon",
     "root = np.cbrt(square) + epsilon"),
    ("rmsprop", "root_twice", _ROOT, "root = square**0.25", "root = np.cbrt(square)"),
    ("he_normal", "wrong_rule", "sqrt(2.0 / fan_in)", "sqrt(2.0 / (fan_out + fan_in))",
     "sqrt(2.0 / (fan_out + 2.0 * fan_in))"),
    ("truncated_normal", "wrong_cut", "CUT * std", "3.0 * std", "2.5 * std"),
    ("softmax_loss", "probability_as_factor", _ENTROPY, f"{_P_LOG_P}[rows, y].mean()",
     f"{_P_LOG_P}[rows, 0].mean()"),
    ("softmax_loss", "probability_as_factor", _ENTROPY, f"{_P_LOG_P}.sum() / N",
     f"{_P_LOG_P}.max(axis=1).mean()"),
    ("moons_net", "probability_as_factor", _MOONS, "-(probs * np.log(probs))[rows, y].sum()",
     "-(probs**2 * np.log(probs))[rows, y].sum()"),
    ("svm_loss", "hinge_inverted", _HINGE, "np.minimum(0.0, margins).sum()",
     "np.abs(margins).sum()"),
    ("rbm", "units_not_summed_out", _SOFTPLUS, "(c + V @ W).sum(axis=1)",
     "np.maximum(c + V @ W, 0.0).sum(axis=1)"),
    ("autoencoder", "example_for_error", "H @ D.T", "(X @ H.T).T", "H @ (X + D).T"),
    ("backprop_by_hand", "transposed", '"dW1_12": dW1[0, 1]', '"dW1_12": dW1.T[0, 1]',
     '"dW1_12": dW1[1, 1]'),
    ("max_pool", "value_for_gradient", _PUT, f"dx[tap] += np.where({_WON}, x[tap], 0.0)",
     f"dx[tap] += np.where({_WON}, x[tap] + dout, 0.0)"),
    ("max_pool", "wrong_order", _WON, "(winner == pixel % width * height + pixel // width)",
     "(winner == height * width - 1 - pixel)"),
    ("conv", "not_transposed", "np.tensordot(w, dout, axes=(0, 1))",
     "np.tensordot(w.swapaxes(0, 1) if w.shape[0] == w.shape[1] else w, dout, axes=(0, 1))",
     "np.tensordot(w[::-1] if w.shape[0] == w.shape[1] else w, dout, axes=(0, 1))"),
    ("conv", "stride_missing", _SEEN, _SEEN.replace(
        "stride)", "1)[..., : dout.shape[2], : dout.shape[3], :, :]"),
     _SEEN.replace("stride)", "1)[..., -dout.shape[2] :, -dout.shape[3] :, :, :]")),
    ("conv", "stride_missing", "tap in enumerate(taps(HH, WW, stride, HO, WO))",
     "tap in enumerate(taps(HH, WW, 1, HO, WO))",
     "tap in reversed(list(enumerate(taps(HH, WW, stride, HO, WO)))[:-1])"),
    ("lenet", "border_missing", _DZ1, _DW1.format("dz1[:, :, 1:-1, 1:-1]", "0"),
     _DW1.format("dz1 * (np.arange(dz1.shape[2]) > 0)[:, None]", "pad_of(W1, padding)")),
]  # fmt: skip


@pytest.mark.parametrize(("problem_id", "name", "old", "new", "other"), FORMULAS)
def test_one_formula_for_another_is_named_and_a_third_is_not(problem_id, name, old, new, other):
    assert name_of(problem_id, with_text(problem_id, old, new)) == name
    assert name not in name_of(problem_id, with_text(problem_id, old, other)).split("+")


# --- one cause for two answers ---------------------------------------------------------------------


def test_a_log_determinant_that_is_halved_is_one_cause_for_it_and_for_the_sum():
    def halved(**inputs):
        answers = reference_with("gplvm")(**inputs)
        half = 0.5 * answers["L1"]
        return {**answers, "L1": half, "L": answers["L"] - half}

    found = diagnosis_of("gplvm", halved)
    assert found.name == "halved"
    assert found.sentence == (
        "L1 and L are each exactly what comes out on all 6 draws if the log-determinant is halved."
    )
    alone = changed("gplvm", L=lambda a, i: a["L"] - 0.5 * a["L1"])
    assert name_of("gplvm", alone) == "path_halved"


@pytest.mark.parametrize(
    ("name", "factor"), [("sign", -1.0), ("halved", 0.5), ("doubled", 2.0), ("", 1.7)]
)
def test_a_data_fit_with_a_factor_is_told_of_the_sum_as_well(name, factor):
    function = changed(
        "gplvm",
        L2=lambda a, i: factor * a["L2"],
        L=lambda a, i: a["L"] + (factor - 1.0) * a["L2"],
    )
    found = diagnosis_of("gplvm", function)
    assert (found.name, len(found.answers)) == ((name, 2) if name else ("factor", 1))
