"""Wrong variants of the fully connected net with normalisation and dropout."""

from __future__ import annotations

from tests.bank.rows import Row, everywhere, row

_NET = "regularised_net"
_LAST = "dW3 db3"
_SECOND = "dW2 dgamma2 dbeta2"
_FIRST = "dW1 dgamma1 dbeta1"
_ALL = f"loss {_LAST} {_SECOND} {_FIRST}"
_BACK = "dY = (G @ weights[layer + 1].T) * masks[layer] * (normed[layer] > 0)"
_RELU = "A = relu(normed[-1]) * mask"
_DECAY = "2.0 * factor * reg * weights[layer]"
_DROPS = (("norm", "none"), ("dropout", "yes"))
_SUMS = "dW3 db3 dW2 db2 dW1 db1"

ROWS: tuple[Row, ...] = (
    *everywhere(
        _NET, f"entered[layer].T @ G + {_DECAY}", spoils="dW1 dW2 dW3", without="first_call"
    ),
    *everywhere(
        _NET,
        'affine(A, inputs["W3"], inputs["b3"])',
        "return {}",
        spoils="test_scores",
        without="second_array",
    ),
    row(
        *(_NET, "mask_missing", "The ReLUs' derivatives are forgotten."),
        (_BACK, _BACK.replace(" * (normed[layer] > 0)", "")),
        spoils=f"{_SECOND} {_FIRST}",
        names="mask_missing",
    ),
    row(
        *(_NET, "mask_before_norm", "The ReLUs' masks are those of what is then normalised."),
        (_BACK, _BACK.replace("normed[layer] > 0", "sums[layer] > 0")),
        spoils=f"{_SECOND} {_FIRST}",
        names="derivative_wrong",
    ),
    row(
        *(_NET, "norm_not_passed", "The gradient goes past the normalisation."),
        ('return dZ, {"dgamma"', 'return dY, {"dgamma"'),
        spoils=f"dW2 {_FIRST}",
        names="not_normalised",
    ),
    row(
        *(_NET, "statistics_constant", "Mean and variance are taken for constants."),
        ('dZ = paths["direct"] + paths["mean"] + paths["variance"]', 'dZ = paths["direct"]'),
        spoils=f"dW2 {_FIRST}",
        names="not_normalised",
    ),
    row(
        *(_NET, "statistics_of_batch", "In test mode the batch's own statistics are taken."),
        (
            'inputs[f"running_mean{layer}"], inputs[f"running_var{layer}"]',
            "Z.mean(axis=0), Z.var(axis=0)",
        ),
        spoils="test_scores",
        names="statistics_of_batch",
    ),
    row(
        *(_NET, "gammas_averaged", "The gradients in gamma are means over the examples."),
        ("(dY * x_hat).sum(axis=0)", "(dY * x_hat).mean(axis=0)"),
        spoils="dgamma1 dgamma2",
        names="mean_twice bias_averaged",
    ),
    row(
        *(_NET, "nothing_dropped", "There is no dropout in training."),
        (_RELU, _RELU.replace(" * mask", "")),
        (_BACK, _BACK.replace(" * masks[layer]", "")),
        spoils=f"loss {_SUMS}",
        names="mask_missing",
        options=_DROPS,
    ),
    row(
        *(_NET, "dropout_not_passed", "The gradient goes past the dropout."),
        (_BACK, _BACK.replace(" * masks[layer]", "")),
        spoils="dW2 db2 dW1 db1",
        names="mask_missing",
        options=_DROPS,
    ),
    row(
        *(_NET, "dropped_in_test_mode", "Units are dropped in test mode as well."),
        ("        A = relu(Z)\n", '        A = relu(Z) * inputs[f"mask{layer}"]\n'),
        spoils="test_scores",
        names="mask_extra",
        options=_DROPS,
    ),
    row(
        *(_NET, "last_layer_not_penalised", "The last layer decays not at all."),
        ("for W in weights)\n    answers", "for W in weights[:-1])\n    answers"),
        (_DECAY, f"{_DECAY} * (layer < 2)"),
        spoils="loss dW3",
        cases="decay",
        names="layer_not_penalised penalty_missing",
    ),
    row(
        *(_NET, "penalty_missing", "The weights' gradients know nothing of the penalty."),
        (f" + {_DECAY}", ""),
        spoils="dW1 dW2 dW3",
        cases="decay",
        names="penalty_missing",
    ),
    row(
        *(_NET, "relu_on_scores", "A ReLU acts on the scores."),
        (
            "softmax_loss(affine(A, weights[2], biases[2]), y)",
            "softmax_loss(relu(affine(A, weights[2], biases[2])), y)",
        ),
        spoils=_ALL,
        names="activation_on_scores",
    ),
)
