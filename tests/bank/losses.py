"""Wrong variants of the losses, and of the linear classifiers that are built on them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bank.rows import Row, everywhere, row

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
        names="one_hot_added",
    ),
    row(
        *(_SOFT, "one_subtracted_in_whole_columns", "dscores[:, y] -= 1 touches other examples."),
        ("dscores[rows, y] -= 1.0", "dscores[:, y] -= 1.0"),
        spoils="dx",
        names="one_hot_columns",
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
        names="factor log_base",
    ),
    row(
        *(_SOFT, "probability_weighted", "y log p is taken of p log p."),
        (_VALUE, "-(softmax(scores) * log_softmax(scores))[rows, y].mean()"),
        spoils="loss",
        names="probability_as_factor",
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
        names="right_class_counted",
    ),
    row(
        *(_SVM, "right_class_gradient_missing", "The right class gets no gradient."),
        ("    dscores[np.arange(N), y] = -dscores.sum(axis=1)\n", ""),
        spoils="dx",
        names="right_class_missing",
    ),
    row(
        *(_SVM, "right_class_counted_once", "The right class gets −1 however many come near."),
        ("= -dscores.sum(axis=1)", "= -1.0"),
        spoils="dx",
        names="right_class_once",
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
        names="margin_missing",
    ),
    row(
        *(_SVM, "squared", "The hinge is squared."),
        ("np.maximum(margins, 0.0).sum()", "(np.maximum(margins, 0.0) ** 2).sum()"),
        spoils="loss",
        names="squared_hinge",
    ),
    row(
        *(_SVM, "clipped_the_wrong_way", "min(0, margin) stands for max(0, margin)."),
        ("np.maximum(margins, 0.0).sum()", "np.minimum(margins, 0.0).sum()"),
        spoils="loss",
        names="hinge_inverted",
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

ROWS = SOFTMAX + HINGE + LINEAR
