"""Mistakes in convolution, max pooling, and the nets that are built of them."""

from __future__ import annotations

from functools import partial

from grader.diagnosis.catalogue.dense_nets import SCORES
from grader.diagnosis.catalogue.rows import Row, row, without

_in_module = partial(row, module="convolution")

_TAP = "dimage[tap] += pixels[:, pixel].swapaxes(0, 1)"
_PIXELS = "pixels = np.tensordot(w, dout, axes=(0, 1))"
_SEEN_BACK = "    seen = windows(padded(x, pad), shape[2], shape[3], stride)\n"
_OUT = "out = np.tensordot(seen, w, axes=([1, 4, 5], [1, 2, 3]))"

CONV: tuple[Row, ...] = (
    _in_module("filters_flipped:out", "the filters are flipped",
               (_OUT, _OUT.replace("w, axes", "w[:, :, ::-1, ::-1], axes"))),
    _in_module("filters_flipped:dx", "the filters are flipped on the way back",
               (_PIXELS, _PIXELS.replace("w, dout", "w[:, :, ::-1, ::-1], dout"))),
    _in_module("not_transposed:axes", "channels stand where filters are right, which fits where "
               "there are as many",
               (_PIXELS, _PIXELS.replace("(0, 1)", "(int(w.shape[0] == w.shape[1]), 1)"))),
    _in_module("stride_missing:dw", "the windows are taken without the stride",
               (_SEEN_BACK, _SEEN_BACK.replace(
                   "stride)", "1)[:, :, : dout.shape[2], : dout.shape[3]]"))),
    _in_module("stride_missing:dx", "the windows are put back without the stride",
               ("tap in enumerate(taps(HH, WW, stride", "tap in enumerate(taps(HH, WW, 1")),
    _in_module("overlap_overwritten", "windows that overlap overwrite each other, not add up",
               (_TAP, _TAP.replace("+=", "="))),
    _in_module("padding_not_cut", "the padding is cut from one side only",
               ("dimage[:, :, pad : pad + H, pad : pad + W]", "dimage[:, :, :H, :W]")),
    _in_module("padding_not_zero", "the padding repeats the border where zeros are right",
               ("np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))",
                'np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")')),
    _in_module("channels_missing", "only the first channel counts",
               (_OUT, "out = np.tensordot(seen[:, :1], w[:, :1], axes=([1, 4, 5], [1, 2, 3]))")),
    _in_module("bias_averaged", "it is averaged over examples and positions, not summed",
               ("dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))")),
    _in_module("bias_not_summed:examples", "it is not summed over the examples",
               ("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=(2, 3))")),
    _in_module("bias_not_summed:pixels", "it is not summed over the positions",
               ("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=0)")),
)  # fmt: skip

_STRIDES = ("stride_missing:dw", "stride_missing:dx")
"""Keys of mistakes that nets with a stride of 1 cannot show."""

_LARGEST = "largest: Array = windows(x, height, width, stride).max(axis=(4, 5))"
_WON = "dx[tap] += dout * (winner == pixel)"

MAX_POOL: tuple[Row, ...] = (
    _in_module("mean_for_max", "the mean of a window is taken, not its largest entry",
               (_LARGEST, _LARGEST.replace(".max(", ".mean("))),
    _in_module("min_for_max", "the smallest entry of a window is taken, not its largest",
               (_LARGEST, _LARGEST.replace(".max(", ".min("))),
    _in_module("sum_for_max", "the sum of a window is taken, not its largest entry",
               (_LARGEST, _LARGEST.replace(".max(", ".sum("))),
    _in_module("absolute", "the entry of a window with the largest absolute value is taken",
               (_LARGEST, _LARGEST.replace("windows(x,", "windows(np.abs(x),"))),
    _in_module("mask_missing:pool", "every pixel of a window gets the gradient",
               (_WON, "dx[tap] += dout")),
    _in_module("mean_for_max:gradient", "the gradient is shared equally among a window's pixels",
               (_WON, "dx[tap] += dout / (height * width)")),
    _in_module("mask_inverted:pool", "every pixel but the largest gets the gradient",
               (_WON, "dx[tap] += dout * (winner != pixel)")),
    _in_module("first_pixel", "the first pixel of each window gets the gradient",
               (_WON, "dx[tap] += dout * (pixel == 0)")),
    _in_module("overlap_overwritten:pool", "windows that overlap overwrite each other, not add up",
               (_WON, "dx[tap] = np.where(winner == pixel, dout, dx[tap])")),
    _in_module("value_for_gradient", "the largest entry is handed back in place of the gradient",
               (_WON, "dx[tap] += x[tap] * (winner == pixel)")),
    _in_module("wrong_order:pixels", "places in a window are counted by rows and read by columns",
               (_WON, _WON.replace("pixel)", "pixel // width + height * (pixel % width))"))),
    _in_module("value_as_factor", "the largest entry multiplies the gradient",
               (_WON, "dx[tap] += dout * (winner == pixel) * x[tap]")),
    _in_module("min_for_max:gradient", "the smallest pixel of each window gets the gradient",
               ("height * width).argmax(axis=-1)", "height * width).argmin(axis=-1)")),
)  # fmt: skip

