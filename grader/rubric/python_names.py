"""Which names does a piece of Python take from outside, and which does it define?

Python's own ``symtable`` tells this too, but at no line and column; here its rules are followed on
the syntax tree, and the tests hold the two against each other on whole modules.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from grader.rubric.document import Place

_LINE_BREAK = re.compile("\r\n|\r|\n")
_OPENING = frozenset({"exec", "globals", "locals"})
"""Functions through which code defines names that nobody can read in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of a piece of Python, as whoever runs it sees them."""

    wanted: Mapping[str, Place]
    """What it reads and does not define, with the first line and column, counted from 1."""
    defined: frozenset[str]
    """What it assigns or imports at its top level, in whichever branch."""
    is_open: bool
    """Whether it may define anything: by a star import, or through ``exec`` and its like."""


@lru_cache(maxsize=4096)
def names_of(code: str, mode: Literal["exec", "eval"]) -> Names | None:
    """Return the names of a piece of Python, or None if it does not compile.

    Parameters
    ----------
    code
        Statements, or an expression.
    mode
        Which of the two, as ``compile`` calls them.

    >>> names = names_of("out = [f(i, w) for i in x]", "exec")
    >>> dict(names.wanted), sorted(names.defined)
    ({'f': (1, 8), 'w': (1, 13), 'x': (1, 25)}, ['out'])
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: Any = ast.parse(code, mode=mode)
            compile(tree, "<rubric>", mode, dont_inherit=True)
        reader = _Reader(code)
        reader.visit(tree)
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        return None
    return reader.names()


@dataclass(slots=True)
class _Scope:
    """One block whose names are its own."""

    kind: Literal["module", "function", "class", "comprehension", "parameters"]
    """``parameters`` are those of a generic function, class or type, since Python 3.12."""
    outer: _Scope | None = None
    bound: set[str] = field(default_factory=set)
    of_module: set[str] = field(default_factory=set)
    """Declared ``global``."""
    of_others: set[str] = field(default_factory=set)
    """Declared ``nonlocal``."""
    reads: list[tuple[str, Place]] = field(default_factory=list)

    def takes_from_module(self, name: str) -> bool:
        """Whether a name that is read here is one of the module, or of nobody."""
        scope, sees_class = self, True
        while scope.outer is not None:
            if scope.kind == "class" and not sees_class:
                # A class's names are for its body alone; its functions see ``__class__`` of it.
                if name == "__class__":
                    return False
            elif name in scope.of_module:
                return True
            elif name in scope.bound:
                return False
            sees_class = sees_class and scope.kind == "parameters"
            scope = scope.outer
        return True


