"""Wrong variants of the nets and models that are derived by hand."""

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
    ),
    row(
        *(_SWISH, "wrong_side_where_it_fits", "W2 stands for its transpose where H = C."),
        ("(W2.T @ g)", "((W2 if len(set(W2.shape)) == 1 else W2.T) @ g)"),
        spoils="dW1 db1",
        cases="square",
    ),
    row(
        *(_SWISH, "bias_not_summed", "db1 has a column for each example."),
        ("dz1.sum(axis=1)", "dz1"),
        spoils="db1",
        names="bias_not_summed",
        options=_BATCH,
    ),
    row(
        *(_SWISH, "bias_averaged", "db1 and db2 are averaged."),
        ("dz1.sum(axis=1)", "dz1.mean(axis=1)"),
        ("g.sum(axis=1)", "g.mean(axis=1)"),
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
        cases="square",
    ),
)

_HAND = "backprop_by_hand"

BY_HAND: tuple[Row, ...] = (
    *everywhere(_HAND, "np.outer(dh1, x)", spoils="dW1 dW1_12", without="one_entry"),
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
    ),
)

_TIED = "autoencoder"
_PATHS = 'paths["encoder path"] + paths["decoder path"]'

AUTOENCODER: tuple[Row, ...] = (
    *everywhere(_TIED, _PATHS, spoils="dW"),
    row(
        *(_TIED, "decoder_path_missing", "Only the encoder's path to W is counted."),
        (_PATHS, 'paths["encoder path"]'),
        spoils="dW",
        names="path_missing",
    ),
    row(
        *(_TIED, "encoder_path_missing", "Only the decoder's path to W is counted."),
        (_PATHS, 'paths["decoder path"]'),
        spoils="dW",
        names="path_missing",
    ),
    row(
        *(_TIED, "one_path_subtracted", "The decoder's path has the wrong sign."),
        (_PATHS, 'paths["encoder path"] - paths["decoder path"]'),
        spoils="dW",
        names="path_sign path_missing",
    ),
    row(
        *(_TIED, "one_path_twice", "Both paths are taken for the encoder's."),
        (_PATHS, '2.0 * paths["encoder path"]'),
        spoils="dW",
        names="path_missing path_doubled",
    ),
    row(
        *(_TIED, "doubled", "The square's 2 is not cancelled by the ½."),
        (_PATHS, f"2.0 * ({_PATHS})"),
        spoils="dW",
        names="doubled",
    ),
    row(
        *(_TIED, "half_missing_in_loss", "The loss has no ½."),
        ("0.5 * np.sum(E**2)", "np.sum(E**2)"),
        spoils="loss",
        names="doubled",
    ),
    row(
        *(_TIED, "norm_not_squared", "The norm stands for its square."),
        ("0.5 * np.sum(E**2)", "0.5 * np.sqrt(np.sum(E**2))"),
        spoils="loss",
        names="root_extra",
    ),
    row(
        *(_TIED, "transposed", "dW is handed back transposed."),
        (f'"dW": {_PATHS}', f'"dW": ({_PATHS}).T'),
        spoils="dW",
        names="transposed",
    ),
    row(
        *(_TIED, "error_for_reconstruction", "The decoder's path uses x in place of the error."),
        ("H @ D.T", "H @ X.T"),
        spoils="dW",
    ),
    row(
        *(_TIED, "encoder_derivative_missing", "f' of the code is forgotten."),
        ("(W @ D) * f.derivative(A)", "W @ D"),
        spoils="dW",
        names="mask_missing",
        options=(("nonlinearity", "tanh"),),
    ),
    row(
        *(_TIED, "decoder_derivative_of_activation", "f' is taken of f(B) in place of B."),
        ("E * f.derivative(B)", "E * f.derivative(f.function(B))"),
        spoils="dW",
        names="derivative_of_activation",
        options=(("nonlinearity", "sigmoid"),),
    ),
    row(
        *(_TIED, "first_example_only", "Only the first column of the batch is used."),
        ("R @ X.T", "R[:, :1] @ X[:, :1].T"),
        ("H @ D.T", "H[:, :1] @ D[:, :1].T"),
        spoils="dW",
        names="single_example",
        options=_BATCH,
    ),
)

_GP = "gplvm"
_DX = "alpha * beta * R @ S.T"
_WHOLE = 'L1[name] + L2[name.replace("L1", "L2")]'

