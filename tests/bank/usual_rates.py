"""Variants that take the usual rate for granted, whatever rate they are given."""

from tests.bank.rows import Row, row


def _usual(problem: str, text: str, rate: str, usual: str, spoils: str) -> Row:
    """Return a row in whose text the usual number stands for a rate."""
    about = f"{rate} is taken to be {usual}, as it usually is."
    change = (text, text.replace(rate, usual))
    return row(*(problem, f"usual_{rate}", about), change, spoils=spoils, names="usual_rate")


_STEPS = "path w_1 w_K"
_RUNNING = (
    "        running_mean = momentum * running_mean + (1.0 - momentum) * x.mean(axis=axes)\n"
    "        running_var = momentum * running_var + (1.0 - momentum) * x.var(axis=axes)\n"
)

ROWS: tuple[Row, ...] = (
    _usual("batchnorm", _RUNNING, "momentum", "0.9", "new_mean new_var"),
    _usual("spatial_batchnorm", _RUNNING, "momentum", "0.9", "new_mean new_var"),
    _usual(
        "momentum",
        '    v = mu * state["velocity"] - learning_rate * dw\n    return w + v, ',
        "mu",
        "0.9",
        f"{_STEPS} velocity_1 velocity_K",
    ),
    _usual(
        "rmsprop",
        'rho * state["cache"] + (1.0 - rho) * dw**2',
        "rho",
        "0.99",
        f"{_STEPS} cache_1 cache_K",
    ),
    _usual(
        "adam",
        "divided(m / (1.0 - beta1**t), ",
        "beta1",
        "0.9",
        _STEPS,
    ),
)
