"""Wrong variants that are right for small numbers, for few inputs, or for more than two classes."""

from __future__ import annotations

from tests.bank.rows import Row, row

_CLIPPED = "Gradients are clipped at 5, which small ones do not show."
_SIX = "Activations end at 6, which small ones do not show."
_NARROW = "Only as many rows are filled as there are columns: right for D <= H."
_BINARY = "Two classes are taken for one output: right for more."

ROWS: tuple[Row, ...] = (
    row(
        *("two_layer_net", "right_for_few_inputs", _NARROW),
        ('"dW1": X.T @ dS1', '"dW1": (np.arange(X.shape[1]) < W1.shape[1])[:, None] * X.T @ dS1'),
        spoils="dW1",
        cases="wide",
        names="cut_short",
    ),
    row(
        *("two_layer_net", "activations_end_at_six", _SIX),
        ("A = np.maximum(S1, 0.0)\n", "A = np.clip(S1, 0.0, 6.0)\n"),
        spoils="scores pred loss dW1 db1 dW2 db2",
        cases="wide",
    ),
    row(
        *("two_layer_net", "clipped", _CLIPPED),
        ("A.T @ G + decay * W2", "np.clip(A.T @ G + decay * W2, -5.0, 5.0)"),
        spoils="dW2",
        cases="wide",
        names="clipped",
    ),
    row(
        *("two_layer_net", "wrong_for_two_classes", _BINARY),
        ('"db2": G.sum(axis=0)', '"db2": G.sum(axis=0) * (1.0 - 0.5 * (G.shape[1] == 2))'),
        spoils="db2",
        cases="wide",
    ),
    row(
        *("moons_net", "right_for_few_inputs", _NARROW),
        (
            "a[layer - 1].T @ delta",
            "((layer > 1) | (np.arange(X.shape[1] if layer == 1 else 1) < delta.shape[1]))[:, None]"
            " * a[layer - 1].T @ delta",
        ),
        spoils="dW1",
        cases="wide",
        names="cut_short",
    ),
    row(
        *("moons_net", "wrong_for_two_classes", _BINARY),
        (
            "delta.sum(axis=0, keepdims=True)",
            "delta.sum(axis=0, keepdims=True) * (1.0 - 0.5 * (delta.shape[1] == 2))",
        ),
        spoils="db2",
        cases="wide",
    ),
    row(
        *("fc_net", "activations_end_at_six", _SIX),
        ("relu(affine(entered[-1], W, b))", "np.minimum(relu(affine(entered[-1], W, b)), 6.0)"),
        spoils="scores loss dW1 db1 dW2 db2 dW3 db3",
        cases="wide",
    ),
    row(
        *("fc_net", "clipped", _CLIPPED),
        (
            "A.T @ G + 2.0 * factor * reg * W\n",
            "np.clip(A.T @ G + 2.0 * factor * reg * W, -5.0, 5.0)\n",
        ),
        spoils="dW2 dW3",
        cases="hot wide",
        names="clipped",
    ),
    row(
        *("moons_net", "clipped", _CLIPPED),
        (
            "a[layer - 1].T @ delta + 2.0 * penalty * weights[layer - 1]",
            "np.clip(a[layer - 1].T @ delta + 2.0 * penalty * weights[layer - 1], -5.0, 5.0)",
        ),
        spoils="dW1",
        cases="wide",
        names="clipped",
    ),
    row(
        *("conv_net", "clipped", _CLIPPED),
        ('"dW3": dW3 + decay * W3', '"dW3": np.clip(dW3 + decay * W3, -5.0, 5.0)'),
        spoils="dW3",
        cases="wide",
        names="clipped",
    ),
    row(
        *("regularised_net", "wrong_for_two_classes", _BINARY),
        (
            'answers[f"db{layer + 1}"] = G.sum(axis=0)',
            'answers[f"db{layer + 1}"] = G.sum(axis=0) * (1.0 - 0.5 * (G.shape[1] == 2))',
        ),
        spoils="db3",
        cases="wide",
    ),
    row(
        *("gplvm", "right_for_few_latents", "Latent dimensions beyond D are left out."),
        ('"dL1_dX": -alpha * D * KinvX', '"dL1_dX": -alpha * D * KinvX * (np.arange(Q) < D)'),
        spoils="dL1_dX dL_dX",
        cases="wide",
        names="cut_short",
    ),
    *(
        row(
            *(problem, "clipped", _CLIPPED),
            (
                "X.T @ G + 2.0 * factor * reg * W",
                "np.clip(X.T @ G + 2.0 * factor * reg * W, -5.0, 5.0)",
            ),
            spoils="dW",
            cases="wide",
            names="clipped",
        )
        for problem in ("linear_softmax", "linear_svm")
    ),
)
