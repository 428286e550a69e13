"""How is a submission loaded from bytes, inside the child, without touching a file?

Modules come from an in-memory finder: the student's files under the package root, the rubric's
starter files beneath them, stand-ins for everything absent. Top-level statements run one by one,
and one that fails is noted and skipped, in modules as in notebooks.
"""

from __future__ import annotations
import __future__

import ast
import importlib.abc
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from types import ModuleType

from grader.sandbox import answers, notebooks
from grader.sandbox.standins import StandIn, is_quiet

_CODECS = frozenset({"utf-8", "utf-8-sig", "latin-1", "iso-8859-1", "cp1252", "ascii"})
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


@dataclass(slots=True, kw_only=True)
class Loader:
    """The submission's files, and what has come of loading them so far.

    Parameters
    ----------
    student, starter
        Path -> bytes. The student's paths are relative to their submission's top folder.
    expected
        Module files that the rubric names, such as ``nndl/layers.py``.
    wanted
        Module -> names that the probes import from it.
    stand_in
        Roots of modules whose calls do nothing.
    definitions_only
        Leave out top-level statements that are neither imports, definitions nor constants: the
        second try for a file whose top level never ends.
    """

    student: Mapping[str, bytes]
    starter: Mapping[str, bytes]
    expected: Sequence[str]
    wanted: Mapping[str, Sequence[str]]
    stand_in: frozenset[str] = frozenset()
    definitions_only: bool = False
    root: str = ""
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    first_failure: dict[str, str] = field(default_factory=dict)
    """Every file that was loaded -> the first thing in it that failed, or an empty string."""
    broken: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    """Expected file that is missing -> file of another name that defines what is wanted."""
    guarded: set[str] = field(default_factory=set)
    """Modules that student code tries to import and can do without."""

    def load_all(self) -> list[str]:
        """Find the package root, load every expected module, and return the names loaded."""
        self.root = self._find_root()
        self._find_replacements()
        sys.meta_path[:] = [*_BUILT_IN_FINDERS, SubmissionFinder(self)]
        loaded = []
        for path in self.expected:
            name = module_name(path)
            try:
                importlib.import_module(name)
            except answers.BrokenModuleError:
                continue
            except ImportError as error:
                self.note_failure(path, 0, error)
                continue
            loaded.append(name)
        return loaded

    def _find_root(self) -> str:
        """Return the folder under which most expected files lie, the shallowest of equals."""
        votes: dict[str, int] = {}
        for path in self.student:
            for wanted in self.expected:
                if path == wanted or path.endswith("/" + wanted):
                    prefix = path[: len(path) - len(wanted)]
                    votes[prefix] = votes.get(prefix, 0) + 1
        if not votes:
            return ""
        ranked = sorted(votes, key=lambda prefix: (-votes[prefix], prefix.count("/"), prefix))
        if len(ranked) > 1:
            others = ", ".join(repr(prefix or "./") for prefix in ranked[1:])
            self.notes.append(f"package root {ranked[0] or './'!r} taken, also found: {others}")
        return ranked[0]

    def _find_replacements(self) -> None:
        """Look for files of another name that define what an expected, missing file should."""
        present = {self.root + path for path in self.expected} & self.student.keys()
        spare = [path for path in sorted(self.student) if path not in present]
        for path in self.expected:
            names = frozenset(self.wanted.get(module_name(path), ()))
            if self.root + path in present or not names:
                continue
            ranked = sorted(spare, key=lambda other: _likeness(other, path))
            for other in ranked:
                if names & self._defined(other):
                    self.replaced[path] = other
                    self.notes.append(f"{path} is missing: {other} is taken for it")
                    break

    def _defined(self, path: str) -> frozenset[str]:
        """Return the names of functions and classes that a file defines at its top level."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names: set[str] = set()
        for source in _pieces(path, self.student[path]):
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            names.update(node.name for node in tree.body if isinstance(node, kinds))
        return frozenset(names)

    def find(self, path: str) -> tuple[str, bytes] | None:
        """Return a module file's shown name and bytes: the student's before the starter's."""
        if self.root + path in self.student:
            return self.root + path, self.student[self.root + path]
        if path in self.replaced:
            return self.replaced[path], self.student[self.replaced[path]]
        if path in self.starter:
            return path, self.starter[path]
        return None

    def has_folder(self, path: str) -> bool:
        """Tell whether any module file lies under a folder."""
        prefix = path + "/"
        return any(
            name.startswith(start + prefix)
            for names, start in ((self.student, self.root), (self.starter, ""))
            for name in names
        )

    def parse(self, path: str, data: bytes) -> list[tuple[str, ast.stmt]]:
        """Return a file's top-level statements, each with the name that its tracebacks show.

        Raises
        ------
        SyntaxError, ValueError
            If nothing of the file can be read; a notebook's bad cell is only noted.
        """
        if path.endswith(".ipynb"):
            return list(self._cells(path, data))
        check_encoding(data)
        tree = ast.parse(data, filename=path)
        return [(path, statement) for statement in tree.body]

    def _cells(self, path: str, data: bytes) -> Iterator[tuple[str, ast.stmt]]:
        for label, source in notebooks.code_cells(path, data, self.notes):
            try:
                tree = ast.parse(source, filename=label)
            except SyntaxError as error:
                self.first_failure.setdefault(path, f"{label}: {error.msg}")
                self._add(self.failures, f"{label}, line {error.lineno}: {error.msg}")
                continue
            for statement in tree.body:
                yield label, statement

    def execute(self, module: ModuleType, path: str, data: bytes) -> None:
        """Run a file's top-level statements in a module's namespace, one by one.

        Raises
        ------
        BrokenModuleError
            If the file cannot be parsed.
        """
        name = module.__name__
        self.first_failure.setdefault(path, "")
        try:
            statements = self.parse(path, data)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.broken[name] = reason = self._unreadable(path, error)
            raise answers.BrokenModuleError(reason, name=name, path=path) from None
        self.guarded.update(_guarded_imports(node for _, node in statements))
        flags = _future_flags(node for _, node in statements)
        for label, statement in statements:
            self.first_failure.setdefault(label, "")
            if self.definitions_only and not _defines_plainly(statement):
                continue
            code = ast.Module([statement], [])
            try:
                exec(compile(code, label, "exec", flags, dont_inherit=True), module.__dict__)
            except BaseException as error:  # noqa: BLE001 - the boundary to foreign code: a student's statement may raise anything
                self.note_failure(label, statement.lineno, error, path)

    def _unreadable(self, path: str, error: BaseException) -> str:
        line = getattr(error, "lineno", None)
        place = f"{path}:{line}" if line else path
        words = getattr(error, "msg", None) or str(error) or type(error).__name__
        hint = ""
        if "Missing parentheses in call to 'print'" in words:
            hint = " (this is Python 2)"
        self.first_failure[path] = reason = f"{place}: {type(error).__name__}: {words}{hint}"
        self._add(self.failures, reason)
        return reason

    def note_failure(self, label: str, line: int, error: BaseException, path: str = "") -> None:
        """Note that a top-level statement failed; the next one goes on."""
        told = answers.described(error, {})
        reason = f"{label}:{line}: {told['message']}" if line else f"{label}: {told['message']}"
        for name in {label, path or label}:
            if not self.first_failure.get(name):
                self.first_failure[name] = reason
        self._add(self.failures, reason)

    def _add(self, lines: list[str], line: str) -> None:
        """Append a line unless it is there already; a loop cannot make the list grow for ever."""
        if line not in lines and len(lines) < 50:
            lines.append(line)


class SubmissionFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules among a submission's bytes, and a stand-in for whatever is absent."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._found: dict[str, tuple[str, bytes]] = {}

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module, or None where the student's code can do without it."""
        stem = fullname.replace(".", "/")
        for file, is_package in ((f"{stem}/__init__.py", True), (f"{stem}.py", False)):
            found = self._loader.find(file)
            if found is not None:
                self._found[fullname] = found
                return importlib.util.spec_from_loader(
                    fullname, self, origin=found[0], is_package=is_package
                )
        if self._loader.has_folder(stem):
            return importlib.util.spec_from_loader(fullname, self, is_package=True)
        if self._must_be_there(fullname):
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def _must_be_there(self, fullname: str) -> bool:
        """Tell whether a missing module is an error: ours to ask for, or guarded by a ``try``."""
        root = fullname.partition(".")[0]
        if root == "numpy" or fullname in self._loader.wanted:
            return True
        return root in self._loader.guarded and root not in self._loader.stand_in

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return a stand-in where there is no file, else leave it to Python."""
        if spec.name in self._found or self._loader.has_folder(spec.name.replace(".", "/")):
            return None
        note = f"{spec.name} is not available while grading: a stand-in took its place"
        if note not in self._loader.notes:
            self._loader.notes.append(note)
        return StandIn(spec.name, is_quiet(spec.name, self._loader.stand_in))

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's file, where it has one."""
        if module.__name__ in self._loader.broken:
            reason = self._loader.broken[module.__name__]
            raise answers.BrokenModuleError(reason, name=module.__name__)
        found = self._found.get(module.__name__)
        if found is not None:
            module.__file__ = found[0]
            self._loader.execute(module, *found)


