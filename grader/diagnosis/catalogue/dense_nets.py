"""Mistakes in the fully connected nets with softmax cross-entropy."""

from __future__ import annotations

from grader.diagnosis.catalogue.rows import NOT_TRANSPOSED, Row, row, where_it_fits

_ON_SCORES = "the ReLU acts on the scores of the last layer as well"
_BEFORE = "the hidden layer's sums are taken before the activation"
_VALUE = "the activation's value is taken for its derivative"
_OF_GRADIENT = "the ReLU's derivative is taken of the gradient, not of the layer's input"
_MISSING = "the activation's derivative is left out"
_WITHOUT_BIAS = "the activation's derivative is taken without the bias"
_INVERTED = "the ReLU's derivative is 1 for negative inputs and 0 for positive ones"
_OF_ACTIVATION = "the activation's derivative is taken of its value a, not of its input z"
_NO_ACTIVATION = "the hidden layers have no activation"
_BIASES = "the biases are penalised as well"
_NOT_SQUARED = "the weights are not squared in the penalty"
_WRONG_AXIS = "it is summed along the wrong axis"
_PROBABILITIES = "probabilities are given in place of scores"
_TIES = "the smallest score wins, not the largest"
_EXAMPLES_FOR_CLASSES = (
    "the best example of each class is taken, not the best class of each example"
)

_PRED = '        "pred": scores.argmax(axis=1),\n'

PREDICTIONS: tuple[Row, ...] = (
    row("wrong_axis:pred", _EXAMPLES_FOR_CLASSES, (_PRED, _PRED.replace("axis=1", "axis=0"))),
    row("argmin", _TIES, (_PRED, _PRED.replace("argmax", "argmin"))),
)
"""Mistakes in predicted classes, where they are taken from scores."""

SCORES: tuple[Row, ...] = (
    row("softmax_applied", _PROBABILITIES,
        ('"scores": scores,',
         '"scores": np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True),')),
    *PREDICTIONS,
)  # fmt: skip
"""Mistakes in scores that are given back."""

_DS1 = "dS1 = (G @ W2.T) * (S1 > 0)"
_SQUARES = "(np.sum(W1**2) + np.sum(W2**2))"
_DECAY1, _DECAY2 = "X.T @ dS1 + decay * W1", "A.T @ G + decay * W2"

TWO_LAYER_NET: tuple[Row, ...] = (
    row("mask_missing", _MISSING, (_DS1, "dS1 = G @ W2.T")),
    row("mask_without_bias", _WITHOUT_BIAS, (_DS1, "dS1 = (G @ W2.T) * (X @ W1 > 0)")),
    row("mask_inverted", _INVERTED, (_DS1, "dS1 = (G @ W2.T) * (S1 < 0)")),
    row("derivative_wrong:of_gradient", _OF_GRADIENT, (_DS1, "dS1 = np.maximum(G @ W2.T, 0.0)")),
    row("derivative_wrong:value", _VALUE, (_DS1, "dS1 = (G @ W2.T) * A")),
    row("derivative_wrong:input", "the layer's input is taken for the activation's derivative",
        (_DS1, "dS1 = (G @ W2.T) * S1")),
    row("activation_missing", _NO_ACTIVATION,
        ("A = np.maximum(S1, 0.0)", "A = S1"), (_DS1, "dS1 = G @ W2.T")),
    row("activation_missing:forward", "the hidden layer's ReLU is missing in the forward pass",
        ("A = np.maximum(S1, 0.0)", "A = S1")),
    row("activation_on_scores", _ON_SCORES,
        ("scores = A @ W2 + b2", "scores = np.maximum(A @ W2 + b2, 0.0)")),
    row("not_transposed", NOT_TRANSPOSED.format("W2"),
        (_DS1, _DS1.replace("W2.T", where_it_fits("W2", "W2.T")))),
    row("before_activation", _BEFORE, (_DECAY2, "S1.T @ G + decay * W2")),
    row("penalty_on_biases", _BIASES,
        (_SQUARES, "(np.sum(W1**2) + np.sum(W2**2) + np.sum(b1**2) + np.sum(b2**2))"),
        ("dS1.sum(axis=0)", "dS1.sum(axis=0) + decay * b1"),
        ("G.sum(axis=0)", "G.sum(axis=0) + decay * b2")),
    row("layer_not_penalised:1", "the weights of the first layer are not penalised",
        (_SQUARES, "np.sum(W2**2)"), (_DECAY1, "X.T @ dS1")),
    row("layer_not_penalised:2", "the weights of the second layer are not penalised",
        (_SQUARES, "np.sum(W1**2)"), (_DECAY2, "A.T @ G")),
    row("penalty_not_squared:sizes", _NOT_SQUARED,
        (_SQUARES, "(np.sum(np.abs(W1)) + np.sum(np.abs(W2)))"),
        (_DECAY1, "X.T @ dS1 + decay * np.sign(W1)"), (_DECAY2, "A.T @ G + decay * np.sign(W2)")),
    row("penalty_not_squared:sums", _NOT_SQUARED,
        (_SQUARES, "(np.sum(W1) + np.sum(W2))"),
        (_DECAY1, "X.T @ dS1 + decay"), (_DECAY2, "A.T @ G + decay")),
    row("root_extra:penalty", "the penalty takes the root of the sum of squares",
        (_SQUARES, "(np.sqrt(np.sum(W1**2)) + np.sqrt(np.sum(W2**2)))")),
    row("wrong_axis:db1", _WRONG_AXIS, ("dS1.sum(axis=0)", "dS1.sum(axis=1)")),
    row("wrong_axis:db2", _WRONG_AXIS, ("G.sum(axis=0)", "G.sum(axis=1)")),
    *SCORES,
)  # fmt: skip

