"""Mistakes in single layers: affine, dropout, and the normalisations."""

from __future__ import annotations

from grader.diagnosis.catalogue.rows import NOT_TRANSPOSED, Row, row, where_it_fits

_WRONG_AXIS = "it is summed along the wrong axis"
_ORDER = "the examples are flattened in another order than the rows of w"

AFFINE: tuple[Row, ...] = (
    row("wrong_order:out", _ORDER,
        ("x.reshape(len(x), -1) @ w + b", 'x.reshape(len(x), -1, order="F") @ w + b')),
    row("wrong_order:dx", _ORDER,
        ("(dout @ w.T).reshape(x.shape)", '(dout @ w.T).reshape(x.shape, order="F")')),
    row("wrong_order:dw", _ORDER,
        ("x.reshape(len(x), -1).T @ dout", 'x.reshape(len(x), -1, order="F").T @ dout')),
    row("wrong_axis:db", _WRONG_AXIS, ("dout.sum(axis=0)", "dout.sum(axis=1)")),
    row("not_transposed", NOT_TRANSPOSED.format("w"),
        ("(dout @ w.T)", f"(dout @ {where_it_fits('w', 'w.T')})")),
)  # fmt: skip

_MASKED = "affine_gradients(dout * relu_derivative(affine(x, w, b)), x, w)"
_MASKS = (
    ("mask_missing", "the ReLU's derivative is left out", "affine_gradients(dout, x, w)"),
    ("mask_without_bias", "the ReLU's derivative is taken without the bias",
     "affine_gradients(dout * relu_derivative(affine(x, w, 0.0 * b)), x, w)"),
    ("mask_inverted", "the ReLU's derivative is 1 for negative inputs and 0 for positive ones",
     "affine_gradients(dout * relu_derivative(-affine(x, w, b)), x, w)"),
    ("derivative_wrong:of_gradient",
     "the ReLU's derivative is taken of dout, not of the layer's input",
     "affine_gradients(dout * relu_derivative(dout), x, w)"),
    ("derivative_wrong:value", "the ReLU's value is taken for its derivative",
     "affine_gradients(dout * relu(affine(x, w, b)), x, w)"),
    ("derivative_wrong:input", "the ReLU's input is taken for its derivative",
     "affine_gradients(dout * affine(x, w, b), x, w)"),
)  # fmt: skip

AFFINE_RELU: tuple[Row, ...] = (
    *AFFINE,
    *(row(key, clause, (f"return {_MASKED}", f"return {text}")) for key, clause, text in _MASKS),
    row("activation_missing", "the ReLU is left out",
        ('"out": relu(affine(x, w, b))', '"out": affine(x, w, b)')),
    row("mask_inverted:out", "the negative sums are kept and not the positive ones",
        ('"out": relu(affine(x, w, b))', '"out": np.minimum(affine(x, w, b), 0.0)')),
    row("absolute", "negative sums change their sign and do not become 0",
        ('"out": relu(affine(x, w, b))', '"out": np.abs(affine(x, w, b))')),
)  # fmt: skip

_OUT, _DX = '"out": dropout(x, kept, keep)', '"dx": dropout(dout, kept, keep)'


def _dropout(key: str, clause: str, text: str) -> Row:
    """Return a row whose text, a formula of v and kept, stands for output and gradient."""
    changes = ((_OUT, f'"out": {text}'), (_DX, f'"dx": {text.replace("x", "dout")}'))
    scaled = (('"scaled": x / keep', '"scaled": x'), ('"dscaled": dout / keep', '"dscaled": dout'))
    return row(key, clause, *changes, *(scaled if key == "not_inverted" else ()))


DROPOUT: tuple[Row, ...] = (
    _dropout("not_inverted", "what is kept is not divided by the probability of keeping it",
             "x * kept"),
    _dropout("scaled_down", "what is kept is multiplied by the probability, not divided",
             "x * kept * keep"),
    _dropout("mask_missing", "nothing is dropped", "x / keep"),
    _dropout("mask_missing:plain", "nothing is dropped and nothing scaled", "x.copy()"),
    _dropout("mask_inverted", "what should be kept is dropped, and the other way round",
             "x * (1.0 - kept) / keep"),
    _dropout("mask_per_feature", "one mask is taken for all examples", "x * kept[:1] / keep"),
    _dropout("mask_per_example", "one mask is taken for all features", "x * kept[:, :1] / keep"),
    _dropout("keep_for_drop", "the probabilities of keeping and of dropping are swapped",
             "x * kept / (1.0 - keep)"),
    row("mask_missing:backward", "the gradient of what was dropped passes as well",
        ('"dropped_gradient": np.zeros_like(x)', '"dropped_gradient": np.abs(dout / keep)')),
    row("mask_missing:backward_plain", "the gradient passes as if nothing were dropped or scaled",
        ('"dscaled": dout / keep', '"dscaled": dout'),
        ('"dropped_gradient": np.zeros_like(x)', '"dropped_gradient": np.abs(dout)')),
    row("scaled_down:scaled", "it is multiplied by the probability, not divided",
        ('"scaled": x / keep', '"scaled": x * keep'),
        ('"dscaled": dout / keep', '"dscaled": dout * keep')),
)  # fmt: skip

