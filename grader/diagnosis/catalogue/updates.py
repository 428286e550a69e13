"""Mistakes in the update rules."""

from __future__ import annotations

from collections.abc import Mapping

from grader.diagnosis.catalogue.rows import Row, row

_STEP = "        w, state = rule.step(w, dw, state, **rates)\n        steps.append((w, state))"
_FORGOTTEN = (
    "        w, new_state = rule.step(w, dw, state, **rates)\n        steps.append((w, new_state))"
)
_ROOT = "root = np.sqrt(square + epsilon) if inside else np.sqrt(square) + epsilon"

_KEPT: tuple[Row, ...] = (
    row("state_not_kept", "the state is not kept from step to step", (_STEP, _FORGOTTEN)),
)

_ROOTED: tuple[Row, ...] = (
    row("root_missing", "the root is not taken", (_ROOT, "root = square + epsilon")),
    row("root_twice", "the root is taken twice",
        (_ROOT, "root = np.sqrt(np.sqrt(square + epsilon)) if inside"
                " else np.sqrt(np.sqrt(square)) + epsilon")),
    row("root_twice:bare", "the root is taken twice, and epsilon left out",
        (_ROOT, "root = np.sqrt(np.sqrt(square))")),
    row("division_missing", "it is not divided by the root", (_ROOT, "root = 1.0")),
    row("multiplied_by_root", "it is multiplied by the root, not divided",
        (_ROOT, "root = 1.0 / (np.sqrt(square) + epsilon)")),
    row("stabiliser_missing", "epsilon is left out", (_ROOT, "root = np.sqrt(square)")),
    row("stabiliser_place", "epsilon stands on the other side of the root",
        (_ROOT, "root = np.sqrt(square) + epsilon if inside else np.sqrt(square + epsilon)")),
)  # fmt: skip

_V = '    v = mu * state["velocity"] - learning_rate * dw\n    return w + v'
_PLAIN = f'{_V}, {{"velocity": v}}'
_AHEAD = f'{_V} + mu * (v - state["velocity"]), {{"velocity": v}}'
_KEEPS = '{"velocity": v}'
_OLD = '    v = mu * state["velocity"]'


def _velocities(text: str) -> tuple[Row, ...]:
    """Return the mistakes that momentum and Nesterov's momentum share."""
    end = text[len(_V) :]
    rate = " - learning_rate * dw\n    return w + v"
    rows = (
        ("step_sign", "the velocity is subtracted from w",
         f"{_OLD}{rate.replace('w + v', 'w - v')}{end}"),
        ("velocity_sign", "the gradient is added to the velocity, not subtracted",
         f"{_OLD}{rate.replace('- learning_rate', '+ learning_rate')}{end}"),
        ("velocity_sign:kept", "the velocity is kept with the other sign",
         text.replace(_KEEPS, '{"velocity": -v}')),
        ("momentum_missing", "the earlier velocity is left out",
         f"    v = -learning_rate * dw\n    return w + v{end}"),
        ("momentum_factor_missing", "the earlier velocity is not multiplied by the momentum",
         f'    v = state["velocity"]{rate}{end}'),
        ("learning_rate_missing", "the gradient is not multiplied by the learning rate",
         f"{_OLD} - dw\n    return w + v{end}"),
        ("learning_rate_on_velocity", "the whole velocity is multiplied by the learning rate",
         f"{_OLD} - dw\n    return w + learning_rate * v{end}"),
        ("damped", "the gradient is multiplied by 1 - momentum as well",
         f"{_OLD} - (1.0 - mu) * learning_rate * dw\n    return w + v{end}"),
        ("state_late", "the step is taken with the earlier velocity",
         f'{_OLD} - learning_rate * dw\n    return w + state["velocity"]{end}'),
        ("state_not_kept:velocity", "the new velocity is not kept",
         text.replace(_KEEPS, '{"velocity": state["velocity"]}')),
    )  # fmt: skip
    return tuple(row(key, clause, (text, new)) for key, clause, new in rows)