_STEP_BACK = "G = (G @ W.T) * (A > 0)"
_ENTER = "entered.append(relu(affine(entered[-1], W, b)))"
_LAST = "return affine(entered[-1], weights[-1], biases[-1]), entered"
_PENALTY = "penalty = factor * reg * sum(float(np.sum(W**2)) for W in weights)"
_DW = "A.T @ G + 2.0 * factor * reg * W"

FC_NET: tuple[Row, ...] = (
    row("mask_missing", _MISSING, (_STEP_BACK, "G = G @ W.T")),
    row("mask_missing:first", "the derivative of the first hidden layer's ReLU is left out",
        (_STEP_BACK, "G = (G @ W.T) * ((A > 0) if layer > 2 else 1.0)")),
    row("mask_missing:last", "the derivative of the last hidden layer's ReLU is left out",
        (_STEP_BACK, "G = (G @ W.T) * ((A > 0) if layer < len(weights) else 1.0)")),
    row("mask_without_bias", _WITHOUT_BIAS,
        (_STEP_BACK, "G = (G @ W.T) * (entered[layer - 2] @ weights[layer - 2] > 0)")),
    row("mask_inverted", _INVERTED, (_STEP_BACK, "G = (G @ W.T) * (A <= 0)")),
    row("derivative_wrong:of_gradient", _OF_GRADIENT, (_STEP_BACK, "G = np.maximum(G @ W.T, 0.0)")),
    row("derivative_wrong:value", _VALUE, (_STEP_BACK, "G = (G @ W.T) * A")),
    row("activation_missing", _NO_ACTIVATION,
        (_ENTER, _ENTER.replace("relu(affine(entered[-1], W, b))", "affine(entered[-1], W, b)")),
        (_STEP_BACK, "G = G @ W.T")),
    row("activation_missing:forward", "the ReLUs are missing in the forward pass",
        (_ENTER, _ENTER.replace("relu(affine(entered[-1], W, b))", "affine(entered[-1], W, b)"))),
    row("not_transposed", NOT_TRANSPOSED.format("W"),
        (_STEP_BACK, _STEP_BACK.replace("W.T", where_it_fits("W", "W.T")))),
    row("activation_on_scores", _ON_SCORES,
        (_LAST, "return relu(affine(entered[-1], weights[-1], biases[-1])), entered")),
    row("penalty_on_biases", _BIASES,
        (_PENALTY, _PENALTY.replace("in weights", "in (*weights, *biases)")),
        ("G.sum(axis=0)", "G.sum(axis=0) + 2.0 * factor * reg * biases[layer - 1]")),
    row("layer_not_penalised:first", "the weights of the first layer are not penalised",
        (_PENALTY, _PENALTY.replace("weights)", "weights[1:])")),
        (_DW, "A.T @ G + 2.0 * factor * reg * W * (layer > 1)")),
    row("layer_not_penalised:last", "the weights of the last layer are not penalised",
        (_PENALTY, _PENALTY.replace("weights)", "weights[:-1])")),
        (_DW, "A.T @ G + 2.0 * factor * reg * W * (layer < len(weights))")),
    row("layer_not_penalised:but_first", "only the weights of the first layer are penalised",
        (_PENALTY, _PENALTY.replace("weights)", "weights[:1])")),
        (_DW, "A.T @ G + 2.0 * factor * reg * W * (layer == 1)")),
    row("layer_not_penalised:but_last", "only the weights of the last layer are penalised",
        (_PENALTY, _PENALTY.replace("weights)", "weights[-1:])")),
        (_DW, "A.T @ G + 2.0 * factor * reg * W * (layer == len(weights))")),
    row("layer_not_penalised:middle", "the weights of the layers in between are not penalised",
        (_PENALTY, _PENALTY.replace("weights)", "(weights[0], weights[-1]))")),
        (_DW, "A.T @ G + 2.0 * factor * reg * W * (layer in (1, len(weights)))")),
    row("penalty_not_squared:sizes", _NOT_SQUARED,
        (_PENALTY, _PENALTY.replace("W**2", "np.abs(W)")),
        (_DW, "A.T @ G + 2.0 * factor * reg * np.sign(W)")),
    row("penalty_not_squared:sums", _NOT_SQUARED,
        (_PENALTY, _PENALTY.replace("W**2", "W")), (_DW, "A.T @ G + 2.0 * factor * reg")),
    row("wrong_axis:db", _WRONG_AXIS, ("G.sum(axis=0)", "G.sum(axis=1)")),
    *SCORES,
)  # fmt: skip