_CENTRED = "centred = x - x.mean(axis=axes, keepdims=True)"
_DEVIATION = "deviation = np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) + eps)"
_NORMALISED = "return centred / deviation, deviation"
_AXES = "    centred = x - x.mean(axis=axes, keepdims=True)"
_VARIANCE = "through_variance = x_hat * (dx_hat * x_hat).mean(axis=axes, keepdims=True)"
_MEAN = "through_mean = dx_hat.mean(axis=axes, keepdims=True)"

STANDARDISED: tuple[Row, ...] = (
    row("root_missing", "the root of the variance is not taken",
        (_DEVIATION, "deviation = np.square(centred).mean(axis=axes, keepdims=True) + eps")),
    row("stabiliser_place", "eps is added to the root, not to the variance",
        (_DEVIATION,
         "deviation = np.sqrt(np.square(centred).mean(axis=axes, keepdims=True)) + eps")),
    row("stabiliser_missing", "eps is left out",
        (_DEVIATION, "deviation = np.sqrt(np.square(centred).mean(axis=axes, keepdims=True))")),
    row("stabiliser_sign", "eps is subtracted from the variance, not added",
        (_DEVIATION,
         "deviation = np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) - eps)")),
    row("unbiased_variance", "the variance is divided by one less than the number of entries",
        (_DEVIATION,
         "deviation = np.sqrt(x.var(axis=axes, ddof=1, keepdims=True) + eps)")),
    row("not_normalised:mean", "the mean is not subtracted", (_CENTRED, "centred = x + 0.0"),
        (_DEVIATION, "deviation = np.sqrt(x.var(axis=axes, keepdims=True) + eps)")),
    row("not_normalised:mean_squares", "the mean is not subtracted",
        (_CENTRED, "centred = x + 0.0")),
    row("not_normalised", "it is not divided by the deviation",
        (_NORMALISED, "return centred, deviation")),
    row("whole_matrix", "mean and variance are taken over everything",
        (_AXES, "    axes = tuple(range(x.ndim))\n" + _AXES)),
    row("wrong_axis", "mean and variance are taken along the wrong axis",
        (_AXES, "    axes = (1,) if axes[0] == 0 else (0,)\n" + _AXES)),
    row("sum_for_mean:variance", "the path by the variance takes a sum where a mean is right",
        (_VARIANCE, _VARIANCE.replace("mean(axis", "sum(axis"))),
    row("sum_for_mean:mean", "the path by the mean takes a sum where a mean is right",
        (_MEAN, _MEAN.replace("mean(axis", "sum(axis"))),
    row("factor_missing:x_hat", "x_hat is left out of the path by the variance",
        (_VARIANCE, _VARIANCE.replace("x_hat * (dx_hat", "(dx_hat"))),
)  # fmt: skip

_RUNNING_MEAN = "running_mean = momentum * running_mean + (1.0 - momentum) * x.mean(axis=axes)"
_RUNNING_VAR = "running_var = momentum * running_var + (1.0 - momentum) * x.var(axis=axes)"
_TEST_OUT = "/ np.sqrt(per_channel(running_var, x) + eps)\n"
_TEST_SLOPE = "deviation = np.sqrt(per_channel(running_var, x) + eps)"

