"""Wrong variants of the small nets whose gradients are derived by hand."""

from __future__ import annotations

from tests.bank.rows import Row, everywhere, row

_SWISH = "swish_net"
_BATCH = (("examples", "batch"),)
_SWISH_ALL = "dW1 db1 dW2 db2"
_SLOPE = "swish_derivative(z1) * (W2.T @ g)"

SWISH: tuple[Row, ...] = (
    *everywhere(_SWISH, "dz1 @ X.T", spoils="dW1"),
    row(
        *(_SWISH, "derivative_of_activation", "swish' is taken of h1 in place of z1."),
        (_SLOPE, "swish_derivative(swish(z1)) * (W2.T @ g)"),
        spoils="dW1 db1",
        names="derivative_of_activation",
    ),
    row(
        *(_SWISH, "derivative_missing", "swish' is forgotten."),
        (_SLOPE, "(W2.T @ g)"),
        spoils="dW1 db1",
        names="mask_missing",
    ),
    row(
        *(_SWISH, "two_for_one_in_derivative", "(z + 2) stands for (z + 1) in the quotient."),
        (_SLOPE, "(1 + (z1 + 2) * np.exp(-z1)) / (1 + np.exp(-z1)) ** 2 * (W2.T @ g)"),
        spoils="dW1 db1",
        names="derivative_wrong",
    ),
    row(
        *(_SWISH, "sigmoid_lost_in_derivative", "swish' = z + σ(1 − σ)."),
        ("sigmoid(z) + z * sigmoid_derivative(z)\n", "z + sigmoid_derivative(z)\n", "activations"),
        spoils="dW1 db1",
        names="derivative_wrong",
    ),
    row(
        *(_SWISH, "relu_for_swish", "The hidden layer's derivative is that of a ReLU."),
        (_SLOPE, "(z1 > 0) * (W2.T @ g)"),
        spoils="dW1 db1",
        names="derivative_wrong",
    ),
    row(
        *(_SWISH, "bias_forgotten", "b1 is not added in the forward pass."),
        ("z1 = W1 @ X + b1[:, None]", "z1 = W1 @ X"),
        spoils=f"z1 h1 z2 loss {_SWISH_ALL}",
        names="bias_missing",
    ),
    row(
        *(_SWISH, "input_for_activation", "dW2 is made of z1 in place of h1."),
        ("g @ swish(z1).T", "g @ z1.T"),
        spoils="dW2",
        names="before_activation",
    ),
    row(
        *(_SWISH, "wrong_side_where_it_fits", "W2 stands for its transpose where H = C."),
        ("(W2.T @ g)", "((W2 if len(set(W2.shape)) == 1 else W2.T) @ g)"),
        spoils="dW1 db1",
        names="not_transposed",
        cases="square",
    ),
    row(
        *(_SWISH, "bias_not_summed", "db1 has a column for each example."),
        ('"db1": dz1.sum(axis=1)', '"db1": dz1'),
        spoils="db1",
        names="bias_not_summed",
        options=_BATCH,
    ),
    row(
        *(_SWISH, "bias_averaged", "db1 and db2 are averaged."),
        ('"db1": dz1.sum(axis=1)', '"db1": dz1.mean(axis=1)'),
        ('"db2": g.sum(axis=1)', '"db2": g.mean(axis=1)'),
        spoils="db1 db2",
        names="bias_averaged mean_twice",
        options=_BATCH,
    ),
    row(
        *(_SWISH, "transposed", "dW2 is handed back transposed."),
        ("g @ swish(z1).T", "swish(z1) @ g.T"),
        spoils="dW2",
        names="transposed",
    ),
    row(
        *(_SWISH, "one_hot_missing", "g is the softmax, without the label."),
        ("    dscores[rows, y] -= 1.0\n", "", "losses"),
        spoils=_SWISH_ALL,
        names="one_hot_missing",
    ),
)

_MLP = "sigmoid_mlp"

