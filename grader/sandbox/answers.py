"""What did the student's code hand back, as plain arrays or a named failure? (Child's side.)

Everything here runs beside student code, so it uses no method that an object could bring along:
types are asked for their own word, and arrays are reduced to their base data by functions that
were looked up before the student's first statement. What a student's code does to NumPy's names,
its error modes or its own classes' methods does not change what is told. A student who tampers
with this module forges an answer of their own, and no more.
"""

from __future__ import annotations

import ast
import re
import traceback
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.sandbox.numpy_names import environment_trouble
from grader.sandbox.standins import Inert

MAX_BYTES = 48 << 20
MAX_NODES = 100_000
MAX_DIMENSIONS = 16
_MAX_TEXT = 500
_MAX_NAME = 80
_MOST_KEYS, _MOST_OF_KEY = 12, 20
_UNPRINTABLE, _NO_MEMORY = "<unprintable>", "ran out of memory"
_UNPACKED = re.compile(
    r"(?:not enough|too many) values to unpack \(expected \d+(?:, got (?P<got>\d+))?\)"
    r"|cannot unpack non-iterable (?P<kind>\w+) object"
)
_IMPORTED = re.compile(r"cannot import name '(\w+)'")
_ndarray, _generic, _masked, _matrix = np.ndarray, np.generic, np.ma.MaskedArray, np.matrix
_bool = np.bool_
_as_base: Callable[..., Any] = np.ndarray.view
_as_array: Callable[..., Any] = np.array
_as_list: Callable[..., Any] = np.ndarray.tolist
_any: Callable[..., Any] = np.ndarray.any
_attribute_of: Callable[[Any, str], Any] = object.__getattribute__
_errors_ignored = np.errstate
_float64, _complex128, _LinAlgError = np.float64, np.complex128, np.linalg.LinAlgError
_real: Callable[[Any], float] = complex.__dict__["real"].__get__
_imaginary: Callable[[Any], float] = complex.__dict__["imag"].__get__
_name_of_type: Callable[[Any], str] = type.__dict__["__name__"].__get__
_missing_name: Callable[[Any], Any] = NameError.__dict__["name"].__get__
_module_path: Callable[[Any], Any] = ImportError.__dict__["path"].__get__
_traceback_of: Callable[[Any], Any] = BaseException.__dict__["__traceback__"].__get__
_with_traceback: Callable[..., Any] = BaseException.with_traceback
_NUMBERS = {"bool": bool, "int": int, "float": float, "complex": complex}


Lost = Mapping[str, Mapping[str, str]]
"""File or notebook cell -> name that it failed to define -> what failed there."""
ANY_NAME = "*"
"""Stands for the names that a star import or an unreadable piece of code would have defined."""


class BrokenModuleError(ImportError):
    """A module of the submission of which nothing could be loaded; its text says why."""


class UnsupportedError(Exception):
    """An answer is of a type that stands for no numbers."""


class StatementError(Exception):
    """A number that a submission's files should state is not there, or is no number."""

    def __init__(self, outcome: str, told: str) -> None:
        super().__init__(told)
        self.outcome = outcome


def plain(value: Any) -> tuple[NDArray[Any], str]:
    """Return an answer's numbers and what kind of object they came as.

    Parameters
    ----------
    value
        An array or subclass of it, also one of objects that are numbers, a NumPy scalar, a Python
        number, or nested lists or tuples of such.

    Returns
    -------
    array : ndarray of kind b, i, u, f or c
        At most 48 MB; longdouble becomes float64.
    kind : str
        ``ndarray``, ``scalar``, ``int``, ``float``, ``list``, ``matrix``, ``masked`` where entries
        are masked, …

    Raises
    ------
    UnsupportedError
        With a sentence that names the type.
    """
    if _is_a(value, _ndarray):
        base = _as_base(value, _ndarray)
        if base.dtype.kind == "O":
            if base.size > MAX_NODES:
                raise UnsupportedError("an array of objects that is too large")
            entries = _as_list(base)
            stacked = _stacked(entries) if base.ndim else _stacked([entries])[0, ...]
            return stacked, _array_kind(value)
        return _checked(base), _array_kind(value)
    if _is_a(value, _generic):
        return _checked(_as_array(value)), "scalar"
    for name, kind in _NUMBERS.items():
        if _is_a(value, kind):
            return _checked(_number(kind, value)), name
    for name, kind in (("list", list), ("tuple", tuple)):
        if _is_a(value, kind):
            return _stacked(value), name
    raise UnsupportedError(f"an object of type {type_name(value)}, where numbers are expected")


def number(value: Any) -> float:
    """Return an answer that is to be one real number, in whatever array it comes.

    Raises
    ------
    UnsupportedError
        If it is something else.
    """
    array, _ = plain(value)
    if array.size != 1 or array.dtype.kind == "c":
        raise UnsupportedError(f"an array of shape {array.shape}, where one number is expected")
    return float(array.reshape(())[()])