_DZ = "dZ = max_pool_gradient(dA, R, *POOL) * (Z > 0)"
_DB = "affine_gradients(dB * (B > 0), A, W2)"
_PENALTY = "penalty = factor * reg * sum(float(np.sum(W**2)) for W in (W1, W2, W3))"
_NOT_SQUARED = "the weights are not squared in the penalty"


def _unpenalised(layer: int) -> Row:
    kept = ", ".join(f"W{other}" for other in (1, 2, 3) if other != layer)
    word = ("first", "second", "third")[layer - 1]
    return row(
        f"layer_not_penalised:{layer}",
        f"the weights of the {word} layer are not penalised",
        (_PENALTY, _PENALTY.replace("W1, W2, W3", kept)),
        (f"dW{layer} + decay * W{layer}", f"dW{layer}"),
    )


CONV_NET: tuple[Row, ...] = (
    row("mask_missing:conv", "the derivative of the ReLU after the convolution is left out",
        (_DZ, _DZ.replace(" * (Z > 0)", ""))),
    row("mask_missing:hidden", "the derivative of the hidden layer's ReLU is left out",
        (_DB, "affine_gradients(dB, A, W2)")),
    row("mask_missing", "the derivatives of both ReLUs are left out",
        (_DZ, _DZ.replace(" * (Z > 0)", "")), (_DB, "affine_gradients(dB, A, W2)")),
    row("mask_without_bias:conv", "the ReLU's derivative is taken without the bias b1",
        (_DZ, _DZ.replace("(Z > 0)", "(conv(X, W1, 0.0 * b1, pad=pad) > 0)"))),
    row("mask_without_bias:hidden", "the ReLU's derivative is taken without the bias b2",
        (_DB, "affine_gradients(dB * (affine(A, W2, 0.0 * b2) > 0), A, W2)")),
    row("mask_inverted:conv", "the ReLU's derivative is 1 for negative inputs",
        (_DZ, _DZ.replace("(Z > 0)", "(Z < 0)"))),
    row("mask_inverted:hidden", "the ReLU's derivative is 1 where the ReLU is closed",
        (_DB, "affine_gradients(dB * (B <= 0), A, W2)")),
    row("derivative_wrong:of_gradient", "the ReLU's derivative is taken of the gradient",
        (_DB, "affine_gradients(relu(dB), A, W2)")),
    row("derivative_wrong:value", "the ReLU's value is taken for its derivative",
        (_DB, "affine_gradients(dB * B, A, W2)")),
    row("activation_missing:conv", "the convolution has no ReLU", ("R = relu(Z)", "R = Z")),
    row("activation_missing:hidden", "the hidden layer has no ReLU",
        ("B = relu(affine(A, W2, b2))", "B = affine(A, W2, b2)")),
    row("activation_on_scores", "the ReLU acts on the scores of the last layer as well",
        ("scores = affine(B, W3, b3)", "scores = relu(affine(B, W3, b3))")),
    *(_unpenalised(layer) for layer in (1, 2, 3)),
    row("penalty_on_biases", "the biases are penalised as well",
        (_PENALTY, _PENALTY.replace("W1, W2, W3", "W1, W2, W3, b1, b2, b3")),
        *((f'"db{layer}": db{layer},', f'"db{layer}": db{layer} + decay * b{layer},')
          for layer in (1, 2, 3))),
    row("penalty_not_squared:sizes", _NOT_SQUARED,
        (_PENALTY, _PENALTY.replace("W**2", "np.abs(W)")),
        *((f"decay * W{layer},", f"decay * np.sign(W{layer}),") for layer in (1, 2, 3))),
    *SCORES,
    *without(CONV, *_STRIDES, "not_transposed:axes", "filters_flipped:dx", "overlap_overwritten",
             "padding_not_cut"),
    *without(MAX_POOL, "absolute", "overlap_overwritten:pool"),
)  # fmt: skip

