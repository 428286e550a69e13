"""Which modules does a student's command need? What it imports, and what these import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import grader

_HOME = Path(grader.__file__).resolve().parent.parent
ROOTS = ("grader.student", "grader.kit.notebook", "grader.sandbox.zygote")
"""What a kit's program starts with: its command, its notebooks, and a student's process."""


def modules() -> dict[str, Path]:
    """Return the modules of this package that a kit takes, each with its file.

    Notes
    -----
    Every import statement counts, wherever it stands, but those for type checkers alone.
    """
    found: dict[str, Path] = {}
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if path is None or name in found:
            continue
        found[name] = path
        parts = name.split(".")
        waiting += [".".join(parts[:depth]) for depth in range(1, len(parts))]
        waiting += _imported(ast.parse(path.read_bytes()))
    return dict(sorted(found.items()))


def _file_of(name: str) -> Path | None:
    """Return the file of a module of ours, or None of any other."""
    if name.partition(".")[0] not in ("grader", "reference"):
        return None
    stem = _HOME.joinpath(*name.split("."))
    path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
    return path if path.is_file() else None


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            for other in node.orelse:
                yield from _imported(other)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            # What is imported may be a module itself.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from _imported(node)


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
