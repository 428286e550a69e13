"""Mistakes in the small nets that are worked out by hand, and in the autoencoder."""

from __future__ import annotations

from grader.diagnosis.catalogue.activations import SWISH_SLOPES
from grader.diagnosis.catalogue.rows import NOT_TRANSPOSED, Row, row, where_it_fits

_MISSING = "the activation's derivative is left out"
_OF_ACTIVATION = "the activation's derivative is taken of its value, not of its input"
_BEFORE = "the hidden layer's sums are taken before the activation"
_TARGET = "the target is not subtracted"

_DZ1 = "dz1 = swish_derivative(z1) * (W2.T @ g)"

SWISH_NET: tuple[Row, ...] = (
    row("mask_missing", _MISSING, (_DZ1, "dz1 = W2.T @ g")),
    row("derivative_of_activation", _OF_ACTIVATION,
        (_DZ1, "dz1 = swish_derivative(swish(z1)) * (W2.T @ g)")),
    row("derivative_added", "the derivative is added, not multiplied",
        (_DZ1, "dz1 = swish_derivative(z1) + (W2.T @ g)")),
    row("derivative_alone", "only the activation's derivative is taken, without what comes down",
        (_DZ1, "dz1 = swish_derivative(z1) * np.ones_like(W2.T @ g)")),
    row("mask_without_bias", "the activation's derivative is taken without the bias",
        ('layers["z1"], net["W2"]', 'layers["z1"] - net["b1"][:, None], net["W2"]')),
    row("not_transposed", NOT_TRANSPOSED.format("W2"),
        (_DZ1, _DZ1.replace("W2.T", where_it_fits("W2", "W2.T")))),
    row("before_activation", _BEFORE, ('"dW2": g @ swish(z1).T', '"dW2": g @ z1.T')),
    row("activation_missing", "the hidden layer has no activation",
        ("    h1 = swish(z1)\n", "    h1 = z1\n")),
    row("wrong_activation:sigmoid", "σ(z) is taken for swish(z)",
        ("    h1 = swish(z1)\n", "    h1 = 1.0 / (1.0 + np.exp(-z1))\n")),
    row("wrong_activation:relu", "a ReLU is taken for swish",
        ("    h1 = swish(z1)\n", "    h1 = np.maximum(z1, 0.0)\n")),
    row("wrong_axis:db1", "it is summed along the wrong axis",
        ('"db1": dz1.sum(axis=1)', '"db1": dz1.sum(axis=0)')),
    row("wrong_axis:db2", "it is summed along the wrong axis",
        ('"db2": g.sum(axis=1)', '"db2": g.sum(axis=0)')),
    *SWISH_SLOPES,
)  # fmt: skip

_DELTA2 = "delta2 = (x2 - y) * phi.derivative(z2)"
_DELTA1 = "delta1 = (W2 @ delta2) * phi.derivative(z1)"
_LOSS = "0.5 * np.sum((x2 - y) ** 2)"

_DELTAS2 = (
    ("mask_missing:2", "the derivative of the output's activation is left out", "x2 - y"),
    ("derivative_of_activation:2", "the output's derivative is taken of x2, not of z2",
     "(x2 - y) * phi.derivative(x2)"),
    ("derivative_wrong:value_2", "x2 is taken for the derivative of the output's activation",
     "(x2 - y) * x2"),
    ("derivative_wrong:complement_2",
     "1 - x2 is taken for the derivative of the output's activation", "(x2 - y) * (1.0 - x2)"),
    ("derivative_wrong:square_2", "1 - x2² is taken for the derivative of the output's activation",
     "(x2 - y) * (1.0 - x2**2)"),
    ("derivative_wrong:of_input_2",
     "z2(1 - z2) is taken for the derivative of the output's activation",
     "(x2 - y) * z2 * (1.0 - z2)"),
    ("target_missing", _TARGET, "x2 * phi.derivative(z2)"),
    ("target_added", "the target is added, not subtracted", "(x2 + y) * phi.derivative(z2)"),
    ("error_missing", "the error x2 - y is left out", "phi.derivative(z2)"),
)  # fmt: skip

