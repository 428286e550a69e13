"""Which names did older NumPy have, and what stands for them now? (Child's side.)

Homework was right when it was written for the NumPy of its year. What a newer one no longer has is
named as a matter of the environment, and provided where the rubric says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

ENVIRONMENT = "environment: "
"""How what is told about a removed name begins."""
_TEXT = re.compile(r"module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was removed in")
_METHOD = re.compile(r"'numpy\.ndarray' object has no attribute '(\w+)'|`(\w+)` was removed from")
_METHODS = {"itemset": "a[i] = value", "newbyteorder": "a.view", "ptp": "np.ptp(a)"}
_CALLS = {
    "got an unexpected keyword argument 'newshape'": ("np.reshape(newshape=…)", "shape=…"),
    "Unable to avoid copy while creating an array": ("np.array(…, copy=False)", "np.asarray(…)"),
    "Calling np.sum(generator)": ("np.sum of a generator", "Python's sum"),
}
"""Signs of calls that older versions allowed: what was called, and what is written now."""
_ONE_ENTRY = re.compile(
    r"only 0-dimensional arrays can be converted to Python scalars$|"
    r"setting an array element with a sequence\.$"
)

_BUILT_IN: Mapping[str, tuple[Any, str]] = {
    "bool": (bool, "bool"),
    "complex": (complex, "complex"),
    "float": (float, "float"),
    "int": (int, "int"),
    "long": (int, "int"),
    "object": (object, "object"),
    "str": (str, "str"),
    "unicode": (str, "str"),
}
_RENAMED = {
    "Inf": "inf",
    "Infinity": "inf",
    "NAN": "nan",
    "NaN": "nan",
    "PINF": "inf",
    "alltrue": "all",
    "bool8": "bool_",
    "cfloat": "complex128",
    "complex_": "complex128",
    "cumproduct": "cumprod",
    "float_": "float64",
    "infty": "inf",
    "int0": "intp",
    "longfloat": "longdouble",
    "mat": "asmatrix",
    "object0": "object_",
    "product": "prod",
    "round_": "round",
    "row_stack": "vstack",
    "singlecomplex": "complex64",
    "sometrue": "any",
    "string_": "bytes_",
    "trapz": "trapezoid",
    "uint0": "uintp",
    "unicode_": "str_",
}


def _in1d(a: Any, b: Any, **options: Any) -> Any:
    return np.isin(np.ravel(a), b, **options)


def _asfarray(a: Any, dtype: Any = np.float64) -> Any:
    return np.asarray(a, dtype=dtype)


_REWRITTEN: Mapping[str, tuple[Any, str]] = {
    "NINF": (-np.inf, "-np.inf"),
    "asfarray": (_asfarray, "np.asarray"),
    "asscalar": (lambda a: a.item(), "a.item()"),
    "in1d": (_in1d, "np.isin"),
    "msort": (lambda a: np.sort(a, axis=0), "np.sort"),
}


def provide() -> None:
    """Give this process's NumPy the names that older ones had, where it has none of its own."""
    names = vars(np)
    for name, (stand_in, _) in {**_BUILT_IN, **_REWRITTEN}.items():
        names.setdefault(name, stand_in)
    for name, now in _RENAMED.items():
        if now in names:
            names.setdefault(name, names[now])
    np.reshape = _with_newshape(np.reshape)


def _with_newshape(reshape: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``np.reshape`` that takes its argument by the old name too."""

    def reshaped(a: Any, *arguments: Any, **options: Any) -> Any:
        if "newshape" in options:
            arguments = (options.pop("newshape"), *arguments)
        return reshape(a, *arguments, **options)

    return reshaped


def environment_trouble(text: str) -> str:
    """Return what an exception's words say of a name that NumPy had, nothing where they do not.

    >>> environment_trouble("module 'numpy' has no attribute 'intt'")
    ''
    """
    named, method = _TEXT.search(text), _METHOD.search(text)
    if named and _now(named[1] or named[2]):
        name = named[1] or named[2]
        return _told(f"np.{name}", _now(name))
    if method and (method[1] or method[2]) in _METHODS:
        name = method[1] or method[2]
        return _told(f"ndarray.{name}", _METHODS[name])
    for sign, (called, now) in _CALLS.items():
        if sign in text:
            return _told(called, now)
    if _ONE_ENTRY.search(text):
        return f"{_told('numbers out of arrays of one entry', 'a.item()')}, if it has one entry"
    return ""


def _now(name: str) -> str:
    """Return what is written instead of a removed name, nothing where it is none."""
    if name in _RENAMED:
        return f"np.{_RENAMED[name]}"
    return {**_BUILT_IN, **_REWRITTEN}[name][1] if name in (*_BUILT_IN, *_REWRITTEN) else ""


def _told(name: str, now: str) -> str:
    return f"{ENVIRONMENT}NumPy {np.__version__} has no {name} any more ({now} now)"
