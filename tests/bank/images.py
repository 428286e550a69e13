"""Wrong variants of convolution, pooling and the nets that are made of them."""

from __future__ import annotations

from tests.bank.rows import Row, everywhere, row

_DW = "np.tensordot(dout, seen, axes=([0, 2, 3], [0, 2, 3]))"
_DB = "return dw, dout.sum(axis=(0, 2, 3))"
_OUT = "np.moveaxis(out + b, -1, 1)"
_DX = "pixels = np.tensordot(w, dout, axes=(0, 1))"

CONVOLUTION: tuple[Row, ...] = (
    *everywhere("conv", _DW, spoils="dw"),
    row(
        *("conv", "bias_forgotten", "b is not added."),
        (_OUT, "np.moveaxis(out, -1, 1)"),
        spoils="out",
        names="bias_missing",
    ),
    row(
        *("conv", "bias_averaged", "db is averaged over examples and pixels."),
        (_DB, "return dw, dout.mean(axis=(0, 2, 3))"),
        spoils="db",
        names="bias_averaged",
    ),
    row(
        *("conv", "bias_not_summed_over_examples", "db has a row for each example."),
        (_DB, "return dw, dout.sum(axis=(2, 3))"),
        spoils="db",
        names="bias_not_summed",
    ),
    row(
        *("conv", "kernel_flipped_forward", "A true convolution: the kernel is flipped."),
        ("np.tensordot(seen, w, axes", "np.tensordot(seen, w[:, :, ::-1, ::-1], axes"),
        spoils="out",
        names="filters_flipped",
    ),
    row(
        *("conv", "kernel_flipped_backward", "The kernel is flipped on the way back."),
        (_DX, "pixels = np.tensordot(w[:, :, ::-1, ::-1], dout, axes=(0, 1))"),
        spoils="dx",
        names="filters_flipped",
    ),
    row(
        *("conv", "gradient_flipped", "dw is handed back flipped."),
        (_DW, f"{_DW}[:, :, ::-1, ::-1]"),
        spoils="dw",
        names="flipped permuted",
    ),
    row(
        *("conv", "padding_left_out_of_dw", "dw is made of an image whose border is wrong."),
        (
            "seen = windows(padded(x, pad), shape[2]",
            'seen = windows(np.pad(x, ((0, 0),) * 2 + ((pad, pad),) * 2, "edge"), shape[2]',
        ),
        spoils="dw",
        names="padding_not_zero",
    ),
    row(
        *("conv", "padding_not_cut_off", "dx keeps the border of the padded image."),
        ("dimage[:, :, pad : pad + H, pad : pad + W]", "dimage[:, :, :H, :W]"),
        spoils="dx",
        names="padding_not_cut",
    ),
    row(
        *("conv", "stride_forgotten", "dw is right for stride 1 only."),
        (
            "seen = windows(padded(x, pad), shape[2], shape[3], stride)\n    dw",
            "seen = windows(padded(x, pad), shape[2], shape[3], 1)"
            "[:, :, : dout.shape[2], : dout.shape[3]]\n    dw",
        ),
        spoils="dw",
        names="stride_missing",
        cases="strided",
    ),
    row(
        *("conv", "overlaps_overwritten", "Where windows overlap, the last one counts."),
        ("dimage[tap] += pixels[:, pixel]", "dimage[tap] = pixels[:, pixel]"),
        spoils="dx",
        names="overlap_overwritten",
    ),
    row(
        *("conv", "wrong_axes_where_they_fit", "Filters and channels are mixed up where F = C."),
        (_DX, "pixels = np.tensordot(w, dout, axes=(int(w.shape[0] == w.shape[1]), 1))"),
        spoils="dx",
        names="not_transposed",
        cases="square",
    ),
    row(
        *("conv", "first_example_only", "dw is that of the first image: right for N = 1."),
        (_DW, "np.tensordot(dout[:1], seen[:1], axes=([0, 2, 3], [0, 2, 3]))"),
        spoils="dw",
        names="single_example",
    ),
)

_WINNER = "dx[tap] += dout * (winner == pixel)"
_LARGEST = "windows(x, height, width, stride).max(axis=(4, 5))"
_POOLED = 'max_pool_gradient(inputs["dout"], x, *pool)'