def _is_a(value: Any, kind: type) -> bool:
    """Tell whether an object is of a kind by its real type, whatever its ``__class__`` says."""
    return issubclass(type(value), kind)


def _array_kind(value: NDArray[Any]) -> str:
    if type(value) is _ndarray:
        return "ndarray"
    if _is_a(value, _masked) and _may_hide_entries(value):
        return "masked"
    return "matrix" if _is_a(value, _matrix) else "subclass"


def _may_hide_entries(value: NDArray[Any]) -> bool:
    """Tell whether a masked array has a masked entry, or may have one."""
    if type(value) is not _masked:
        return True
    mask = _attribute_of(value, "__dict__").get("_mask")
    if type(mask) is _bool:
        return bool(mask)
    return type(mask) is not _ndarray or bool(_any(mask))


def _stacked(value: Any) -> NDArray[Any]:
    """Return the array that a nested list or tuple of numbers forms."""
    _count_nodes(value)
    try:
        stacked = _as_array(value)
    except Exception:  # noqa: BLE001 - any object may sit in the list and raise what it likes
        raise UnsupportedError("a list whose entries do not form an array") from None
    return _checked(stacked)


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
    """Return a copy of numbers that can be sent: what they are a view of may change any time."""
    if array.dtype.kind not in "biufc":
        raise UnsupportedError(f"an array of dtype {str(array.dtype)[:_MAX_NAME]}, not of numbers")
    if array.ndim > MAX_DIMENSIONS:
        raise UnsupportedError(f"an array of {array.ndim} dimensions")
    if array.size * array.itemsize > MAX_BYTES:
        raise UnsupportedError(f"an array of shape {array.shape}, which is too large to send")
    wide = {"f": (8, _float64), "c": (16, _complex128)}.get(array.dtype.kind)
    if wide is not None and array.itemsize > wide[0]:
        with _errors_ignored(all="ignore"):
            return array.astype(wide[1])
    copied: NDArray[Any] = _as_array(array)
    return copied


def _count_nodes(value: Any) -> None:
    """Raise unless a nested list is small enough to be walked, without following it in circles."""
    waiting, seen = [value], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > MAX_NODES:
            raise UnsupportedError("a nested list that is too large (or contains itself)")
        if _is_a(node, list) or _is_a(node, tuple):
            waiting.extend(node)


def type_name(value: Any) -> str:
    """Return the name of an object's class, cut short."""
    return str.__str__(_name_of_type(type(value)))[:_MAX_NAME]


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
    if _is_a(value, Inert):
        return failure("raised", f"{name} comes from a module that grading does not offer")
    try:
        array, kind = plain(value)
    except UnsupportedError as error:
        return failure("wrong", f"{name} is {error}")
    return {"outcome": "returned", "value": array, "kind": kind}


def has_no_value(error: BaseException) -> bool:
    """Return whether an exception tells that a function has no value at some place."""
    return any(_is_a(error, kind) for kind in (ArithmeticError, ValueError, _LinAlgError))


def described(error: BaseException, lost: Lost) -> dict[str, str]:
    """Return the failure that an exception stands for.

    Parameters
    ----------
    error
        What came out of student code, or out of the probe that called it.
    lost
        What each of the student's files failed to define. Frames of other files are not shown.
    """
    name = type_name(error)
    if _is_a(error, MemoryError):
        try:
            text, where = _text(error), _where(_traceback_of(error), lost)
        except MemoryError:
            text, where = "", ""
        # The frames hold what filled the memory; without them there is room to answer.
        _with_traceback(error, None)
        told = f"ran out of memory: {text}" if text not in ("", _UNPRINTABLE) else _NO_MEMORY
        return failure("out_of_memory", told, name, where)
    if type(error) is StatementError:
        return failure(error.outcome, _text(error))
    text, where = _text(error), _where(_traceback_of(error), lost)
    cause = _load_failure(error, text, where, lost)
    if cause:
        return failure("load_failed", cause, name, where)
    if _is_a(error, NotImplementedError):
        return failure("not_implemented", "raises NotImplementedError", name, where)
    # Without a number it is a student's own, not the kernel's.
    if _is_a(error, PermissionError) and getattr(error, "errno", None) is not None:
        hint = "files, processes and the network are closed while grading"
        return failure("blocked", f"{name}: {text} ({hint})", name, where)
    if _is_a(error, SystemExit):
        return failure("raised", "calls sys.exit()", name, where)
    removed = environment_trouble(text) if _is_removed(error) else ""
    if removed:
        return failure("raised", f"{name}: {text} ({removed})", name, where)
    if _is_a(error, EOFError):
        text = f"{text} (there is no input() while grading)"
    if not where and _is_missing_part(error, text):
        return failure("not_implemented", f"{name}: {text}", name, where)
    return failure("raised", f"{name}: {text}" if text else name, name, where)


