"""Right variants of every problem: the same numbers, come by or handed back in odd ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import reference
from grader.diagnosis.edits import Edit, edited
from reference.problem import Problem
from tests.bank.second import SECOND, UNSTABLE
from tests.bank.trial import Options, Setting, Solve

Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One odd but right way of answering a problem.

    Parameters
    ----------
    problem, name
        Which problem, and the habit as a slug.
    solve
        Answers as ``Problem.solve`` does; some answers may be left out.
    options
        Under which the problem is posed.
    """

    problem: str
    name: str
    solve: Solve
    options: Options = ()

    def __str__(self) -> str:
        return f"{self.problem}-{self.name}"

    @property
    def setting(self) -> Setting:
        """Return where it is tried."""
        return Setting(problem=self.problem, options=self.options)


# --- what comes in -------------------------------------------------------------------------


def narrow(value: Any) -> Any:
    """Return a float or an array of floats in single precision, anything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float32)
    return np.float32(value) if isinstance(value, float) else value


def last_narrowed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with the last array of floats in single precision."""
    arrays = [n for n, v in inputs.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    return {n: narrow(v) if n in arrays[-1:] else v for n, v in inputs.items()}


def strided(value: Any) -> Any:
    """Return an array as a view with gaps, in Fortran order."""
    if not isinstance(value, np.ndarray) or not value.ndim:
        return value
    wide = np.asfortranarray(np.repeat(value, 2, axis=0))
    return wide[::2]


# --- what goes out ---------------------------------------------------------------------------


def as_row(value: Any) -> Any:
    """Return a vector as a row, a number in a (1, 1) array."""
    array = np.asarray(value)
    return array.reshape(1, -1) if array.ndim < 2 else array


def as_column(value: Any) -> Any:
    """Return a vector as a column."""
    array = np.asarray(value)
    return array.reshape(-1, 1) if array.ndim < 2 else array


def as_list(value: Any) -> Any:
    """Return nested lists of Python numbers, or one number."""
    return np.asarray(value).tolist()


def as_whole(value: Any) -> Any:
    """Return whole numbers as integers, and booleans where they are 0 and 1."""
    array = np.asarray(value)
    if array.dtype.kind == "f" and np.array_equal(array, np.round(array)):
        whole = array.astype(np.int64)
        return whole.astype(bool) if set(np.unique(whole)) <= {0, 1} else whole
    return array


def as_float(value: Any) -> Any:
    """Return integers, predictions for one, as floats."""
    return np.asarray(value, dtype=np.float64)


def in_fortran_order(value: Any) -> Any:
    """Return an array laid out column by column."""
    return np.asfortranarray(value)


def as_single(value: Any) -> Any:
    """Return floats in single precision, integers as they are."""
    return narrow(np.asarray(value))


def as_double(value: Any) -> Any:
    """Return floats in double precision, integers as they are."""
    array = np.asarray(value)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def same(value: Any) -> Any:
    """Return a value as it is."""
    return value


def each(change: Change) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return a function that changes every value of a mapping."""
    return lambda values: {name: change(value) for name, value in values.items()}


HABITS: Mapping[str, tuple[Callable[[Mapping[str, Any]], Mapping[str, Any]], Change]] = {
    "reference": (each(same), same),
    "single_precision": (each(narrow), as_single),
    "single_precision_inside": (each(narrow), as_double),
    "one_parameter_in_single_precision": (last_narrowed, as_double),
    "rounded_to_single_precision": (each(same), as_single),
    "inputs_with_gaps": (each(strided), same),
    "rows_for_vectors": (each(same), as_row),
    "columns_for_vectors": (each(same), as_column),
    "lists": (each(same), as_list),
    "whole_numbers": (each(same), as_whole),
    "floats_for_integers": (each(same), as_float),
    "fortran_order": (each(same), in_fortran_order),
}
"""What is done to all inputs, and to every answer, by the habit's name."""

SINGLE = {name for name in HABITS if "single" in name} | {"single_forward"}
"""Habits that leave the answers right to single precision only."""


def with_habit(problem: Problem, name: str) -> Solve:
    """Return the reference with a habit."""
    before, after = HABITS[name]

    def solve(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
        return {n: after(v) for n, v in problem.solve(before(inputs), options).items()}

    return solve


# --- other code ----------------------------------------------------------------------------------

_LOG = "-log_softmax(scores)[rows, y].mean()"
_MOONS_LOG = "-log_softmax(z[-1])[rows, y].sum()"
_WITH_LABELS = ("softmax_loss", "linear_softmax", "two_layer_net", "fc_net", "conv_net", "lenet")
_BATCHED = {"swish_net": (("examples", "batch"),)}
_SOFTMAX_LOSS = """    loss = -log_softmax(scores)[rows, y].mean()
    dscores = softmax(scores)
    dscores[rows, y] -= 1.0
    return float(loss), dscores / N
"""
_THROUGH_THE_PROBABILITIES = """    loss = -np.log({kept}).mean()
    dp = np.zeros_like(p)
    dp[rows, y] = -1.0 / ({kept})
    return float(loss), p * (dp - (dp * p).sum(axis=1, keepdims=True)) / N
"""
_LESS_ONE = """    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1.0
    return float(loss), p / N
"""
_SUMMED = "e / (e.sum(axis=1, keepdims=True) + {epsilon})"
STABILISED_THROUGH: Mapping[str, str] = {
    "and_gone_back_through": "    p = softmax(scores)\n"
    + _THROUGH_THE_PROBABILITIES.replace("{kept}", "p[rows, y] + {epsilon}"),
    "by_clipping_and_gone_back_through": "    p = softmax(scores)\n"
    + _THROUGH_THE_PROBABILITIES.replace(
        "{kept}", "np.clip(p[rows, y], {epsilon}, 1.0 - {epsilon})"
    ),
    "in_the_denominator": "    e = np.exp(scores - scores.max(axis=1, keepdims=True))\n"
    f"    p = {_SUMMED}\n" + _LESS_ONE,
    "in_the_denominator_of_scores_as_they_are": "    e = np.exp(np.minimum(scores, 700.0))\n"
    f"    p = {_SUMMED}\n" + _LESS_ONE,
    "in_every_probability": "    p = softmax(scores) + {epsilon}\n" + _LESS_ONE,
    "by_clipping_every_probability": "    p = np.clip(softmax(scores), {epsilon}, 1.0 - {epsilon})\n"
    + _LESS_ONE,
}
"""Ways of writing the softmax's loss with an ε that its gradient has in it too."""
UNSAFE_WAYS = ("in_the_denominator", "in_the_denominator_of_scores_as_they_are")
"""Those that still take the logarithm of 0 where a probability is that small."""

STABILISERS = ("1e-12", "1e-10", "1e-8", "1e-7", "1e-6")

FORWARD_IN_SINGLE: Mapping[str, tuple[Edit, ...]] = {
    "two_layer_net": (
        Edit("A = np.maximum(S1, 0.0)\n", "A = np.maximum(S1, 0.0).astype(np.float32)\n"),
    ),
    "fc_net": (
        Edit("relu(affine(entered[-1], W, b))", "relu(affine(entered[-1], W, b)).astype('f4')"),
    ),
    "moons_net": (Edit("a.append(f(z[-1]))", "a.append(f(z[-1]).astype(np.float32))"),),
    "swish_net": (Edit("h1 = swish(z1)\n", "h1 = swish(z1).astype(np.float32)\n"),),
    "sigmoid_mlp": (Edit("x1 = phi.function(z1)\n", "x1 = phi.function(z1).astype(np.float32)\n"),),
    "conv_net": (Edit("R = relu(Z)\n", "R = relu(Z).astype(np.float32)\n"),),
    "lenet": (Edit("a1 = f(z1)\n", "a1 = f(z1).astype(np.float32)\n"),),
    "autoencoder": (Edit("H = f.function(A)\n", "H = f.function(A).astype(np.float32)\n"),),
    "rbm": (Edit("S = sigmoid(V @ W + c)\n", "S = sigmoid(V @ W + c).astype(np.float32)\n"),),
}
"""Edits that keep one array of the forward pass in single precision."""

ONE_AT_KINKS: Mapping[str, tuple[Edit, ...]] = {
    "relu": (Edit("return np.where(z > 0, 1.0, 0.0)", "return np.where(z >= 0, 1.0, 0.0)"),),
    "leaky_relu": (Edit("np.where(z > 0, 1.0, alpha)\n", "np.where(z >= 0, 1.0, alpha)\n"),),
    "two_layer_net": (Edit("* (S1 > 0)", "* (S1 >= 0)"),),
    "affine_relu": (
        Edit("np.where(z > 0, 1.0, 0.0)", "np.where(z >= 0, 1.0, 0.0)", "activations"),
    ),
    "backprop_by_hand": (Edit("np.where(h1 > 0, da", "np.where(h1 >= 0, da"),),
}
"""Edits that take the derivative for 1 where an input is exactly 0."""


def _edits() -> Iterator[tuple[str, str, tuple[Edit, ...], Options]]:
    """Yield problem, name, edits and options of the right variants that are made by edits."""
    for problem, edits in FORWARD_IN_SINGLE.items():
        yield problem, "single_forward", edits, _BATCHED.get(problem, ())
    for problem, edits in ONE_AT_KINKS.items():
        yield problem, "one_at_kinks", edits, ()
    for epsilon in STABILISERS:
        log = f"-np.log(softmax(scores)[rows, y] + {epsilon}).mean()"
        for problem in (*_WITH_LABELS, "swish_net"):
            edit = Edit(_LOG, log, "losses")
            yield problem, f"stabilised_{epsilon}", (edit,), _BATCHED.get(problem, ())
        moons = Edit(_MOONS_LOG, f"-np.log(probs[rows, y] + {epsilon}).sum()")
        yield "moons_net", f"stabilised_{epsilon}", (moons,), ()
    yield from _stabilised_through()
    inside = Edit("np.sqrt(square) + epsilon", "np.sqrt(square + epsilon)", "optimizers")
    for problem in ("adagrad", "rmsprop", "adam", "nadam"):
        yield problem, "epsilon_inside_the_root", (inside,), ()
    for problem, numerator in (("adam", "m / (1.0 - beta1**t)"), ("nadam", "n")):
        old = f"divided({numerator}, v / (1.0 - beta2**t), epsilon, inside)\n"
        new = (
            f"({numerator}) * np.sqrt(1.0 - beta2**t)"
            " / (np.sqrt(v + epsilon) if inside else np.sqrt(v) + epsilon)\n"
        )
        yield problem, "epsilon_beside_the_raw_root", (Edit(old, new),), ()


def _stabilised_through() -> Iterator[tuple[str, str, tuple[Edit, ...], Options]]:
    """Yield the losses that have ε in their gradient as well; nets of images with one ε only."""
    for way, change in STABILISED_THROUGH.items():
        for problem in (*_WITH_LABELS, "swish_net", "regularised_net"):
            # An ε in the denominator does not keep the logarithm of 0 away, which `large` has.
            if problem == "softmax_loss" and way in UNSAFE_WAYS:
                continue
            is_costly = problem in ("conv_net", "lenet", "regularised_net")
            for epsilon in ("1e-8",) if is_costly else ("1e-12", "1e-8", "1e-7"):
                edit = Edit(_SOFTMAX_LOSS, change.format(epsilon=epsilon), "losses")
                options = _BATCHED.get(problem, ())
                yield problem, f"stabilised_{way}_{epsilon}", (edit,), options


def is_unstable(variant: Right) -> bool:
    """Return whether right code breaks down by itself in saturation."""
    return str(variant) in UNSTABLE or any(way in variant.name for way in UNSAFE_WAYS)


def right_variants(problem_id: str) -> Iterator[Right]:
    """Yield every right variant of a problem."""
    problem = reference.problem(problem_id)
    for name in HABITS:
        yield Right(problem=problem_id, name=name, solve=with_habit(problem, name))
    for name, (solve, options) in SECOND.get(problem_id, {}).items():
        yield Right(problem=problem_id, name=name, solve=solve, options=options)
    for owner, name, edits, options in _edits():
        if owner == problem_id:
            solve = edited(problem_id, edits).solve
            yield Right(problem=problem_id, name=name, solve=solve, options=options)
