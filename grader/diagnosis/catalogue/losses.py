"""Mistakes in the softmax cross-entropy and in the multiclass hinge loss."""

from __future__ import annotations

from functools import partial

from grader.diagnosis.catalogue.rows import Row, row

_row = partial(row, module="losses")

_LOSS = "loss = -log_softmax(scores)[rows, y].mean()"
_ONE_HOT = "    dscores[rows, y] -= 1.0\n    return float(loss), dscores / N"
_SHARES = "shares: Array = exponentials / exponentials.sum(axis=1, keepdims=True)"
_EXPONENTIALS = "exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))"
_SHIFTED = "shifted = scores - scores.max(axis=1, keepdims=True)"
_LOGS = "logs: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"

SOFTMAX: tuple[Row, ...] = (
    _row(
        "softmax_axis:classes",
        "the softmax is taken over the examples, not over the classes",
        (_EXPONENTIALS, "exponentials = np.exp(scores - scores.max())"),
        (_SHARES, _SHARES.replace("axis=1", "axis=0")),
        (_SHIFTED, "shifted = scores - scores.max()"),
        (_LOGS, _LOGS.replace("axis=1", "axis=0")),
    ),
    _row(
        "softmax_axis:matrix",
        "the softmax is taken over all scores at once",
        (_EXPONENTIALS, "exponentials = np.exp(scores - scores.max())"),
        (_SHARES, "shares: Array = exponentials / exponentials.sum()"),
        (_SHIFTED, "shifted = scores - scores.max()"),
        (_LOGS, "logs: Array = shifted - np.log(np.exp(shifted).sum())"),
    ),
    _row(
        "softmax_axis:classes_shifted",
        "the softmax is taken over the examples, not over the classes",
        (_SHARES, _SHARES.replace("axis=1", "axis=0")),
        (_LOGS, _LOGS.replace("axis=1", "axis=0")),
    ),
    _row(
        "softmax_axis:matrix_shifted",
        "the softmax is taken over all scores at once",
        (_SHARES, "shares: Array = exponentials / exponentials.sum()"),
        (_LOGS, "logs: Array = shifted - np.log(np.exp(shifted).sum())"),
    ),
    _row(
        "not_normalised:shifted",
        "the exponentials are not divided by their sum",
        (_SHARES, "shares: Array = exponentials"),
        (_LOGS, "logs: Array = shifted"),
    ),
    _row(
        "not_normalised:plain",
        "the exponentials are not divided by their sum",
        (_SHARES, "shares: Array = np.exp(scores)"),
        (_LOGS, "logs: Array = scores"),
    ),
    _row(
        "overflow:softmax",
        "the softmax takes exponentials of large scores, from which their maximum was not taken",
        (_EXPONENTIALS, "exponentials = np.exp(scores)"),
        (_LOGS, "logs: Array = np.log(softmax(scores))"),
    ),
    _row(
        "overflow:sum",
        "the logarithm of a sum of exponentials is taken, which overflow for large scores",
        (_LOGS, "logs: Array = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))"),
    ),
    _row(
        "overflow:log",
        "the logarithm is taken of a probability that is 0 in floating point",
        (_LOGS, "logs: Array = np.log(softmax(scores))"),
    ),
)
"""Mistakes in the softmax itself."""

_CROSS_ENTROPY = (
    ("max_probability", "the largest probability is taken, not the right class's",
     "-log_softmax(scores).max(axis=1).mean()"),
    ("all_classes:sum", "the logarithms of all classes are summed",
     "-log_softmax(scores).sum(axis=1).mean()"),
    ("all_classes:mean", "the logarithms of all classes are averaged",
     "-log_softmax(scores).mean()"),
    ("wrong_label:first", "the probability of class 0 is taken for every example",
     "-log_softmax(scores)[:, 0].mean()"),
    ("log_missing:minus", "the logarithm is left out", "-softmax(scores)[rows, y].mean()"),
    ("probability_as_factor", "the right class's probability multiplies its logarithm",
     "-(softmax(scores) * log_softmax(scores))[rows, y].mean()"),
    ("probability_as_factor:all", "p log p is summed over the classes, not y log p",
     "-(softmax(scores) * log_softmax(scores)).sum(axis=1).mean()"),
    ("log_missing:complement", "the logarithm is left out and the rest taken from 1",
     "(1.0 - softmax(scores)[rows, y]).mean()"),
    ("label_as_factor:right", "the label's number multiplies the logarithm",
     "-(y * log_softmax(scores)[rows, y]).mean()"),
    ("label_as_factor:all", "the label's number multiplies the logarithms of all classes",
     "-(y[:, None] * log_softmax(scores)).sum(axis=1).mean()"),
    ("log_base:2", "the logarithm is taken to base 2",
     "-log_softmax(scores)[rows, y].mean() / np.log(2.0)"),
    ("log_base:10", "the logarithm is taken to base 10",
     "-log_softmax(scores)[rows, y].mean() / np.log(10.0)"),
    ("squared_error:half", "half the squared error of the probabilities is taken",
     "0.5 * ((softmax(scores) - np.eye(scores.shape[1])[y]) ** 2).sum() / N"),
    ("squared_error:sum", "the squared error of the probabilities is taken",
     "((softmax(scores) - np.eye(scores.shape[1])[y]) ** 2).sum() / N"),
    ("squared_error:mean", "the mean squared error of the probabilities is taken",
     "((softmax(scores) - np.eye(scores.shape[1])[y]) ** 2).mean()"),
    ("binary_cross_entropy", "the wrong classes' log(1 - p) is added for every class",
     "-(log_softmax(scores)[rows, y] + (np.log1p(-softmax(scores)).sum(axis=1)"
     " - np.log1p(-softmax(scores))[rows, y])).mean()"),
    ("not_normalised:loss", "the scores are not normalised by a softmax",
     "-scores[rows, y].mean()"),
)  # fmt: skip
"""What is taken for the cross-entropy: key, clause and formula."""

