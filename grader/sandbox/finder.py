"""Where do a submission's modules come from: its own bytes, or a stand-in for what is absent."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import TYPE_CHECKING

from grader.sandbox import answers
from grader.sandbox.standins import TOOK_ITS_PLACE, StandIn, has_working_members, is_quiet

if TYPE_CHECKING:
    from grader.sandbox.loading import Loader

PROBE = "<probe>"
"""File name of a rubric's code."""
_IMPORT_MACHINERY = ("<frozen importlib", importlib.__file__, __file__)
BUILT_IN_FINDERS = tuple(
    finder
    for finder in sys.meta_path
    if getattr(finder, "__name__", "") in ("BuiltinImporter", "FrozenImporter")
)
"""The finders that read no file."""


class SubmissionFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules among a submission's bytes, and a stand-in for whatever is absent."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._found: dict[str, tuple[str, bytes]] = {}
        self._executed: dict[str, ModuleType] = {}
        """File -> the module that it was executed as first."""

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module, or None where it is absent and has to be."""
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
        elsewhere = self._elsewhere(fullname)
        if elsewhere is not None:
            return elsewhere
        if self._must_be_there(fullname):
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def _elsewhere(self, fullname: str) -> ModuleSpec | None:
        """Return the spec of a module of the submission that is imported by another name."""
        asker = _asked_from()[0]
        if os.path.isabs(asker) or asker.startswith((PROBE, "<frozen ")):
            return None
        name, file = self._loader.meant(fullname, asker)
        if name:
            self._loader.add_note(f"{fullname} was imported, which is {name} here")
            return importlib.util.spec_from_loader(fullname, _Alias(name))
        if file is None:
            return None
        self._loader.add_note(f"{fullname} was imported, which is {file[0]} here")
        self._found[fullname] = file
        return importlib.util.spec_from_loader(fullname, self, origin=file[0])

    def _must_be_there(self, fullname: str) -> bool:
        """Tell whether a missing module is an error: not the student's to ask for, or guarded."""
        file, line = _asked_from()
        if os.path.isabs(file) or file.startswith((PROBE, "<frozen ")):
            return True
        root = fullname.partition(".")[0]
        if root == "numpy" or fullname in self._loader.wanted:
            return True
        if root in self._loader.stand_in or has_working_members(fullname):
            return False
        return (file, line) in self._loader.guarded

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return a stand-in where there is no file, else leave it to Python."""
        if spec.name in self._found or self._loader.has_folder(spec.name.replace(".", "/")):
            return None
        self._loader.add_note(f"{spec.name}{TOOK_ITS_PLACE}")
        return StandIn(spec.name, is_quiet(spec.name, self._loader.stand_in))

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's file, where it has one."""
        if module.__name__ in self._loader.broken:
            reason = self._loader.broken[module.__name__]
            raise answers.BrokenModuleError(reason, name=module.__name__)
        found = self._found.get(module.__name__)
        if found is None:
            return
        module.__file__ = found[0]
        first = self._executed.setdefault(found[0], module)
        if first is not module and first.__name__ not in self._loader.broken:
            # One file in place of several modules, which share what is in it.
            module.__dict__.update(_own_names(first))
            return
        try:
            self._loader.execute(module, *found)
        except answers.BrokenModuleError:
            # A package whose own file is broken still holds its modules.
            if not hasattr(module, "__path__"):
                raise


class _Alias(importlib.abc.Loader):
    """Gives a module that is there already, or is imported now, under another name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module itself, so that its classes are the same under both names."""
        module = importlib.import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Let the module keep its own spec, by which its relative imports go."""
        module.__spec__ = self._spec


def _own_names(module: ModuleType) -> dict[str, object]:
    names = module.__dict__.items()
    return {name: value for name, value in names if not name.startswith("__")}


def _asked_from() -> tuple[str, int]:
    """Return the file and line of the statement that imports a module."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(_IMPORT_MACHINERY):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else ("", 0)