SIGMOID: tuple[Row, ...] = (
    *everywhere(_MLP, "np.outer(x, delta1)", spoils="dW1"),
    row(
        *(_MLP, "derivative_of_activation", "φ' is taken of x1 and x2 in place of z1 and z2."),
        ("phi.derivative(z2)", "phi.derivative(x2)"),
        ("phi.derivative(z1)", "phi.derivative(x1)"),
        spoils="delta1 delta2 dW1 db1 dW2 db2",
        names="derivative_of_activation",
    ),
    row(
        *(_MLP, "hidden_derivative_of_activation", "φ' is taken of x1 in place of z1."),
        ("phi.derivative(z1)", "phi.derivative(x1)"),
        spoils="delta1 dW1 db1",
        names="derivative_of_activation",
    ),
    row(
        *(_MLP, "output_derivative_missing", "The output's φ' is forgotten, as for cross-entropy."),
        ("(x2 - y) * phi.derivative(z2)", "(x2 - y)"),
        spoils="delta1 delta2 dW1 db1 dW2 db2",
        names="mask_missing",
    ),
    row(
        *(_MLP, "hidden_derivative_missing", "The hidden φ' is forgotten."),
        ("(W2 @ delta2) * phi.derivative(z1)", "W2 @ delta2"),
        spoils="delta1 dW1 db1",
        names="mask_missing",
    ),
    row(
        *(_MLP, "half_missing_in_loss", "The loss has no ½."),
        ("0.5 * np.sum((x2 - y) ** 2)", "np.sum((x2 - y) ** 2)"),
        spoils="loss",
        names="doubled",
    ),
    row(
        *(_MLP, "doubled", "The square's 2 is not cancelled by the ½."),
        ("delta2 = (x2 - y)", "delta2 = 2.0 * (x2 - y)"),
        spoils="delta1 delta2 dW1 db1 dW2 db2",
        names="doubled",
    ),
    row(
        *(_MLP, "target_less_output", "y − x2 stands for x2 − y."),
        ("delta2 = (x2 - y)", "delta2 = (y - x2)"),
        spoils="delta1 delta2 dW1 db1 dW2 db2",
        names="sign",
    ),
    row(
        *(_MLP, "mean_over_outputs", "The loss is averaged over the outputs."),
        ("0.5 * np.sum((x2 - y) ** 2)", "0.5 * np.mean((x2 - y) ** 2)"),
        spoils="loss",
        names="factor_C",
    ),
    row(
        *(_MLP, "bias_forgotten", "The hidden biases are not added."),
        ("z1 = W1.T @ x + b1", "z1 = W1.T @ x"),
        spoils="z1 x1 z2 x2 loss delta1 delta2 dW1 db1 dW2 db2",
        names="bias_missing",
    ),
    row(
        *(_MLP, "transposed", "Both gradients are handed back transposed."),
        ("np.outer(x, delta1)", "np.outer(delta1, x)"),
        ("np.outer(x1, delta2)", "np.outer(delta2, x1)"),
        spoils="dW1 dW2",
        names="transposed",
    ),
    row(
        *(_MLP, "wrong_side_where_it_fits", "W2 stands for its transpose where it is square."),
        ("(W2 @ delta2)", "((W2.T if len(set(W2.shape)) == 1 else W2) @ delta2)"),
        spoils="delta1 dW1 db1",
        names="not_transposed",
        cases="square",
    ),
)

_HAND = "backprop_by_hand"

BY_HAND: tuple[Row, ...] = (
    *everywhere(_HAND, "np.outer(dh1, x)", spoils="dW1 dW1_12", without="second_array one_entry"),
    row(
        *(_HAND, "sign_lost_at_the_end", "The last line loses the sign, as the source's does."),
        ('"dW1_12": dW1[0, 1]', '"dW1_12": -dW1[0, 1]'),
        spoils="dW1_12",
        names="sign",
    ),
    row(
        *(_HAND, "entry_of_the_transpose", "Row 2, column 1 is taken for row 1, column 2."),
        ('"dW1_12": dW1[0, 1]', '"dW1_12": dW1[1, 0]'),
        spoils="dW1_12",
        names="transposed",
    ),
    row(
        *(_HAND, "sigmoid_derivative_missing", "The sigmoid's y(1 − y) is forgotten."),
        ("dh2 = dy * y * (1.0 - y)", "dh2 = dy"),
        spoils="dh2 dW2 db2 da dh1 dW1 db1 dW1_12",
        names="mask_missing",
    ),
    row(
        *(_HAND, "derivative_of_h2", "The sigmoid's derivative is taken of h2: h2(1 − h2)."),
        ("dh2 = dy * y * (1.0 - y)", "dh2 = dy * h2 * (1.0 - h2)"),
        spoils="dh2 dW2 db2 da dh1 dW1 db1 dW1_12",
        names="derivative_wrong",
    ),
    row(
        *(_HAND, "mask_missing", "The ReLU's derivative is forgotten."),
        ("np.where(h1 > 0, da, 0.0)", "da"),
        spoils="dh1 dW1 db1",
        names="mask_missing",
    ),
    row(
        *(_HAND, "mask_without_bias", "The ReLU's mask is that of W1 x, without b1."),
        ("np.where(h1 > 0, da, 0.0)", "np.where(W1 @ x > 0, da, 0.0)"),
        spoils="dh1 dW1 db1",
        names="mask_without_bias",
        cases="plain square",
    ),
    row(
        *(_HAND, "target_less_output", "t − y stands for y − t."),
        ("dy = y - t", "dy = t - y"),
        spoils="dy dh2 dW2 db2 da dh1 dW1 db1 dW1_12",
        names="sign",
    ),
    row(
        *(_HAND, "half_missing_in_loss", "The loss has no ½."),
        ("0.5 * (t - y) ** 2", "(t - y) ** 2"),
        spoils="loss",
        names="doubled",
    ),
    row(
        *(_HAND, "bias_forgotten", "b1 is not added."),
        ("h1 = W1 @ x + b1", "h1 = W1 @ x"),
        spoils="h1 a h2 y loss dy dh2 dW2 db2 da dh1 dW1 db1 dW1_12",
        names="bias_missing",
    ),
    row(
        *(_HAND, "input_for_activation", "dW2 is made of h1 in place of a."),
        ('"dW2": dh2 * a', '"dW2": dh2 * h1'),
        spoils="dW2",
        names="before_activation",
    ),
)

ROWS = SWISH + SIGMOID + BY_HAND
