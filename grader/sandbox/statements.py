"""What does a piece of student source say, before any of it runs?

Parsing and compiling happen beside student code, which may have turned warnings into errors: here
they stay silent.
"""

from __future__ import annotations
import __future__

import ast
import encodings
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from encodings.aliases import aliases
from types import CodeType

_CODECS = frozenset({"utf_8", "utf_8_sig", "latin_1", "cp1252", "ascii"})
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_ONLY_A_COMMENT = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_PYTHON_2 = re.compile(
    r"\s*(?:print\s+[^\s(=]|exec\s+['\"]|except\s+[\w.]+\s*,\s*\w+\s*:|raise\s+[\w.]+\s*,)"
)
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What parsing and compiling raise."""


def parsed(source: str | bytes, label: str) -> list[ast.stmt]:
    """Return the top-level statements of a source."""
    with unwarned():
        return ast.parse(source, filename=label).body


def compiled(
    statements: Iterable[tuple[str, ast.stmt]], flags: int
) -> Iterator[CodeType | Exception]:
    """Yield the code of each top-level statement, or why it has none."""
    with unwarned():
        for label, statement in statements:
            piece = ast.Module([statement], [])
            try:
                yield compile(piece, label, "exec", flags, dont_inherit=True)
            except UNPARSABLE as error:
                yield error


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep warnings silent, whatever student code has made of them."""
    # The module is named, since student code may have taken it out of sys.modules.
    with warnings.catch_warnings(module=warnings):
        warnings.simplefilter("ignore")
        yield


def complaint(label: str, error: BaseException) -> str:
    """Return why a source cannot be parsed, with the place, for the student."""
    line = getattr(error, "lineno", None)
    words = getattr(error, "msg", None) or str(error) or type(error).__name__
    is_old = _PYTHON_2.match(getattr(error, "text", None) or "")
    hint = " (this is Python 2)" if is_old else ""
    place = f"{label}:{line}" if line else label
    return f"{place}: {type(error).__name__}: {words}{hint}"


def check_encoding(data: bytes) -> None:
    """Raise SyntaxError unless a source's bytes mean what they look like.

    A cookie such as utf-7 hides code from whoever reads the file.
    """
    for line in data.splitlines()[:2]:
        cookie = _COOKIE.match(line)
        if cookie:
            name = cookie.group(1).decode("ascii").lower()
            normal = encodings.normalize_encoding(name)
            if aliases.get(normal, normal) not in _CODECS:
                raise SyntaxError(f"the encoding {name} is not accepted; save the file as UTF-8")
        if not _ONLY_A_COMMENT.match(line):
            break
    if b"\0" in data:
        raise SyntaxError("the file contains NUL bytes; save it as UTF-8 text")


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines."""
    for node in _outer_nodes(statement):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _outer_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, but nothing of what functions and classes hold."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        for inner in ast.iter_child_nodes(node):
            yield from _outer_nodes(inner)


def defines_plainly(statement: ast.stmt) -> bool:
    """Tell whether a statement only imports, defines, or names a constant.

    Calls of NumPy and of built-in types count as constants: ``np.zeros(3)`` ends soon.
    """
    if isinstance(statement, ast.If) and any(map(_may_take_long, ast.walk(statement.test))):
        return False
    if isinstance(statement, (ast.If, ast.Try)):
        return all(
            defines_plainly(inner)
            for node in ast.iter_child_nodes(statement)
            for inner in (node.body if isinstance(node, ast.ExceptHandler) else [node])
            if isinstance(inner, ast.stmt)
        )
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return not any(map(_may_take_long, _outer_nodes(statement)))
    return isinstance(statement, _DEFINITIONS)


_DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
)
_SHORT_CALLS = frozenset(
    "np numpy math bool dict float frozenset int len list set str tuple".split()
)


def _may_take_long(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = node.func
        while isinstance(called, ast.Attribute):
            called = called.value
        return not (isinstance(called, ast.Name) and called.id in _SHORT_CALLS)
    return isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp))


def future_flags(statements: Iterable[ast.stmt]) -> int:
    """Return the compiler flags of a file's ``from __future__ import`` statements."""
    flags = 0
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                feature = getattr(__future__, alias.name, None)
                flags |= feature.compiler_flag if feature is not None else 0
    return flags


def guarded_lines(statement: ast.stmt) -> Iterator[int]:
    """Yield the lines of imports that stand inside a ``try`` with handlers."""
    for attempt in ast.walk(statement):
        if isinstance(attempt, ast.Try) and attempt.handlers:
            for node in (inner for part in attempt.body for inner in ast.walk(part)):
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    yield node.lineno