def module_name(path: str) -> str:
    """Return the dotted name of a module file.

    >>> module_name("nndl/__init__.py"), module_name("nndl/layers.py")
    ('nndl', 'nndl.layers')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def check_encoding(data: bytes) -> None:
    """Raise SyntaxError unless a source's bytes mean what they look like.

    A cookie such as utf-7 hides code from whoever reads the file.
    """
    for line in data.splitlines()[:2]:
        cookie = _COOKIE.match(line)
        name = cookie.group(1).decode("ascii").lower().replace("_", "-") if cookie else "utf-8"
        if name not in _CODECS:
            raise SyntaxError(f"the encoding {name} is not accepted; save the file as UTF-8")
    if b"\0" in data:
        raise SyntaxError("the file contains NUL bytes; save it as UTF-8 text")


_BUILT_IN_FINDERS = tuple(
    finder
    for finder in sys.meta_path
    if getattr(finder, "__name__", "") in ("BuiltinImporter", "FrozenImporter")
)


def _pieces(path: str, data: bytes) -> list[str | bytes]:
    """Return the separately parsed pieces of a file: its code cells, or the whole."""
    if not path.endswith(".ipynb"):
        return [data]
    try:
        return [source for _, source in notebooks.code_cells(path, data, [])]
    except ValueError:
        return []


def _likeness(other: str, wanted: str) -> tuple[bool, bool, int, str]:
    """Rank a file that may stand for an expected one: same name, then modules, then shallow."""
    same = other.rpartition("/")[2] == wanted.rpartition("/")[2]
    return (not same, not other.endswith(".py"), other.count("/"), other)


def _defines_plainly(statement: ast.stmt) -> bool:
    """Tell whether a statement only imports, defines, or names a constant."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    if isinstance(statement, kinds):
        return True
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return False
    costly = (ast.Call, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp, ast.BinOp)
    return not any(isinstance(node, costly) for node in ast.walk(statement))


def _future_flags(statements: Iterable[ast.stmt]) -> int:
    """Return the compiler flags of a file's ``from __future__ import`` statements."""
    flags = 0
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                feature = getattr(__future__, alias.name, None)
                flags |= feature.compiler_flag if feature is not None else 0
    return flags


def _guarded_imports(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the roots of modules imported inside a ``try`` with handlers."""
    for statement in statements:
        for attempt in ast.walk(statement):
            if not isinstance(attempt, ast.Try) or not attempt.handlers:
                continue
            for node in (inner for part in attempt.body for inner in ast.walk(part)):
                if isinstance(node, ast.Import):
                    yield from (alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.partition(".")[0]
