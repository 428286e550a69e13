"""Wrong variants of the update rules and of the initialisers."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bank.rows import Row, everywhere, row

_STEPS = "path w_1 w_K"
_VELOCITY = f"{_STEPS} velocity_1 velocity_K"
_CACHE = f"{_STEPS} cache_1 cache_K"


def _walk(problem: str, text: str) -> Iterator[Row]:
    """Yield the mistakes that any update rule can have, in the text of its new w."""
    yield from everywhere(problem, text, "return {}, {", spoils="w_1 w_K path")
    yield row(
        *(
            problem,
            "only_the_first_step",
            "The steps start over from the first w: right for K = 1.",
        ),
        (
            "        w, state = rule.step(w, dw, state, **rates)\n        steps",
            "        reached, state = rule.step(w, dw, state, **rates)\n"
            "        w = w if steps else reached\n        steps",
        ),
        spoils="path w_K",
    )


def _uphill(problem: str, text: str) -> Row:
    """Return the row whose step goes up the gradient."""
    return row(
        *(problem, "uphill", "The step goes up the gradient."),
        (text, text.replace("w - learning_rate", "w + learning_rate")),
        spoils=_STEPS,
        names="step_sign",
    )


def _momentum(problem: str, text: str, velocity: str) -> Iterator[Row]:
    """Yield the mistakes of the rules with a velocity, ``velocity`` being unique about its text."""
    step = 'v = mu * state["velocity"] - learning_rate * dw'

    def changed(name: str, about: str, new: str, names: str = "", spoils: str = _VELOCITY) -> Row:
        old = f"    {step}\n    return {text}, "
        return row(
            problem,
            name,
            about,
            (old, f"    {new}\n    return {text}, "),
            spoils=spoils,
            names=names,
        )

    yield from _walk(problem, text)
    yield changed(
        "velocity_forgotten", "The step is that of plain descent.", "v = -learning_rate * dw"
    )
    yield changed(
        "velocity_added_uphill",
        "The gradient is added to the velocity.",
        step.replace("- learning", "+ learning"),
    )
    yield changed(
        "mu_on_the_gradient",
        "1 − μ weighs the gradient.",
        'v = mu * state["velocity"] - (1.0 - mu) * learning_rate * dw',
    )
    yield changed(
        "rate_forgotten",
        "The velocity takes the whole gradient.",
        'v = mu * state["velocity"] - dw',
    )
    yield row(
        *(problem, "velocity_not_kept", "The velocity is not handed on."),
        (
            f'return {text}, {{"velocity": v}}',
            f'return {text}, {{"velocity": 1.0 * state["velocity"]}}',
        ),
        spoils="path w_K velocity_1 velocity_K",
        names="state_not_kept",
    )


_SGD = "w - learning_rate * dw"
_NESTEROV = 'w + v + mu * (v - state["velocity"])'

DESCENT: tuple[Row, ...] = (
    *_walk("sgd", _SGD),
    _uphill("sgd", _SGD),
    row(
        *("sgd", "rate_forgotten", "The whole gradient is taken."),
        (f"return {_SGD}", "return w - dw"),
        spoils=_STEPS,
    ),
    row(
        *("sgd", "rate_divided_by", "The gradient is divided by the rate."),
        (f"return {_SGD}", "return w - dw / learning_rate"),
        spoils=_STEPS,
    ),
    row(
        *("sgd", "sign_of_the_gradient", "Only the gradient's sign is used."),
        (f"return {_SGD}", "return w - learning_rate * np.sign(dw)"),
        spoils=_STEPS,
    ),
    row(
        *("sgd", "mean_gradient", "All weights take the same step."),
        (f"return {_SGD}", "return w - learning_rate * dw.mean()"),
        spoils=_STEPS,
    ),
    *_momentum("momentum", "w + v", ""),
    row(
        *("momentum", "velocity_subtracted", "The velocity is subtracted."),
        ('return w + v, {"velocity": v}', 'return w - v, {"velocity": v}'),
        spoils=_STEPS,
        names="step_sign",
    ),
    *_momentum("nesterov", _NESTEROV, ""),
    row(
        *("nesterov", "plain_momentum", "The look ahead is left out."),
        (f"return {_NESTEROV}", "return w + v"),
        spoils=_STEPS,
    ),
    row(
        *("nesterov", "look_ahead_turned_round", "The old velocity's share is added."),
        (f"return {_NESTEROV}", 'return w + v + mu * (v + state["velocity"])'),
        spoils=_STEPS,
    ),
)

_ADAGRAD = 'state["cache"] + dw**2'
_RMSPROP = 'rho * state["cache"] + (1.0 - rho) * dw**2'
_QUOTIENT = "root = np.sqrt(square + epsilon) if inside else np.sqrt(square) + epsilon"


def _adaptive(problem: str, cache: str) -> Iterator[Row]:
    """Yield the mistakes of the rules that divide by the root of a cache."""
    yield from (
        row_ for row_ in everywhere(problem, cache, "cache = {}\n", spoils=_CACHE, without="sign")
    )
    yield row(
        *(problem, "root_missing", "The cache is divided by, without its root."),
        (_QUOTIENT, "root = square + epsilon"),
        spoils=_STEPS,
        names="root_missing",
    )
    yield row(
        *(problem, "root_twice", "The root is taken of the root."),
        (_QUOTIENT, "root = np.sqrt(np.sqrt(square)) + epsilon"),
        spoils=_STEPS,
    )
    yield row(
        *(problem, "cache_not_kept", "The cache is not handed on."),
        (
            f'cache = {cache}\n    return w - learning_rate * divided(dw, cache, epsilon, inside), {{"cache": cache}}',
            f"cache = {cache}\n    return w - learning_rate * divided(dw, cache, epsilon, inside), "
            '{"cache": 1.0 * state["cache"]}',
        ),
        spoils="path w_K cache_1 cache_K",
        names="state_not_kept",
    )
    yield row(
        *(problem, "gradient_not_squared", "The cache collects absolute values."),
        (f"cache = {cache}\n", f"cache = {cache.replace('dw**2', 'np.abs(dw)')}\n"),
        spoils=_CACHE,
    )
    yield row(
        *(problem, "old_cache_divided_by", "The step divides by the cache before this gradient."),
        (
            f"cache = {cache}\n    return w - learning_rate * divided(dw, cache,",
            f'cache = {cache}\n    return w - learning_rate * divided(dw, state["cache"] + 1e-3,',
        ),
        spoils=_STEPS,
    )
    yield row(
        *(problem, "uphill", "The step goes up the gradient."),
        (
            f"cache = {cache}\n    return w - learning_rate",
            f"cache = {cache}\n    return w + learning_rate",
        ),
        spoils=_STEPS,
        names="step_sign",
    )


ADAPTIVE: tuple[Row, ...] = (
    *_adaptive("adagrad", _ADAGRAD),
    *_adaptive("rmsprop", _RMSPROP),
    row(
        *("rmsprop", "shares_turned_round", "ρ and 1 − ρ change places."),
        (_RMSPROP, '(1.0 - rho) * state["cache"] + rho * dw**2'),
        spoils=_CACHE,
    ),
    row(
        *("rmsprop", "nothing_forgotten", "The cache is that of AdaGrad."),
        (_RMSPROP, 'state["cache"] + dw**2'),
        spoils=_CACHE,
    ),
)

_M = 'm = beta1 * state["m"] + (1.0 - beta1) * dw\n'
_V = 'v = beta2 * state["v"] + (1.0 - beta2) * dw**2\n'
_ADAM = "divided(m / (1.0 - beta1**t), v / (1.0 - beta2**t), epsilon, inside)"
_NADAM = "divided(n, v / (1.0 - beta2**t), epsilon, inside)"
_MOMENTS = "m_1 m_K v_1 v_K"
_END = '    return w - learning_rate * direction, {"m": m, "v": v, "t": t}\n'


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
        without="thousandth one_entry",
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
    )


MOMENTS: tuple[Row, ...] = (
    *_moments("adam", _ADAM),
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
    row(
        *("nadam", "plain_adam", "The look ahead is left out."),
        (_NADAM, _ADAM),
        spoils=_STEPS,
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
        "factor",
    ),
    _scale(
        "truncated_normal",
        "cut_at_three",
        "The cut is at three deviations.",
        _CUT,
        "return SHRINK * std, 3.0 * std",
        "limit",
        "factor",
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
        "factor",
    ),
    _scale(
        "glorot_normal",
        "fan_in_only",
        "Only the inputs are counted.",
        _NORMAL,
        'return sqrt(1.0 / fan_in), float("inf")',
        "std",
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
    ),
)

ROWS = DESCENT + ADAPTIVE + MOMENTS + INITIALIZERS