_NESTEROV: tuple[Row, ...] = (
    row("lookahead_missing", "it does not look ahead: this is plain momentum", (_AHEAD, _PLAIN)),
    row("lookahead_wrong:velocity", "mu v is added in place of mu times the velocity's change",
        (_AHEAD, f'{_V} + mu * v, {{"velocity": v}}')),
    row("lookahead_wrong:sign", "the earlier velocity is added, not subtracted",
        (_AHEAD, f'{_V} + mu * (v + state["velocity"]), {{"velocity": v}}')),
    row("lookahead_wrong:gradient", "mu v less the learning rate times the gradient is the step",
        (_AHEAD, f'{_V[:-1]}mu * v - learning_rate * dw, {{"velocity": v}}')),
)  # fmt: skip

_ADAGRAD = 'cache = state["cache"] + dw**2'
_RMSPROP = 'cache = rho * state["cache"] + (1.0 - rho) * dw**2'
_CACHED = 'divided(dw, cache, epsilon, inside), {"cache": cache}'


def _caches(text: str, new: Mapping[tuple[str, str], str]) -> tuple[Row, ...]:
    return tuple(row(key, clause, (text, f"cache = {form}")) for (key, clause), form in new.items())


_CACHES_ADAGRAD = _caches(_ADAGRAD, {
    ("accumulation_missing", "the squares are not summed up"): "dw**2",
    ("square_missing", "the gradient is not squared"): 'state["cache"] + dw',
    ("square_missing:sizes", "the gradient is not squared"): 'state["cache"] + np.abs(dw)',
    ("wrong_rule:rmsprop", "the squares are averaged, as in RMSProp"):
        '0.99 * state["cache"] + 0.01 * dw**2',
    ("state_not_kept:cache", "the cache is not updated"): 'state["cache"] + 0.0',
})  # fmt: skip

_CACHES_RMSPROP = _caches(_RMSPROP, {
    ("decay_swapped", "the decay rate and what is left of 1 are swapped"):
        '(1.0 - rho) * state["cache"] + rho * dw**2',
    ("decay_not_complement", "the square is not multiplied by 1 - decay rate"):
        'rho * state["cache"] + dw**2',
    ("wrong_rule:adagrad", "the squares are summed up, as in AdaGrad"): 'state["cache"] + dw**2',
    ("square_missing", "the gradient is not squared"):
        'rho * state["cache"] + (1.0 - rho) * dw',
    ("square_missing:sizes", "the gradient is not squared"):
        'rho * state["cache"] + (1.0 - rho) * np.abs(dw)',
    ("accumulation_missing", "the earlier squares are left out"): "(1.0 - rho) * dw**2",
    ("accumulation_missing:plain", "the earlier squares are left out"): "dw**2",
    ("state_not_kept:cache", "the cache is not updated"): 'state["cache"] + 0.0',
    ("square_of_factor", "1 - decay rate is squared as well"):
        'rho * state["cache"] + ((1.0 - rho) * dw) ** 2',
})  # fmt: skip

_HEADS = {
    "adagrad": f"    {_ADAGRAD}\n    return w - learning_rate * ",
    "rmsprop": f"    {_RMSPROP}\n    return w - learning_rate * ",
}


def _late(rule: str) -> tuple[Row, ...]:
    """Return the mistakes in how a cached rule steps."""
    head = _HEADS[rule]
    text = head + _CACHED
    return (
        row("state_late", "the step is taken with the earlier cache",
            (text, text.replace("(dw, cache,", '(dw, state["cache"],'))),
        row("step_sign", "the step is added, not subtracted",
            (text, text.replace("w - learning_rate", "w + learning_rate"))),
        row("learning_rate_missing", "the step is not multiplied by the learning rate",
            (text, text.replace("learning_rate * divided", "divided"))),
        row("state_not_kept:returned", "the new cache is not kept",
            (text, text.replace('{"cache": cache}', '{"cache": state["cache"]}'))),
    )  # fmt: skip


