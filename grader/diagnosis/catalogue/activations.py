"""Mistakes in activation functions and their derivatives."""

from __future__ import annotations

from collections.abc import Mapping

from grader.diagnosis.catalogue.rows import Row, row, without

_DZ = '"dz": inputs["dout"] * derivative,'
_OUT = '"out": activation.function(**arguments),'
_CALL = "derivative = activation.derivative(**arguments)"

_ANY: tuple[Row, ...] = (
    row("mask_missing", "the activation's derivative is left out", (_DZ, '"dz": inputs["dout"],')),
    row("chain_rule_added", "the derivative is added to dout, not multiplied with it",
        (_DZ, '"dz": inputs["dout"] + derivative,')),
    row("derivative_wrong:of_gradient", "the derivative is taken of dout, not of z",
        (_DZ, '"dz": inputs["dout"] * activation.derivative(inputs["dout"]),')),
    row("derivative_wrong:value", "the activation's value is taken for its derivative",
        (_CALL, "derivative = activation.function(**arguments)")),
    row("derivative_wrong:input", "z is taken for the activation's derivative",
        (_CALL, "derivative = inputs['z']")),
    row("derivative_of_activation", "the derivative is taken of the activation's value, not of z",
        (_CALL, 'derivative = activation.derivative('
                '**{**arguments, "z": activation.function(**arguments)})')),
    row("derivative_returned", "the derivative is given where the activation is asked for",
        (_OUT, '"out": activation.derivative(**arguments),')),
)  # fmt: skip
"""Mistakes in any of them."""

_FORMULAS: Mapping[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "tanh": (_CALL, (
        ("derivative_wrong:not_squared", "1 - tanh(z) is taken", '1.0 - np.tanh(inputs["z"])'),
        ("derivative_wrong:input_squared", "1 - z² is taken", '1.0 - inputs["z"] ** 2'),
        ("derivative_wrong:plus", "1 + tanh(z)² is taken", '1.0 + np.tanh(inputs["z"]) ** 2'),
        ("derivative_wrong:square", "tanh(z)² is taken", 'np.tanh(inputs["z"]) ** 2'),
        ("derivative_wrong:sigmoid", "tanh(z)(1 - tanh(z)) is taken, as for σ",
         'np.tanh(inputs["z"]) * (1.0 - np.tanh(inputs["z"]))'),
    )),
    "sigmoid": (_CALL, (
        ("derivative_wrong:complement", "1 - σ(z) is taken", '1.0 - sigmoid(inputs["z"])'),
        ("derivative_wrong:squared", "1 - σ(z)² is taken, as for tanh",
         '1.0 - sigmoid(inputs["z"]) ** 2'),
        ("derivative_wrong:square", "σ(z)² is taken", 'sigmoid(inputs["z"]) ** 2'),
        ("derivative_wrong:of_input", "z(1 - z) is taken", 'inputs["z"] * (1.0 - inputs["z"])'),
        ("derivative_wrong:plus", "σ(z)(1 + σ(z)) is taken",
         'sigmoid(inputs["z"]) * (1.0 + sigmoid(inputs["z"]))'),
        ("overflow:derivative", "exp(-z) overflows for large negative z",
         'np.exp(-inputs["z"]) / (1.0 + np.exp(-inputs["z"])) ** 2'),
    )),
    "relu": (_CALL, (
        ("mask_inverted", "the derivative is 1 for negative z and 0 for positive z",
         'np.where(inputs["z"] < 0, 1.0, 0.0)'),
        ("mask_missing:one", "the derivative is 1 everywhere", 'np.ones_like(inputs["z"])'),
        ("derivative_wrong:sign", "the derivative is -1 for negative z",
         'np.sign(inputs["z"])'),
    )),
    "leaky_relu": (_CALL, (
        ("mask_inverted", "the two slopes are swapped",
         'np.where(inputs["z"] > 0, inputs["alpha"], 1.0)'),
        ("derivative_wrong:no_slope", "the slope for negative z is 0",
         'np.where(inputs["z"] > 0, 1.0, 0.0)'),
        ("derivative_wrong:slope_sign", "the slope for negative z has the wrong sign",
         'np.where(inputs["z"] > 0, 1.0, -inputs["alpha"])'),
        ("derivative_wrong:negative", "alpha z is taken for the slope for negative z",
         'np.where(inputs["z"] > 0, 1.0, inputs["alpha"] * inputs["z"])'),
    )),
    "elu": (_CALL, (
        ("derivative_wrong:no_slope", "the derivative for negative z is 0",
         'np.where(inputs["z"] > 0, 1.0, 0.0)'),
        ("derivative_wrong:alpha", "the derivative for negative z is alpha",
         'np.where(inputs["z"] > 0, 1.0, inputs["alpha"])'),
        ("derivative_wrong:negative", "the value is taken for the derivative for negative z",
         'np.where(inputs["z"] > 0, 1.0, activation.function(**arguments))'),
    )),
    "swish": (_CALL, ()),
}  # fmt: skip

