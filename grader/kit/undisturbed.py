"""How is a notebook left as it was? All that running a student's code may change is put back."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_USUAL = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
"""NumPy's error modes as a new process has them."""
_KEPT = 16 << 10


@contextlib.contextmanager
def undisturbed() -> Iterator[io.StringIO]:
    """Run a block as if it were in a process of its own, as far as its traces go.

    Put back are the states of Python's and NumPy's random numbers, NumPy's error modes and how it
    prints, warnings, the current folder, the environment's variables, ``sys.path``, ``sys.argv``
    and the limit of recursion, and matplotlib's figures and settings. What is printed goes into the
    stream that is yielded, and not into the notebook.
    """
    stream = Head()
    folder, path, argv = _folder(), list(sys.path), list(sys.argv)
    environment, depth = dict(os.environ), sys.getrecursionlimit()
    python, numpy = random.getstate(), np.random.get_state()
    caller = np.geterrcall()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(stream))
        stack.enter_context(contextlib.redirect_stderr(stream))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(np.errstate(**_USUAL))  # type: ignore[arg-type]
        stack.enter_context(np.printoptions())
        stack.enter_context(_figures())
        try:
            yield stream
        finally:
            random.setstate(python)
            np.random.set_state(numpy)
            np.seterrcall(caller)
            sys.path[:], sys.argv[:] = path, argv
            sys.setrecursionlimit(depth)
            _restore(environment)
            if folder and _folder() != folder:
                os.chdir(folder)


class Head(io.StringIO):
    """Keeps the beginning of what is printed and drops the rest."""

    def write(self, text: str) -> int:
        """Keep a text as far as there is room."""
        super().write(text[: max(_KEPT - self.tell(), 0)])
        return len(text)


def _folder() -> str:
    """Return the current folder, or nothing where it was removed."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def _restore(environment: Mapping[str, str]) -> None:
    """Set the environment's variables as they were; those that are not changed are not touched."""
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    for name, value in environment.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


@contextlib.contextmanager
def _figures() -> Iterator[None]:
    """Leave matplotlib's figures and settings as they are; without pyplot nothing happens."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        yield
        return
    settings = dict(pyplot.rcParams)
    before = pyplot.get_fignums()
    current = pyplot.gcf().number if before else None
    shown = pyplot.show
    pyplot.show = lambda *arguments, **options: None
    if before:
        # What is drawn without a figure of its own would be drawn into the caller's.
        pyplot.figure()
    try:
        yield
    finally:
        pyplot.show = shown
        for number in set(pyplot.get_fignums()) - set(before):
            pyplot.close(number)
        if current is not None and current in pyplot.get_fignums():
            pyplot.figure(current)
        changed = {n: v for n, v in settings.items() if pyplot.rcParams.get(n) != v}
        pyplot.rcParams.update(changed)
