"""Wrong variants of the models without labels: autoencoder, latent variables, Boltzmann machine."""

from __future__ import annotations

from tests.bank.rows import Row, everywhere, row

_BATCH = (("examples", "batch"),)
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
        names="example_for_error",
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
        names="path_missing",
    ),
    row(
        *(_GP, "variance_for_precision", "β stands where 1/β belongs."),
        ("= through(X, Y, alpha, beta)", "= through(X, Y, alpha, beta := 1.0 / beta)"),
        spoils="L1 dL1_dX dL1_dalpha dL1_dbeta L2 dL2_dX dL2_dalpha dL2_dbeta L dL_dX dL_dalpha dL_dbeta",
        names="noise_inverted",
    ),
    row(
        *(_GP, "determinant_not_logged_twice", "log|K| is half of what it is: the factor's alone."),
        ("-0.5 * D * log_det", "-0.5 * D * 0.5 * log_det"),
        spoils="L1 L",
        names="halved",
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
    *everywhere(_RBM, _BOTH, spoils="dW db dc", without="first_call"),
    row(
        *(_RBM, "count_missing", "The second sum has no n: right for one observation."),
        ("-n * p, W, c)", "-p, W, c)"),
        spoils="dW db dc",
        names="path_factor_n",
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
        names="uniform_model",
    ),
    row(
        *(_RBM, "partition_function_missing", "log Z is left out of the likelihood."),
        ("-np.sum(free_energy(V, W, b, c) + log_Z)", "-np.sum(free_energy(V, W, b, c))"),
        spoils="log_likelihood",
        names="normaliser_missing",
    ),
    row(
        *(_RBM, "partition_function_once", "log Z is subtracted once, not for each observation."),
        (
            "-np.sum(free_energy(V, W, b, c) + log_Z)",
            "-np.sum(free_energy(V, W, b, c)) - log_Z",
        ),
        spoils="log_likelihood",
        names="normaliser_once",
    ),
    row(
        *(_RBM, "energy_for_free_energy", "The hidden units are not summed out."),
        ("np.logaddexp(0.0, V @ W + c).sum(axis=1)", "(V @ W + c).sum(axis=1)"),
        spoils="log_likelihood dW db dc",
        names="units_not_summed_out",
    ),
    row(
        *(_RBM, "transposed", "dW is handed back transposed."),
        ("V.T @ (p[:, None] * S)", "(p[:, None] * S).T @ V"),
        spoils="dW",
        names="transposed",
    ),
)

ROWS = AUTOENCODER + GPLVM + RBM