BATCHNORM: tuple[Row, ...] = (
    *STANDARDISED,
    row("std_for_variance", "the standard deviation is kept as running variance",
        (_RUNNING_VAR, _RUNNING_VAR.replace("x.var", "x.std"))),
    row("unbiased_variance:running", "the batch's variance is divided by one less than its size",
        (_RUNNING_VAR, _RUNNING_VAR.replace("axis=axes", "axis=axes, ddof=1"))),
    row("momentum_inverted", "the momentum and what is left of 1 are swapped",
        (_RUNNING_MEAN, "running_mean = (1.0 - momentum) * running_mean"
                        " + momentum * x.mean(axis=axes)"),
        (_RUNNING_VAR, "running_var = (1.0 - momentum) * running_var"
                       " + momentum * x.var(axis=axes)")),
    row("state_not_kept", "the running statistics are not updated",
        (_RUNNING_MEAN, "running_mean = running_mean + 0.0"),
        (_RUNNING_VAR, "running_var = running_var + 0.0")),
    row("momentum_missing", "the batch's own statistics take the place of the running ones",
        (_RUNNING_MEAN, "running_mean = x.mean(axis=axes)"),
        (_RUNNING_VAR, "running_var = x.var(axis=axes)")),
    row("momentum_not_complement", "the batch's statistics are not multiplied by 1 - momentum",
        (_RUNNING_MEAN, "running_mean = momentum * running_mean + x.mean(axis=axes)"),
        (_RUNNING_VAR, "running_var = momentum * running_var + x.var(axis=axes)")),
    row("root_missing:test", "the root of the running variance is not taken",
        (_TEST_OUT, "/ (per_channel(running_var, x) + eps)\n"),
        (_TEST_SLOPE, "deviation = per_channel(running_var, x) + eps")),
    row("stabiliser_missing:test", "eps is left out",
        (_TEST_OUT, "/ np.sqrt(per_channel(running_var, x))\n"),
        (_TEST_SLOPE, "deviation = np.sqrt(per_channel(running_var, x))")),
    row("stabiliser_sign:test", "eps is subtracted from the running variance, not added",
        (_TEST_OUT, "/ np.sqrt(per_channel(running_var, x) - eps)\n"),
        (_TEST_SLOPE, "deviation = np.sqrt(per_channel(running_var, x) - eps)")),
    row("not_normalised:mean_test", "the running mean is not subtracted",
        ("x_hat = (x - per_channel(running_mean, x)) / np", "x_hat = x / np")),
    row("not_normalised:dgamma", "x stands in it where the normalised x is right",
        ("(dout * x_hat).sum(axis=axes)", "(dout * x).sum(axis=axes)")),
    row("bias_averaged", "it is averaged where it should be summed",
        (", dout.sum(axis=axes)", ", dout.mean(axis=axes)")),
    row("mean_twice:dgamma", "it is averaged where it should be summed",
        ("(dout * x_hat).sum(axis=axes)", "(dout * x_hat).mean(axis=axes)")),
    row("not_normalised:backward", "it is not divided by the deviation",
        ("    return paths, (dout * x_hat).sum(axis=axes)",
         "    paths = {name: path * deviation for name, path in paths.items()}\n"
         "    return paths, (dout * x_hat).sum(axis=axes)")),
)  # fmt: skip

_ROWS = 'shared["x"].reshape(-1, shared["x"].shape[1])'
_TURNED = (
    "out, new_mean, new_var = batchnorm(**shared, beta",
    f'out, new_mean, new_var = batchnorm(**{{**shared, "x": {_ROWS}}}, beta',
)

SPATIAL_BATCHNORM: tuple[Row, ...] = (
    *BATCHNORM,
    row("wrong_axis:examples",
        "mean and variance are taken over the examples alone, not over the pixels",
        (_AXES, "    axes = (0,)\n" + _AXES)),
    row("not_summed_pixels", "it is summed over the examples alone, not over the pixels",
        ("(dout * x_hat).sum(axis=axes), dout.sum(axis=axes)",
         "(dout * x_hat).sum(axis=0), dout.sum(axis=0)")),
    row("wrong_axis:reshaped_statistics",
        "the statistics are those of images that were reshaped without moving the channels last",
        ("        x_hat, _ = standardise(x, axes, eps)\n",
         "        x_hat, _ = standardise(x.reshape(-1, x.shape[1]), (0,), eps)\n"
         "        x_hat = x_hat.reshape(x.shape)\n")),
    row("wrong_axis:reshaped", "the images are reshaped without moving the channels last",
        _TURNED,
        ('paths, dgamma, dbeta = batchnorm_paths(inputs["dout"], **shared)',
         f'flat = {{**shared, "x": {_ROWS}}}\n'
         '    paths, dgamma, dbeta = batchnorm_paths('
         'inputs["dout"].reshape(flat["x"].shape), **flat)\n'
         '    out = out.reshape(shared["x"].shape)\n'
         "    paths = {name: path.reshape(out.shape) for name, path in paths.items()}")),
)  # fmt: skip


LAYERNORM: tuple[Row, ...] = (
    *STANDARDISED,
    row("not_normalised:dgamma", "x stands in it where the normalised x is right",
        ("(dout * x_hat).sum(axis=0), dout", "(dout * x).sum(axis=0), dout")),
    row("wrong_axis:dgamma", _WRONG_AXIS,
        ("(dout * x_hat).sum(axis=0), dout.sum(axis=0)",
         "(dout * x_hat).sum(axis=1), dout.sum(axis=1)")),
)  # fmt: skip
