"""What did the student's code hand back, as plain arrays or a named failure? (Child's side.)

Everything here runs beside student code, so it uses no method that an object could bring along:
arrays are reduced to their base data by functions that were looked up before the student's first
statement. A student who tampers with this module forges an answer of their own, and no more.
"""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.sandbox.standins import Inert

MAX_BYTES = 48 << 20
MAX_NODES = 100_000
_MAX_TEXT = 500
_MAX_NAME = 80
_as_base: Callable[..., Any] = np.ndarray.view
_as_array: Callable[..., Any] = np.array
_real: Callable[[Any], float] = complex.__dict__["real"].__get__
_imaginary: Callable[[Any], float] = complex.__dict__["imag"].__get__


class BrokenModuleError(ImportError):
    """A module of the submission of which nothing could be loaded; its text says why."""


class UnsupportedError(Exception):
    """An answer is of a type that stands for no numbers."""


def plain(value: Any) -> tuple[NDArray[Any], str]:
    """Return an answer's numbers and what kind of object they came as.

    Parameters
    ----------
    value
        An array or subclass of it, a NumPy scalar, a Python number, or nested lists or tuples
        of such.

    Returns
    -------
    array : ndarray of kind b, i, u, f or c
        At most 48 MB; longdouble becomes float64.
    kind : str
        ``ndarray``, ``scalar``, ``int``, ``float``, ``list``, ``matrix``, ``masked``, …

    Raises
    ------
    UnsupportedError
        With a sentence that names the type.
    """
    if isinstance(value, np.ndarray):
        return _checked(_as_base(value, np.ndarray)), _array_kind(value)
    if isinstance(value, np.generic):
        return _checked(_as_array(value)), "scalar"
    for number in (bool, int, float, complex):
        if isinstance(value, number):
            return _checked(_number(number, value)), number.__name__
    if isinstance(value, (list, tuple)):
        _count_nodes(value)
        try:
            stacked = _as_array(value)
        except Exception:  # noqa: BLE001 - any object may sit in the list and raise what it likes
            raise UnsupportedError("a list whose entries do not form an array") from None
        return _checked(stacked), type(value).__name__[:_MAX_NAME]
    raise UnsupportedError(f"an object of type {type_name(value)}, where numbers are expected")


def _array_kind(value: NDArray[Any]) -> str:
    if type(value) is np.ndarray:
        return "ndarray"
    if isinstance(value, np.ma.MaskedArray):
        return "masked"
    return "matrix" if isinstance(value, np.matrix) else "subclass"


def _number(kind: type, value: Any) -> NDArray[Any]:
    """Return the exact base value of a number, whatever its subclass pretends to be."""
    if kind is int and not -(2**63) <= int.__index__(value) < 2**63:
        raise UnsupportedError("an integer of more than 64 bits")
    exact: dict[type, Callable[[], Any]] = {
        bool: lambda: value is True,
        int: lambda: int.__index__(value),
        float: lambda: float.__float__(value),
        complex: lambda: complex(_real(value), _imaginary(value)),
    }
    array: NDArray[Any] = _as_array(exact[kind]())
    return array


