"""Wrong variants of batch and layer normalisation, and of dropout."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bank.rows import Row, everywhere, row

_TEST = (("mode", "test"),)
_MEAN = '"mean": np.broadcast_to(-through_mean / deviation, dx_hat.shape),\n'
_VARIANCE = '"variance": -through_variance / deviation,\n'
_SQUARES = "np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) + eps)"


def _paths(problem: str) -> Iterator[Row]:
    """Yield the mistakes in the backward pass that all normalisations share."""
    yield row(
        *(problem, "mean_path_missing", "The path through the mean is forgotten."),
        (_MEAN, ""),
        spoils="dx",
        names="path_missing",
    )
    yield row(
        *(problem, "variance_path_missing", "The path through the variance is forgotten."),
        (_VARIANCE, ""),
        spoils="dx",
        names="path_missing",
    )
    yield row(
        *(problem, "direct_path_only", "Mean and variance are taken for constants."),
        (_MEAN, ""),
        (_VARIANCE, ""),
        spoils="dx",
        names="path_missing",
    )
    yield row(
        *(problem, "variance_path_doubled", "The path through the variance has a factor 2 left."),
        (_VARIANCE, '"variance": -2.0 * through_variance / deviation,\n'),
        spoils="dx",
        names="path_doubled",
    )
    yield row(
        *(problem, "not_centred", "The mean is not subtracted."),
        ("centred = x - x.mean(axis=axes, keepdims=True)", "centred = x + 0.0"),
        spoils="out dx dgamma",
        names="not_normalised",
    )
    yield row(
        *(problem, "not_normalised", "The deviation is not divided by."),
        ("return centred / deviation, deviation", "return centred, deviation"),
        spoils="out dx dgamma",
        names="not_normalised",
    )
    yield row(
        *(problem, "variance_for_deviation", "The variance is divided by, without its root."),
        (_SQUARES, "(np.square(centred).mean(axis=axes, keepdims=True) + eps)"),
        spoils="out dx dgamma",
        names="root_missing",
    )
    yield row(
        *(problem, "eps_forgotten", "eps is not added to the variance."),
        (_SQUARES, "np.sqrt(np.square(centred).mean(axis=axes, keepdims=True))"),
        spoils="out dx dgamma",
        names="stabiliser_missing",
    )
    yield row(
        *(problem, "eps_subtracted", "eps is subtracted from the variance."),
        (_SQUARES, _SQUARES.replace("+ eps", "- eps")),
        spoils="out dx dgamma",
        names="stabiliser_sign",
    )


def _batch(problem: str) -> Iterator[Row]:
    """Yield the mistakes of a batch normalisation."""
    yield from everywhere(problem, "sum(paths.values(), np.zeros_like(out))", spoils="dx")
    yield from _paths(problem)
    yield row(
        *(problem, "statistics_of_batch", "In test mode the batch's own statistics are used."),
        ("    if train:\n        axes = all", "    if True:\n        axes = all"),
        spoils="out new_mean new_var",
        names="statistics_of_batch",
        options=_TEST,
    )
    yield row(
        *(problem, "deviation_kept_for_variance", "The standard deviation is kept as variance."),
        ("* x.var(axis=axes)", "* x.std(axis=axes)"),
        spoils="new_var",
        names="std_for_variance",
    )
    yield row(
        *(problem, "momentum_turned_round", "momentum and 1 − momentum change places."),
        (
            "momentum * running_mean + (1.0 - momentum) * x.mean",
            "(1.0 - momentum) * running_mean + momentum * x.mean",
        ),
        (
            "momentum * running_var + (1.0 - momentum) * x.var",
            "(1.0 - momentum) * running_var + momentum * x.var",
        ),
        spoils="new_mean new_var",
        names="momentum_inverted",
    )
    yield row(
        *(problem, "statistics_not_kept", "The running statistics stay as they were."),
        ("momentum * running_mean + (1.0 - momentum) * x.mean(axis=axes)", "1.0 * running_mean"),
        ("momentum * running_var + (1.0 - momentum) * x.var(axis=axes)", "1.0 * running_var"),
        spoils="new_mean new_var",
        names="state_not_kept",
    )
    yield row(
        *(problem, "root_forgotten_in_test_mode", "The running variance is divided by as it is."),
        ("/ np.sqrt(per_channel(running_var, x) + eps)", "/ (per_channel(running_var, x) + eps)"),
        spoils="out",
        names="root_missing",
        options=_TEST,
    )
    yield row(
        *(problem, "shift_forgotten", "beta is not added."),
        (" + per_channel(beta, x)\n", "\n"),
        spoils="out",
        names="bias_missing",
    )
    yield row(
        *(problem, "gamma_forgotten_backward", "dx knows nothing of gamma."),
        ("dx_hat = per_channel(gamma, x) * dout", "dx_hat = 1.0 * dout"),
        spoils="dx",
        names="scale_missing",
    )
    yield row(
        *(problem, "gamma_gradient_of_input", "dgamma is made of x in place of x̂."),
        ("(dout * x_hat).sum(axis=axes)", "(dout * x).sum(axis=axes)"),
        spoils="dgamma",
        names="not_normalised",
    )
    yield row(
        *(problem, "beta_gradient_averaged", "dbeta is averaged."),
        ("dout.sum(axis=axes)", "dout.mean(axis=axes)"),
        spoils="dbeta",
        names="bias_averaged mean_twice",
    )


BATCH: tuple[Row, ...] = (
    *_batch("batchnorm"),
    row(
        *("batchnorm", "wrong_axis", "Each example is normalised, not each feature."),
        (
            "axes = all_but_channels(x)\n        x_hat, _ = standardise(x, axes, eps)",
            "axes = all_but_channels(x)\n        x_hat, _ = standardise(x, (1,), eps)",
        ),
        spoils="out",
        names="wrong_axis",
    ),
)

SPATIAL: tuple[Row, ...] = (
    *_batch("spatial_batchnorm"),
    row(
        *(
            "spatial_batchnorm",
            "reshaped_without_transpose",
            "Pixels are not moved before channels.",
        ),
        (
            "    out = per_channel(gamma, x) * x_hat",
            "    x_hat = (\n"
            "        standardise(x.reshape(-1, x.shape[1]), (0,), eps)[0].reshape(x.shape)\n"
            "        if train\n"
            "        else x_hat\n"
            "    )\n"
            "    out = per_channel(gamma, x) * x_hat",
        ),
        spoils="out",
        names="wrong_axis",
    ),
    row(
        *("spatial_batchnorm", "normalised_per_pixel", "Each pixel has statistics of its own."),
        (
            "axes = all_but_channels(x)\n        x_hat, _ = standardise(x, axes, eps)",
            "axes = all_but_channels(x)\n        x_hat, _ = standardise(x, (0,), eps)",
        ),
        spoils="out",
        names="wrong_axis",
    ),
)

LAYER: tuple[Row, ...] = (
    *everywhere("layernorm", "sum(paths.values(), np.zeros_like(x))", spoils="dx"),
    *_paths("layernorm"),
    row(
        *("layernorm", "wrong_axis", "Each feature is normalised, as in a batch norm."),
        (
            "x_hat, _ = standardise(x, (1,), eps)\n    return gamma",
            "x_hat, _ = standardise(x, (0,), eps)\n    return gamma",
        ),
        spoils="out",
        names="wrong_axis",
    ),
    row(
        *("layernorm", "shift_forgotten", "beta is not added."),
        ("return gamma * x_hat + beta", "return gamma * x_hat"),
        spoils="out",
        names="bias_missing",
    ),
    row(
        *("layernorm", "gamma_forgotten_backward", "dx knows nothing of gamma."),
        ("standardise_paths(gamma * dout, x_hat", "standardise_paths(1.0 * dout, x_hat"),
        spoils="dx",
        names="scale_missing",
    ),
    row(
        *("layernorm", "gamma_gradient_along_features", "dgamma is summed along the wrong axis."),
        ("(dout * x_hat).sum(axis=0)", "(dout * x_hat).sum(axis=1)"),
        spoils="dgamma",
        names="wrong_axis",
    ),
    row(
        *("layernorm", "unbiased_variance", "The variance is divided by D − 1."),
        (
            "np.square(centred).mean(axis=axes, keepdims=True)",
            "np.var(x, axis=axes, keepdims=True, ddof=1)",
        ),
        spoils="out dx dgamma",
        names="unbiased_variance",
    ),
)

_OUT = '"out": dropout(x, kept, keep)'
_DX = '"dx": dropout(dout, kept, keep)'

DROPOUT: tuple[Row, ...] = (
    *everywhere("dropout", "dropout(dout, kept, keep)", '"dx": {}', spoils="dx"),
    row(
        *("dropout", "not_inverted", "The kept units are not divided by keep."),
        (_OUT, '"out": x * kept'),
        spoils="out",
        names="not_inverted factor_keep factor",
    ),
    row(
        *("dropout", "gradient_not_inverted", "The gradient is not divided by keep."),
        (_DX, '"dx": dout * kept'),
        spoils="dx",
        names="not_inverted factor_keep factor",
    ),
    row(
        *("dropout", "mask_inverted", "The kept units are dropped."),
        (_OUT, '"out": dropout(x, 1.0 - kept, keep)'),
        spoils="out",
        names="mask_inverted",
    ),
    row(
        *("dropout", "mask_per_feature", "One mask for all examples."),
        (_OUT, '"out": dropout(x, kept[:1], keep)'),
        (_DX, '"dx": dropout(dout, kept[:1], keep)'),
        spoils="out dx",
        names="mask_per_feature",
    ),
    row(
        *("dropout", "backward_not_masked", "The dropped units get a gradient."),
        (_DX, '"dx": dout / keep'),
        spoils="dx",
        names="mask_missing",
    ),
    row(
        *("dropout", "nothing_dropped", "Nothing is dropped at all."),
        (_OUT, '"out": x + 0.0'),
        (_DX, '"dx": dout + 0.0'),
        spoils="out dx",
        names="mask_missing",
    ),
    row(
        *("dropout", "divided_by_the_other_share", "The share to drop is divided by."),
        (_OUT, '"out": dropout(x, kept, 1.0 - keep)'),
        spoils="out",
        names="keep_for_drop",
    ),
    row(
        *("dropout", "drops_in_test_mode", "Units are dropped in test mode too."),
        ("kept, keep = np.ones_like(x), 1.0", "keep = keep"),
        spoils="out dx scaled dscaled",
        names="statistics_of_batch",
        options=_TEST,
    ),
    row(
        *("dropout", "scales_in_test_mode", "Test mode multiplies by keep, as without inversion."),
        ("kept, keep = np.ones_like(x), 1.0", "kept, keep = np.ones_like(x), 1.0 / keep"),
        spoils="out dx scaled dscaled",
        names="not_inverted factor_keep factor factor_p",
        options=_TEST,
    ),
)

ROWS = BATCH + SPATIAL + LAYER + DROPOUT
