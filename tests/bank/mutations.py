"""Which small slips could somebody make in a reference's text? Single tokens changed, one a time.

Nobody chose these: they are enumerated from the syntax tree of whatever ``solve`` runs in the
problem's own module. ``mutations.txt`` keeps the list, and which of them change an answer.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

import reference
from grader.diagnosis.edits import source_of, with_texts
from reference.problem import Problem

FROZEN = Path(__file__).with_name("mutations.txt")
STATUSES = ("changes", "faintly", "survives")
"""What a listed mutation does on certified draws: it changes an answer, by next to nothing, or not."""

_OPERATORS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
_COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.Lt,
    ast.Lt: ast.Gt,
    ast.GtE: ast.LtE,
    ast.LtE: ast.GtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_METHODS = {
    "argmax": "argmin",
    "max": "min",
    "min": "max",
    "mean": "sum",
    "sum": "mean",
    "maximum": "minimum",
    "minimum": "maximum",
    "exp": "expm1",
    "sqrt": "square",
    "square": "sqrt",
    "abs": "negative",
    "tanh": "sinh",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "var": "std",
    "cosh": "sinh",
    "log": "log2",
    "function": "derivative",
    "derivative": "function",
}


@dataclass(frozen=True, slots=True, order=True)
class Mutation:
    """One slip: where it stands, of what kind it is, and what became of which piece of text."""

    problem: str
    function: str
    kind: str
    ordinal: int
    """Number among the slips of this kind in this function."""
    change: str

    @property
    def key(self) -> str:
        """Return what tells it from all others, in one line."""
        return "\t".join((self.problem, self.function, self.kind, str(self.ordinal), self.change))


def mutations_of(problem_id: str) -> list[Mutation]:
    """Return every slip in the functions that the reference's ``solve`` runs."""
    return [mutation for mutation, _ in _all(problem_id)]


def mutated(mutation: Mutation) -> Problem:
    """Return the problem with one slip in it."""
    tree = dict(_all(mutation.problem))[mutation]()
    home = reference.home(mutation.problem)
    return with_texts(mutation.problem, {home: ast.unparse(tree)})


def frozen() -> dict[Mutation, str]:
    """Return the list as it was frozen, with what each mutation does."""
    listed = {}
    for line in FROZEN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            status, problem, function, kind, ordinal, change = line.split("\t")
            listed[Mutation(problem, function, kind, int(ordinal), change)] = status
    return listed


@lru_cache(maxsize=1)
def _all(problem_id: str) -> tuple[tuple[Mutation, Callable[[], ast.Module]], ...]:
    """Return each slip with the function that makes its tree."""
    tree = ast.parse(source_of(reference.home(problem_id)))
    ran = _functions_run(problem_id)
    found: list[tuple[Mutation, Callable[[], ast.Module]]] = []
    counts: dict[tuple[str, str], int] = {}
    for function in _functions(tree):
        # As its code counts, a function begins with its decorators.
        first = min(node.lineno for node in (function, *function.decorator_list))
        if (function.name, first) not in ran:
            continue
        for kind, change, place, node in _slips(function):
            ordinal = counts[function.name, kind] = counts.get((function.name, kind), -1) + 1
            mutation = Mutation(problem_id, function.name, kind, ordinal, change)
            found.append((mutation, lambda p=place, n=node: _replaced(tree, p, n)))
    return tuple(found)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module, inner ones of problems' factories among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_problem"):
            yield node


def _functions_run(problem_id: str) -> set[tuple[str, int]]:
    """Return name and first line of the problem's own functions that ``solve`` runs."""
    problem, home = reference.problem(problem_id), reference.home(problem_id)
    path = sys.modules[home].__file__
    ran = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if frame.f_code.co_filename == path:
            ran.add((frame.f_code.co_name, frame.f_code.co_firstlineno))

    inputs = problem.inputs(np.random.default_rng(0))
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        problem.solve(inputs, problem.resolve_options({}))
    finally:
        sys.setprofile(before)
    return ran


def _replaced(tree: ast.Module, place: ast.AST, node: ast.AST) -> ast.Module:
    """Return a copy of the tree with a node in another one's place."""

    class Replace(ast.NodeTransformer):
        def visit(self, here: ast.AST) -> ast.AST:
            return node if here is place else self.generic_visit(here)

    # The transformer works in place: on a copy, in which the place alone is still the same node.
    copied = copy.deepcopy(tree, {id(place): place})
    changed: ast.Module = ast.fix_missing_locations(Replace().visit(copied))
    return changed


def _slips(function: ast.FunctionDef) -> Iterator[tuple[str, str, ast.AST, ast.AST]]:
    """Yield kind, change, the node that gives way and the one that takes its place."""
    names = _local_names(function)
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    axes = {
        id(node.value) for node in nodes if isinstance(node, ast.keyword) and node.arg == "axis"
    }
    for node in nodes:
        for kind, slips in _KINDS.items():
            for new in slips(node, names) if id(node) not in axes else ():
                yield kind, f"{_text(node)} -> {_text(new)}", node, new


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _local_names(function: ast.FunctionDef) -> tuple[str, ...]:
    """Return the function's arguments and variables, in the order in which they come."""
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names += [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return tuple(dict.fromkeys(names))


def _operator(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        yield ast.BinOp(left=node.left, op=_OPERATORS[type(node.op)](), right=node.right)


def _term(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield node.left
        yield node.right


def _factor(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield node.left


def _comparison(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        swapped = [_COMPARISONS[type(node.ops[0])]()]
        yield ast.Compare(left=node.left, ops=swapped, comparators=node.comparators)


def _minus(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


def _constant(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(value=node.value + 1.0)
        if node.value:
            yield ast.Constant(value=2.0 * node.value)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(value=node.value + 1)


def _axis(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if (
        isinstance(node, ast.keyword)
        and node.arg == "axis"
        and isinstance(node.value, ast.Constant)
        and node.value.value in (0, 1)
    ):
        yield ast.keyword(arg="axis", value=ast.Constant(value=1 - node.value.value))


def _transpose(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


def _method(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr in _METHODS:
        yield ast.Attribute(value=node.value, attr=_METHODS[node.attr], ctx=node.ctx)


def _variable(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    """The neighbours of a variable: the name before and the name after it."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        at = names.index(node.id)
        for other in (at - 1, at + 1):
            if 0 <= other < len(names):
                yield ast.Name(id=names[other], ctx=ast.Load())


_KINDS: Mapping[str, Callable[[ast.AST, tuple[str, ...]], Iterator[ast.AST]]] = {
    "operator": _operator,
    "term": _term,
    "factor": _factor,
    "comparison": _comparison,
    "minus": _minus,
    "constant": _constant,
    "axis": _axis,
    "transpose": _transpose,
    "method": _method,
    "variable": _variable,
}