_DELTAS1 = (
    ("mask_missing:1", "the derivative of the hidden layer's activation is left out",
     "W2 @ delta2"),
    ("derivative_of_activation:1", "the hidden layer's derivative is taken of x1, not of z1",
     "(W2 @ delta2) * phi.derivative(x1)"),
    ("derivative_wrong:value_1", "x1 is taken for the derivative of the hidden activation",
     "(W2 @ delta2) * x1"),
    ("derivative_wrong:complement_1", "1 - x1 is taken for the derivative of the hidden activation",
     "(W2 @ delta2) * (1.0 - x1)"),
    ("derivative_wrong:square_1", "1 - x1² is taken for the derivative of the hidden activation",
     "(W2 @ delta2) * (1.0 - x1**2)"),
    ("derivative_wrong:of_input_1",
     "z1(1 - z1) is taken for the derivative of the hidden activation",
     "(W2 @ delta2) * z1 * (1.0 - z1)"),
    ("mask_without_bias", "the activation's derivative is taken without the bias",
     "(W2 @ delta2) * phi.derivative(z1 - b1)"),
    ("delta_skipped", "the error x2 - y is sent back in place of delta2",
     "(W2 @ (x2 - y)) * phi.derivative(z1)"),
)  # fmt: skip

SIGMOID_MLP: tuple[Row, ...] = (
    *(row(key, clause, (_DELTA2, f"delta2 = {text}")) for key, clause, text in _DELTAS2),
    *(row(key, clause, (_DELTA1, f"delta1 = {text}")) for key, clause, text in _DELTAS1),
    row("mask_missing", "the derivatives of both activations are left out",
        (_DELTA2, "delta2 = x2 - y"), (_DELTA1, "delta1 = W2 @ delta2")),
    row("derivative_of_activation", "both derivatives are taken of the values, not of the inputs",
        (_DELTA2, "delta2 = (x2 - y) * phi.derivative(x2)"),
        (_DELTA1, "delta1 = (W2 @ delta2) * phi.derivative(x1)")),
    row("not_transposed", "W2ᵀ stands where W2 is right, which fits where it is square",
        (_DELTA1, _DELTA1.replace("W2", where_it_fits("W2.T", "W2")))),
    row("before_activation", _BEFORE, ("np.outer(x1, delta2)", "np.outer(z1, delta2)")),
    row("activation_missing:1", "the hidden layer has no activation",
        ("x1 = phi.function(z1)", "x1 = z1")),
    row("activation_missing:2", "the output has no activation",
        ("x2 = phi.function(z2)", "x2 = z2")),
    row("bias_after_activation:1", "b1 is added after the activation",
        ("x1 = phi.function(z1)", "x1 = phi.function(z1 - b1) + b1")),
    row("bias_after_activation:2", "b2 is added after the activation",
        ("x2 = phi.function(z2)", "x2 = phi.function(z2 - b2) + b2")),
    row("error_not_squared", "the error is not squared", (_LOSS, "0.5 * np.sum(np.abs(x2 - y))")),
    row("root_extra", "the root of the squared error is taken",
        (_LOSS, "np.sqrt(np.sum((x2 - y) ** 2))")),
    row("cross_entropy", "the cross-entropy is taken, not the squared error",
        (_LOSS, "-np.sum(y * np.log(x2) + (1.0 - y) * np.log(1.0 - x2))")),
)  # fmt: skip

_DH2 = "dh2 = dy * y * (1.0 - y)"
_DH1 = "dh1 = np.where(h1 > 0, da, 0.0)"

