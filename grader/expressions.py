"""What does a rubric's expression say of plain arrays? A small language of its own, never ``eval``.

Names, numbers, arithmetic, comparisons, indexing and some functions of NumPy; nothing else of
Python: no attribute but an array's shape, no assignment, no code of anybody's.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np


class ExpressionError(Exception):
    """An expression cannot be evaluated on these arrays; the text says why."""


def _distinct(values: Any) -> int:
    """Return how many different values there are."""
    return int(np.unique(values).size)


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "abs": np.abs,
        "all": np.all,
        "any": np.any,
        "diff": np.diff,
        "distinct": _distinct,
        "exp": np.exp,
        "isfinite": np.isfinite,
        "len": len,
        "log": np.log,
        "max": np.max,
        "mean": np.mean,
        "median": np.median,
        "min": np.min,
        "ndim": np.ndim,
        "quantile": np.quantile,
        "round": np.round,
        "shape": np.shape,
        "size": np.size,
        "sort": np.sort,
        "sqrt": np.sqrt,
        "std": np.std,
        "sum": np.sum,
        "tanh": np.tanh,
        "var": np.var,
        "where": np.where,
    }
)
"""What can be called, as ``mean(W)`` or ``W.mean()``."""

_ATTRIBUTES = ("T", "ndim", "shape", "size")
_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: np.true_divide,
        ast.FloorDiv: np.floor_divide,
        ast.Mod: np.mod,
        # Of floats: a power of whole numbers may need all memory that there is.
        ast.Pow: lambda base, exponent: np.float_power(base, exponent),
        ast.MatMult: operator.matmul,
        ast.USub: operator.neg,
        ast.UAdd: operator.pos,
        ast.Not: lambda value: not _truth(value),
        ast.Invert: np.logical_not,
        ast.BitAnd: np.logical_and,
        ast.BitOr: np.logical_or,
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
    }
)
_PLAIN = (
    ast.Expression,
    ast.Load,
    ast.Name,
    ast.Tuple,
    ast.List,
    ast.Slice,
    ast.Subscript,
    ast.Compare,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.IfExp,
    *_OPERATORS,
)


def forbidden(expression: str) -> Iterator[tuple[int, int, str]]:
    """Yield what an expression holds that is not of this language: line, column, and what.

    Raises
    ------
    SyntaxError
        If it is no expression at all.

    >>> list(forbidden("mean(W) < 1")), list(forbidden("W.tofile('x')"))
    ([], [(1, 1, "'tofile' is no function here"), (1, 10, 'a text has no place here')])
    """
    tree = ast.parse(expression, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        told = _complaint(node, id(node) in called)
        if told:
            yield getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, told


def _complaint(node: ast.AST, is_called: bool) -> str:
    if isinstance(node, ast.Call):
        name = _called(node)
        return "" if name in FUNCTIONS else f"{name!r} is no function here"
    if isinstance(node, ast.Attribute):
        is_known = is_called or node.attr in _ATTRIBUTES
        return "" if is_known else f"an array's {node.attr!r} cannot be read here"
    if isinstance(node, ast.Constant):
        is_text = isinstance(node.value, (str, bytes))
        is_number = isinstance(node.value, (bool, int, float)) or node.value is None
        return "" if is_number else f"{'a text' if is_text else 'this'} has no place here"
    if isinstance(node, (*_PLAIN, ast.keyword)):
        return ""
    return f"{type(node).__name__} has no place in an expression"


def _called(call: ast.Call) -> str:
    """Return the name of what is called, ``mean`` of ``W.mean()`` too."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else "this"


def names_in(expression: str) -> dict[str, tuple[int, int]]:
    """Return the names that an expression reads, functions left out, each with its first place.

    >>> names_in("abs(mean(W)) < std")
    {'W': (1, 10), 'std': (1, 16)}
    """
    tree = ast.parse(expression, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [
        ((node.lineno, node.col_offset + 1), node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and id(node) not in called
    ]
    names: dict[str, tuple[int, int]] = {}
    for place, name in sorted(found):
        names.setdefault(name, place)
    return names


def evaluated(expression: str, names: Mapping[str, Any]) -> Any:
    """Return an expression's value: an array, a number, a Boolean or a tuple of numbers.

    Parameters
    ----------
    expression
        Of which ``forbidden`` yields nothing.
    names
        Arrays and numbers by name.

    Raises
    ------
    ExpressionError
        If the arrays do not fit it.

    >>> evaluated("abs(mean(W)) < 1 and W.shape == (2, 3)", {"W": np.zeros((2, 3))})
    True
    """
    try:
        with np.errstate(all="ignore"):
            return _value(ast.parse(expression, mode="eval").body, names)
    except (ValueError, TypeError, IndexError, OverflowError, MemoryError) as error:
        raise ExpressionError(" ".join(str(error).split()) or type(error).__name__) from None


def _value(node: Any, names: Mapping[str, Any]) -> Any:
    """Return the value of one node and all below it."""
    match node:
        case ast.Constant(value=value) if value is None or isinstance(value, (bool, int, float)):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.Tuple(elts=entries) | ast.List(elts=entries):
            return tuple(_value(entry, names) for entry in entries)
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_value(operand, names))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, names), _value(right, names))
        case ast.BoolOp(op=op, values=values):
            join = all if isinstance(op, ast.And) else any
            return join(_truth(_value(value, names)) for value in values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _truth(_value(test, names)) else orelse, names)
        case ast.Compare():
            return _compared(node, names)
        case ast.Subscript(value=value, slice=index):
            return _value(value, names)[_value(index, names)]
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(*(None if n is None else _value(n, names) for n in (lower, upper, step)))
        case ast.Attribute(value=value, attr=attribute) if attribute in _ATTRIBUTES:
            return getattr(np.asarray(_value(value, names)), attribute)
        case ast.Call():
            return _result(node, names)
    raise TypeError(f"{type(node).__name__} has no place in an expression")


def _compared(node: ast.Compare, names: Mapping[str, Any]) -> Any:
    """Return a comparison; a chain of several is one Boolean, as in Python."""
    values = [_value(part, names) for part in (node.left, *node.comparators)]
    found = [
        _OPERATORS[type(op)](left, right)
        for op, left, right in zip(node.ops, values, values[1:], strict=False)
    ]
    return found[0] if len(found) == 1 else all(map(_truth, found))


def _result(node: ast.Call, names: Mapping[str, Any]) -> Any:
    function = FUNCTIONS[_called(node)]
    arguments = [_value(argument, names) for argument in node.args]
    if isinstance(node.func, ast.Attribute):
        arguments.insert(0, _value(node.func.value, names))
    keywords = {keyword.arg or "": _value(keyword.value, names) for keyword in node.keywords}
    return function(*arguments, **keywords)


def _truth(value: Any) -> bool:
    """Return whether a value is true; of an array all entries must be."""
    return bool(np.all(value)) and np.size(value) > 0
