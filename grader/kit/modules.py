"""Where does ``from nndl.layers import affine`` lead in a notebook? To what is defined there.

A probe's code imports as it does in a student's process. Here its imports find the caller's names,
then modules that the caller has imported, then the templates, which are executed apart. Nothing
enters ``sys.modules``, and no finder is installed.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

from grader.sandbox.files import module_name
from grader.sandbox.loading import Loader

_NOTHING = object()


class Modules:
    """The modules of one homework, as a probe that runs in a notebook sees them.

    Parameters
    ----------
    namespace
        The caller's names; empty for the untouched templates.
    starter
        Path -> bytes of the templates.
    expected
        Paths of the files that students write.
    has_loaded
        Whether modules that the caller has imported count.
    taken
        Is filled with the names of which only a template has one.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        starter: Mapping[str, bytes],
        expected: Sequence[str],
        has_loaded: bool = True,
        taken: set[str] | None = None,
    ) -> None:
        self._namespace = namespace
        self._has_loaded = has_loaded
        self._taken = set() if taken is None else taken
        self._expected = set(map(module_name, expected))
        self._files = {module_name(path): (path, data) for path, data in starter.items()}
        names = {*self._files, *map(module_name, expected)}
        self._names = {
            ".".join(parts[:depth])
            for parts in (name.split(".") for name in names)
            for depth in range(1, len(parts) + 1)
        }
        self._executed: dict[str, ModuleType] = {}

    @property
    def builtins(self) -> dict[str, Any]:
        """Python's built-in names, with an import that leads here."""
        return {**vars(builtins), "__import__": self.import_module}

    def import_module(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """Do what ``__import__`` does, for this homework's modules without loading anything.

        Raises
        ------
        ImportError
            For what is neither of this homework, nor loaded already, nor Python's own.
        """
        if level:
            package = str((globals or {}).get("__package__") or "")
            stem = package.rsplit(".", level - 1)[0]
            name = f"{stem}.{name}".strip(".")
        root = name.partition(".")[0]
        if root in self._names:
            return View(self, name if fromlist else root)
        if name in sys.modules or root in sys.stdlib_module_names:
            return builtins.__import__(name, globals, locals, fromlist or (), 0)
        raise ImportError(f"{name} is not imported in this notebook", name=name)

    def attribute(self, module: str, name: str) -> Any:
        """Return what a module of this homework calls by a name.

        Raises
        ------
        AttributeError
            If there is nothing of that name.
        """
        if f"{module}.{name}" in self._names:
            return View(self, f"{module}.{name}")
        found = list(self._candidates(module, name))
        if not found:
            raise AttributeError(f"{name} is not defined in this notebook")
        if module in self._expected and found[0] is self._of_template(module, name):
            self._taken.add(name)
        # A number that happens to be called like a function does not hide it.
        return next((value for value in found if callable(value)), found[0])

    def _candidates(self, module: str, name: str) -> Iterator[Any]:
        own = self._namespace.get(name, _NOTHING)
        if own is not _NOTHING and not isinstance(own, ModuleType):
            yield own
        if self._has_loaded:
            loaded = vars(sys.modules[module]) if module in sys.modules else {}
            if name in loaded:
                yield loaded[name]
        given = self._of_template(module, name)
        if given is not _NOTHING:
            yield given

    def _of_template(self, module: str, name: str) -> Any:
        template = self._template(module)
        return _NOTHING if template is None else vars(template).get(name, _NOTHING)

    def _template(self, name: str) -> ModuleType | None:
        """Return a template, executed at its first use; a statement that fails is left out."""
        if name not in self._files:
            return None
        if name not in self._executed:
            path, data = self._files[name]
            module = self._executed[name] = ModuleType(name)
            is_package = path.endswith("__init__.py")
            module.__package__ = name if is_package else name.rpartition(".")[0]
            vars(module)["__builtins__"] = self.builtins
            loader = Loader(student={}, starter={}, expected=(), wanted={})
            for label, statement in loader.parse(path, data):
                with contextlib.suppress(Exception):
                    exec(_compiled(label, statement), vars(module))
        return self._executed[name]


def _compiled(label: str, statement: ast.stmt) -> CodeType:
    return compile(ast.Module([statement], []), label, "exec")


class View(ModuleType):
    """A module of a homework; every name in it is looked up when it is asked for."""

    def __init__(self, modules: Modules, name: str) -> None:
        super().__init__(name)
        self.__modules = modules

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__modules.attribute(self.__name__, name)