def _load_failure(error: BaseException, text: str, where: str, lost: Lost) -> str:
    """Return the earlier load failure that an error follows from, or nothing."""
    if _is_a(error, BrokenModuleError):
        return text
    if _is_a(error, ImportError):
        path, imported = _module_path(error), _IMPORTED.match(text)
        names = lost.get(path, {}) if type(path) is str else {}
        return names.get(imported[1] if imported else ANY_NAME) or names.get(ANY_NAME, "")
    if _is_a(error, NameError) and type(_missing_name(error)) is str:
        own = lost.get(where.rpartition(":")[0], {})
        # A star import may have been meant to bring the name from another file.
        causes = [names.get(_missing_name(error), "") for names in (own, *lost.values())]
        cause = next(filter(None, [*causes, own.get(ANY_NAME)]), "")
        return f"{text}, since loading failed at {cause}" if cause else ""
    return ""


def _is_removed(error: BaseException) -> bool:
    return any(_is_a(error, kind) for kind in (AttributeError, TypeError, ValueError))


def _is_missing_part(error: BaseException, text: str) -> bool:
    """Tell a part that is not there from one that fails: the probe itself met the gap."""
    if any(_is_a(error, kind) for kind in (ImportError, AttributeError, NameError, KeyError)):
        return True
    return _is_a(error, TypeError) and "NoneType" in text


def _text(error: BaseException) -> str:
    """Return an exception's own words, one line, cut short; its ``__str__`` may do anything."""
    try:
        words = str(error)
    except BaseException:  # noqa: BLE001 - student code runs inside str()
        return _UNPRINTABLE
    if type(words) is not str:
        return _UNPRINTABLE
    return " ".join(words[: 2 * _MAX_TEXT].split())[:_MAX_TEXT]


def _where(trace: TracebackType | None, files: Mapping[str, Any]) -> str:
    """Return file:line of the innermost frame that is the student's, or nothing."""
    place = ""
    for frame, line in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        if file in files:
            place = f"{file}:{line}"
    return place


def unpacked_wrongly(error: BaseException, source: str, file: str) -> str:
    """Return a clause about a function that returns more or fewer values than a probe takes.

    Parameters
    ----------
    error
        What came out of the probe's code itself.
    source, file
        That code, and the name that it was compiled under.

    Returns
    -------
    str
        Empty where it is another error.
    """
    found = _UNPACKED.match(_text(error))
    if not found or not (_is_a(error, ValueError) or _is_a(error, TypeError)):
        return ""
    frames = list(traceback.walk_tb(_traceback_of(error)))
    line = frames[-1][1] if frames and frames[-1][0].f_code.co_filename == file else 0
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or 0)):
            continue
        target, call = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(call, ast.Call):
            got = _number_of_values(found, len(target.elts))
            names = ", ".join(map(ast.unparse, target.elts))
            wanted = f"{len(target.elts)} are asked for ({names})"
            return f"{ast.unparse(call.func)} returns {got}, where {wanted}"
    return ""


def _number_of_values(found: re.Match[str], wanted: int) -> str:
    if found["kind"]:
        return f"one value, of type {found['kind']}"
    if found["got"]:
        return f"{found['got']} values" if found["got"] != "1" else "one value"
    return f"more than {wanted} values"


def none_names(expression: str, names: Mapping[str, Any]) -> Collection[str]:
    """Return the variables of an answer's expression that are None or an empty dict."""
    used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
    return [name for name in sorted(used & names.keys()) if _is_nothing(names[name])]


def missing_key(expression: str, names: Mapping[str, Any]) -> str:
    """Return a clause about the key that an answer's expression does not find, or nothing.

    >>> missing_key("grads['W1']", {"grads": {"w1": 0, "b1": 0}})
    "there is no 'W1' in grads, which holds 'w1', 'b1'"
    """
    for node in ast.walk(ast.parse(expression)):
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)):
            continue
        if not isinstance(node.value, ast.Name) or type(node.slice.value) is not str:
            continue
        held = names.get(node.value.id)
        if type(held) is not dict:
            continue
        # Compared as strings alone: a student's own keys could bring their own comparison.
        keys = [key for key in held if type(key) is str]
        if node.slice.value not in keys:
            known = ", ".join(repr(key[:_MOST_OF_KEY]) for key in keys[:_MOST_KEYS])
            told = f", which holds {known}" if known else ""
            more = ", …" if len(keys) > _MOST_KEYS else ""
            return f"there is no {node.slice.value!r} in {node.value.id}{told}{more}"
    return ""


def _is_nothing(value: Any) -> bool:
    return value is None or (type(value) is dict and not value)
