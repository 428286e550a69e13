"""Wrong variants of the fully connected nets of any depth, and of the net for the moons."""

from __future__ import annotations

from tests.bank.rows import Row, everywhere, row

_ALL = "dW1 db1 dW2 db2"
_FC = "fc_net"
_FC_ALL = "dW1 db1 dW2 db2 dW3 db3"
_FC_DECAY = "2.0 * factor * reg * W"

FULLY_CONNECTED: tuple[Row, ...] = (
    *everywhere(_FC, f"A.T @ G + {_FC_DECAY}", spoils="dW1 dW2 dW3", without="first_call"),
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
        names="activation_on_scores",
    ),
    row(
        *(_FC, "gradient_stops_at_the_second_layer", "Nothing flows back beyond the second layer."),
        ("if layer > 1:\n            G = (G", "if layer > 1:\n            G = (layer > 2) * (G"),
        spoils="dW1 db1",
        names="data_term_missing zero",
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
        names="not_transposed",
        cases="square",
    ),
)

_MOONS = "moons_net"
_MOONS_TEXT = "a[layer - 1].T @ delta + 2.0 * penalty * weights[layer - 1]"
_SLOPE = "ACTIVATIONS[activation].derivative(z[layer - 2])"

MOONS: tuple[Row, ...] = (
    *everywhere(_MOONS, _MOONS_TEXT, spoils="dW1 dW2", without="first_call"),
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
        spoils="slope1 dW1 db1",
        names="mask_missing",
        options=(("activation", "relu"),),
    ),
    row(
        *(_MOONS, "sigmoid_not_multiplied", "σ(1 − σ) loses its first factor."),
        ("return e / (1.0 + e) ** 2", "return 1.0 - sigmoid(z)", "activations"),
        spoils="slope1 dW1 db1",
        names="derivative_wrong",
        options=(("activation", "sigmoid"),),
    ),
)

ROWS = FULLY_CONNECTED + MOONS