_DELTA = "delta = (delta @ weights[layer - 1].T) * slope"
_SLOPE = "slope = ACTIVATIONS[activation].derivative(z[layer - 2])"
_ERROR = "delta = scale * (probs - np.eye(probs.shape[1])[y])"
_ENTROPY = "cross_entropy = -log_softmax(z[-1])[rows, y].sum()"
_GROWN = 'answers[f"dW{layer}"] = a[layer - 1].T @ delta + 2.0 * penalty * weights[layer - 1]'
_SUMMED = "penalty * sum((W**2).sum() for W in weights)"
_DB = 'answers[f"db{layer}"] = delta.sum(axis=0, keepdims=True)'
_F = "a.append(f(z[-1]))"
_BEST = '        "pred": probs.argmax(axis=1),\n'

_SLOPES = (
    ("mask_missing:slope", "the activation's derivative is 1 throughout",
     "np.ones_like(z[layer - 2])"),
    ("derivative_of_activation", _OF_ACTIVATION,
     "ACTIVATIONS[activation].derivative(a[layer - 1])"),
    ("mask_without_bias", _WITHOUT_BIAS,
     "ACTIVATIONS[activation].derivative(a[layer - 2] @ weights[layer - 2])"),
    ("derivative_wrong:value", _VALUE, "a[layer - 1]"),
    ("derivative_wrong:input", "the layer's input is taken for the activation's derivative",
     "z[layer - 2]"),
    ("derivative_wrong:complement", "1 - a is taken for the activation's derivative",
     "1.0 - a[layer - 1]"),
    ("derivative_wrong:plus", "1 + a² is taken for the activation's derivative",
     "1.0 + a[layer - 1] ** 2"),
    ("derivative_wrong:tanh", "1 - a² is taken for the activation's derivative, as for tanh",
     "1.0 - a[layer - 1] ** 2"),
    ("derivative_wrong:sigmoid", "a(1 - a) is taken for the activation's derivative, as for σ",
     "a[layer - 1] * (1.0 - a[layer - 1])"),
    ("derivative_wrong:tanh_of_input", "1 - z² is taken for the activation's derivative",
     "1.0 - z[layer - 2] ** 2"),
    ("derivative_wrong:sigmoid_of_input", "z(1 - z) is taken for the activation's derivative",
     "z[layer - 2] * (1.0 - z[layer - 2])"),
)  # fmt: skip

_ENTROPIES = (
    ("max_probability", "the largest probability is taken, not the right class's",
     "-log_softmax(z[-1]).max(axis=1).sum()"),
    ("all_classes", "the logarithms of all classes are summed", "-log_softmax(z[-1]).sum()"),
    ("wrong_label:first", "the probability of class 0 is taken for every example",
     "-log_softmax(z[-1])[:, 0].sum()"),
    ("log_missing", "the logarithm is left out", "-probs[rows, y].sum()"),
    ("probability_as_factor", "the right class's probability multiplies its logarithm",
     "-(probs * log_softmax(z[-1]))[rows, y].sum()"),
    ("probability_as_factor:all", "p log p is summed over the classes, not y log p",
     "-(probs * log_softmax(z[-1])).sum()"),
    ("label_as_factor", "the label's number multiplies the logarithm",
     "-(y * log_softmax(z[-1])[rows, y]).sum()"),
    ("label_as_factor:all", "the label's number multiplies the logarithms of all classes",
     "-(y[:, None] * log_softmax(z[-1])).sum()"),
    ("log_base:2", "the logarithm is taken to base 2", "-np.log2(probs[rows, y]).sum()"),
    ("log_base:10", "the logarithm is taken to base 10", "-np.log10(probs[rows, y]).sum()"),
    ("squared_error:half", "half the squared error of the probabilities is taken",
     "0.5 * ((probs - np.eye(probs.shape[1])[y]) ** 2).sum()"),
    ("squared_error:sum", "the squared error of the probabilities is taken",
     "((probs - np.eye(probs.shape[1])[y]) ** 2).sum()"),
    ("not_normalised:loss", "the scores are not normalised by a softmax",
     "-z[-1][rows, y].sum()"),
)  # fmt: skip