def _checked(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind not in "biufc":
        raise UnsupportedError(f"an array of dtype {str(array.dtype)[:_MAX_NAME]}, not of numbers")
    if array.size * array.itemsize > MAX_BYTES:
        raise UnsupportedError(f"an array of shape {array.shape}, which is too large to send")
    if array.dtype.kind == "f" and array.itemsize > 8:
        return array.astype(np.float64)
    if array.dtype.kind == "c" and array.itemsize > 16:
        return array.astype(np.complex128)
    return array


def _count_nodes(value: Any) -> None:
    """Raise unless a nested list is small enough to be walked, without following it in circles."""
    waiting, seen = [value], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > MAX_NODES:
            raise UnsupportedError("a nested list that is too large (or contains itself)")
        if isinstance(node, (list, tuple)):
            waiting.extend(node)


def type_name(value: Any) -> str:
    """Return the name of an object's class, cut short."""
    return str(type.__dict__["__name__"].__get__(type(value)))[:_MAX_NAME]


def failure(outcome: str, message: str, exception: str = "", where: str = "") -> dict[str, str]:
    """Return a failed answer as a message."""
    return {"outcome": outcome, "message": message, "exception": exception, "where": where}


def missing_value(name: str) -> dict[str, str]:
    """Return the failure for an answer that is None: the part has not been written yet."""
    return failure("not_implemented", f"{name} is None: this part returns nothing yet")


def answered(name: str, value: Any) -> dict[str, Any]:
    """Return one answer as a message: its numbers, or why there are none."""
    if value is None:
        return missing_value(name)
    if isinstance(value, Inert):
        return failure("raised", f"{name} comes from a module that grading does not offer")
    try:
        array, kind = plain(value)
    except UnsupportedError as error:
        return failure("wrong", f"{name} is {error}")
    return {"outcome": "returned", "value": array, "kind": kind}


def described(error: BaseException, failures: Mapping[str, str]) -> dict[str, str]:
    """Return the failure that an exception stands for.

    Parameters
    ----------
    error
        What came out of student code, or out of the probe that called it.
    failures
        Each of the student's files -> the first thing in it that failed to load, or nothing.
        Frames of other files are not shown.
    """
    name, text = type_name(error), _text(error)
    where = _where(error.__traceback__, failures)
    cause = _load_failure(error, where, failures)
    if cause:
        return failure("load_failed", cause, name, where)
    if isinstance(error, MemoryError):
        return failure("out_of_memory", "ran out of memory", name, where)
    if isinstance(error, NotImplementedError):
        return failure("not_implemented", "raises NotImplementedError", name, where)
    if isinstance(error, PermissionError):
        hint = "files, processes and the network are closed while grading"
        return failure("blocked", f"{name}: {text} ({hint})", name, where)
    if isinstance(error, SystemExit):
        return failure("raised", "calls sys.exit()", name, where)
    if isinstance(error, EOFError):
        text = f"{text} (there is no input() while grading)"
    if not where and _is_missing_part(error, text):
        return failure("not_implemented", f"{name}: {text}", name, where)
    return failure("raised", f"{name}: {text}" if text else name, name, where)


def _load_failure(error: BaseException, where: str, failures: Mapping[str, str]) -> str:
    """Return the earlier load failure that an error follows from, or nothing."""
    if isinstance(error, BrokenModuleError):
        return _text(error)
    if isinstance(error, ImportError):
        return failures.get(str(error.path), "")
    if isinstance(error, NameError):
        cause = failures.get(where.rpartition(":")[0], "")
        return f"{_text(error)}, since loading failed at {cause}" if cause else ""
    return ""


def _is_missing_part(error: BaseException, text: str) -> bool:
    """Tell a part that is not there from one that fails: the probe itself met the gap."""
    if isinstance(error, (ImportError, AttributeError, NameError, KeyError)):
        return True
    return isinstance(error, TypeError) and "NoneType" in text


def _text(error: BaseException) -> str:
    """Return an exception's own words, one line, cut short; its ``__str__`` may do anything."""
    try:
        words = str(error)
    except BaseException:  # noqa: BLE001 - student code runs inside str()
        return "<unprintable>"
    if type(words) is not str:
        return "<unprintable>"
    return " ".join(words[: 2 * _MAX_TEXT].split())[:_MAX_TEXT]


def _where(trace: TracebackType | None, files: Mapping[str, Any]) -> str:
    """Return file:line of the innermost frame that is the student's, or nothing."""
    place = ""
    for frame, line in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        if file in files:
            place = f"{file}:{line}"
    return place


def none_names(expression: str, names: Mapping[str, Any]) -> Collection[str]:
    """Return the variables of an answer's expression that are None or an empty dict."""
    used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
    return [name for name in sorted(used & names.keys()) if _is_nothing(names[name])]


def _is_nothing(value: Any) -> bool:
    return value is None or (type(value) is dict and not value)
