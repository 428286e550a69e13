"""Mistakes in the fully connected net with normalisation and dropout."""

from __future__ import annotations

from grader.diagnosis.catalogue.rows import NOT_TRANSPOSED, Row, row, where_it_fits

_BACK = "dY = (G @ weights[layer + 1].T) * masks[layer] * (normed[layer] > 0)"
_RELU = "A = relu(normed[-1]) * mask"
_NORM = "normed.append(normalised(sums[-1], gamma, beta, norm, eps))"
_PENALTY = "sum(float(np.sum(W**2)) for W in weights)"
_DECAY = "2.0 * factor * reg * weights[layer]"
_DB = 'answers[f"db{layer + 1}"] = G.sum(axis=0)'
_SCALES = '{f"{name}{layer + 1}": value for name, value in scale.items()}'
_USED = "        A = relu(Z)\n"

REGULARISED_NET: tuple[Row, ...] = (
    row("mask_missing", "the ReLU's derivative is left out",
        (_BACK, _BACK.replace(" * (normed[layer] > 0)", ""))),
    row("mask_missing:dropout_backward", "the gradient does not pass the dropout",
        (_BACK, _BACK.replace(" * masks[layer]", ""))),
    row("mask_missing:dropout", "nothing is dropped", (_RELU, _RELU.replace(" * mask", "")),
        (_BACK, _BACK.replace(" * masks[layer]", ""))),
    row("mask_missing:dropout_forward", "nothing is dropped in the forward pass",
        (_RELU, _RELU.replace(" * mask", ""))),
    row("mask_extra:test", "units are dropped in test mode as well",
        (_USED, '        A = relu(Z) * inputs.get(f"mask{layer}", 1.0)\n')),
    row("derivative_wrong:before_norm",
        "the ReLU's derivative is taken of what goes into the normalisation",
        (_BACK, _BACK.replace("normed[layer] > 0", "sums[layer] > 0"))),
    row("mask_without_bias", "the ReLU's derivative is taken without the bias",
        (_BACK, _BACK.replace("normed[layer] > 0", "entered[layer] @ weights[layer] > 0"))),
    row("mask_inverted", "the ReLU's derivative is 1 for negative inputs and 0 for positive ones",
        (_BACK, _BACK.replace("normed[layer] > 0", "normed[layer] <= 0"))),
    row("not_transposed", NOT_TRANSPOSED.format("W"), (_BACK, _BACK.replace(
        "weights[layer + 1].T", where_it_fits("weights[layer + 1]", "weights[layer + 1].T")))),
    row("activation_missing", "the hidden layers have no activation",
        (_RELU, "A = normed[-1] * mask"), (_BACK, _BACK.replace(" * (normed[layer] > 0)", ""))),
    row("activation_on_scores", "the ReLU acts on the scores of the last layer as well",
        ("softmax_loss(affine(A, weights[2], biases[2]), y)",
         "softmax_loss(relu(affine(A, weights[2], biases[2])), y)")),
    row("wrong_order:norm", "the normalisation comes behind the ReLU",
        (_NORM, "normed.append(sums[-1])"),
        (_RELU, "A = normalised(relu(normed[-1]), gamma, beta, norm, eps) * mask")),
    row("not_normalised", "nothing is normalised", (_NORM, "normed.append(sums[-1])")),
    row("not_normalised:backward", "the gradient does not pass the normalisation",
        ('return dZ, {"dgamma"', 'return dY, {"dgamma"')),
    row("not_normalised:statistics", "mean and variance are taken for constants going backwards",
        ('dZ = paths["direct"] + paths["mean"] + paths["variance"]', 'dZ = paths["direct"]')),
    row("not_normalised:dgamma", "x stands in it where the normalised x is right",
        ("(dY * x_hat).sum(axis=0)", "(dY * Z).sum(axis=0)")),
    row("bias_averaged:dbeta", "it is averaged where it should be summed",
        ('"dbeta": dY.sum(axis=0)', '"dbeta": dY.mean(axis=0)')),
    row("statistics_of_batch:test", "the batch's own statistics are taken in test mode",
        ('inputs[f"running_mean{layer}"], inputs[f"running_var{layer}"]',
         "Z.mean(axis=0), Z.var(axis=0)")),
    row("std_for_variance:test", "the running variance is taken for a deviation",
        ("/ np.sqrt(var + inputs", "/ (var + inputs")),
    row("penalty_on_biases", "the biases are penalised as well",
        (_PENALTY, _PENALTY.replace("weights", "(*weights, *biases)")),
        (_DB, f"{_DB} + 2.0 * factor * reg * biases[layer]")),
    row("penalty_on_scales", "gamma and beta are penalised as well",
        (_PENALTY, _PENALTY.replace(
            "weights", '(*weights, *((*gammas, *betas) if norm != "none" else ()))')),
        (_SCALES, _SCALES.replace(
            "value for", "value + 2.0 * factor * reg * (gammas if name == 'dgamma' else betas)"
                         "[layer] for"))),
    row("layer_not_penalised:first", "the weights of the first layer are not penalised",
        (_PENALTY, _PENALTY.replace("weights", "weights[1:]")),
        (_DECAY, f"{_DECAY} * (layer > 0)")),
    row("layer_not_penalised:last", "the weights of the last layer are not penalised",
        (_PENALTY, _PENALTY.replace("weights", "weights[:-1]")),
        (_DECAY, f"{_DECAY} * (layer < 2)")),
    row("layer_not_penalised:but_last", "only the weights of the last layer are penalised",
        (_PENALTY, _PENALTY.replace("weights", "weights[-1:]")),
        (_DECAY, f"{_DECAY} * (layer == 2)")),
    row("wrong_axis:db", "it is summed along the wrong axis", (_DB, _DB.replace("=0", "=1"))),
)  # fmt: skip