_SLOPE3 = 'dz3 = dh * kept / keep * slope(layers["z3"])'
_SLOPE2 = 'dz2 = max_pool_gradient(dp2, layers["a2"], *POOL) * slope(layers["z2"])'
_SLOPE1 = 'dz1 = max_pool_gradient(dp1, layers["a1"], *POOL) * slope(layers["z1"])'
_SLOPES = ((1, _SLOPE1), (2, _SLOPE2), (3, _SLOPE3))
_H = "h = a3 * kept / keep"
_PRED = '"pred": layers["scores"].argmax(axis=1)'


def _borderless(layer: int, x: str) -> Row:
    dz, pad = f"dz{layer}", f"pad_of(W{layer}, padding)"
    inner = f"{dz}[:, :, (p := {pad}) : {dz}.shape[2] - p, p : {dz}.shape[3] - p]"
    return row(
        f"border_missing:{layer}",
        f"the border of layer {layer} is left out on the way back, as if nothing were padded",
        (f"({dz}, {x}, W{layer}.shape, pad={pad})", f"({inner}, {x}, W{layer}.shape)"),
    )


LENET: tuple[Row, ...] = (
    *(row(f"mask_missing:{layer}",
          f"the derivative of the activation after layer {layer} is left out",
          (text, text.replace(f' * slope(layers["z{layer}"])', "")))
      for layer, text in _SLOPES),
    row("mask_missing", "the derivatives of all activations are left out",
        *((text, text.replace(f' * slope(layers["z{layer}"])', "")) for layer, text in _SLOPES)),
    row("derivative_of_activation", "the activation's derivative is taken of a, not of z",
        *((text, text.replace(f'layers["z{layer}"]', f'layers["a{layer}"]'))
          for layer, text in _SLOPES)),
    *(row(f"derivative_of_activation:{layer}",
          f"the derivative of the activation after layer {layer} is taken of a, not of z",
          (text, text.replace(f'layers["z{layer}"]', f'layers["a{layer}"]')))
      for layer, text in _SLOPES),
    *(_borderless(layer, x) for layer, x in ((1, "X"), (2, 'layers["p1"]'))),
    row("mask_without_bias:3", "the derivative is taken without the bias b3",
        (_SLOPE3, _SLOPE3.replace('layers["z3"]', 'layers["z3"] - parameters["b3"]'))),
    row("mask_missing:dropout_backward", "the gradient does not pass the dropout",
        (_SLOPE3, _SLOPE3.replace(" * kept / keep", ""))),
    row("mask_missing:dropout_both", "nothing is dropped", (_H, "h = a3"),
        (_SLOPE3, _SLOPE3.replace(" * kept / keep", ""))),
    row("not_inverted", "what is kept is not divided by the probability of keeping it",
        (_H, "h = a3 * kept"), (_SLOPE3, _SLOPE3.replace(" / keep", ""))),
    row("not_inverted:forward", "the units are not divided by the probability of keeping them",
        (_H, "h = a3 * kept")),
    row("not_inverted:backward", "the gradient is not divided by the probability of keeping",
        (_SLOPE3, _SLOPE3.replace(" / keep", ""))),
    row("mask_missing:dropout", "nothing is dropped, only scaled", (_H, "h = a3 / keep")),
    row("activation_missing:3", "the hidden layer has no activation",
        ("    a3 = f(z3)\n", "    a3 = z3\n")),
    row("activation_missing:1", "the first layer has no activation",
        ("    a1 = f(z1)\n", "    a1 = z1\n")),
    row("activation_missing:2", "the second layer has no activation",
        ("    a2 = f(z2)\n", "    a2 = z2\n")),
    row("softmax_applied", "probabilities are given in place of scores",
        ('**layers,\n        "probs"',
         '**layers,\n        "scores": softmax(layers["scores"]),\n        "probs"')),
    row("wrong_axis:pred", "the best example of each class is taken",
        (_PRED, _PRED.replace("axis=1", "axis=0"))),
    row("argmin", "the smallest score wins, not the largest",
        (_PRED, _PRED.replace("argmax", "argmin"))),
    *without(CONV, *_STRIDES),
    *without(MAX_POOL, "overlap_overwritten:pool"),
)  # fmt: skip
