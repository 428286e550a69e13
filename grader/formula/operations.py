"""What can a formula do? Its functions and its operations, each a row with NumPy's doing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.records import Array
from reference.activations import ACTIVATIONS

EntryFunction = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that works entry by entry.

    Parameters
    ----------
    latex
        How it is written back.
    apply, derivative
        Of an array; a function without a known derivative has none.
    """

    latex: str
    apply: EntryFunction
    derivative: EntryFunction | None = None


def _of_activation(name: str, latex: str) -> Function:
    known = ACTIVATIONS[name]
    return Function(latex=latex, apply=known.function, derivative=known.derivative)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "sigmoid": _of_activation("sigmoid", r"\sigma"),
        "swish": _of_activation("swish", r"\mathrm{swish}"),
        "tanh": _of_activation("tanh", r"\tanh"),
        "relu": _of_activation("relu", r"\mathrm{ReLU}"),
        "leaky_relu": _of_activation("leaky_relu", r"\mathrm{leakyrelu}"),
        "elu": _of_activation("elu", r"\mathrm{ELU}"),
        "exp": Function(latex=r"\exp", apply=np.exp, derivative=np.exp),
        "log": Function(latex=r"\log", apply=np.log, derivative=np.reciprocal),
        "sqrt": Function(latex=r"\sqrt", apply=np.sqrt),
        "square": Function(latex=r"\mathrm{square}", apply=np.square),
        "cosh": Function(latex=r"\cosh", apply=np.cosh),
        "sech": Function(latex=r"\mathrm{sech}", apply=lambda z: 1 / np.cosh(z)),
        "sinh": Function(latex=r"\sinh", apply=np.sinh),
        "linear": Function(latex=r"\mathrm{linear}", apply=np.copy, derivative=np.ones_like),
    }
)
_SPELT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("sigma", "sigm", "logistic", "expit", "sigmoid"), "sigmoid"),
        **dict.fromkeys(("swish", "Swish", "silu", "SiLU", "SILU"), "swish"),
        **dict.fromkeys(("relu", "ReLU", "RELU", "Relu"), "relu"),
        **dict.fromkeys(("leakyrelu", "leakyReLU", "LeakyReLU", "LReLU"), "leaky_relu"),
        **dict.fromkeys(("elu", "ELU"), "elu"),
        **dict.fromkeys(("log", "ln"), "log"),
        **{
            name: name
            for name in ("tanh", "exp", "sqrt", "square", "cosh", "sinh", "sech", "linear")
        },
    }
)
_MARKS_BEFORE, _MARKS_BEHIND = ("d", "grad"), ("prime", "grad", "derivative", "deriv", "backward")
_WHOLE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("tr", "Tr", "trace", "Trace"), "trace"),
        **dict.fromkeys(("det", "Det"), "det"),
        **dict.fromkeys(("logdet",), "logdet"),
        **dict.fromkeys(("diag", "Diag"), "diag"),
        **dict.fromkeys(("inv", "inverse"), "inverse"),
        **dict.fromkeys(("transpose", "transp"), "T"),
        **dict.fromkeys(("dot", "matmul"), "product"),
        **dict.fromkeys(("outer",), "outer"),
        **dict.fromkeys(("inner", "vdot"), "inner"),
        **dict.fromkeys(("multiply", "hadamard"), "had"),
        **dict.fromkeys(("solve",), "solve"),
        **dict.fromkeys(("sum",), "sum"),
        **dict.fromkeys(("mean",), "mean"),
        **dict.fromkeys(("norm",), "norm"),
        **dict.fromkeys(("abs",), "abs"),
        **dict.fromkeys(("eye", "identity"), "eye"),
        **dict.fromkeys(("ones",), "ones"),
        **dict.fromkeys(("softmax",), "softmax"),
        **dict.fromkeys(("maximum", "max"), "maximum"),
        **dict.fromkeys(("where",), "where"),
        **dict.fromkeys(("power", "pow"), "powered"),
    }
)
"""Functions of whole arrays by how they are spelt."""


def entry_function(word: str) -> tuple[str, bool] | None:
    """Return an entrywise function by its spelling, and whether its derivative is meant.

    >>> entry_function("sigma'"), entry_function("dswish"), entry_function("tr")
    (('sigmoid', True), ('swish', True), None)
    """
    plain = word.rstrip("'").replace("_", "")
    is_derivative = word.endswith("'")
    if plain in _SPELT:
        return _SPELT[plain], is_derivative
    for mark in _MARKS_BEHIND:
        if plain.endswith(mark) and plain[: -len(mark)] in _SPELT:
            return _SPELT[plain[: -len(mark)]], True
    for mark in _MARKS_BEFORE:
        if plain.startswith(mark) and plain[len(mark) :] in _SPELT:
            return _SPELT[plain[len(mark) :]], True
    return None


def whole_function(word: str) -> str:
    """Return the operation that a function of whole arrays is, or nothing.

    >>> whole_function("np"), whole_function("Tr")
    ('', 'trace')
    """
    return _WHOLE.get(word, "")


def is_function_word(word: str) -> bool:
    """Whether a word is spelt as a function.

    >>> is_function_word("swish"), is_function_word("W")
    (True, False)
    """
    return word in _WHOLE or entry_function(word) is not None


def _log_det(matrix: Array) -> Array:
    sign, log = np.linalg.slogdet(matrix)
    return np.asarray(log if sign > 0 else np.nan).reshape(1, 1)


def _softmax(columns: Array) -> Array:
    exponentials = np.exp(columns - columns.max(axis=0, keepdims=True))
    share: Array = exponentials / exponentials.sum(axis=0, keepdims=True)
    return share


def _one(number: Any) -> Array:
    return np.asarray(number, np.float64).reshape(1, 1)


def _chosen(condition: Array, yes: Array, no: Array) -> Array:
    chosen: Array = np.where(condition != 0, yes, no)
    return chosen


OPERATIONS: Mapping[str, Callable[..., Array]] = MappingProxyType(
    {
        "neg": np.negative,
        "matmul": np.matmul,
        "scale": np.multiply,
        "had": np.multiply,
        "over": np.true_divide,
        "T": np.transpose,
        "inverse": np.linalg.inv,
        "det": lambda a: _one(np.linalg.det(a)),
        "logdet": _log_det,
        "trace": lambda a: _one(np.trace(a)),
        "norm": lambda a: _one(np.sqrt(np.sum(a * a))),
        "abs": np.abs,
        "diag": lambda a: np.diag(a.ravel()),
        "undiag": lambda a: np.diag(a)[:, None],
        "sum_all": lambda a: _one(a.sum()),
        "sum_rows": lambda a: a.sum(axis=0, keepdims=True),
        "sum_columns": lambda a: a.sum(axis=1, keepdims=True),
        "softmax": _softmax,
        "maximum": np.maximum,
        "where": _chosen,
        ">": lambda a, b: (a > b).astype(np.float64),
        "<": lambda a, b: (a < b).astype(np.float64),
        ">=": lambda a, b: (a >= b).astype(np.float64),
        "<=": lambda a, b: (a <= b).astype(np.float64),
        "==": lambda a, b: (a == b).astype(np.float64),
        "!=": lambda a, b: (a != b).astype(np.float64),
    }
)
"""Operations on arrays that need nothing else; see ``evaluating`` for the others."""