_ERRORS = (
    ("one_hot_missing", "1 is not taken from the right class's probability", "scale * probs"),
    ("one_hot_added", "1 is added to the right class's probability, not taken from it",
     "scale * (probs + np.eye(probs.shape[1])[y])"),
    ("one_hot_not_averaged", "1 is taken from the probabilities after these were divided by N",
     "scale * probs - np.eye(probs.shape[1])[y]"),
    ("derivative_wrong:softmax", "the softmax's derivative p(1 - p) multiplies it",
     "scale * (probs - np.eye(probs.shape[1])[y]) * probs * (1.0 - probs)"),
    ("max_probability", "1 is taken from the largest probability, not from the right class's",
     "scale * (probs - np.eye(probs.shape[1])[probs.argmax(axis=1)])"),
    ("right_class_only", "only the right class's score is counted, the others' not",
     "scale * (probs - 1.0) * np.eye(probs.shape[1])[y]"),
)  # fmt: skip

MOONS_NET: tuple[Row, ...] = (
    row("mask_missing", _MISSING, (_DELTA, _DELTA.replace(" * slope", ""))),
    *(row(key, clause, (_SLOPE, f"slope = {text}")) for key, clause, text in _SLOPES),
    row("not_transposed", NOT_TRANSPOSED.format("W"), (_DELTA, _DELTA.replace(
        "weights[layer - 1].T", where_it_fits("weights[layer - 1]", "weights[layer - 1].T")))),
    row("mask_inverted", "the activation's derivative is taken from 1",
        (_DELTA, _DELTA.replace("slope", "(1.0 - slope)"))),
    *(row(key, clause, (_ENTROPY, f"cross_entropy = {text}")) for key, clause, text in _ENTROPIES),
    *(row(f"{key}:gradient", clause, (_ERROR, f"delta = {text}")) for key, clause, text in _ERRORS),
    row("activation_missing", "the hidden layer has no activation", (_F, "a.append(z[-1])")),
    row("activation_on_scores", "the activation acts on the scores of the last layer as well",
        ("    return z, a\n", "    z[-1] = f(z[-1])\n    return z, a\n")),
    row("before_activation", _BEFORE,
        (_GROWN, _GROWN.replace("a[layer - 1].T", "(z[layer - 2] if layer > 1 else X).T"))),
    row("penalty_on_biases", _BIASES, (_SUMMED, _SUMMED.replace("weights", "(*weights, *biases)")),
        (_DB, _DB + " + 2.0 * penalty * biases[layer - 1]")),
    row("layer_not_penalised:1", "the weights of the first layer are not penalised",
        (_SUMMED, _SUMMED.replace("weights", "weights[1:]")),
        (_GROWN, _GROWN + " * (layer > 1)")),
    row("layer_not_penalised:2", "the weights of the second layer are not penalised",
        (_SUMMED, _SUMMED.replace("weights", "weights[:-1]")),
        (_GROWN, _GROWN + " * (layer < len(weights))")),
    row("penalty_not_squared", _NOT_SQUARED,
        (_SUMMED, _SUMMED.replace("W**2", "W")),
        (_GROWN, _GROWN.replace(" * weights[layer - 1]", ""))),
    row("penalty_not_squared:sizes", _NOT_SQUARED,
        (_SUMMED, _SUMMED.replace("W**2", "np.abs(W)")),
        (_GROWN, _GROWN.replace("weights[layer - 1]", "np.sign(weights[layer - 1])"))),
    row("wrong_axis:db", _WRONG_AXIS, (_DB, _DB.replace("axis=0", "axis=1"))),
    row("wrong_axis:pred", _EXAMPLES_FOR_CLASSES, (_BEST, _BEST.replace("axis=1", "axis=0"))),
    row("argmin", _TIES, (_BEST, _BEST.replace("argmax", "argmin"))),
)  # fmt: skip

_LINEAR = '"dW": X.T @ G + 2.0 * factor * reg * W'

LINEAR: tuple[Row, ...] = (
    row("penalty_not_squared:sizes", _NOT_SQUARED, ("np.sum(W**2)", "np.sum(np.abs(W))"),
        (_LINEAR, _LINEAR.replace("* W", "* np.sign(W)"))),
    row("penalty_not_squared:sums", _NOT_SQUARED, ("np.sum(W**2)", "np.sum(W)"),
        (_LINEAR, _LINEAR.replace(" * W", ""))),
    row("root_extra:penalty", "the penalty takes the root of the sum of squares",
        ("np.sum(W**2)", "np.sqrt(np.sum(W**2))")),
    *SCORES,
)  # fmt: skip
