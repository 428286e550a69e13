"""How is a submission loaded from bytes, inside the child, without touching a file?

Modules come from an in-memory finder: the student's files under the package root, the rubric's
starter files beneath them, stand-ins for everything else that student code imports. Top-level
statements run one by one, and one that fails is noted and skipped, in modules as in notebooks.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType

from grader.sandbox import answers, notebooks
from grader.sandbox.answers import ANY_NAME
from grader.sandbox.files import Files, module_name
from grader.sandbox.finder import BUILT_IN_FINDERS, SubmissionFinder
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


@dataclass(slots=True, kw_only=True)
class Loader(Files):
    """The submission's files, and what has come of loading them so far.

    Parameters
    ----------
    stand_in
        Roots of modules whose calls do nothing.
    definitions_only
        Leave out top-level statements that are neither imports, definitions nor constants: the
        second try for a file whose top level never ends.
    """

    stand_in: frozenset[str] = frozenset()
    definitions_only: bool = False
    lost: dict[str, dict[str, str]] = field(default_factory=dict)
    """Every file and cell that was loaded -> what failed in the file, by the name it would have
    defined."""
    broken: dict[str, str] = field(default_factory=dict)
    guarded: set[tuple[str, int]] = field(default_factory=set)
    """File and line of imports inside a ``try``: there, an absent module is really absent."""

    def load_all(self) -> list[str]:
        """Find the package root, load every expected module, and return the names loaded."""
        self.settle()
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
        cells = self.cells_of(path, data)
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
        self.add_failure(reason)
        return reason

    def note_failure(self, label: str, statement: ast.stmt | None, error: BaseException) -> None:
        """Note that a top-level statement failed; the next one goes on."""
        told = answers.described(error, {})["message"]
        self.add_failure(self._note_lost(label, statement, told))

    def _note_lost(self, label: str, statement: ast.stmt | None, why: str) -> str:
        """Remember why a statement's names are not there; return it with its place."""
        if statement is None:
            return f"{label}: {why}"
        reason = f"{label}:{statement.lineno}: {why}"
        for name in bound_by(statement):
            self.lost[label].setdefault(name, reason)
        return reason