_COUNT = '    t = state["t"] + 1\n'
_M = '    m = beta1 * state["m"] + (1.0 - beta1) * dw\n'
_SQUARES = '    v = beta2 * state["v"] + (1.0 - beta2) * dw**2\n'
_ADAM = "    direction = divided(m / (1.0 - beta1**t), v / (1.0 - beta2**t), epsilon, inside)\n"
_N = "    n = beta1 * m / (1.0 - beta1 ** (t + ahead)) + (1.0 - beta1) * dw / (1.0 - beta1**t)\n"
_NADAM = "    direction = divided(n, v / (1.0 - beta2**t), epsilon, inside)\n"
_HEAD = _COUNT + _M + _SQUARES
_TAIL = '    return w - learning_rate * direction, {"m": m, "v": v, "t": t}'
_TEXTS = {"adam": _HEAD + _ADAM + _TAIL, "nadam": _HEAD + _N + _NADAM + _TAIL}

_MOMENTS = (
    ("step_count", "the steps are not counted before they are used", _COUNT,
     '    t = state["t"]\n'),
    ("step_count:twice", "the steps are counted twice", _COUNT, '    t = state["t"] + 2\n'),
    ("step_count:ahead", "the first step is counted as the second", _COUNT,
     '    t = state["t"] + (2 if state["t"] == 0 else 1)\n'),
    ("first_step_skipped", "the first step of all is not taken", "w - learning_rate * direction",
     "(w - learning_rate * direction if t > 1 else w)"),
    ("step_count:constant", "the number of the step stays 1", _COUNT, "    t = 1\n"),
    ("step_count:returned", "the number of the step is not kept", '"t": t}', '"t": state["t"]}'),
    ("decay_swapped:m", "beta1 and 1 - beta1 are swapped", _M,
     '    m = (1.0 - beta1) * state["m"] + beta1 * dw\n'),
    ("decay_swapped:v", "beta2 and 1 - beta2 are swapped", _SQUARES,
     '    v = (1.0 - beta2) * state["v"] + beta2 * dw**2\n'),
    ("decay_not_complement:m", "the gradient is not multiplied by 1 - beta1", _M,
     '    m = beta1 * state["m"] + dw\n'),
    ("decay_not_complement:v", "the square is not multiplied by 1 - beta2", _SQUARES,
     '    v = beta2 * state["v"] + dw**2\n'),
    ("betas_swapped:m", "beta2 stands where beta1 is right", _M, _M.replace("beta1", "beta2")),
    ("betas_swapped:v", "beta1 stands where beta2 is right", _SQUARES,
     _SQUARES.replace("beta2", "beta1")),
    ("square_missing", "the gradient is not squared", _SQUARES, _SQUARES.replace("dw**2", "dw")),
    ("square_of_moment", "the mean of the gradients is squared, not the gradient", _SQUARES,
     _SQUARES.replace("dw**2", "m**2")),
    ("square_of_factor", "1 - beta2 is squared as well", _SQUARES,
     '    v = beta2 * state["v"] + ((1.0 - beta2) * dw) ** 2\n'),
    ("step_sign", "the step is added, not subtracted", "w - learning_rate", "w + learning_rate"),
    ("learning_rate_missing", "the step is not multiplied by the learning rate",
     "learning_rate * direction", "direction"),
    ("state_not_kept:m", "the new mean of the gradients is not kept",
     '"m": m,', '"m": state["m"],'),
    ("state_not_kept:v", "the new mean of the squares is not kept", '"v": v,', '"v": state["v"],'),
    ("bias_correction_missing:v", "the mean of the squares is not corrected for its start",
     "v / (1.0 - beta2**t)", "v"),
    ("step_count:late_squares", "the number of the earlier step is used for the squares",
     "beta2**t", "beta2 ** (t - 1 or 1)"),
    ("bias_correction_wrong", "it is corrected with beta times t, not beta to the power t",
     "(1.0 - beta2**t)", "(1.0 - beta2 * t)"),
    ("betas_swapped:correction_of_v", "beta1 stands where beta2 is right in the correction of v",
     "(1.0 - beta2**t)", "(1.0 - beta1**t)"),
    ("usual_rate:correction_of_v", "beta2 is taken to be 0.999 in the correction of v",
     "(1.0 - beta2**t)", "(1.0 - 0.999**t)"),
    ("bias_correction_sign", "1 + beta2ᵗ stands where 1 - beta2ᵗ is right",
     "(1.0 - beta2**t)", "(1.0 + beta2**t)"),
)  # fmt: skip

