"""Wrong variants of the nets of affine layers with a softmax: what homework 3 is about."""

from __future__ import annotations

from tests.bank.rows import Row, everywhere, row

_PENALTY = "(np.sum(W1**2) + np.sum(W2**2))"
_ALL = "dW1 db1 dW2 db2"
_LOSS = "-log_softmax(scores)[rows, y].mean()"
_TWO = "two_layer_net"

TWO_LAYER: tuple[Row, ...] = (
    *everywhere(_TWO, "X.T @ dS1 + decay * W1", spoils="dW1"),
    row(
        *(_TWO, "mask_without_bias", "The ReLU's mask is that of X W1, without b1."),
        ("* (S1 > 0)", "* (X @ W1 > 0)"),
        spoils="dW1 db1",
        names="mask_without_bias",
    ),
    row(
        *(_TWO, "mask_missing", "The ReLU's derivative is forgotten."),
        ("* (S1 > 0)", ""),
        spoils="dW1 db1",
        names="mask_missing",
    ),
    row(
        *(_TWO, "mask_inverted", "The gradient passes where the unit is off."),
        ("* (S1 > 0)", "* (S1 < 0)"),
        spoils="dW1 db1",
        names="mask_inverted",
    ),
    row(
        *(_TWO, "mask_of_the_incoming_gradient", "The mask is that of the gradient itself."),
        ("dS1 = (G @ W2.T) * (S1 > 0)", "dS1 = np.maximum(G @ W2.T, 0.0)"),
        spoils="dW1 db1",
        names="derivative_wrong",
    ),
    row(
        *(_TWO, "first_bias_forgotten", "b1 is not added in the forward pass."),
        ("S1 = X @ W1 + b1", "S1 = X @ W1"),
        spoils=f"scores pred loss {_ALL}",
        names="bias_missing",
    ),
    row(
        *(_TWO, "second_bias_forgotten", "b2 is not added in the forward pass."),
        ("scores = A @ W2 + b2", "scores = A @ W2"),
        spoils=f"scores pred loss {_ALL}",
        names="bias_missing",
    ),
    row(
        *(_TWO, "first_layer_not_penalised", "W1 is left out of the penalty and of its gradient."),
        (_PENALTY, "np.sum(W2**2)"),
        ("dS1 + decay * W1", "dS1"),
        spoils="loss dW1",
        cases="decay",
        names="layer_not_penalised penalty_missing",
    ),
    row(
        *(_TWO, "second_layer_not_penalised", "W2 is left out of the penalty and of its gradient."),
        (_PENALTY, "np.sum(W1**2)"),
        ("A.T @ G + decay * W2", "A.T @ G"),
        spoils="loss dW2",
        cases="decay",
        names="layer_not_penalised penalty_missing",
    ),
    row(
        *(_TWO, "right_without_decay_only", "The penalty has no gradient: right for reg = 0."),
        ("decay = 2.0 * factor * reg", "decay = 0.0"),
        spoils="dW1 dW2",
        cases="decay",
        names="penalty_missing",
    ),
    row(
        *(_TWO, "penalty_missing_in_loss", "The loss has no penalty, the gradients have."),
        (f" + factor * reg * {_PENALTY}", ""),
        spoils="loss",
        cases="decay",
        names="penalty_missing",
    ),
    row(
        *(_TWO, "half_for_one_in_gradient", "The gradient of ½ reg W² is taken for ½ reg W."),
        ("decay = 2.0 * factor * reg", "decay = factor * reg"),
        spoils="dW1 dW2",
        cases="decay",
        names="penalty_halved",
    ),
    row(
        *(_TWO, "half_for_one_throughout", "½ stands before reg where the course asks for 1."),
        ("decay = 2.0 * factor * reg", "decay = factor * reg"),
        (f"factor * reg * {_PENALTY}", f"0.5 * factor * reg * {_PENALTY}"),
        spoils="loss dW1 dW2",
        cases="decay",
        names="penalty_halved",
        options=(("penalty", "full"),),
    ),
    row(
        *(_TWO, "one_for_half_throughout", "1 stands before reg where the course asks for ½."),
        ("decay = 2.0 * factor * reg", "decay = 4.0 * factor * reg"),
        (f"factor * reg * {_PENALTY}", f"2.0 * factor * reg * {_PENALTY}"),
        spoils="loss dW1 dW2",
        cases="decay",
        names="penalty_doubled",
    ),
    row(
        *(_TWO, "penalty_subtracted", "The penalty's sign is wrong in the loss."),
        ("data_loss + factor", "data_loss - factor"),
        spoils="loss",
        cases="decay",
        names="penalty_sign",
    ),
    row(
        *(_TWO, "penalty_on_biases", "The biases decay too."),
        ('"db1": dS1.sum(axis=0)', '"db1": dS1.sum(axis=0) + decay * b1'),
        ('"db2": G.sum(axis=0)', '"db2": G.sum(axis=0) + decay * b2'),
        spoils="db1 db2",
        cases="decay",
        names="penalty_on_biases",
    ),
    row(
        *(_TWO, "penalty_on_biases_in_loss", "The biases' squares are in the loss."),
        (_PENALTY, "(np.sum(W1**2) + np.sum(W2**2) + np.sum(b1**2) + np.sum(b2**2))"),
        spoils="loss",
        cases="decay",
        names="penalty_on_biases",
    ),
    row(
        *(_TWO, "root_in_penalty", "The norm stands where its square belongs."),
        (_PENALTY, "(np.sqrt(np.sum(W1**2)) + np.sqrt(np.sum(W2**2)))"),
        spoils="loss",
        cases="decay",
    ),
    row(
        *(_TWO, "mean_missing", "The gradients are those of the sum: right for N = 1."),
        ("float(loss), dscores / N", "float(loss), dscores", "losses"),
        spoils=_ALL,
        names="mean_missing",
    ),
    row(
        *(_TWO, "mean_twice", "The gradients are divided by N twice."),
        ("float(loss), dscores / N", "float(loss), dscores / N / N", "losses"),
        spoils=_ALL,
        names="mean_twice",
    ),
    row(
        *(_TWO, "penalty_divided_by_n", "The mean is taken of the penalty too."),
        ("decay = 2.0 * factor * reg", "decay = 2.0 * factor * reg / len(X)"),
        spoils="dW1 dW2",
        cases="decay",
        names="mean_twice penalty_over_n",
    ),
    row(
        *(
            _TWO,
            "first_bias_averaged",
            "db1 is the mean over the examples of what is divided by N.",
        ),
        ('"db1": dS1.sum(axis=0)', '"db1": dS1.mean(axis=0)'),
        spoils="db1",
        names="bias_averaged mean_twice",
    ),
    row(
        *(_TWO, "second_bias_averaged", "db2 is averaged while dW2 is summed."),
        ('"db2": G.sum(axis=0)', '"db2": G.mean(axis=0)'),
        spoils="db2",
        names="bias_averaged mean_twice",
    ),
    row(
        *(_TWO, "bias_not_summed", "db1 has a row for each example: right for N = 1."),
        ('"db1": dS1.sum(axis=0)', '"db1": dS1'),
        spoils="db1",
        names="bias_not_summed",
    ),
    row(
        *(_TWO, "bias_summed_over_units", "db1 is summed along the wrong axis."),
        ('"db1": dS1.sum(axis=0)', '"db1": dS1.sum(axis=1)'),
        spoils="db1",
        names="wrong_axis",
    ),
    row(
        *(_TWO, "transposed", "dW1 is handed back transposed."),
        ("X.T @ dS1 + decay * W1", "(X.T @ dS1 + decay * W1).T"),
        spoils="dW1",
        names="transposed",
    ),
    row(
        *(_TWO, "transposed_and_reshaped", "dW1 is transposed and bent back into shape."),
        ("X.T @ dS1 + decay * W1", "(X.T @ dS1 + decay * W1).T.reshape(W1.shape)"),
        spoils="dW1",
        names="transposed",
    ),
    row(
        *(_TWO, "wrong_side_where_it_fits", "W2 stands for its transpose where H = C."),
        ("(G @ W2.T)", "(G @ (W2 if len(set(W2.shape)) == 1 else W2.T))"),
        spoils="dW1 db1",
        cases="square",
    ),
    row(
        *(_TWO, "right_for_square_only", "The loop over hidden units ends at D: the rest stays 0."),
        ("X.T @ dS1", "X.T @ (dS1 * (np.arange(dS1.shape[1]) < X.shape[1]))"),
        spoils="dW1",
    ),
    row(
        *(_TWO, "one_hot_missing", "1 is not subtracted at the right class."),
        ("    dscores[rows, y] -= 1.0\n", "", "losses"),
        spoils=_ALL,
        names="one_hot_missing",
    ),
    row(
        *(_TWO, "max_probability", "The loss takes the largest probability, not the right one's."),
        (_LOSS, "-log_softmax(scores).max(axis=1).mean()", "losses"),
        spoils="loss",
        names="max_probability",
    ),
    row(
        *(_TWO, "softmax_over_examples", "The softmax is normalised over the examples."),
        ("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum(axis=0)", "losses"),
        spoils=_ALL,
        names="softmax_axis",
    ),
    row(
        *(_TWO, "predicts_along_the_examples", "The largest score is sought along the wrong axis."),
        ("scores.argmax(axis=1)", "scores.argmax(axis=0)"),
        spoils="pred",
        names="wrong_axis",
    ),
    row(
        *(_TWO, "truncated", "dW1 is kept in an array of integers."),
        ("X.T @ dS1 + decay * W1", "(X.T @ dS1 + decay * W1).astype(int)"),
        spoils="dW1",
        names="truncated",
    ),
    row(
        *(_TWO, "first_example_only", "dW1 is that of the first example: right for N = 1."),
        ("X.T @ dS1", "X[:1].T @ dS1[:1]"),
        spoils="dW1",
        names="single_example",
    ),
    row(
        *(_TWO, "last_example_dropped", "The loop over the examples ends one too early."),
        ("X.T @ dS1", "X[:-1].T @ dS1[:-1]"),
        spoils="dW1",
        names="example_dropped",
    ),
    row(
        *(_TWO, "swapped_answers", "dW1 and dW2 are handed back under each other's name."),
        ('"dW1": X.T', '"dW2": X.T'),
        ('"dW2": A.T', '"dW1": A.T'),
        spoils="dW1 dW2",
        names="swapped_answers",
    ),
    row(
        *(_TWO, "flipped", "The rows of dW1 stand upside down."),
        ("X.T @ dS1 + decay * W1", "(X.T @ dS1 + decay * W1)[::-1]"),
        spoils="dW1",
        names="flipped permuted",
    ),
    row(
        *(_TWO, "shifted", "The columns of dW1 stand one place too far."),
        ("X.T @ dS1 + decay * W1", "np.roll(X.T @ dS1 + decay * W1, 1, axis=1)"),
        spoils="dW1",
        names="permuted",
    ),
    row(
        *(_TWO, "pre_activation_for_activation", "dW2 is made of S1 in place of A."),
        ("A.T @ G + decay", "S1.T @ G + decay"),
        spoils="dW2",
    ),
    row(
        *(_TWO, "no_decay_and_no_mean", "Two mistakes: no mean over the batch and half the decay."),
        ("float(loss), dscores / N", "float(loss), dscores", "losses"),
        ("decay = 2.0 * factor * reg", "decay = factor * reg"),
        spoils=_ALL,
        cases="plain decay",
        names="mean_missing penalty_halved mean_missing+penalty_halved",
    ),
)