POOLING: tuple[Row, ...] = (
    *everywhere("max_pool", _POOLED, spoils="dx"),
    row(
        *("max_pool", "mean_pool", "The mean stands for the largest."),
        (_LARGEST, "windows(x, height, width, stride).mean(axis=(4, 5))"),
        spoils="out",
        names="mean_for_max",
    ),
    row(
        *("max_pool", "spread_over_the_window", "The gradient is spread as for a mean."),
        (_WINNER, "dx[tap] += dout / (height * width)"),
        spoils="dx",
        names="mean_for_max",
    ),
    row(
        *("max_pool", "handed_to_all", "Every pixel of a window gets the whole gradient."),
        (_WINNER, "dx[tap] += dout"),
        spoils="dx",
        names="mask_missing",
    ),
    row(
        *("max_pool", "smallest_gets_it", "The smallest pixel gets the gradient."),
        (".argmax(axis=-1)", ".argmin(axis=-1)"),
        spoils="dx",
        names="min_for_max",
    ),
    row(
        *("max_pool", "overlaps_overwritten", "Where windows overlap, the last one counts."),
        (_WINNER, "dx[tap] = np.where(winner == pixel, dout, dx[tap])"),
        spoils="dx",
        names="overlap_overwritten",
        cases="overlapping",
    ),
    row(
        *("max_pool", "mask_for_gradient", "The winners are marked, the gradient is forgotten."),
        (_WINNER, "dx[tap] += 1.0 * (winner == pixel)"),
        spoils="dx",
        names="upstream_missing",
    ),
    row(
        *("max_pool", "image_for_gradient", "The winners hand on their value."),
        (_WINNER, "dx[tap] += x[tap] * (winner == pixel)"),
        spoils="dx",
        names="value_for_gradient",
    ),
    row(
        *("max_pool", "absolute_value", "The largest by absolute value wins."),
        (_LARGEST, "np.abs(windows(x, height, width, stride)).max(axis=(4, 5))"),
        spoils="out",
        names="absolute",
    ),
    row(
        *("max_pool", "rows_and_columns_swapped", "Pixels of a window are counted by columns."),
        ("winner == pixel)", "winner == pixel // width + height * (pixel % width))"),
        spoils="dx",
        names="wrong_order",
    ),
)

_CNN = "conv_net"
_CNN_ALL = "dW1 db1 dW2 db2 dW3 db3"

CONV_NET: tuple[Row, ...] = (
    *everywhere(_CNN, "dW1 + decay * W1", spoils="dW1"),
    row(
        *(_CNN, "convolution_mask_missing", "The ReLU after the convolution has no derivative."),
        ("max_pool_gradient(dA, R, *POOL) * (Z > 0)", "max_pool_gradient(dA, R, *POOL)"),
        spoils="dW1 db1",
        names="mask_missing",
    ),
    row(
        *(
            _CNN,
            "convolution_mask_without_bias",
            "The ReLU's mask is that of the bare convolution.",
        ),
        (
            "max_pool_gradient(dA, R, *POOL) * (Z > 0)",
            "max_pool_gradient(dA, R, *POOL) * (Z - b1[:, None, None] > 0)",
        ),
        spoils="dW1 db1",
        names="mask_without_bias",
    ),
    row(
        *(_CNN, "hidden_mask_missing", "The hidden ReLU has no derivative."),
        ("dB * (B > 0)", "dB"),
        spoils="dW1 db1 dW2 db2",
        names="mask_missing",
    ),
    row(
        *(_CNN, "convolution_not_penalised", "W1 does not decay, in loss and gradient."),
        ("sum(float(np.sum(W**2)) for W in (W1, W2, W3))", "(np.sum(W2**2) + np.sum(W3**2))"),
        ("dW1 + decay * W1", "dW1"),
        spoils="loss dW1",
        cases="decay",
        names="layer_not_penalised penalty_missing",
    ),
    row(
        *(_CNN, "penalty_missing", "The gradients know nothing of the penalty."),
        ("decay = 2.0 * factor * reg", "decay = 0.0"),
        spoils="dW1 dW2 dW3",
        cases="decay",
        names="penalty_missing",
    ),
    row(
        *(_CNN, "penalty_on_biases", "The biases decay too."),
        ('"db1": db1', '"db1": db1 + decay * b1'),
        ('"db2": db2', '"db2": db2 + decay * b2'),
        ('"db3": db3', '"db3": db3 + decay * b3'),
        spoils="db1 db2 db3",
        cases="decay",
        names="penalty_on_biases",
    ),
    row(
        *(_CNN, "bias_forgotten", "b2 is not added."),
        ("B = relu(affine(A, W2, b2))", "B = relu(affine(A, W2, 0.0 * b2))"),
        spoils=f"scores pred loss {_CNN_ALL}",
        names="bias_missing",
    ),
    row(
        *(_CNN, "pool_spreads", "The max pool's gradient goes to every pixel of a window."),
        ("dx[tap] += dout * (winner == pixel)", "dx[tap] += dout", "convolution"),
        spoils="dW1 db1",
        names="mask_missing",
    ),
    row(
        *(_CNN, "mean_missing", "The gradients are those of the sum."),
        ("float(loss), dscores / N", "float(loss), dscores", "losses"),
        spoils=_CNN_ALL,
        names="mean_missing",
    ),
    row(
        *(_CNN, "max_probability", "The loss takes the largest probability."),
        (
            "-log_softmax(scores)[rows, y].mean()",
            "-log_softmax(scores).max(axis=1).mean()",
            "losses",
        ),
        spoils="loss",
        names="max_probability",
    ),
    row(
        *(_CNN, "last_layer_transposed", "dW3 is handed back transposed."),
        ("dW3 + decay * W3", "(dW3 + decay * W3).T"),
        spoils="dW3",
        names="transposed",
    ),
)

