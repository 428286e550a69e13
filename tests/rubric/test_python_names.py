"""The names of a piece of Python are those that Python's own symtable finds, with their places."""

from __future__ import annotations

import argparse
import collections
import contextlib
import difflib
import functools
import inspect
import random
import shlex
import statistics
import symtable
import sys
import tokenize
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest

from grader.rubric.python_names import names_of


def by_symtable(code: str) -> set[str]:
    """Return the names that code reads from its module's scope and does not define there."""
    read: set[str] = set()
    defined: set[str] = set()
    tables = [symtable.symtable(code, "<test>", "exec")]
    for table in tables:
        tables += table.get_children()
        for symbol in table.get_symbols():
            is_top = table.get_type() == "module"
            if (is_top or symbol.is_global()) and symbol.is_referenced():
                read.add(symbol.get_name())
            if (is_top or symbol.is_declared_global()) and (
                symbol.is_assigned() or symbol.is_imported()
            ):
                defined.add(symbol.get_name())
    return read - defined


@pytest.mark.parametrize(
    "module",
    [
        argparse, collections, contextlib, difflib, functools, inspect, mock, random, shlex,
        statistics, tokenize,
    ],
)  # fmt: skip
def test_whole_modules_want_the_names_that_symtable_finds(module: ModuleType) -> None:
    code = Path(inspect.getfile(module)).read_text(encoding="utf-8")

    names = names_of(code, "exec")

    assert names is not None
    assert set(names.wanted) == by_symtable(code)
    lines = code.split("\n")
    for name, (line, column) in names.wanted.items():
        assert lines[line - 1][column - 1 :].startswith(name)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        # whose a name is
        ("f = lambda w, *a, k=1, **b: w + a + k + b + v", {"v": (1, 45)}),
        ("f = lambda w=w: w", {"w": (1, 14)}),
        ("f = (lambda w: w)(w)", {"w": (1, 19)}),
        ("out = [w for w in w]", {"w": (1, 19)}),
        ("out = [i for i in a for j in i if j if k]", {"a": (1, 19), "k": (1, 40)}),
        ("out = {i: v for i in a}", {"v": (1, 11), "a": (1, 22)}),
        ("out = {t for i in a if (t := i)}; out = t", {"a": (1, 19)}),
        ("def f():\n    def g():\n        return v\n    v = 1\n    return g", {}),
        ("def f():\n    v = 1\n    def g():\n        nonlocal v\n        v = 2\nv", {"v": (6, 1)}),
        ("def f():\n    global v\n    v = 1\nout = v", {}),
        ("def f():\n    global v\n    def g():\n        return v\n", {"v": (4, 16)}),
        ("def f(v):\n    return v\nout = v", {"v": (3, 7)}),
        ("class A:\n    v = 1\n    w = v\n    def f(self):\n        return v", {"v": (5, 16)}),
        ("class A:\n    v = 1\n    w = [v for _ in v]", {"v": (3, 10)}),
        ("class A:\n    def f(self):\n        return __class__, __x\n", {"_A__x": (3, 27)}),
        ("class A:\n    name = __qualname__, __module__\n", {}),
        ("@d\nclass A(b, metaclass=m): pass", {"d": (1, 2), "b": (2, 9), "m": (2, 22)}),
        ("@d\nasync def f(a: t = v) -> r: pass", {"d": (1, 2), "t": (2, 16), "v": (2, 20), "r": (2, 26)}),
        # what defines
        ("import a.b, c.d as e\na, e, c", {"c": (2, 7)}),
        ("from a import b as c, d\nb, c, d", {"b": (2, 1)}),
        ("try:\n    pass\nexcept E as e:\n    e", {"E": (3, 8)}),
        ("with a as (b, [*c]): b, c", {"a": (1, 6)}),
        ("for i, (j, *k) in a: i, j, k", {"a": (1, 19)}),
        ("match a:\n    case {'k': b, **c}: b, c\n    case [d, *e] as f: d, e, f", {"a": (1, 7)}),
        ("match a:\n    case K(x=b) | L(b, v.w): b", {"a": (1, 7), "K": (2, 10), "L": (2, 19), "v": (2, 24)}),
        ("a.b = c[d] = 1", {"a": (1, 1), "c": (1, 7), "d": (1, 9)}),
        # what does not
        ("v += 1", {"v": (1, 1)}),
        ("def f():\n    global v\n    v += 1", {"v": (3, 5)}),
        ("del v", {"v": (1, 5)}),
        ("v = 1; del v", {}),
        ("def f(v):\n    del v", {}),
        ("v: T\nout = v", {"T": (1, 4), "v": (2, 7)}),
        ("v: T = 1\nout = v", {"T": (1, 4)}),
        ("from __future__ import annotations\nv: T = 1\ndef f(a: U) -> V: pass", {}),
        ("def f():\n    v: T = 1\n    return v", {}),
        # where it stands
        ("é = 'é', v, v", {"v": (1, 10)}),
        ("x = (\n  '''\n\n''', v)", {"v": (4, 6)}),
        ("f'v {v!r:>{w}} {{v}}'", {"v": (1, 6), "w": (1, 12)}),
        ("f'''v\n {v}'''", {"v": (2, 3)}),
        ("def f():\n    return v\nout = v", {"v": (2, 12)}),
    ],
)  # fmt: skip
def test_what_code_wants_and_where(code: str, wanted: dict[str, tuple[int, int]]) -> None:
    names = names_of(code, "exec")

    assert names is not None
    assert names.wanted == wanted
    assert not names.is_open


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.12 brought [T]")
def test_type_parameters_are_names_of_their_own() -> None:
    code = "def f[T](a: T) -> T: return T\nclass A[U: (int, V)](B[U]):\n    x: U\ntype C[W] = W | A | D"

    names = names_of(code, "exec")

    assert names is not None
    assert list(names.wanted) == ["int", "V", "B", "D"]
    assert names.defined == {"f", "A", "C"}


def test_an_expression_may_define_names_of_its_own() -> None:
    names = names_of("[t := v, t][0] + sum(i for i in t)", "eval")

    assert names is not None
    assert dict(names.wanted) == {"v": (1, 7), "sum": (1, 18)}


@pytest.mark.parametrize(
    "code", ["from a import *", "exec(v)", "globals()['v'] = 1", "def f(): locals().update(v)"]
)
def test_some_code_may_define_anything(code: str) -> None:
    names = names_of(code, "exec")

    assert names is not None
    assert names.is_open


@pytest.mark.parametrize(
    "code", ["a b", "return 1", "x = '\0'", "(" * 500, "1" + "+1" * 20_000, "f" + "()" * 3_000]
)
def test_what_does_not_compile_or_is_too_deep_has_no_names(code: str) -> None:
    assert names_of(code, "exec") is None
