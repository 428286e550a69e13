"""What would the reference answer if it had a certain mistake? A copy of it with a named edit."""

from __future__ import annotations

import builtins
import importlib
import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from types import CodeType, ModuleType
from typing import Any

import reference
from grader.diagnosis.catalogue.rows import Edit
from reference.problem import Problem

__all__ = ["Edit", "EditError", "edited", "source_of", "with_texts"]


class EditError(ValueError):
    """An edit that fits no place, or several."""


def edited(problem_id: str, edits: Sequence[Edit]) -> Problem:
    """Return a problem made from the reference's text with some places changed.

    Parameters
    ----------
    problem_id
        As in ``reference.problem``.
    edits
        Applied one after the other.

    Raises
    ------
    EditError
        If the old text of an edit is not found exactly once.

    >>> wrong = edited("relu", [Edit("np.maximum(z, 0.0)", "np.abs(z)")])
    >>> import numpy as np
    >>> answers = wrong.solve({"z": np.array([-1.0, 2.0]), "dout": np.ones(2)}, {})
    >>> answers["out"]
    array([1., 2.])
    """
    texts: dict[str, str] = {}
    for edit in edits:
        name = f"reference.{edit.module}" if edit.module else reference.home(problem_id)
        text = texts[name] if name in texts else source_of(name)
        count = text.count(edit.old)
        if count != 1:
            raise EditError(f"{name} holds {edit.old!r} {count} times, not once")
        texts[name] = text.replace(edit.old, edit.new)
    return with_texts(problem_id, texts)


@cache
def source_of(module: str) -> str:
    """Return the text of a module of ``reference``, by its full name."""
    return inspect.getsource(importlib.import_module(module))


@cache
def _compiled(name: str, text: str) -> CodeType:
    return compile(text, f"<edited {name}>", "exec")


def with_texts(problem_id: str, texts: Mapping[str, str]) -> Problem:
    """Return a problem whose modules have other texts than the reference's.

    Parameters
    ----------
    problem_id
        As in ``reference.problem``.
    texts
        Full module name -> its changed text.

    Notes
    -----
    The reference itself stays as it is: its modules are executed once more, as private copies
    that import each other.
    """
    copies: dict[str, ModuleType] = {}

    def copied(name: str) -> ModuleType:
        if name not in copies:
            copies[name] = module = ModuleType(name)
            vars(module)["__builtins__"] = {**vars(builtins), "__import__": import_copy}
            exec(_compiled(name, texts.get(name) or source_of(name)), vars(module))
        return copies[name]

    def import_copy(name: str, *where: Any, **how: Any) -> ModuleType:
        is_shared = name in ("reference", "reference.problem")
        if not name.startswith("reference.") or is_shared:
            return importlib.__import__(name, *where, **how)
        return copied(name)

    module = vars(copied(reference.home(problem_id)))
    problem: Problem = module.get("PROBLEMS", {}).get(problem_id) or module["PROBLEM"]
    return problem