_FC = "fc_net"
_FC_ALL = "dW1 db1 dW2 db2 dW3 db3"
_FC_DECAY = "2.0 * factor * reg * W"

FULLY_CONNECTED: tuple[Row, ...] = (
    *everywhere(_FC, f"A.T @ G + {_FC_DECAY}", spoils="dW1 dW2 dW3"),
    row(
        *(_FC, "mask_missing", "The ReLUs' derivatives are forgotten."),
        ("(G @ W.T) * (A > 0)", "G @ W.T"),
        spoils="dW1 db1 dW2 db2",
        names="mask_missing",
    ),
    row(
        *(_FC, "mask_without_bias", "The masks are those of x W, without the biases."),
        (
            "G = (G @ W.T) * (A > 0)",
            "G = (G @ W.T) * (entered[layer - 2] @ weights[layer - 2] > 0)",
        ),
        spoils="dW1 db1 dW2 db2",
        names="mask_without_bias",
    ),
    row(
        *(
            _FC,
            "last_layer_not_penalised",
            "The last layer decays neither in loss nor in gradient.",
        ),
        ("for W in weights)\n    answers", "for W in weights[:-1])\n    answers"),
        (_FC_DECAY, f"{_FC_DECAY} * (layer < len(weights))"),
        spoils="loss dW3",
        cases="decay",
        names="layer_not_penalised penalty_missing",
    ),
    row(
        *(_FC, "only_first_layer_penalised", "Only the first layer decays."),
        ("for W in weights)\n    answers", "for W in weights[:1])\n    answers"),
        (_FC_DECAY, f"{_FC_DECAY} * (layer == 1)"),
        spoils="loss dW2 dW3",
        cases="decay",
        names="layer_not_penalised penalty_missing",
    ),
    row(
        *(_FC, "penalty_missing", "The weights' gradients know nothing of the penalty."),
        (f" + {_FC_DECAY}", ""),
        spoils="dW1 dW2 dW3",
        cases="decay",
        names="penalty_missing",
    ),
    row(
        *(_FC, "penalty_doubled", "reg W² is derived where ½ reg W² is asked for."),
        (_FC_DECAY, "4.0 * factor * reg * W"),
        spoils="dW1 dW2 dW3",
        cases="decay",
        names="penalty_doubled",
    ),
    row(
        *(_FC, "bias_averaged", "The biases' gradients are averaged."),
        ("G.sum(axis=0)", "G.mean(axis=0)"),
        spoils="db1 db2 db3",
        names="bias_averaged mean_twice",
    ),
    row(
        *(_FC, "relu_after_the_scores", "The scores pass through a ReLU too."),
        (
            "return affine(entered[-1], weights[-1], biases[-1]), entered",
            "return relu(affine(entered[-1], weights[-1], biases[-1])), entered",
        ),
        spoils=f"scores pred loss {_FC_ALL}",
    ),
    row(
        *(_FC, "gradient_stops_at_the_second_layer", "Nothing flows back beyond the second layer."),
        ("if layer > 1:\n            G = (G", "if layer > 1:\n            G = (layer > 2) * (G"),
        spoils="dW1 db1",
    ),
    row(
        *(_FC, "one_hot_missing", "1 is not subtracted at the right class."),
        ("    dscores[rows, y] -= 1.0\n", "", "losses"),
        spoils=_FC_ALL,
        names="one_hot_missing",
    ),
    row(
        *(_FC, "mean_missing", "The gradients are those of the sum."),
        ("float(loss), dscores / N", "float(loss), dscores", "losses"),
        spoils=_FC_ALL,
        names="mean_missing",
    ),
    row(
        *(_FC, "wrong_side_where_it_fits", "W stands for its transpose where it is square."),
        ("(G @ W.T)", "(G @ (W if len(set(W.shape)) == 1 else W.T))"),
        spoils="dW1 db1 dW2 db2",
        cases="square",
    ),
)