_SLOPE = "slope: Array = sigmoid(z) + z * sigmoid_derivative(z)"
_SWISH_SLOPES = (
    ("derivative_wrong:first_term", "the term σ(z) of swish' is left out",
     "z * sigmoid_derivative(z)"),
    ("derivative_wrong:second_term", "the term z σ(z)(1 - σ(z)) of swish' is left out",
     "sigmoid(z)"),
    ("derivative_wrong:sigmoid", "σ' is taken for swish'", "sigmoid_derivative(z)"),
    ("derivative_wrong:without_z", "z is left out of the term z σ(z)(1 - σ(z))",
     "sigmoid(z) + sigmoid_derivative(z)"),
    ("derivative_wrong:z", "z stands where σ(z) is right", "z + sigmoid_derivative(z)"),
    ("derivative_wrong:z_product", "z stands where σ(z) is right",
     "z + z * sigmoid_derivative(z)"),
    ("derivative_wrong:two", "z + 2 stands where z + 1 is right",
     "sigmoid(z) + (z + 1.0) * sigmoid_derivative(z)"),
    ("derivative_wrong:minus", "the two terms of swish' are subtracted",
     "sigmoid(z) - z * sigmoid_derivative(z)"),
    ("derivative_wrong:not_multiplied", "1 - σ(z) is left out of swish'",
     "sigmoid(z) + z * sigmoid(z)"),
    ("derivative_wrong:relu", "the derivative of a ReLU is taken", "np.where(z > 0, 1.0, 0.0)"),
    ("derivative_wrong:swish", "the activation's value is taken for its derivative", "swish(z)"),
    ("derivative_wrong:mixed", "σ(z)(1 - σ(z)) + z σ(z) is taken for swish'",
     "sigmoid_derivative(z) + z * sigmoid(z)"),
)  # fmt: skip

SWISH_SLOPES: tuple[Row, ...] = tuple(
    row(key, clause, (_SLOPE, f"slope: Array = {text}"), module="activations")
    for key, clause, text in _SWISH_SLOPES
)
"""Mistakes in the derivative of swish, wherever it is used."""

_VALUES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "tanh": (
        ("wrong_activation", "σ(z) is taken for tanh(z)", 'sigmoid(inputs["z"])'),
        ("overflow:tanh", "exp(z) overflows for large z",
         '(np.exp(inputs["z"]) - np.exp(-inputs["z"]))'
         ' / (np.exp(inputs["z"]) + np.exp(-inputs["z"]))'),
    ),
    "sigmoid": (
        ("exponent_sign", "exp(z) is taken for exp(-z)", 'sigmoid(-inputs["z"])'),
        ("wrong_activation", "tanh(z) is taken for σ(z)", 'np.tanh(inputs["z"])'),
        ("overflow:sigmoid", "exp(z) overflows for large z",
         'np.exp(inputs["z"]) / (1.0 + np.exp(inputs["z"]))'),
    ),
    "relu": (
        ("mask_inverted", "the negative inputs are kept and not the positive ones",
         'np.minimum(inputs["z"], 0.0)'),
        ("absolute", "negative inputs change their sign and do not become 0",
         'np.abs(inputs["z"])'),
        ("wrong_activation:leaky", "a leaky ReLU is taken", 'leaky_relu(inputs["z"], 0.01)'),
    ),
    "leaky_relu": (
        ("slope_missing", "negative inputs become 0", 'relu(inputs["z"])'),
        ("slope_sign", "the slope for negative z has the wrong sign",
         'leaky_relu(inputs["z"], -inputs["alpha"])'),
        ("mask_inverted", "the slope stands before positive z",
         'np.where(inputs["z"] < 0, inputs["z"], inputs["alpha"] * inputs["z"])'),
        ("wrong_slope", "the slope for negative z is 0.01", 'leaky_relu(inputs["z"], 0.01)'),
    ),
    "elu": (
        ("minus_one_missing", "1 is not taken from exp(z)",
         'np.where(inputs["z"] > 0, inputs["z"], '
         'inputs["alpha"] * np.exp(np.minimum(inputs["z"], 0.0)))'),
        ("slope_missing", "negative inputs become 0", 'relu(inputs["z"])'),
        ("exponent_sign", "exp(-z) is taken for exp(z)",
         'np.where(inputs["z"] > 0, inputs["z"], inputs["alpha"] * np.expm1(-inputs["z"]))'),
    ),
    "swish": (
        ("factor_missing:z", "z is left out", 'sigmoid(inputs["z"])'),
        ("wrong_activation", "a ReLU is taken for swish", 'relu(inputs["z"])'),
        ("exponent_sign", "exp(z) is taken for exp(-z)", 'inputs["z"] * sigmoid(-inputs["z"])'),
    ),
}  # fmt: skip

_NOT_SQUARED = row(
    "derivative_wrong:not_squared",
    "the denominator is not squared",
    ("return e / (1.0 + e) ** 2", "return e / (1.0 + e)"),
)


def _of(name: str) -> tuple[Row, ...]:
    old, slopes = _FORMULAS[name]
    own = tuple(row(key, clause, (old, f"derivative = {text}")) for key, clause, text in slopes)
    values = tuple(
        row(f"{key}:out", clause, (_OUT, f'"out": {text},')) for key, clause, text in _VALUES[name]
    )
    every = without(_ANY, "derivative_of_activation") if "relu" in name else _ANY
    if name == "sigmoid":
        own = (*own, _NOT_SQUARED)
    return (*every, *own, *values, *(SWISH_SLOPES if name == "swish" else ()))


ACTIVATIONS: Mapping[str, tuple[Row, ...]] = {name: _of(name) for name in _FORMULAS}
"""Mistakes in each activation function."""
