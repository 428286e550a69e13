"""How is a submission loaded from bytes, inside the child, without touching a file?

Modules come from an in-memory finder: the student's files under the package root, the rubric's
starter files beneath them, stand-ins for everything else that student code imports. Top-level
statements run one by one, and one that fails is noted and skipped, in modules as in notebooks.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from grader.sandbox import answers, notebooks
from grader.sandbox.answers import ANY_NAME
from grader.sandbox.choice import (
    are_versions,
    is_untouched,
    newest_version,
    package_roots,
    replacements,
)
from grader.sandbox.finder import BUILT_IN_FINDERS, SubmissionFinder
from grader.sandbox.meant import meant, only_file
from grader.sandbox.statements import (
    UNPARSABLE,
    bound_by,
    check_encoding,
    compiled,
    complaint,
    defines_plainly,
    future_flags,
    guarded_lines,
    parsed,
)

Statements = list[tuple[str, ast.stmt]]
"""Top-level statements, each with the file or cell that its tracebacks name."""
_MOST_LINES = 50


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
    modified
        Path -> when a file of the student's was changed, in seconds, as far as an archive tells.
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
    modified: Mapping[str, int] = field(default_factory=dict)
    stand_in: frozenset[str] = frozenset()
    definitions_only: bool = False
    root: str = ""
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    lost: dict[str, dict[str, str]] = field(default_factory=dict)
    """Every file and cell that was loaded -> what failed in the file, by the name it would have
    defined."""
    broken: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    """Expected file that is missing or untouched -> file that is taken for it."""
    guarded: set[tuple[str, int]] = field(default_factory=set)
    """File and line of imports inside a ``try``: there, an absent module is really absent."""
    _notebooks: dict[str, list[notebooks.Cell]] = field(default_factory=dict)

    def load_all(self) -> list[str]:
        """Find the package root, load every expected module, and return the names loaded."""
        self.root = self._find_root()
        self._find_replacements()
        self._clear_the_names()
        sys.meta_path[:] = [*BUILT_IN_FINDERS, SubmissionFinder(self)]
        loaded = []
        for path in self.expected:
            name = module_name(path)
            try:
                importlib.import_module(name)
            except answers.BrokenModuleError:
                continue
            except Exception as error:  # noqa: BLE001 - a module may even take itself out of sys.modules
                self.note_failure(path, None, error)
                continue
            loaded.append(name)
        return loaded

    def _clear_the_names(self) -> None:
        """Let expected files have their names, and note which others a library hides."""
        own = {module_name(path).partition(".")[0] for path in self.expected}
        for name in own - {"numpy"}:
            sys.modules.pop(name, None)
        for path in sorted(self.student):
            name = module_name(path.removeprefix(self.root))
            if path.startswith(self.root) and path.endswith(".py") and name in sys.modules:
                self.add_note(f"{path} is hidden by Python's or a library's own module {name}")

    def _find_root(self) -> str:
        """Return the folder under which the expected files lie; tell of others that have some."""
        roots = package_roots(self.student, self.starter, self.expected, self.modified)
        root, *others = roots or [""]
        if others:
            told = ", ".join(repr(other or "./") for other in others)
            self.add_note(f"package root {root or './'!r} taken, also found: {told}")
        return root

    def _find_replacements(self) -> None:
        """Look for files of another name for expected ones that are missing or untouched."""
        own = [path for path in self.expected if self.root + path in self.student]
        missing = [path for path in self.expected if path not in own]
        untouched = frozenset(path for path in own if self._is_untouched(self.root + path, path))
        taken = {self.root + path for path in own}
        spare = [path for path in sorted(self.student) if path not in taken]
        gaps = [*missing, *sorted(untouched)]
        # Where no module has any work in it, that may be in a file of any name: a notebook.
        only_alike = untouched if len(untouched) < len(own) else frozenset()
        self.replaced = replacements(gaps, spare, self._may_stand_for, only_alike, self.modified)
        left = [path for path in gaps if path not in self.replaced and path not in only_alike]
        self._find_together(left, [path for path in own if path not in untouched])
        if not own and not self.replaced:
            # Of all that was handed in nothing is known: the template must not take its place.
            unreadable = [path for path in spare if self._is_unreadable_notebook(path)]
            self.replaced = dict.fromkeys(missing, unreadable[0]) if unreadable else {}
        for path in gaps:
            if path in self.replaced:
                why = "the untouched template" if path in untouched else "missing"
                self.add_note(f"{path} is {why}: {self.replaced[path]} is taken for it")
            elif path in missing and module_name(path) in self.wanted:
                instead = ": the template's was used" if path in self.starter else ""
                self.add_note(f"{path} was not handed in{instead}")
        self._find_versions([path for path in own if path not in untouched])

    def _find_together(self, missing: Sequence[str], own: Sequence[str]) -> None:
        """Take one file for several expected ones where it defines what is wanted of each."""
        stands_for = {self.root + path: [path] for path in own}
        for path, other in self.replaced.items():
            stands_for.setdefault(other, []).append(path)
        for path in missing:
            wanted = {*self.wanted.get(module_name(path), ())}
            for other, paths in stands_for.items():
                told = {name for one in paths for name in self.wanted.get(module_name(one), ())}
                if path not in self.replaced and self._defined(other) & wanted - told:
                    self.replaced[path] = other
                    paths.append(path)

    def _find_versions(self, own: Sequence[str]) -> None:
        """Take the newest of the versions that lie beside an expected file, and say so."""
        for path in own:
            file = self.root + path
            versions = [
                other
                for other in sorted(self.student)
                if are_versions(other, file)
                and self.student[other] != self.student[file]
                and other not in self.replaced.values()
                and self._may_stand_for(other, path)
            ]
            newest = newest_version(file, versions, self.modified)
            if newest != file:
                self.replaced[path] = newest
                self.add_note(f"{path} has a newer version beside it: {newest} is taken for it")
            elif versions:
                self.add_note(f"{path} was taken, also found: {', '.join(versions)}")

    def _is_unreadable_notebook(self, path: str) -> bool:
        if not path.endswith(".ipynb"):
            return False
        try:
            self._cells_of(path, self.student[path])
        except ValueError:
            return True
        return False

    def _may_stand_for(self, other: str, path: str) -> bool:
        """Tell whether a file defines what the probes want of an expected one."""
        wanted = self.wanted.get(module_name(path), ())
        return not self._is_untouched(other, path) and bool(self._defined(other) & {*wanted})

    def _is_untouched(self, other: str, path: str) -> bool:
        return is_untouched(self.student[other], self.starter.get(path))

    def _defined(self, path: str) -> frozenset[str]:
        """Return the names of functions and classes that a file defines at its top level."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names: set[str] = set()
        for source in self._pieces(path):
            try:
                statements = parsed(source, path)
            except UNPARSABLE:
                continue
            names.update(node.name for node in statements if isinstance(node, kinds))
        return frozenset(names)

    def _pieces(self, path: str) -> list[str | bytes]:
        """Return the separately parsed pieces of a file: its code cells, or the whole."""
        data = self.student[path]
        if not path.endswith(".ipynb"):
            return [data]
        try:
            return [cell.source for cell in self._cells_of(path, data)]
        except ValueError as error:
            self._add(self.failures, f"{path}: {error}")
            return []

    def _cells_of(self, path: str, data: bytes) -> list[notebooks.Cell]:
        if path not in self._notebooks:
            self._notebooks[path] = notebooks.code_cells(path, data)
        return self._notebooks[path]

    def find(self, path: str) -> tuple[str, bytes] | None:
        """Return a module file's shown name and bytes: the student's before the starter's."""
        if path in self.replaced:
            return self.replaced[path], self.student[self.replaced[path]]
        if self.root + path in self.student:
            return self.root + path, self.student[self.root + path]
        if path in self.starter:
            return path, self.starter[path]
        return None

    def meant(self, name: str, asker: str) -> tuple[str, tuple[str, bytes] | None]:
        """Return which module an import means that fits the student's own machine only.

        Either by its name under the package root, or as a file that lies elsewhere.
        """
        packages = {path.partition("/")[0] for path in self.expected if "/" in path}
        known = meant(name, asker.removeprefix(self.root), self.root, packages, self._is_there)
        if known or "." in name:
            return known, None
        for files, root in ((self.student, self.root), (self.starter, "")):
            path = only_file(name, root, files)
            inner = module_name(path.removeprefix(root))
            if path and path.startswith(root) and self._is_there(inner):
                return inner, None
            if path:
                return "", (path, files[path])
        return "", None

    def _is_there(self, name: str) -> bool:
        stem = name.replace(".", "/")
        files = (f"{stem}/__init__.py", f"{stem}.py")
        return any(map(self.find, files)) or self.has_folder(stem)

    def has_folder(self, path: str) -> bool:
        """Tell whether any module file lies under a folder."""
        prefix = path + "/"
        return any(
            name.startswith(start + prefix)
            for names, start in ((self.student, self.root), (self.starter, ""), (self.replaced, ""))
            for name in names
        )

    def parse(self, path: str, data: bytes) -> Statements:
        """Return a file's top-level statements.

        Raises
        ------
        SyntaxError, ValueError
            If nothing of the file can be read; a notebook's bad cell is only noted.
        """
        if path.endswith(".ipynb"):
            return list(self._cells(path, data))
        check_encoding(data)
        try:
            statements = parsed(data, path)
        except SyntaxError:
            statements = self._without_magics(path, data)
        return [(path, statement) for statement in statements]

    def _without_magics(self, path: str, data: bytes) -> list[ast.stmt]:
        """Return the statements of a file into which lines of a notebook were copied.

        Raises
        ------
        SyntaxError, ValueError
            If that is not what is wrong with it.
        """
        text = notebooks.plain_lines(data)
        cleaned = notebooks.without_magics(text)
        if cleaned == text:
            return parsed(data, path)
        statements = parsed(cleaned, path)
        self.add_note(f"{path}: magics or shell lines were left out")
        return statements

    def _cells(self, path: str, data: bytes) -> Iterator[tuple[str, ast.stmt]]:
        cells = self._cells_of(path, data)
        if any(cell.had_magics for cell in cells):
            self.add_note(f"{path}: magics or shell lines were left out")
        for cell in cells:
            try:
                statements = parsed(cell.source, cell.label)
            except UNPARSABLE as error:
                self._note_unreadable(path, cell.label, error)
                continue
            for statement in statements:
                yield cell.label, statement

    def execute(self, module: ModuleType, path: str, data: bytes) -> None:
        """Run a file's top-level statements in a module's namespace, one by one.

        Raises
        ------
        BrokenModuleError
            If the file cannot be parsed.
        """
        name = module.__name__
        lost = self.lost.setdefault(path, {})
        try:
            statements = self.parse(path, data)
        except UNPARSABLE as error:
            self.broken[name] = reason = self._note_unreadable(path, path, error)
            raise answers.BrokenModuleError(reason, name=name, path=path) from None
        self.lost.update(dict.fromkeys((label for label, _ in statements), lost))
        if b"try" in data:
            self.guarded.update(
                (label, line) for label, node in statements for line in guarded_lines(node)
            )
        if self.definitions_only:
            statements = list(self._plain_ones(statements))
        codes = list(compiled(statements, future_flags(node for _, node in statements)))
        for (label, statement), code in zip(statements, codes, strict=True):
            try:
                if isinstance(code, Exception):
                    raise code
                exec(code, module.__dict__)
            except BaseException as error:  # noqa: BLE001 - the boundary to foreign code: a student's statement may raise anything
                self.note_failure(label, statement, error)

    def _plain_ones(self, statements: Statements) -> Iterator[tuple[str, ast.stmt]]:
        """Yield the statements that end soon, and note what the others would have defined."""
        for label, statement in statements:
            if defines_plainly(statement):
                yield label, statement
            else:
                why = "left out, since running the whole file does not end"
                self._note_lost(label, statement, why)

    def _note_unreadable(self, path: str, label: str, error: BaseException) -> str:
        """Note that a file or a cell cannot be parsed, and return the note."""
        reason = complaint(label, error)
        self.lost[path].setdefault(ANY_NAME, reason)
        self._add(self.failures, reason)
        return reason

    def note_failure(self, label: str, statement: ast.stmt | None, error: BaseException) -> None:
        """Note that a top-level statement failed; the next one goes on."""
        told = answers.described(error, {})["message"]
        self._add(self.failures, self._note_lost(label, statement, told))

    def _note_lost(self, label: str, statement: ast.stmt | None, why: str) -> str:
        """Remember why a statement's names are not there; return it with its place."""
        if statement is None:
            return f"{label}: {why}"
        reason = f"{label}:{statement.lineno}: {why}"
        for name in bound_by(statement):
            self.lost[label].setdefault(name, reason)
        return reason

    def add_note(self, note: str) -> None:
        """Add a line for the TA."""
        self._add(self.notes, note)

    def _add(self, lines: list[str], line: str) -> None:
        """Append a line unless it is there already; a loop cannot make the list grow for ever."""
        if line not in lines and len(lines) < _MOST_LINES:
            lines.append(line)


def module_name(path: str) -> str:
    """Return the dotted name of a module file.

    >>> module_name("nndl/__init__.py"), module_name("nndl/layers.py")
    ('nndl', 'nndl.layers')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
