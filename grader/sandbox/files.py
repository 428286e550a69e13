"""Which of a submission's files is taken for which module that a rubric expects? (Child's side.)"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.sandbox import notebooks
from grader.sandbox.choice import (
    are_versions,
    is_untouched,
    newest_version,
    only_package,
    package_roots,
    replacements,
)
from grader.sandbox.meant import meant, only_file
from grader.sandbox.statements import UNPARSABLE, parsed
from grader.sandbox.written import written_modules

_MOST_LINES = 50


@dataclass(slots=True, kw_only=True)
class Files:
    """The submission's files above the rubric's starter, and what was said of them.

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
    """

    student: Mapping[str, bytes]
    starter: Mapping[str, bytes]
    expected: Sequence[str]
    wanted: Mapping[str, Sequence[str]]
    modified: Mapping[str, int] = field(default_factory=dict)
    root: str = ""
    replaced: dict[str, str] = field(default_factory=dict)
    """Expected file -> file that is taken for it: it is missing, untouched, or an older version."""
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _put: frozenset[str] = frozenset()
    """Files that have a second name, in the package's folder."""
    _notebooks: dict[str, list[notebooks.Cell]] = field(default_factory=dict)

    def settle(self) -> None:
        """Find the package root, and which files are taken for the expected ones."""
        self._add_written()
        self.root = self._find_root()
        self._find_replacements()

    def _add_written(self) -> None:
        """Add the modules that notebooks write."""
        paths = [path for path in sorted(self.student) if path.endswith(".ipynb")]
        cells = {path: self._readable_cells(path) for path in paths}
        written = list(written_modules(cells, self.student, self.starter))
        self.student = {**self.student, **{path: data for path, data, _ in written}}
        for path, _, label in written:
            self.add_note(f"{path}: what {label} writes is taken for it")

    def _readable_cells(self, path: str) -> list[notebooks.Cell]:
        try:
            return self.cells_of(path, self.student[path])
        except ValueError:
            return []

    def _find_root(self) -> str:
        """Return the folder under which the expected files lie; tell of others that have some."""
        roots = package_roots(self.student, self.starter, self.expected, self.modified)
        roots = roots or self._put_into_package()
        root, *others = roots or [""]
        if others:
            told = ", ".join(repr(other or "./") for other in others)
            self.add_note(f"package root {root or './'!r} taken, also found: {told}")
        return root

    def _put_into_package(self) -> list[str]:
        """Let the modules of a package whose own folder was left out have that folder as well.

        Each of them keeps the name that it has without it. Returns the package root, if any.
        """
        package = only_package(self.expected)
        inner = [path.partition("/")[2] for path in self.expected]
        head = f"{package}/"
        starter = {
            p.removeprefix(head): self.starter[p] for p in self.starter if p.startswith(head)
        }
        roots = package_roots(self.student, starter, inner, self.modified) if package else []
        if not roots:
            return []
        root = roots[0]
        put = {
            f"{root}{head}{path.removeprefix(root)}": path
            for path in self.student
            if path.startswith(root) and path.endswith(".py")
        }
        self.student = {**self.student, **{new: self.student[old] for new, old in put.items()}}
        times = {new: self.modified[old] for new, old in put.items() if old in self.modified}
        self.modified = {**self.modified, **times}
        self._put = frozenset(put)
        instead = f"{root or './'!r} is taken for it"
        self.add_note(f"the files lie without their folder {head}: {instead}")
        return [root]

    def _find_replacements(self) -> None:
        """Look for files of another name for expected ones that are missing or untouched."""
        own = [path for path in self.expected if self.root + path in self.student]
        missing = [path for path in self.expected if path not in own]
        untouched = frozenset(path for path in own if self._is_untouched(self.root + path, path))
        taken = {self.root + path for path in own}
        spare = [path for path in sorted(self.student) if path not in taken | self._put]
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
            self.cells_of(path, self.student[path])
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
            return [cell.source for cell in self.cells_of(path, data)]
        except ValueError as error:
            self.add_failure(f"{path}: {error}")
            return []

    def cells_of(self, path: str, data: bytes) -> list[notebooks.Cell]:
        """Return a notebook's code cells, read once.

        Raises
        ------
        ValueError
            If the bytes are no notebook.
        """
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

    def add_note(self, note: str) -> None:
        """Add a line for the TA."""
        _add(self.notes, note)

    def add_failure(self, line: str) -> None:
        """Add a line about what could not be loaded."""
        _add(self.failures, line)


def _add(lines: list[str], line: str) -> None:
    """Append a line unless it is there already; a loop cannot make the list grow for ever."""
    if line not in lines and len(lines) < _MOST_LINES:
        lines.append(line)


def module_name(path: str) -> str:
    """Return the dotted name of a module file.

    >>> module_name("nndl/__init__.py"), module_name("nndl/layers.py")
    ('nndl', 'nndl.layers')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
