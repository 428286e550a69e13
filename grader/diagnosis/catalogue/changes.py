"""Mistakes that are a change of an input or of a convention: the same for every problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of an input.

    Parameters
    ----------
    name
        The mistake.
    inputs
        Pattern of the inputs' names that it may befall.
    clause
        What it does, with ``{input}`` for the input.
    change
        From the input and all inputs, what the student's code takes for it.
    together
        Whether it is tried on all of them at once as well.
    """

    name: str
    inputs: str
    clause: str
    change: Callable[[Any, Mapping[str, Any]], Any]
    together: bool = False
    is_for_numbers: bool = True
    """Whether it befalls a plain number as well as an array."""
    is_for_arrays: bool = True
    """Whether it befalls an array at all."""


def _other_class(step: int, y: Any, inputs: Mapping[str, Any]) -> Any:
    count = inputs.get("classes", inputs.get("C", 0))
    if not count or np.asarray(y).dtype.kind != "i":
        return y
    other = (y + step) % count
    return int(other) if isinstance(y, int) else other


def _truncated(array: Any, inputs: Mapping[str, Any]) -> Any:
    """Return an array's whole numbers; the array itself where nothing would be left of it."""
    whole = np.trunc(array)
    return whole if np.any(whole) else array


_USUAL = (
    ("mu", 0.9),
    ("momentum", 0.9),
    ("rho", 0.99),
    ("rho", 0.9),
    ("beta1", 0.9),
    ("beta2", 0.999),
    ("epsilon", 1e-8),
    ("eps", 1e-5),
    ("eps", 1e-8),
)
"""What the courses' starters take for a rate, and what many write down whatever they are given."""


def _usual(rate: str, number: float) -> Change:
    return Change(
        name=f"usual_rate:{number:g}",
        inputs=rate,
        clause=f"{{input}} is taken to be {number:g}, whatever is given",
        change=lambda given, inputs: number,
        # A net's beta1 is an array, and no rate.
        is_for_arrays=False,
    )


CHANGES: tuple[Change, ...] = (
    Change(
        name="bias_missing",
        inputs=r"b\d*|c|beta",
        clause="the bias {input} is left out",
        change=lambda b, inputs: 0 * b,
        together=True,
        # A lone beta is a precision, and no bias.
        is_for_numbers=False,
    ),
    Change(
        name="scale_missing",
        inputs=r"gamma",
        clause="the factor {input} is left out",
        change=lambda array, inputs: np.ones_like(array),
    ),
    Change(
        name="upstream_missing",
        inputs=r"dout",
        clause="{input}, the gradient that comes down, is left out",
        change=lambda array, inputs: np.ones_like(array),
    ),
    Change(
        name="label_reversed",
        inputs=r"y",
        clause="the labels are read in reverse order",
        change=lambda y, inputs: y[::-1].copy() if np.ndim(y) else y,
    ),
    Change(
        name="wrong_label",
        inputs=r"y",
        clause="the class after the right one is taken",
        change=partial(_other_class, 1),
    ),
    Change(
        name="wrong_label:before",
        inputs=r"y",
        clause="the class before the right one is taken",
        change=partial(_other_class, -1),
    ),
    Change(
        name="truncated",
        inputs=r"x|X|dout|w|W\d*|b\d*|dws",
        clause="{input} is turned into whole numbers first",
        change=_truncated,
        together=True,
    ),
    Change(
        name="penalty_not_scaled",
        inputs=r"reg",
        clause="the penalty is not multiplied by {input}",
        change=lambda reg, inputs: 1.0,
    ),
    Change(
        name="alpha_missing",
        inputs=r"alpha",
        clause="{input} is left out",
        change=lambda alpha, inputs: 1.0,
    ),
    Change(
        name="squared_input",
        inputs=r"X|x",
        clause="{input} is squared first",
        change=lambda array, inputs: np.square(array),
    ),
    *(_usual(rate, number) for rate, number in _USUAL),
)
"""What becomes of inputs by mistake."""

CONVENTIONS: Mapping[str, tuple[str, str]] = {
    "scaling=sum": ("mean_missing", "the mean over the batch is missing"),
    "scaling=mean": ("mean_twice", "it is divided by the number of examples"),
    "penalty_over_n=yes": ("penalty_over_n", "the penalty is divided by N as well"),
    "penalty_over_n=no": ("penalty_not_scaled", "the penalty is not divided by N"),
    "p=keep": ("keep_for_drop", "p is taken for the probability of keeping"),
    "p=drop": ("keep_for_drop", "p is taken for the probability of dropping"),
    "mode=train": ("statistics_of_batch", "the training mode is taken in test mode"),
    "mode=test": ("statistics_running", "the test mode is taken in training"),
    "penalty=half": ("penalty_added", "half the penalty reg ‖W‖² is added, where none is right"),
    "penalty=full": ("penalty_added", "the penalty reg ‖W‖² is added, where none is right"),
    **{
        f"{option}={name}": ("wrong_activation", f"the activation is {name}")
        for option in ("activation", "nonlinearity")
        for name in ("tanh", "sigmoid", "relu", "leaky_relu", "elu", "swish", "linear")
    },
}
"""Option and value -> the mistake of taking it where another value is right."""


def changed_inputs(inputs: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the key of each mistake, and the inputs as the student's code takes them.

    >>> [key for key, _ in changed_inputs({"b1": np.ones(2), "reg": 0.1})]
    ['bias_missing:b1', 'truncated:b1', 'penalty_not_scaled:reg']
    """
    for change in CHANGES:
        befallen = {
            name: change.change(value, inputs)
            for name, value in inputs.items()
            if re.fullmatch(change.inputs, name)
            and (name == "y" or not isinstance(value, int))
            and (change.is_for_numbers or name != "beta" or isinstance(value, np.ndarray))
            and (change.is_for_arrays or not isinstance(value, np.ndarray))
        }
        for name, value in befallen.items():
            yield f"{change.name}:{name}", {**inputs, name: value}
        if change.together and len(befallen) > 1:
            yield change.name, {**inputs, **befallen}


def other_conventions(
    options: Mapping[str, str], allowed: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the key of each other convention, and its options.

    >>> list(other_conventions({"scaling": "mean"}, {"scaling": ("mean", "sum")}))
    [('mean_missing:scaling=sum', {'scaling': 'sum'})]
    """
    for option, values in allowed.items():
        for value in values:
            word = f"{option}={value}"
            is_added = option == "penalty" and options[option] != "absent"
            if value != options[option] and word in CONVENTIONS and not is_added:
                yield f"{CONVENTIONS[word][0]}:{word}", {**options, option: value}


def changed_clause(key: str) -> str:
    """Return what a changed input or convention does, as a clause that may follow "if".

    >>> changed_clause("bias_missing")
    'the biases are left out'
    >>> changed_clause("mean_missing:scaling=sum")
    'the mean over the batch is missing'
    """
    name, _, rest = key.rpartition(":")
    if not name:
        return _TOGETHER[rest]
    if rest in CONVENTIONS:
        return CONVENTIONS[rest][1]
    return next(c.clause for c in CHANGES if c.name == name).format(input=rest)


_TOGETHER = {
    "bias_missing": "the biases are left out",
    "truncated": "the inputs are turned into whole numbers first",
}
