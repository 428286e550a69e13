"""Wrong variants of the parts that nets are made of: activations, losses, layers."""

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
    )


_LEAKY = "return np.where(z > 0, z, alpha * z)"
_ELU = "return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))"
_ELU_SLOPE = "return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))"

ACTIVATIONS: tuple[Row, ...] = (
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
    ),
    row(
        *("leaky_relu", "alpha_subtracted", "−αz stands where z is negative."),
        (_LEAKY, "return np.where(z > 0, z, -alpha * z)"),
        spoils="out",
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

_SOFT = "softmax_loss"
_RETURN = "return float(loss), {}"
_VALUE = "-log_softmax(scores)[rows, y].mean()"

SOFTMAX: tuple[Row, ...] = (
    *everywhere(_SOFT, "dscores / N", _RETURN, spoils="dx"),
    row(
        *(_SOFT, "mean_missing", "The gradient is that of the sum."),
        ("return float(loss), dscores / N", "return float(loss), dscores"),
        spoils="dx",
        names="mean_missing",
    ),
    row(
        *(_SOFT, "loss_summed", "The loss is the sum over the examples."),
        (_VALUE, "-log_softmax(scores)[rows, y].sum()"),
        spoils="loss",
        names="mean_missing",
    ),
    row(
        *(_SOFT, "loss_divided_twice", "The loss is divided by N twice."),
        (_VALUE, "-log_softmax(scores)[rows, y].mean() / N"),
        spoils="loss",
        names="mean_twice",
    ),
    row(
        *(_SOFT, "one_hot_missing", "1 is not subtracted at the right class."),
        ("    dscores[rows, y] -= 1.0\n", ""),
        spoils="dx",
        names="one_hot_missing",
    ),
    row(
        *(_SOFT, "one_hot_added", "1 is added at the right class."),
        ("dscores[rows, y] -= 1.0", "dscores[rows, y] += 1.0"),
        spoils="dx",
    ),
    row(
        *(_SOFT, "one_subtracted_in_whole_columns", "dscores[:, y] -= 1 touches other examples."),
        ("dscores[rows, y] -= 1.0", "dscores[:, y] -= 1.0"),
        spoils="dx",
    ),
    row(
        *(_SOFT, "wrong_label", "The labels are counted from 1."),
        (_VALUE, "-log_softmax(scores)[rows, y - 1].mean()"),
        ("dscores[rows, y] -= 1.0", "dscores[rows, y - 1] -= 1.0"),
        spoils="loss dx",
        names="wrong_label",
    ),
    row(
        *(_SOFT, "max_probability", "The loss takes the largest probability."),
        (_VALUE, "-log_softmax(scores).max(axis=1).mean()"),
        spoils="loss",
        names="max_probability",
    ),
    row(
        *(_SOFT, "all_classes", "The loss is summed over all classes."),
        (_VALUE, "-log_softmax(scores).sum(axis=1).mean()"),
        spoils="loss",
        names="all_classes",
    ),
    row(
        *(_SOFT, "sign_of_the_logarithm", "log p stands for −log p."),
        (_VALUE, "log_softmax(scores)[rows, y].mean()"),
        spoils="loss",
        names="sign",
    ),
    row(
        *(_SOFT, "logarithm_to_base_two", "The logarithm's base is 2."),
        (_VALUE, "-log_softmax(scores)[rows, y].mean() / np.log(2.0)"),
        spoils="loss",
        names="factor",
    ),
    row(
        *(_SOFT, "probability_weighted", "y log p is taken of p log p."),
        (_VALUE, "-(softmax(scores) * log_softmax(scores))[rows, y].mean()"),
        spoils="loss",
    ),
    row(
        *(_SOFT, "softmax_over_examples", "The softmax is normalised over the examples."),
        ("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum(axis=0)"),
        spoils="dx",
        names="softmax_axis",
    ),
    row(
        *(_SOFT, "softmax_over_everything", "The softmax is normalised over the whole matrix."),
        ("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum()"),
        spoils="dx",
        names="softmax_axis",
    ),
    row(
        *(_SOFT, "overflows", "The scores are not shifted before exp, and 1000 is added to them."),
        ("np.exp(scores - scores.max(axis=1, keepdims=True))", "np.exp(scores + 1000.0)"),
        spoils="dx",
        names="overflow",
    ),
    row(
        *(_SOFT, "first_example_only", "The loss is that of the first example."),
        (_VALUE, "-log_softmax(scores)[0, y[0]]"),
        spoils="loss",
        names="single_example",
    ),
)

_SVM = "svm_loss"

HINGE: tuple[Row, ...] = (
    *everywhere(_SVM, "dscores / N", "np.maximum(margins, 0.0).sum() / N), {}", spoils="dx"),
    row(
        *(_SVM, "right_class_not_left_out", "The right class' own margin is counted."),
        ("    margins[rows, y] = 0.0\n", "", ""),
        spoils="loss dx",
    ),
    row(
        *(_SVM, "right_class_gradient_missing", "The right class gets no gradient."),
        ("    dscores[np.arange(N), y] = -dscores.sum(axis=1)\n", ""),
        spoils="dx",
    ),
    row(
        *(_SVM, "right_class_counted_once", "The right class gets −1 however many come near."),
        ("= -dscores.sum(axis=1)", "= -1.0"),
        spoils="dx",
    ),
    row(
        *(_SVM, "mean_missing", "The gradient is that of the sum."),
        ("dscores / N\n\n\ndef plain", "dscores\n\n\ndef plain"),
        spoils="dx",
        names="mean_missing",
    ),
    row(
        *(_SVM, "margin_missing", "delta is not added."),
        ("[:, None] + delta\n    margins[rows", "[:, None]\n    margins[rows"),
        spoils="loss dx",
    ),
    row(
        *(_SVM, "squared", "The hinge is squared."),
        ("np.maximum(margins, 0.0).sum()", "(np.maximum(margins, 0.0) ** 2).sum()"),
        spoils="loss",
    ),
    row(
        *(_SVM, "clipped_the_wrong_way", "min(0, margin) stands for max(0, margin)."),
        ("np.maximum(margins, 0.0).sum()", "np.minimum(margins, 0.0).sum()"),
        spoils="loss",
    ),
    row(
        *(_SVM, "mask_inverted", "The gradient is that of the classes outside the margin."),
        ("(margins > 0).astype", "(margins < 0).astype"),
        spoils="dx",
        names="mask_inverted",
    ),
)


def _linear(problem: str) -> Iterator[Row]:
    """Yield the mistakes of a linear classifier."""
    text = "X.T @ G + 2.0 * factor * reg * W"
    penalty = " + factor * reg * np.sum(W**2)"
    yield from everywhere(problem, text, spoils="dW")
    yield row(
        *(problem, "penalty_missing", "The gradient knows nothing of the penalty."),
        (text, "X.T @ G"),
        spoils="dW",
        cases="decay",
        names="penalty_missing",
    )
    yield row(
        *(problem, "penalty_missing_in_loss", "The loss knows nothing of the penalty."),
        (f"data_loss{penalty}", "data_loss"),
        spoils="loss",
        cases="decay",
        names="penalty_missing",
    )
    yield row(
        *(problem, "penalty_halved", "The gradient's 2 is forgotten."),
        (text, "X.T @ G + factor * reg * W"),
        spoils="dW",
        cases="decay",
        names="penalty_halved",
        options=(("penalty", "full"),),
    )
    yield row(
        *(problem, "penalty_subtracted", "The penalty's gradient is subtracted."),
        (text, "X.T @ G - 2.0 * factor * reg * W"),
        spoils="dW",
        cases="decay",
        names="penalty_sign",
    )
    yield row(
        *(problem, "transposed", "dW is handed back transposed."),
        (text, f"({text}).T"),
        spoils="dW",
        names="transposed",
    )
    yield row(
        *(problem, "last_example_dropped", "The loop over the examples ends one too early."),
        (text, "X[:-1].T @ G[:-1] + 2.0 * factor * reg * W"),
        spoils="dW",
        names="example_dropped",
    )
    yield row(
        *(problem, "predicts_along_the_examples", "The largest score is sought per class."),
        ("scores.argmax(axis=1)", "scores.argmax(axis=0)"),
        spoils="pred",
        names="wrong_axis",
    )


LINEAR: tuple[Row, ...] = (*_linear("linear_softmax"), *_linear("linear_svm"))

_DW = "x.reshape(len(x), -1).T @ dout"


def _layer(problem: str) -> Iterator[Row]:
    """Yield the mistakes of an affine layer."""
    yield from everywhere(problem, _DW, "return dx, {}, dout", spoils="dw")
    yield row(
        *(problem, "bias_averaged", "db is averaged."),
        (f"{_DW}, dout.sum(axis=0)", f"{_DW}, dout.mean(axis=0)"),
        spoils="db",
        names="bias_averaged mean_twice",
    )
    yield row(
        *(problem, "bias_not_summed", "db has a row for each example."),
        (f"{_DW}, dout.sum(axis=0)", f"{_DW}, dout"),
        spoils="db",
        names="bias_not_summed",
    )
    yield row(
        *(problem, "input_not_reshaped", "dx stays flat."),
        ("dx = (dout @ w.T).reshape(x.shape)", "dx = dout @ w.T"),
        spoils="dx",
    )
    yield row(
        *(problem, "input_reshaped_in_fortran_order", "dx is bent into shape column by column."),
        (".reshape(x.shape)", '.reshape(x.shape, order="F")'),
        spoils="dx",
    )
    yield row(
        *(problem, "wrong_side_where_it_fits", "w stands for its transpose where it is square."),
        ("(dout @ w.T)", "(dout @ (w if len(set(w.shape)) == 1 else w.T))"),
        spoils="dx",
        cases="square",
    )
    yield row(
        *(problem, "transposed", "dw is handed back transposed."),
        (f"return dx, {_DW}", f"return dx, ({_DW}).T"),
        spoils="dw",
        names="transposed",
    )
    yield row(
        *(problem, "bias_forgotten", "b is not added."),
        ("out: Array = x.reshape(len(x), -1) @ w + b", "out: Array = x.reshape(len(x), -1) @ w"),
        spoils="out" if problem == "affine" else "out dx dw db",
        names="bias_missing",
    )


_MASK = "dout * relu_derivative(affine(x, w, b))"

LAYERS: tuple[Row, ...] = (
    *_layer("affine"),
    *_layer("affine_relu"),
    row(
        *("affine_relu", "mask_without_bias", "The mask is that of x w, without b."),
        (_MASK, "dout * relu_derivative(affine(x, w, 0.0 * b))"),
        spoils="dx dw db",
        names="mask_without_bias",
    ),
    row(
        *("affine_relu", "mask_missing", "The ReLU's derivative is forgotten."),
        (_MASK, "dout"),
        spoils="dx dw db",
        names="mask_missing",
    ),
    row(
        *(
            "affine_relu",
            "mask_of_the_incoming_gradient",
            "Negative incoming gradients are dropped.",
        ),
        (_MASK, "np.maximum(dout, 0.0)"),
        spoils="dx dw db",
        names="derivative_wrong",
    ),
    row(
        *("affine_relu", "mask_for_the_bias_only", "Only db is made of the masked gradient."),
        (
            f"return affine_gradients({_MASK}, x, w)",
            f"return *affine_gradients(dout, x, w)[:2], ({_MASK}).sum(axis=0)",
        ),
        spoils="dx dw",
        names="mask_missing",
    ),
)

ROWS = ACTIVATIONS + SOFTMAX + HINGE + LINEAR + LAYERS
