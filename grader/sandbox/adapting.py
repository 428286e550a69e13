"""How does a homework of free form come under the names that a probe asks for? (Child's side.)

An adapter is a person's own Python for one submission. It runs after the submission was loaded,
imports what the student has written, and defines the names that the probes import; they are put
into the modules from which the probes take them, over what is there.
"""

from __future__ import annotations

import sys
import traceback
from types import ModuleType

from grader.sandbox import answers
from grader.sandbox.finder import PROBE
from grader.sandbox.loading import Loader
from grader.sandbox.standins import StandIn
from grader.sandbox.statements import unwarned

ADAPTER = "the adapter"
"""How what is told about an adapter begins, as in ``grader.records``, which is not loaded here."""


def lay_over(loader: Loader, name: str, data: bytes) -> None:
    """Run an adapter, and put what it defines under the names that the probes want.

    Parameters
    ----------
    loader
        With the submission loaded; it is told what came of the adapter.
    name, data
        The adapter's file name and its bytes.
    """
    # As if a probe had asked: what an adapter imports must be there, no stand-in will do.
    label = f"{PROBE} {name}"
    module = ModuleType("adapter")
    try:
        with unwarned():
            code = compile(data, label, "exec", dont_inherit=True)
        exec(code, module.__dict__)
    except BaseException as error:  # noqa: BLE001 - the boundary to foreign code: it calls the student's
        told = answers.described(error, {})["message"]
        loader.failures.append(f"{ADAPTER} {name}{_line(error, label)}: {told}")
        return
    given = _given(loader, module)
    if given:
        loader.add_note(f"{ADAPTER} {name} gives {', '.join(given)}")
    else:
        wanted = ", ".join(sorted({one for names in loader.wanted.values() for one in names}))
        loader.failures.append(f"{ADAPTER} {name} defines nothing that is asked for: {wanted}")


def _given(loader: Loader, adapter: ModuleType) -> list[str]:
    """Put an adapter's names into the modules that probes take them from; return the names."""
    found: list[str] = []
    for name, wanted in loader.wanted.items():
        for one in wanted:
            if one in adapter.__dict__:
                if name not in sys.modules:
                    _forget_gap(loader, name)
                setattr(_module(name), one, adapter.__dict__[one])
                found.append(one)
    return sorted(set(found))


def _forget_gap(loader: Loader, name: str) -> None:
    """Take back what was told of a module that nobody had to hand in, since an adapter gives it."""
    path = f"{name.replace('.', '/')}.py"
    absent = (f"{path}: ModuleNotFoundError", f"{path} was not handed in")
    for lines in (loader.failures, loader.notes):
        lines[:] = [line for line in lines if not line.startswith(absent)]


def _module(name: str) -> ModuleType:
    """Return a module of that name, made with the packages around it where none was loaded."""
    known = sys.modules.get(name)
    if known is not None and not isinstance(known, StandIn):
        return known
    made = ModuleType(name)
    # A package, so that a module may lie in it.
    made.__path__ = []
    sys.modules[name] = made
    package, _, last = name.rpartition(".")
    if package:
        setattr(_module(package), last, made)
    return made


def _line(error: BaseException, label: str) -> str:
    """Return the innermost line of the adapter in an error, as ``:3``; nothing without one."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == label
    ]
    if isinstance(error, SyntaxError) and error.filename == label:
        lines.append(error.lineno or 0)
    return f":{lines[-1]}" if lines else ""