GPLVM: tuple[Row, ...] = (
    *everywhere(_GP, _DX, spoils="dL2_dX dL_dX"),
    row(
        *(_GP, "half_left_in_fit", "The ½ of the trace is left in its gradient."),
        (_DX, f"0.5 * {_DX}"),
        spoils="dL2_dX dL_dX",
        names="halved data_term_halved",
    ),
    row(
        *(
            _GP,
            "half_left_in_determinant",
            "The D/2 of the log-determinant is left in its gradient.",
        ),
        ("-alpha * D * KinvX", "-0.5 * alpha * D * KinvX"),
        spoils="dL1_dX dL_dX",
        names="halved",
    ),
    row(
        *(_GP, "alpha_missing_in_determinant", "α is left out of the first path."),
        ("-alpha * D * KinvX", "-D * KinvX"),
        spoils="dL1_dX dL_dX",
        names="factor_alpha factor",
    ),
    row(
        *(_GP, "alpha_missing_in_fit", "α is left out of the second path."),
        (_DX, "beta * R @ S.T"),
        spoils="dL2_dX dL_dX",
        names="factor_alpha factor",
    ),
    row(
        *(_GP, "dimension_missing", "D is left out of the first path."),
        ("-alpha * D * KinvX", "-alpha * KinvX"),
        spoils="dL1_dX dL_dX",
        names="factor_D factor",
    ),
    row(
        *(_GP, "second_path_subtracted", "The sign of the second path is wrong."),
        ('L1[name] + L2[name.replace("L1", "L2")]', 'L1[name] - L2[name.replace("L1", "L2")]'),
        spoils="L dL_dX dL_dalpha dL_dbeta",
        names="path_sign sign",
    ),
    row(
        *(_GP, "only_determinant", "L's gradient is that of L1 alone."),
        (_WHOLE, "L1[name]"),
        spoils="L dL_dX dL_dalpha dL_dbeta",
        names="path_missing data_term_missing",
    ),
    row(
        *(_GP, "only_fit", "L's gradient is that of L2 alone."),
        (_WHOLE, 'L2[name.replace("L1", "L2")]'),
        spoils="L dL_dX dL_dalpha dL_dbeta",
        names="path_missing",
    ),
    row(
        *(_GP, "constant_missing", "The constant ND/2 log 2π is left out."),
        ('    L["L"] -= 0.5 * N * D * np.log(2.0 * np.pi)\n', ""),
        spoils="L",
    ),
    row(
        *(_GP, "variance_for_precision", "β stands where 1/β belongs."),
        ("np.eye(Q) / beta", "np.eye(Q) * beta"),
        spoils="L1 dL1_dX dL1_dalpha dL1_dbeta L2 dL2_dX dL2_dalpha dL2_dbeta L dL_dX dL_dalpha dL_dbeta",
    ),
    row(
        *(_GP, "determinant_not_logged_twice", "log|P| is half of what it is: the factor's alone."),
        ("2.0 * np.log(np.diag(C)).sum()", "np.log(np.diag(C)).sum()"),
        spoils="L1 L",
    ),
    row(
        *(_GP, "transposed", "The gradient in X is handed back transposed."),
        (_DX, "(alpha * beta * R @ S.T).T.reshape(X.shape)"),
        spoils="dL2_dX dL_dX",
        names="transposed",
    ),
)

_RBM = "rbm"
_BOTH = 'phase["positive phase"] + phase["negative phase"]'

RBM: tuple[Row, ...] = (
    *everywhere(_RBM, _BOTH, spoils="dW db dc"),
    row(
        *(_RBM, "count_missing", "The second sum has no n: right for one observation."),
        ("-n * p, W, c)", "-p, W, c)"),
        spoils="dW db dc",
    ),
    row(
        *(_RBM, "positive_phase_only", "The model's own states are forgotten."),
        (_BOTH, 'phase["positive phase"]'),
        spoils="dW db dc",
        names="path_missing",
    ),
    row(
        *(_RBM, "negative_phase_only", "The data are forgotten."),
        (_BOTH, 'phase["negative phase"]'),
        spoils="dW db dc",
        names="path_missing data_term_missing",
    ),
    row(
        *(_RBM, "phases_added", "The second sum is added."),
        (_BOTH, 'phase["positive phase"] - phase["negative phase"]'),
        spoils="dW db dc",
        names="path_sign",
    ),
    row(
        *(_RBM, "mean_for_sum", "The gradients are averaged over the observations."),
        (_BOTH, f"({_BOTH}) / len(inputs['V'])"),
        spoils="dW db dc",
        names="mean_twice factor_n",
    ),
    row(
        *(_RBM, "hidden_bias_forgotten", "c is left out of the hidden units' means."),
        ("S = sigmoid(V @ W + c)", "S = sigmoid(V @ W)"),
        spoils="dW dc",
        names="bias_missing",
    ),
    row(
        *(_RBM, "mean_field_of_zero_state", "The model's states are weighted alike."),
        ("-n * p, W, c)", "-n * np.full(len(p), 1.0 / len(p)), W, c)"),
        spoils="dW db dc",
    ),
    row(
        *(_RBM, "partition_function_missing", "log Z is left out of the likelihood."),
        ("-np.sum(free_energy(V, W, b, c) + log_Z)", "-np.sum(free_energy(V, W, b, c))"),
        spoils="log_likelihood",
    ),
    row(
        *(_RBM, "partition_function_once", "log Z is subtracted once, not for each observation."),
        (
            "-np.sum(free_energy(V, W, b, c) + log_Z)",
            "-np.sum(free_energy(V, W, b, c)) - log_Z",
        ),
        spoils="log_likelihood",
    ),
    row(
        *(_RBM, "energy_for_free_energy", "The hidden units are not summed out."),
        ("np.logaddexp(0.0, V @ W + c).sum(axis=1)", "(V @ W + c).sum(axis=1)"),
        spoils="log_likelihood dW db dc",
    ),
    row(
        *(_RBM, "transposed", "dW is handed back transposed."),
        ("V.T @ (p[:, None] * S)", "(p[:, None] * S).T @ V"),
        spoils="dW",
        names="transposed",
    ),
)

ROWS = SWISH + SIGMOID + BY_HAND + AUTOENCODER + GPLVM + RBM
