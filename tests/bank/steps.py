"""Wrong variants of the update rules that remember a velocity or a cache."""

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
        names="swapped_answers",
    )


def _uphill(problem: str, text: str) -> Row:
    """Return the row whose step goes up the gradient."""
    return row(
        *(problem, "uphill", "The step goes up the gradient."),
        (text, text.replace("w - learning_rate", "w + learning_rate")),
        spoils=_STEPS,
        names="step_sign",
    )


def _momentum(problem: str, text: str) -> Iterator[Row]:
    """Yield the mistakes of the rules with a velocity, in the text of their new w."""
    step = 'v = mu * state["velocity"] - learning_rate * dw'

    def changed(name: str, about: str, new: str, names: str) -> Row:
        old = f"    {step}\n    return {text}, "
        return row(
            problem,
            name,
            about,
            (old, f"    {new}\n    return {text}, "),
            spoils=_VELOCITY,
            names=names,
        )

    yield from _walk(problem, text)
    yield changed(
        "velocity_forgotten",
        "The step is that of plain descent.",
        "v = -learning_rate * dw",
        "momentum_missing",
    )
    yield changed(
        "velocity_added_uphill",
        "The gradient is added to the velocity.",
        step.replace("- learning", "+ learning"),
        "velocity_sign",
    )
    yield changed(
        "mu_on_the_gradient",
        "1 − μ weighs the gradient.",
        'v = mu * state["velocity"] - (1.0 - mu) * learning_rate * dw',
        "damped",
    )
    yield changed(
        "rate_forgotten",
        "The velocity takes the whole gradient.",
        'v = mu * state["velocity"] - dw',
        "learning_rate_missing",
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
        names="learning_rate_missing",
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
    *_momentum("momentum", "w + v"),
    row(
        *("momentum", "velocity_subtracted", "The velocity is subtracted."),
        ('return w + v, {"velocity": v}', 'return w - v, {"velocity": v}'),
        spoils=_STEPS,
        names="step_sign",
    ),
    *_momentum("nesterov", _NESTEROV),
    row(
        *("nesterov", "plain_momentum", "The look ahead is left out."),
        (f"return {_NESTEROV}", "return w + v"),
        spoils=_STEPS,
        names="lookahead_missing",
    ),
    row(
        *("nesterov", "look_ahead_turned_round", "The old velocity's share is added."),
        (f"return {_NESTEROV}", 'return w + v + mu * (v + state["velocity"])'),
        spoils=_STEPS,
        names="lookahead_wrong",
    ),
)

_ADAGRAD = 'state["cache"] + dw**2'
_RMSPROP = 'rho * state["cache"] + (1.0 - rho) * dw**2'
_QUOTIENT = "root = np.sqrt(square + epsilon) if inside else np.sqrt(square) + epsilon"


def _adaptive(problem: str, cache: str) -> Iterator[Row]:
    """Yield the mistakes of the rules that divide by the root of a cache."""
    yield from (
        row_
        for row_ in everywhere(
            problem, cache, "cache = {}\n", spoils=_CACHE, without="second_array sign"
        )
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
        names="root_twice",
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
        names="square_missing",
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
    yield row(
        *(problem, "first_step_too_long", "The first step of all is too long by 1 %."),
        (
            f"cache = {cache}\n    return w - learning_rate",
            f'cache = {cache}\n    first = not state["cache"].any()\n'
            "    return w - (1.01 if first else 1.0) * learning_rate",
        ),
        spoils=_STEPS,
        cases="fresh",
    )


ADAPTIVE: tuple[Row, ...] = (
    *_adaptive("adagrad", _ADAGRAD),
    *_adaptive("rmsprop", _RMSPROP),
    row(
        *("rmsprop", "shares_turned_round", "ρ and 1 − ρ change places."),
        (_RMSPROP, '(1.0 - rho) * state["cache"] + rho * dw**2'),
        spoils=_CACHE,
        names="decay_swapped",
    ),
    row(
        *("rmsprop", "nothing_forgotten", "The cache is that of AdaGrad."),
        (_RMSPROP, 'state["cache"] + dw**2'),
        spoils=_CACHE,
        names="wrong_rule",
    ),
)

ROWS = DESCENT + ADAPTIVE
