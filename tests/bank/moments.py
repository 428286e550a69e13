"""Wrong variants of the update rules with two moments, and of the initialisers."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bank.rows import Row, everywhere, row

_STEPS = "path w_1 w_K"
_M = 'm = beta1 * state["m"] + (1.0 - beta1) * dw\n'
_V = 'v = beta2 * state["v"] + (1.0 - beta2) * dw**2\n'
_ADAM = "divided(m / (1.0 - beta1**t), v / (1.0 - beta2**t), epsilon, inside)"
_NADAM = "divided(n, v / (1.0 - beta2**t), epsilon, inside)"
_MOMENTS = "m_1 m_K v_1 v_K"
_STEP = "w - learning_rate * direction"
_END = f'    return {_STEP}, {{"m": m, "v": v, "t": t}}\n'
_KEPT = "    state = {name: inputs[name] for name in kept}\n"


def _moments(problem: str, direction: str) -> Iterator[Row]:
    """Yield the mistakes of the rules with two moments."""
    line = f"    direction = {direction}\n{_END}"

    def changed(name: str, about: str, new: str, spoils: str, names: str = "") -> Row:
        return row(problem, name, about, (line, new), spoils=spoils, names=names)

    yield from everywhere(
        problem,
        direction,
        "direction = {}\n",
        spoils="w_1 w_K path",
        without="second_array thousandth one_entry",
    )
    yield changed(
        "step_off_by_a_thousandth",
        "The step is too long by 0.1 %.",
        line.replace("learning_rate", "1.001 * learning_rate"),
        _STEPS,
    )
    yield changed(
        "one_entry",
        "A single weight is left where it is.",
        line.replace(
            "learning_rate *", "learning_rate * (np.arange(w.size).reshape(w.shape) > 0) *"
        ),
        _STEPS,
        "isolated_entries",
    )
    yield changed(
        "state_not_kept",
        "The moments are not handed on.",
        line.replace('"m": m, "v": v', '"m": 1.0 * state["m"], "v": 1.0 * state["v"]'),
        f"path w_K {_MOMENTS}",
        "state_not_kept",
    )
    yield changed(
        "t_not_kept",
        "t is not handed on: each step is the first.",
        line.replace('"t": t', '"t": t - 1'),
        "path w_K t_1 t_K",
        "state_not_kept step_count",
    )
    yield changed(
        "second_moment_not_rooted",
        "The root of the second moment is forgotten.",
        line.replace(
            "v / (1.0 - beta2**t), epsilon, inside", "(v / (1.0 - beta2**t)) ** 2, epsilon, inside"
        ),
        _STEPS,
        "root_missing",
    )
    yield changed(
        "correction_of_v_missing",
        "The second moment is not corrected.",
        line.replace("v / (1.0 - beta2**t)", "v"),
        _STEPS,
        "bias_correction_missing",
    )
    yield changed(
        "step_counted_late",
        "The correction uses t before it is raised.",
        line.replace("beta2**t", "beta2 ** (t - 1 or 1)"),
        _STEPS,
        "step_count",
    )
    yield changed(
        "uphill",
        "The step goes up the gradient.",
        line.replace("w - learning", "w + learning"),
        _STEPS,
        "step_sign",
    )
    yield changed(
        "moments_swapped",
        "The betas change places in the correction.",
        line.replace("beta2**t", "beta1**t"),
        _STEPS,
        "betas_swapped",
    )


_STARTS = {
    "first_step_skipped": ("The first step of all is left out.", f"{_STEP} if t > 1 else w"),
    "first_step_signed": (
        "The first step of all follows the gradient's sign.",
        f"{_STEP} if t > 1 else w - learning_rate * np.sign(dw)",
    ),
    "first_step_plain": (
        "The first step of all is that of plain descent.",
        f"{_STEP} if t > 1 else w - learning_rate * dw",
    ),
    "first_step_too_long": (
        "The first step of all is too long by 1 %.",
        "w - (1.01 if t == 1 else 1.0) * learning_rate * direction",
    ),
}
"""Mistakes that show at the start of a walk only: what it is, and the new w."""


def _at_the_start(problem: str, direction: str) -> Iterator[Row]:
    """Yield the mistakes of the rules with two moments that show before the first step only."""
    line = f"    direction = {direction}\n{_END}"
    for name, (about, new) in _STARTS.items():
        change = (line, line.replace(_STEP, f"({new})"))
        told = name if name == "first_step_skipped" else ""
        yield row(problem, name, about, change, spoils=_STEPS, cases="fresh", names=told)
    for first in (2, 3, 11):
        counted = f'    if inputs["t"] == 0:\n        state["t"] = {first - 1}\n'
        yield row(
            *(problem, f"first_step_is_number_{first}", f"The first step is taken for {first}."),
            (_KEPT, _KEPT + counted),
            spoils=f"{_STEPS} t_1 t_K",
            cases="fresh",
            names="step_count" if first == 2 else "",
        )


MOMENTS: tuple[Row, ...] = (
    *_moments("adam", _ADAM),
    *_at_the_start("adam", _ADAM),
    row(
        *("adam", "correction_missing", "Neither moment is corrected."),
        (_ADAM, "divided(m, v, epsilon, inside)"),
        spoils=_STEPS,
        names="bias_correction_missing",
    ),
    row(
        *("adam", "correction_of_m_missing", "The first moment is not corrected."),
        (_ADAM, "divided(m, v / (1.0 - beta2**t), epsilon, inside)"),
        spoils=_STEPS,
        names="bias_correction_missing",
    ),
    *_moments("nadam", _NADAM),
    *_at_the_start("nadam", _NADAM),
    row(
        *("nadam", "plain_adam", "The look ahead is left out."),
        (_NADAM, _ADAM),
        spoils=_STEPS,
        names="lookahead_missing",
    ),
)

_NORMAL = 'return sqrt(2.0 / (fan_in + fan_out)), float("inf")'
_UNIFORM = "return sqrt(2.0 / (fan_in + fan_out)), sqrt(6.0 / (fan_in + fan_out))"
_HE = 'return sqrt(2.0 / fan_in), float("inf")'
_CUT = "return SHRINK * std, CUT * std"


def _scale(
    problem: str, name: str, about: str, old: str, new: str, spoils: str, names: str = ""
) -> Row:
    """Return a row whose initialiser has another scale."""
    return row(problem, name, about, (old, new), spoils=spoils, names=names)


INITIALIZERS: tuple[Row, ...] = (
    _scale(
        "truncated_normal",
        "not_shrunk",
        "What the cut takes from the deviation is forgotten.",
        _CUT,
        "return std, CUT * std",
        "std",
        "factor shrinking_missing",
    ),
    _scale(
        "truncated_normal",
        "cut_at_three",
        "The cut is at three deviations.",
        _CUT,
        "return SHRINK * std, 3.0 * std",
        "limit",
        "factor wrong_cut",
    ),
    _scale(
        "truncated_normal",
        "cut_at_one",
        "The cut is at one deviation.",
        _CUT,
        "return SHRINK * std, std",
        "limit",
        "halved",
    ),
    _scale(
        "truncated_normal",
        "variance_for_deviation",
        "std is taken for the variance.",
        _CUT,
        "return SHRINK * sqrt(std), CUT * sqrt(std)",
        "std limit",
        "factor_sqrt(std)",
    ),
    _scale(
        "glorot_uniform",
        "three_for_six",
        "The limit is √(3/(in + out)).",
        _UNIFORM,
        "return sqrt(1.0 / (fan_in + fan_out)), sqrt(3.0 / (fan_in + fan_out))",
        "std limit",
        "factor",
    ),
    _scale(
        "glorot_uniform",
        "fan_in_only",
        "Only the inputs are counted.",
        _UNIFORM,
        "return sqrt(2.0 / fan_in), sqrt(6.0 / fan_in)",
        "std limit",
        "one_fan",
    ),
    _scale(
        "glorot_uniform",
        "root_missing",
        "The root is forgotten.",
        _UNIFORM,
        "return 2.0 / (fan_in + fan_out), 6.0 / (fan_in + fan_out)",
        "std limit",
        "root_missing",
    ),
    _scale(
        "glorot_uniform",
        "limit_for_deviation",
        "The limit is the deviation.",
        _UNIFORM,
        "return sqrt(2.0 / (fan_in + fan_out)), sqrt(2.0 / (fan_in + fan_out))",
        "limit",
        "factor swapped_answers",
    ),
    _scale(
        "glorot_normal",
        "fan_in_only",
        "Only the inputs are counted.",
        _NORMAL,
        'return sqrt(1.0 / fan_in), float("inf")',
        "std",
        "fan_in_alone",
    ),
    _scale(
        "glorot_normal",
        "root_missing",
        "The root is forgotten.",
        _NORMAL,
        'return 2.0 / (fan_in + fan_out), float("inf")',
        "std",
        "root_missing",
    ),
    _scale(
        "glorot_normal",
        "one_for_two",
        "√(1/(in + out)).",
        _NORMAL,
        'return sqrt(1.0 / (fan_in + fan_out)), float("inf")',
        "std",
        "factor",
    ),
    _scale(
        "glorot_normal",
        "uniform_limit",
        "The uniform distribution's limit.",
        _NORMAL,
        'return sqrt(6.0 / (fan_in + fan_out)), float("inf")',
        "std",
        "factor",
    ),
    _scale(
        "he_normal",
        "fan_out",
        "The outputs are counted.",
        _HE,
        'return sqrt(2.0 / fan_out), float("inf")',
        "std",
        "fan_out_for_in",
    ),
    _scale(
        "he_normal",
        "one_for_two",
        "√(1/in), as without a ReLU.",
        _HE,
        'return sqrt(1.0 / fan_in), float("inf")',
        "std",
        "factor",
    ),
    _scale(
        "he_normal",
        "root_missing",
        "The root is forgotten.",
        _HE,
        'return 2.0 / fan_in, float("inf")',
        "std",
        "root_missing",
    ),
    _scale(
        "he_normal",
        "both_fans",
        "Inputs and outputs are counted.",
        _HE,
        'return sqrt(2.0 / (fan_in + fan_out)), float("inf")',
        "std",
        "wrong_rule",
    ),
)

SCALES = {
    "doubled": ("Twice as wide.", "2.0 * ", "doubled"),
    "halved": ("Half as wide.", "0.5 * ", "halved"),
    "thousandth": ("Too wide by 0.1 %.", "1.001 * ", "factor"),
    "negative": ("The sign is wrong.", "-1.0 * ", "sign"),
}


def _scaled() -> Iterator[Row]:
    """Yield each initialiser with a deviation, and a limit where it has one, of another scale."""
    for problem, text in (
        ("truncated_normal", _CUT),
        ("glorot_uniform", _UNIFORM),
        ("glorot_normal", _NORMAL),
        ("he_normal", _HE),
    ):
        deviation, limit = text.removeprefix("return ").rsplit(", ", 1)
        for name, (about, factor, told) in SCALES.items():
            has_limit = "inf" not in limit
            new = f"return {factor}{deviation}, {factor if has_limit else ''}{limit}"
            spoils = "std limit" if has_limit else "std"
            yield _scale(problem, name, about, text, new, spoils, told)


ROWS = (*MOMENTS, *INITIALIZERS, *_scaled())
