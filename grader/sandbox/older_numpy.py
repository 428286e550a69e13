"""What did NumPy have that it has no longer? Code that was right when it was handed in may use it.

Such trouble is the environment's, and is told so; a rubric's ``numpy_compat`` gives the names back.
(Child's side.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def _newer(name: str) -> Any:
    return lambda: getattr(np, name)


_INSTEAD: Mapping[str, Callable[[], Any]] = {
    **dict.fromkeys(("int", "long"), lambda: int),
    **dict.fromkeys(("str", "unicode"), lambda: str),
    "float": lambda: float,
    "bool": lambda: bool,
    "complex": lambda: complex,
    "object": lambda: object,
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), lambda: np.inf),
    "NINF": lambda: -np.inf,
    "NaN": lambda: np.nan,
    "PZERO": lambda: 0.0,
    "NZERO": lambda: -0.0,
    "float_": _newer("float64"),
    "complex_": _newer("complex128"),
    "string_": _newer("bytes_"),
    "unicode_": _newer("str_"),
    "product": _newer("prod"),
    "cumproduct": _newer("cumprod"),
    "sometrue": _newer("any"),
    "alltrue": _newer("all"),
    "round_": _newer("round"),
    "in1d": _newer("isin"),
    "row_stack": _newer("vstack"),
    "trapz": _newer("trapezoid"),
    "mat": _newer("asmatrix"),
    "rank": _newer("ndim"),
    "asscalar": lambda: lambda array: array.item(),
    "msort": lambda: lambda array: np.sort(array, axis=0),
    "asfarray": lambda: lambda array, dtype=np.float64: np.asarray(array, dtype=dtype),
}
"""Name that a NumPy of this century had -> what it was, as the NumPy of today has it."""
ENVIRONMENT = "the environment's, not a mistake"
_ONE_ENTRY = re.compile(
    r"only 0-dimensional arrays can be converted to Python scalars$|"
    r"setting an array element with a sequence\.$"
)
_MISSING = re.compile(r"module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was removed in")
_OTHER = {
    "got an unexpected keyword argument 'newshape'": "np.reshape(newshape=…)",
    "Unable to avoid copy while creating an array": "np.array(…, copy=False) where it must copy",
    "Calling np.sum(generator)": "np.sum of a generator",
}


def environment_trouble(text: str) -> str:
    """Return what an error's text says that only an older NumPy had, as a sentence, or nothing.

    >>> environment_trouble("module 'numpy' has no attribute 'relu'")
    ''
    """
    missing = _MISSING.match(text)
    name = "" if missing is None else missing[1] or missing[2]
    what = f"np.{name}" if name in _INSTEAD else ""
    what = what or next((told for sign, told in _OTHER.items() if sign in text), "")
    if what:
        return f"an older NumPy took {what}, {np.__version__} does not: this is {ENVIRONMENT}"
    if _ONE_ENTRY.match(text):
        told = f"an older NumPy took an array of one entry for a number, {np.__version__} does not"
        return f"{told}: if it has one entry here, this is {ENVIRONMENT}"
    return ""


def give_back() -> None:
    """Give NumPy the names back that it had, and ``newshape``; what it has stays as it is."""
    for name, instead in _INSTEAD.items():
        if not hasattr(np, name):
            setattr(np, name, instead())
    reshape: Callable[..., Any] = np.reshape

    def with_newshape(a: Any, shape: Any = None, order: Any = "C", **others: Any) -> Any:
        given = others.pop("newshape", shape)
        return reshape(a, given, order=order, **others)

    np.reshape = with_newshape
