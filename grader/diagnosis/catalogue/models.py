"""Mistakes in the probabilistic models: restricted Boltzmann machine and Gaussian process."""

from __future__ import annotations

from grader.diagnosis.catalogue.rows import Row, row

_S = "S = sigmoid(V @ W + c)"
_ELL = "return float(-np.sum(free_energy(V, W, b, c) + log_Z))"
_F = "F: Array = -V @ b - np.logaddexp(0.0, V @ W + c).sum(axis=1)"

RBM: tuple[Row, ...] = (
    row("units_not_summed_out", "s stands for log(1 + exp(s)): all hidden units count as on",
        (_F, "F: Array = -V @ b - (V @ W + c).sum(axis=1)")),
    row("activation_missing", "the hidden units' sums are taken without the sigmoid",
        (_S, "S = V @ W + c")),
    row("bias_missing:statistics", "the bias c is left out of the hidden units' probabilities",
        (_S, "S = sigmoid(V @ W)")),
    row("states_for_probabilities", "hidden units count as 0 or 1, not by their probability",
        (_S, "S = (V @ W + c > 0).astype(np.float64)")),
    row("wrong_activation", "tanh is taken for the sigmoid", (_S, "S = np.tanh(V @ W + c)")),
    row("exponent_sign", "the probability of a hidden unit being off is taken",
        (_S, "S = sigmoid(-V @ W - c)")),
    row("normaliser_missing", "log Z is left out",
        (_ELL, "return float(-np.sum(free_energy(V, W, b, c)))")),
    row("normaliser_once", "log Z is subtracted once, not for every example",
        (_ELL, "return float(-np.sum(free_energy(V, W, b, c)) - log_Z)")),
    row("normaliser_sign", "log Z is added, not subtracted",
        (_ELL, "return float(-np.sum(free_energy(V, W, b, c) - log_Z))")),
    row("energy_sign", "the sign of the free energy is the wrong way round",
        (_ELL, "return float(np.sum(free_energy(V, W, b, c) - log_Z))")),
    row("bias_missing:energy", "the bias b is left out of the free energy",
        (_F, _F.replace("-V @ b ", ""))),
    row("uniform_model", "all visible states count alike in the second sum",
        ("model = statistics(states(len(b)), -n * p, W, c)",
         "model = statistics(states(len(b)), -n * np.full_like(p, 1.0 / len(p)), W, c)")),
    row("not_normalised", "the states' weights are not divided by Z",
        ("return np.exp(-F - log_Z), float(log_Z)", "return np.exp(-F), float(log_Z)")),
)  # fmt: skip

_FIT = '"dL2_dX": alpha * beta * R @ S.T'
_DET = '"dL1_dX": -alpha * D * KinvX'
_LOG_DET = "-0.5 * D * log_det"
_THROUGH = "through = through_kernel if N <= Q else through_regression"

_PATHS = (("fit", "the data fit", _FIT), ("determinant", "the log-determinant", _DET))
_SLIPS = (
    ("sign", "the sign of the gradient of {part} is the wrong way round", "-1.0"),
    ("halved", "the gradient of {part} is halved", "0.5"),
    ("doubled", "the gradient of {part} is twice too large", "2.0"),
    ("factor_alpha", "α is left out of the gradient of {part}", "1.0 / alpha"),
    ("factor_D", "the gradient of {part} is divided by D", "1.0 / D"),
)


_VALUES = (
    ("data_fit", "the data fit", "-0.5 * (beta * np.sum(R**2) + alpha * np.sum(S**2))"),
    ("log_det", "the log-determinant", _LOG_DET),
)
_VALUE_SLIPS = (
    ("sign", "the sign of {part} is the wrong way round", "-1.0"),
    ("halved", "{part} is halved", "0.5"),
    ("doubled", "{part} is twice too large", "2.0"),
    ("factor_D", "{part} is divided by D", "1.0 / D"),
)


def _slipped(text: str, factor: str) -> str:
    name, _, formula = text.partition(": ")
    return f"{name}: {factor} * ({formula})"


GPLVM: tuple[Row, ...] = (
    *(row(f"{name}:{path}", clause.format(part=part), (text, _slipped(text, factor)))
      for path, part, text in _PATHS for name, clause, factor in _SLIPS),
    *(row(f"{name}:{path}", clause.format(part=part), (text, f"{factor} * ({text})"))
      for path, part, text in _VALUES for name, clause, factor in _VALUE_SLIPS),
    row("inverse_missing:left", "the first K⁻¹ of K⁻¹YYᵀK⁻¹X is left out",
        (_FIT, '"dL2_dX": alpha * Y @ S.T')),
    row("inverse_missing:right", "the second K⁻¹ of K⁻¹YYᵀK⁻¹X is left out",
        (_FIT, '"dL2_dX": alpha * beta * R @ (Y.T @ X)')),
    row("inverse_missing:both", "both K⁻¹ of K⁻¹YYᵀK⁻¹X are left out",
        (_FIT, '"dL2_dX": alpha * Y @ (Y.T @ X)')),
    row("inverse_missing:determinant", "K⁻¹ is left out of the gradient of the log-determinant",
        (_DET, '"dL1_dX": -alpha * D * X')),
    row("noise_missing", "the noise is left out of the log-determinant",
        (_LOG_DET, "-0.5 * D * (log_det - (Q - N) * np.log(beta))")),
    row("factor_missing:dbeta", "1/β² is left out of the gradient in β",
        ('"dL1_dbeta": 0.5 * D * freedom / beta',
         '"dL1_dbeta": 0.5 * D * freedom * beta'),
        ('"dL2_dbeta": -0.5 * np.sum(R**2)', '"dL2_dbeta": -0.5 * np.sum(R**2) * beta**2')),
    row("noise_inverted", "β stands where 1/β is right",
        (_THROUGH, f"beta = 1.0 / beta; {_THROUGH}")),
    row("log_missing", "the logarithm of the determinant is left out",
        (_LOG_DET, "-0.5 * D * np.exp(log_det)")),
)  # fmt: skip