_ADAM_ALONE = (
    ("step_count:late", "the number of the earlier step is used", _ADAM,
     _ADAM.replace("**t)", "**(t - 1))")),
    ("bias_correction_missing", "the means are not corrected for their start", _ADAM,
     "    direction = divided(m, v, epsilon, inside)\n"),
    ("bias_correction_missing:m", "the mean of the gradients is not corrected for its start",
     "m / (1.0 - beta1**t)", "m"),
    ("betas_swapped:correction_of_m", "beta2 stands where beta1 is right in the correction of m",
     "m / (1.0 - beta1**t)", "m / (1.0 - beta2**t)"),
    ("usual_rate:correction_of_m", "beta1 is taken to be 0.9 in the correction of m",
     "m / (1.0 - beta1**t)", "m / (1.0 - 0.9**t)"),
    ("bias_correction_kept", "the corrected means are kept in place of the means", _TAIL,
     '    corrected = {"m": m / (1.0 - beta1**t), "v": v / (1.0 - beta2**t), "t": t}\n'
     "    return w - learning_rate * direction, corrected"),
)  # fmt: skip

_NADAM_ALONE = (
    ("step_count:late", "the number of the earlier step is used", _N + _NADAM,
     (_N + _NADAM).replace("(t + ahead)", "(t - 1 + ahead)").replace("**t)", "**(t - 1))")),
    ("bias_correction_missing", "the means are not corrected for their start", _N + _NADAM,
     "    n = beta1 * m + (1.0 - beta1) * dw\n    direction = divided(n, v, epsilon, inside)\n"),
    ("bias_correction_missing:n", "the mean of the gradients is not corrected for its start", _N,
     "    n = beta1 * m + (1.0 - beta1) * dw\n"),
    ("lookahead_missing", "it does not look ahead: this is Adam", _N,
     "    n = m / (1.0 - beta1**t)\n"),
    ("gradient_missing", "the gradient itself is left out of the step", _N,
     "    n = beta1 * m / (1.0 - beta1 ** (t + ahead))\n"),
    ("beta_missing", "beta1 is left out before the mean of the gradients", _N,
     _N.replace("n = beta1 * m", "n = m")),
    ("usual_rate:correction_of_m", "beta1 is taken to be 0.9 in the corrections", _N,
     _N.replace("beta1 ** (t", "0.9 ** (t").replace("beta1**t", "0.9**t")),
    ("correction_ahead", "m is corrected for another step", _N, _N.replace("(t + ahead)",
     "(t + 1 - ahead)")),
)  # fmt: skip


def _moments(rule: str, alone: tuple[tuple[str, str, str, str], ...]) -> tuple[Row, ...]:
    text = _TEXTS[rule]
    return tuple(
        row(key, clause, (text, text.replace(old, new)))
        for key, clause, old, new in (*_MOMENTS, *alone)
    )


_SGD = "return w - learning_rate * dw, {}"

RULES: Mapping[str, tuple[Row, ...]] = {
    "sgd": (
        row("step_sign", "the step is added, not subtracted", (_SGD, _SGD.replace("-", "+"))),
        row("learning_rate_missing", "the gradient is not multiplied by the learning rate",
            (_SGD, "return w - dw, {}")),
        row("step_alone", "the step is given in place of the new w",
            (_SGD, "return -learning_rate * dw, {}")),
    ),
    "momentum": (*_KEPT, *_velocities(_PLAIN)),
    "nesterov": (*_KEPT, *_velocities(_AHEAD), *_NESTEROV),
    "adagrad": (*_KEPT, *_ROOTED, *_CACHES_ADAGRAD, *_late("adagrad")),
    "rmsprop": (*_KEPT, *_ROOTED, *_CACHES_RMSPROP, *_late("rmsprop")),
    "adam": (*_KEPT, *_ROOTED, *_moments("adam", _ADAM_ALONE)),
    "nadam": (*_KEPT, *_ROOTED, *_moments("nadam", _NADAM_ALONE)),
}  # fmt: skip
"""Mistakes in each update rule."""