_LENET = "lenet"
_BELOW = "dW1 db1 dW2 db2 dW3 db3"
_LENET_ALL = f"{_BELOW} dW4 db4"

LENET: tuple[Row, ...] = (
    *everywhere(_LENET, "dW2", "(dW1, db1, {}, db2, dW3", spoils="dW2"),
    row(
        *(_LENET, "dropout_not_in_backward", "The dropped units get a gradient."),
        ("dz3 = dh * kept / keep * slope", "dz3 = dh * slope"),
        spoils=_BELOW,
        names="mask_missing",
    ),
    row(
        *(_LENET, "dropout_not_inverted", "The kept units are not divided by keep."),
        ("h = a3 * kept / keep", "h = a3 * kept"),
        spoils=f"h scores probs loss {_LENET_ALL}",
        names="not_inverted",
    ),
    row(
        *(_LENET, "scaled_backward_only_once", "The backward pass forgets to divide by keep."),
        ("dz3 = dh * kept / keep * slope", "dz3 = dh * kept * slope"),
        spoils=_BELOW,
        names="not_inverted factor_keep factor",
    ),
    row(
        *(_LENET, "hidden_derivative_missing", "The hidden layer's derivative is forgotten."),
        ('* slope(layers["z3"])', ""),
        spoils=_BELOW,
        names="mask_missing",
    ),
    row(
        *(_LENET, "derivative_of_activation", "tanh' is taken of a1 and a2."),
        ('slope(layers["z2"])', 'slope(layers["a2"])'),
        ('slope(layers["z1"])', 'slope(layers["a1"])'),
        spoils="dW1 db1 dW2 db2",
        names="derivative_of_activation",
        options=(("activation", "tanh"),),
    ),
    row(
        *(_LENET, "first_derivative_missing", "The first layer's derivative is forgotten."),
        (' * slope(layers["z1"])', ""),
        spoils="dW1 db1",
        names="mask_missing",
    ),
    row(
        *(_LENET, "smallest_gets_it", "The second pool hands its gradient to the smallest pixel."),
        (
            'max_pool_gradient(dp2, layers["a2"], *POOL)',
            'max_pool_gradient(dp2, -layers["a2"], *POOL)',
        ),
        spoils="dW1 db1 dW2 db2",
        names="min_for_max",
    ),
    row(
        *(_LENET, "unpadded_backward", "The first layer's gradient is taken without its border."),
        (
            "conv_parameter_gradients(dz1, X, W1.shape, pad=pad_of(W1, padding))",
            "conv_parameter_gradients(dz1[:, :, 1:-1, 1:-1], X, W1.shape)",
        ),
        spoils="dW1 db1",
        names="border_missing",
    ),
    row(
        *(_LENET, "bias_forgotten", "b3 is not added."),
        ("z3 = affine(p2, W3, b3)", "z3 = affine(p2, W3, 0.0 * b3)"),
        spoils=f"z3 a3 h scores pred probs loss {_LENET_ALL}",
        cases="plain square hot",
        names="bias_missing",
    ),
    row(
        *(_LENET, "one_hot_missing", "1 is not subtracted at the right class."),
        ("    dscores[rows, y] -= 1.0\n", "", "losses"),
        spoils=_LENET_ALL,
        names="one_hot_missing",
    ),
    row(
        *(_LENET, "predicts_along_the_examples", "The largest score is sought per class."),
        ("argmax(axis=1)", "argmax(axis=0)"),
        spoils="pred",
        names="wrong_axis",
    ),
)

ROWS = CONVOLUTION + POOLING + CONV_NET + LENET