class _Reader(ast.NodeVisitor):
    """Walks through a syntax tree and notes in each scope what it binds and reads."""

    def __init__(self, code: str) -> None:
        self._lines = [line.encode() for line in _LINE_BREAK.split(code)]
        self._module = self._scope = _Scope("module")
        self._scopes = [self._module]
        self._class = ""
        self._keeps_annotations = False
        self._has_star = False

    def names(self) -> Names:
        """Return what was found."""
        reads = sorted(
            (place, name)
            for scope in self._scopes
            for name, place in scope.reads
            if scope.takes_from_module(name)
        )
        wanted: dict[str, Place] = {}
        for place, name in reads:
            if name not in self._module.bound:
                wanted.setdefault(name, place)
        return Names(
            wanted=wanted,
            defined=frozenset(self._module.bound),
            is_open=self._has_star or not _OPENING.isdisjoint(wanted),
        )

    # --- names -----------------------------------------------------------------------------

    def _mangled(self, name: str) -> str:
        """Return a name as a class makes it private: ``__x`` in ``A`` is ``_A__x``."""
        is_private = name.startswith("__") and not name.endswith("__") and "." not in name
        return f"_{self._class}{name}" if self._class and is_private else name

    def _bind(self, name: str, scope: _Scope | None = None) -> None:
        scope, name = scope or self._scope, self._mangled(name)
        if name in scope.of_module:
            self._module.bound.add(name)
        elif name not in scope.of_others:
            scope.bound.add(name)

    def _read(self, node: ast.Name) -> None:
        start = b"".join(self._lines[node.lineno - 1 : node.lineno])[: node.col_offset]
        place = (node.lineno, len(start.decode(errors="replace")) + 1)
        self._scope.reads.append((self._mangled(node.id), place))

    def _changes_module(self, name: str) -> bool:
        """Whether a name that is bound in this scope is one of the module."""
        return self._scope is self._module or self._mangled(name) in self._scope.of_module

    def visit_Name(self, node: ast.Name) -> None:
        """Note a name; ``del`` needs it where it is one of the module."""
        is_deleted = isinstance(node.ctx, ast.Del)
        if isinstance(node.ctx, ast.Load) or (is_deleted and self._changes_module(node.id)):
            self._read(node)
        else:
            self._bind(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Note that ``x += 1`` defines nothing: it needs ``x``."""
        if isinstance(node.target, ast.Name) and self._changes_module(node.target.id):
            self._read(node.target)
        else:
            self.visit(node.target)
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Note that ``x: int`` alone defines nothing, and a function reads no such annotation."""
        if self._scope.kind != "function":
            self._annotation(node.annotation)
        is_mere = node.value is None and isinstance(node.target, ast.Name)
        if not (is_mere and self._scope is self._module):
            self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Bind ``x := …`` outside of the comprehensions around it."""
        scope = self._scope
        while scope.kind == "comprehension" and scope.outer is not None:
            scope = scope.outer
        self._bind(node.target.id, scope)
        self.visit(node.value)

    def visit_Global(self, node: ast.Global) -> None:
        """Note names that are the module's from here on."""
        self._scope.of_module.update(map(self._mangled, node.names))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """Note names of the functions around."""
        self._scope.of_others.update(map(self._mangled, node.names))

    def visit_Import(self, node: ast.Import) -> None:
        """Bind modules: ``import a.b`` defines ``a``."""
        for alias in node.names:
            self._bind(alias.asname or alias.name.partition(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Bind what is imported, which nobody knows of a star."""
        names = {alias.asname or alias.name for alias in node.names}
        self._has_star = self._has_star or "*" in names
        if node.module == "__future__" and any(a.name == "annotations" for a in node.names):
            self._keeps_annotations = True
        for name in names - {"*"}:
            self._bind(name)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Bind the exception."""
        self._bind_given(node.name, node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        """Bind what a pattern captures."""
        self._bind_given(node.name, node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        """Bind the rest of a sequence."""
        self._bind_given(node.name, node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        """Bind the rest of a mapping."""
        self._bind_given(node.rest, node)

    def _bind_given(self, name: str | None, node: ast.AST) -> None:
        if name is not None:
            self._bind(name)
        self.generic_visit(node)

    # --- scopes ----------------------------------------------------------------------------

    @contextmanager
    def _inside(
        self, kind: Literal["function", "class", "comprehension", "parameters"]
    ) -> Iterator[None]:
        before = self._scope
        self._scope = _Scope(kind, before)
        self._scopes.append(self._scope)
        yield
        self._scope = before

    @contextmanager
    def _type_parameters(self, node: ast.AST) -> Iterator[None]:
        """Stand in the scope of ``[T]``, where there is one."""
        parameters: list[Any] = getattr(node, "type_params", [])
        if not parameters:
            yield
            return
        with self._inside("parameters"):
            for parameter in parameters:
                self._bind_given(parameter.name, parameter)
            yield

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Bind a function; its defaults and decorators are read around it."""
        self._bind(node.name)
        self._visit_all(node.decorator_list)
        self._defaults(node.args)
        with self._type_parameters(node):
            for argument in _arguments(node.args):
                self._annotation(argument.annotation)
            self._annotation(node.returns)
            with self._inside("function"):
                self._bind_all(node.args)
                self._visit_all(node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Bind a coroutine."""
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Stand in a function without a name."""
        self._defaults(node.args)
        with self._inside("function"):
            self._bind_all(node.args)
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Bind a class; its bases are read around it."""
        self._bind(node.name)
        self._visit_all(node.decorator_list)
        with self._type_parameters(node):
            self._visit_all([*node.bases, *node.keywords])
            with self._inside("class"):
                self._scope.bound.update({"__module__", "__qualname__"})
                around, self._class = self._class, node.name.lstrip("_")
                self._visit_all(node.body)
                self._class = around

    def visit_TypeAlias(self, node: Any) -> None:
        """Bind the name of ``type A = …``, since Python 3.12."""
        self.visit(node.name)
        with self._type_parameters(node), self._inside("parameters"):
            self.visit(node.value)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        """Stand in a comprehension; what it loops over first is read around it."""
        self._comprehension(node.generators, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        """Stand in a comprehension."""
        self.visit_ListComp(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        """Stand in a generator."""
        self.visit_ListComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        """Stand in a comprehension."""
        self._comprehension(node.generators, node.key, node.value)

    def _comprehension(self, generators: list[ast.comprehension], *results: ast.expr) -> None:
        first, *others = generators
        self.visit(first.iter)
        with self._inside("comprehension"):
            self._visit_all([first.target, *first.ifs, *others, *results])

    def _defaults(self, arguments: ast.arguments) -> None:
        given = [default for default in arguments.kw_defaults if default is not None]
        self._visit_all([*arguments.defaults, *given])

    def _bind_all(self, arguments: ast.arguments) -> None:
        for argument in _arguments(arguments):
            self._bind(argument.arg)

    def _annotation(self, node: ast.expr | None) -> None:
        """Read an annotation, unless the code keeps them all as texts."""
        if node is not None and not self._keeps_annotations:
            self.visit(node)

    def _visit_all(self, nodes: list[Any]) -> None:
        for node in nodes:
            self.visit(node)


def _arguments(given: ast.arguments) -> list[ast.arg]:
    """Return the parameters of a function, of every kind."""
    stars = [star for star in (given.vararg, given.kwarg) if star is not None]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *stars]