_DSCORES = (
    ("one_hot_missing", "1 is not taken from the right class's probability",
     "    return float(loss), dscores / N"),
    ("one_hot_added", "1 is added to the right class's probability, not taken from it",
     "    dscores[rows, y] += 1.0\n    return float(loss), dscores / N"),
    ("one_hot_columns", "1 is taken from whole columns, not from each example's own entry",
     "    dscores[:, y] -= 1.0\n    return float(loss), dscores / N"),
    ("one_hot_not_averaged", "1 is taken from the probabilities after these were divided by N",
     "    dscores /= N\n    dscores[rows, y] -= 1.0\n    return float(loss), dscores"),
    ("softmax_not_averaged", "only the 1 of the right class is divided by N",
     "    dscores[rows, y] -= 1.0 / N\n    return float(loss), dscores"),
    ("derivative_wrong:softmax", "p(1 - p) is taken for the derivative of the loss",
     "    return float(loss), dscores * (1.0 - dscores) / N"),
    ("right_class_only", "only the right class's score is counted, the others' not",
     "    return float(loss), (dscores - 1.0) * np.eye(scores.shape[1])[y] / N"),
    ("wrong_label:first", "1 is taken from the probability of class 0 for every example",
     "    dscores[:, 0] -= 1.0\n    return float(loss), dscores / N"),
    ("max_probability", "1 is taken from the largest probability, not from the right class's",
     "    dscores[rows, dscores.argmax(axis=1)] -= 1.0\n    return float(loss), dscores / N"),
)  # fmt: skip
"""What is taken for its gradient in the scores: key, clause and text."""

SOFTMAX_LOSS: tuple[Row, ...] = (
    *SOFTMAX,
    *(_row(key, clause, (_LOSS, f"loss = {text}")) for key, clause, text in _CROSS_ENTROPY),
    *(_row(f"{key}:gradient", clause, (_ONE_HOT, text)) for key, clause, text in _DSCORES),
)
"""Mistakes in the softmax cross-entropy and its gradient."""

_MARGINS = "margins: Array = scores - scores[rows, y][:, None] + delta"
_OWN = "    margins[rows, y] = 0.0\n"
_MASK = "dscores = (margins > 0).astype(np.float64)"
_RIGHT = "dscores[np.arange(N), y] = -dscores.sum(axis=1)"
_HINGE = "np.maximum(margins, 0.0).sum() / N"

SVM_LOSS: tuple[Row, ...] = (
    _row("margin_missing", "the margin of 1 is left out",
         (_MARGINS, _MARGINS.replace(" + delta", ""))),
    _row("margin_sign", "the margin of 1 is subtracted, not added",
         (_MARGINS, _MARGINS.replace("+ delta", "- delta"))),
    _row("margins_swapped", "the right class's score and the others' are swapped",
         (_MARGINS, "margins: Array = scores[rows, y][:, None] - scores + delta")),
    _row("right_class_counted", "the right class counts among the wrong ones", (_OWN, "")),
    _row("mask_missing", "classes count that keep their margin",
         (_MASK, "dscores = np.ones_like(margins)")),
    _row("mask_inverted", "the classes that keep their margin count, the others do not",
         (_MASK, "dscores = (margins < 0).astype(np.float64)")),
    _row("derivative_wrong:value", "each class counts by its margin, not by 1",
         (_MASK, "dscores = np.maximum(margins, 0.0)")),
    _row("right_class_missing", "the right class's own score gets no gradient",
         (_RIGHT, "dscores[np.arange(N), y] = 0.0")),
    _row("right_class_once", "the right class counts once, not once for each violated margin",
         (_RIGHT, "dscores[np.arange(N), y] = -1.0")),
    _row("right_class_sign", "the sign of the right class is the wrong way round",
         (_RIGHT, "dscores[np.arange(N), y] = dscores.sum(axis=1)")),
    _row("hinge_missing", "margins that are kept are summed as well, as negative numbers",
         (_HINGE, "margins.sum() / N")),
    _row("hinge_inverted", "the smaller one of margin and 0 is summed, not the larger",
         (_HINGE, "np.minimum(margins, 0.0).sum() / N")),
    _row("squared_hinge", "the margins are squared",
         (_HINGE, "(np.maximum(margins, 0.0) ** 2).sum() / N"),
         (_MASK, "dscores = 2.0 * np.maximum(margins, 0.0)")),
    _row("largest_margin", "only the largest margin of each example counts",
         (_HINGE, "np.maximum(margins, 0.0).max(axis=1).sum() / N")),
    _row("margins_counted", "violated margins are counted, not summed",
         (_HINGE, "(margins > 0).sum() / N")),
)  # fmt: skip
"""Mistakes in the hinge loss and its gradient."""
