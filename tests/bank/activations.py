"""Wrong variants of the activation functions."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bank.rows import Row, everywhere, row

_DZ = 'inputs["dout"] * derivative'
_DERIVATIVE = '"derivative": derivative,'
_CALL = "derivative = activation.derivative(**arguments)"


def _slope(problem: str, name: str, about: str, old: str, new: str, names: str = "") -> Row:
    """Return a row whose derivative is wrong."""
    known = names or "derivative_wrong"
    return row(problem, name, about, (old, new), spoils="derivative dz", names=known)


def _activation(problem: str) -> Iterator[Row]:
    """Yield the mistakes that can be made in any activation function."""
    yield from everywhere(problem, _DZ, spoils="dz")
    yield row(
        *(problem, "incoming_gradient_forgotten", "The backward pass is the derivative alone."),
        (_DZ, "1.0 * derivative"),
        spoils="dz",
        names="upstream_missing",
    )
    yield row(
        *(problem, "derivative_not_applied", "The backward pass hands on what comes in."),
        (_DZ, '1.0 * inputs["dout"]'),
        spoils="dz",
        names="mask_missing",
    )


def _smooth(problem: str) -> Iterator[Row]:
    """Yield the mistakes of an activation whose derivative is often written in terms of a."""
    yield from _activation(problem)
    yield _slope(
        *(problem, "derivative_of_activation", "The derivative is taken of a in place of z."),
        *(_CALL, "derivative = activation.derivative(activation.function(**arguments))"),
        "derivative_of_activation",
    )
    yield row(
        *(problem, "derivative_for_value", "The derivative is handed back for the value."),
        ('"out": activation.function(**arguments)', '"out": derivative'),
        spoils="out",
        names="derivative_returned",
    )


_LEAKY = "return np.where(z > 0, z, alpha * z)"
_ELU = "return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))"
_ELU_SLOPE = "return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))"

ROWS: tuple[Row, ...] = (
    *_smooth("tanh"),
    _slope(
        "tanh",
        "not_squared",
        "1 − tanh stands for 1 − tanh².",
        "return 4.0 * e / (1.0 + e) ** 2",
        "return 1.0 - np.tanh(z)",
    ),
    _slope(
        "tanh",
        "plus_for_minus",
        "1 + tanh² stands for 1 − tanh².",
        "return 4.0 * e / (1.0 + e) ** 2",
        "return 1.0 + np.tanh(z) ** 2",
    ),
    *_smooth("sigmoid"),
    _slope(
        "sigmoid",
        "first_factor_lost",
        "1 − σ stands for σ(1 − σ).",
        "return e / (1.0 + e) ** 2",
        "return 1.0 - sigmoid(z)",
    ),
    _slope(
        "sigmoid",
        "not_squared",
        "The denominator is not squared.",
        "return e / (1.0 + e) ** 2",
        "return e / (1.0 + e)",
    ),
    *_activation("relu"),
    _slope(
        "relu",
        "mask_inverted",
        "1 stands where z is negative.",
        "return np.where(z > 0, 1.0, 0.0)",
        "return np.where(z < 0, 1.0, 0.0)",
        "mask_inverted",
    ),
    _slope(
        "relu",
        "passes_everything",
        "The derivative is 1 everywhere.",
        "return np.where(z > 0, 1.0, 0.0)",
        "return np.ones_like(z)",
        "mask_missing",
    ),
    _slope(
        "relu",
        "value_for_derivative",
        "max(0, z) is handed back as the derivative.",
        "return np.where(z > 0, 1.0, 0.0)",
        "return np.maximum(z, 0.0)",
    ),
    _slope(
        "relu",
        "sign_for_derivative",
        "The sign of z is handed back as the derivative.",
        "return np.where(z > 0, 1.0, 0.0)",
        "return np.sign(z)",
    ),
    row(
        *("relu", "absolute_value", "|z| stands for max(0, z)."),
        ("return np.maximum(z, 0.0)", "return np.abs(z)"),
        spoils="out",
        names="absolute",
    ),
    *_activation("leaky_relu"),
    _slope(
        "leaky_relu",
        "zero_where_negative",
        "The derivative is that of a ReLU.",
        "return np.where(z > 0, 1.0, alpha)",
        "return np.where(z > 0, 1.0, 0.0)",
    ),
    _slope(
        "leaky_relu",
        "mask_inverted",
        "α stands where z is positive.",
        "return np.where(z > 0, 1.0, alpha)",
        "return np.where(z > 0, alpha, 1.0)",
        "mask_inverted",
    ),
    row(
        *("leaky_relu", "alpha_fixed", "The slope is 0.01 whatever α is."),
        (_LEAKY, "return np.where(z > 0, z, 0.01 * z)"),
        spoils="out",
        names="wrong_slope",
    ),
    row(
        *("leaky_relu", "alpha_subtracted", "−αz stands where z is negative."),
        (_LEAKY, "return np.where(z > 0, z, -alpha * z)"),
        spoils="out",
        names="slope_sign",
    ),
    *_activation("elu"),
    _slope(
        "elu",
        "alpha_for_exponential",
        "The derivative is that of a leaky ReLU.",
        _ELU_SLOPE,
        "return np.where(z > 0, 1.0, alpha)",
    ),
    _slope(
        "elu",
        "one_subtracted",
        "α(eᶻ − 1) stands for αeᶻ.",
        _ELU_SLOPE,
        "return np.where(z > 0, 1.0, alpha * np.expm1(np.minimum(z, 0.0)))",
    ),
    row(
        *("elu", "one_not_subtracted", "αeᶻ stands for α(eᶻ − 1)."),
        (_ELU, "return np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0.0)))"),
        spoils="out",
        names="minus_one_missing",
    ),
    *_smooth("swish"),
    _slope(
        "swish",
        "second_term_lost",
        "swish' is σ alone.",
        "sigmoid(z) + z * sigmoid_derivative(z)\n",
        "sigmoid(z)\n",
    ),
    _slope(
        "swish",
        "product_for_sum",
        "swish' = z + σ(1 − σ).",
        "sigmoid(z) + z * sigmoid_derivative(z)\n",
        "z + sigmoid_derivative(z)\n",
    ),
    _slope(
        "swish",
        "derivative_of_the_sigmoid",
        "swish' is σ'.",
        "sigmoid(z) + z * sigmoid_derivative(z)\n",
        "sigmoid_derivative(z)\n",
    ),
)