_MOONS = "moons_net"
_MOONS_TEXT = "a[layer - 1].T @ delta + 2.0 * penalty * weights[layer - 1]"
_SLOPE = "ACTIVATIONS[activation].derivative(z[layer - 2])"

MOONS: tuple[Row, ...] = (
    *everywhere(_MOONS, _MOONS_TEXT, spoils="dW1 dW2"),
    row(
        *(_MOONS, "derivative_of_activation", "The derivative is taken of a, not of z."),
        (_SLOPE, "ACTIVATIONS[activation].derivative(a[layer - 1])"),
        spoils="dW1 db1",
        names="derivative_of_activation",
    ),
    row(
        *(_MOONS, "derivative_missing", "The activation's derivative is taken for 1."),
        (_SLOPE, "1.0"),
        spoils="dW1 db1",
        names="mask_missing",
    ),
    row(
        *(_MOONS, "derivative_of_tanh_wrong", "1 + tanh² stands for 1 − tanh²."),
        (_SLOPE, "1.0 + a[layer - 1] ** 2"),
        spoils="dW1 db1",
        names="derivative_wrong",
    ),
    row(
        *(_MOONS, "tanh_not_squared", "1 − tanh stands for 1 − tanh²."),
        (_SLOPE, "1.0 - a[layer - 1]"),
        spoils="dW1 db1",
        names="derivative_wrong",
    ),
    row(
        *(_MOONS, "sum_for_mean", "The gradients are summed where the loss is a mean."),
        ("delta = scale * (probs", "delta = (probs"),
        spoils=_ALL,
        names="mean_missing",
    ),
    row(
        *(_MOONS, "mean_for_sum", "The gradients are averaged where the sum is asked for."),
        ("delta = scale * (probs", "delta = scale / len(y) * (probs"),
        spoils=_ALL,
        names="mean_twice",
        options=(("scaling", "sum"),),
    ),
    row(
        *(_MOONS, "bias_averaged", "The biases' gradients are averaged."),
        ("delta.sum(axis=0, keepdims=True)", "delta.mean(axis=0, keepdims=True)"),
        spoils="db1 db2",
        names="bias_averaged mean_twice",
    ),
    row(
        *(_MOONS, "max_probability", "The loss is −log of the largest probability."),
        ("-log_softmax(z[-1])[rows, y].sum()", "-log_softmax(z[-1]).max(axis=1).sum()"),
        spoils="loss",
        names="max_probability",
    ),
    row(
        *(_MOONS, "all_classes", "The loss is summed over all classes."),
        ("-log_softmax(z[-1])[rows, y].sum()", "-log_softmax(z[-1]).sum()"),
        spoils="loss",
        names="all_classes",
    ),
    row(
        *(_MOONS, "squared_error", "The mean squared error stands for the cross-entropy."),
        (
            "-log_softmax(z[-1])[rows, y].sum()",
            "((probs - np.eye(probs.shape[1])[y]) ** 2).sum()",
        ),
        spoils="loss",
        names="squared_error",
    ),
    row(
        *(_MOONS, "one_hot_missing", "The labels are not subtracted."),
        ("(probs - np.eye(probs.shape[1])[y])", "probs"),
        spoils=_ALL,
        names="one_hot_missing",
    ),
    row(
        *(_MOONS, "wrong_label", "The labels are counted from 1."),
        ("np.eye(probs.shape[1])[y])", "np.eye(probs.shape[1])[y - 1])"),
        spoils=_ALL,
        names="wrong_label",
    ),
    row(
        *(_MOONS, "penalty_not_over_n", "The penalty is not divided by N."),
        ("N if self.penalty_over_n else 1", "1"),
        spoils="loss dW1 dW2",
        cases="decay",
        names="penalty_not_scaled",
        options=(("penalty_over_n", "yes"),),
    ),
    row(
        *(_MOONS, "penalty_missing", "The gradients know nothing of the penalty."),
        (" + 2.0 * penalty * weights[layer - 1]", ""),
        spoils="dW1 dW2",
        cases="decay",
        names="penalty_missing",
    ),
    row(
        *(_MOONS, "transposed", "The weights' gradients are handed back transposed."),
        (_MOONS_TEXT, f"({_MOONS_TEXT}).T"),
        spoils="dW1 dW2",
        names="transposed",
    ),
    row(
        *(_MOONS, "softmax_over_everything", "The softmax is normalised over the whole matrix."),
        ("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum()", "losses"),
        spoils=f"probs {_ALL}",
        names="softmax_axis",
    ),
    row(
        *(_MOONS, "relu_passes_everything", "The ReLU's derivative is always 1."),
        ("return np.where(z > 0, 1.0, 0.0)", "return np.ones_like(z)", "activations"),
        spoils="dW1 db1",
        names="mask_missing",
        options=(("activation", "relu"),),
    ),
    row(
        *(_MOONS, "sigmoid_not_multiplied", "σ(1 − σ) loses its first factor."),
        ("return e / (1.0 + e) ** 2", "return 1.0 - sigmoid(z)", "activations"),
        spoils="dW1 db1",
        names="derivative_wrong",
        options=(("activation", "sigmoid"),),
    ),
)

ROWS = TWO_LAYER + FULLY_CONNECTED + MOONS