BACKPROP_BY_HAND: tuple[Row, ...] = (
    row("mask_missing:output", "the sigmoid's derivative is left out", (_DH2, "dh2 = dy")),
    row("derivative_wrong:value", "y is taken for the sigmoid's derivative",
        (_DH2, "dh2 = dy * y")),
    row("derivative_wrong:complement", "1 - y is taken for the sigmoid's derivative",
        (_DH2, "dh2 = dy * (1.0 - y)")),
    row("derivative_wrong:square", "1 - y² is taken for the sigmoid's derivative",
        (_DH2, "dh2 = dy * (1.0 - y**2)")),
    row("derivative_wrong:input", "h2(1 - h2) is taken for the sigmoid's derivative",
        (_DH2, "dh2 = dy * h2 * (1.0 - h2)")),
    row("derivative_of_activation", "the sigmoid's derivative is taken of y, not of h2",
        (_DH2, "dh2 = dy * sigmoid(y) * (1.0 - sigmoid(y))")),
    row("error_missing", "the error y - t is left out", (_DH2, "dh2 = y * (1.0 - y)")),
    row("target_missing", _TARGET, ("dy = y - t", "dy = y")),
    row("target_added", "the target is added, not subtracted", ("dy = y - t", "dy = y + t")),
    row("mask_missing:hidden", "the ReLU's derivative is left out", (_DH1, "dh1 = da")),
    row("mask_inverted", "the ReLU's derivative is 1 for negative inputs and 0 for positive ones",
        (_DH1, "dh1 = np.where(h1 < 0, da, 0.0)")),
    row("derivative_wrong:of_gradient", "the ReLU's derivative is taken of the gradient, not of h1",
        (_DH1, "dh1 = np.where(da > 0, da, 0.0)")),
    row("mask_without_bias", "the ReLU's derivative is taken without the bias",
        (_DH1, "dh1 = np.where(W1 @ x > 0, da, 0.0)")),
    row("derivative_wrong:hidden", "a is taken for the ReLU's derivative",
        (_DH1, "dh1 = da * a")),
    row("weights_missing", "the weights W2 are left out on the way back",
        ("da = dh2 * W2", "da = dh2 * np.ones_like(W2)")),
    row("delta_skipped", "dy is sent back in place of dh2", ("da = dh2 * W2", "da = dy * W2")),
    row("before_activation", _BEFORE, ('"dW2": dh2 * a', '"dW2": dh2 * h1')),
    row("activation_missing:hidden", "the hidden layer has no activation",
        ("a = relu(h1)", "a = h1")),
    row("activation_missing:output", "the output has no activation", ("y = sigmoid(h2)", "y = h2")),
    row("transposed:entry", "row and column of the entry that is asked for are swapped",
        ('"dW1_12": dW1[0, 1]', '"dW1_12": dW1[1, 0]')),
    row("error_not_squared", "the error is not squared",
        ('"loss": 0.5 * (t - y) ** 2', '"loss": 0.5 * abs(t - y)')),
)  # fmt: skip

_E = "E = f.function(B) - X"
_D = "D = E * f.derivative(B)"
_R = "R = (W @ D) * f.derivative(A)"

AUTOENCODER: tuple[Row, ...] = (
    row("target_missing", "X is not subtracted from its reconstruction", (_E, "E = f.function(B)")),
    row("target_added", "X is added to its reconstruction, not subtracted",
        (_E, "E = f.function(B) + X")),
    row("mask_missing:decoder", "the derivative of the decoder's activation is left out",
        (_D, "D = E")),
    row("mask_missing:encoder", "the derivative of the encoder's activation is left out",
        (_R, "R = W @ D")),
    row("mask_missing", "the derivatives of both activations are left out",
        (_D, "D = E"), (_R, "R = W @ D")),
    row("derivative_of_activation", _OF_ACTIVATION,
        (_D, "D = E * f.derivative(E + X)"), (_R, "R = (W @ D) * f.derivative(H)")),
    row("derivative_of_activation:encoder", "the encoder's derivative is taken of its value",
        (_R, "R = (W @ D) * f.derivative(H)")),
    row("derivative_of_activation:decoder", "the decoder's derivative is taken of its value",
        (_D, "D = E * f.derivative(E + X)")),
    row("activation_missing:encoder", "the encoder has no activation",
        ("H = f.function(A)", "H = A")),
    row("before_activation", _BEFORE, ("H @ D.T", "A @ D.T")),
    row("error_not_squared", "the error is not squared", ("np.sum(E**2)", "np.sum(np.abs(E))")),
    row("root_extra:half", "the root of the squared error is taken",
        ("np.sum(E**2)", "np.sqrt(np.sum(E**2))")),
    row("root_extra", "the root of the squared error is taken",
        ("np.sum(E**2)", "2.0 * np.sqrt(np.sum(E**2))")),
    row("example_for_error:decoder", "X stands in the decoder's path where the error is right",
        ("H @ D.T", "H @ X.T")),
    row("example_for_error", "X stands in a path where the error E is right",
        (_R, "R = (W @ X) * f.derivative(A)")),
)  # fmt: skip
