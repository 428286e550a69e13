"""What does a submission get that imports a module which is not there: an inert stand-in.

Most such imports are never used (matplotlib, editor slips), so importing always works. Plotting
and notebook modules swallow calls too; any other stand-in raises once it is really called.
"""

from __future__ import annotations

import builtins
import pickle
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

TOOK_ITS_PLACE = " is not available while grading: a stand-in took its place"
"""What is noted behind a module's name."""
QUIET = frozenset({"matplotlib", "mpl_toolkits", "seaborn", "plotly", "IPython", "ipywidgets"})
_DEBUGGERS = frozenset({"ipdb", "pudb"})
"""Roots whose calls do nothing wherever they stand."""


class StandInError(ImportError):
    """A module that grading does not offer was really used."""


class Inert:
    """Whatever a stand-in's attributes and calls give: it can be used and does nothing.

    As a decorator it hands the function back; as a base class it leaves nothing behind, so that
    the student's own methods work; unpacked it gives two, as ``fig, axes = plt.subplots()`` wants.
    """

    def __init__(self, name: str, quiet: bool) -> None:
        self.__dict__["_name"] = name
        self.__dict__["_quiet"] = quiet

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __or__(self, other: Any) -> Any:
        return self

    __ror__ = __or__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(f"{self._name}.{name}", self._quiet)

    def __setattr__(self, name: str, value: object) -> None:
        return None

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if len(arguments) == 1 and not keywords and callable(arguments[0]):
            return arguments[0]
        if not self._quiet:
            raise StandInError(
                f"{self._name} was called, but {self._name.partition('.')[0]} is not available "
                "while grading: solve this with NumPy"
            )
        return Inert(f"{self._name}()", True)

    def __getitem__(self, key: Any) -> Any:
        return Inert(f"{self._name}[]", self._quiet)

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter((Inert(self._name, self._quiet), Inert(self._name, self._quiet)))

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        return None


class StandIn(ModuleType):
    """An absent module: any name can be imported from it."""

    __path__: list[str] = []  # noqa: RUF012 - a package, so that its submodules are asked for too

    def __init__(self, name: str, quiet: bool) -> None:
        super().__init__(name)
        self.__dict__["_quiet"] = quiet
        self.__dict__["__version__"] = "0"
        self.__dict__.update(_working(name))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(f"{self.__name__}.{name}", self.__dict__["_quiet"])


def is_quiet(name: str, declared: frozenset[str]) -> bool:
    """Return whether calls into a stand-in of this module do nothing instead of raising.

    Parameters
    ----------
    name
        Full module name.
    declared
        Roots that the rubric lists under ``stand_in``.
    """
    root = name.partition(".")[0]
    return root in QUIET | _DEBUGGERS or root in declared or name.startswith("google.colab")


def has_working_members(name: str) -> bool:
    """Tell whether a stand-in is as good as the module, so that code need not do without it."""
    return bool(_working(name)) or name in ("past", "six")


def _working(name: str) -> dict[str, Any]:
    """Return the members that really work, for modules that course code leans on."""
    python_2 = {
        "xrange": range,
        "range": range,
        "basestring": str,
        "unicode": str,
        "long": int,
        "raw_input": builtins.input,
    }
    members: dict[str, dict[str, Any]] = {
        "past.builtins": python_2,
        "six.moves": {**python_2, "cPickle": pickle, "zip": zip, "map": map, "input": input},
        "numba": {"jit": _uncompiled, "njit": _uncompiled, "prange": range},
    }
    if name.partition(".")[0] == "tqdm":
        bars = {"tqdm": _Bar, "tqdm_notebook": _Bar}
        return {**bars, "trange": _range_bar, "tnrange": _range_bar}
    return members.get(name, {})


def _uncompiled(*arguments: Any, **options: Any) -> Any:
    """Leave a function as it is, as ``@jit``, ``@jit(nopython=True)`` or ``jit(function)``."""
    if len(arguments) == 1 and callable(arguments[0]):
        return arguments[0]
    return lambda function: function


class _Bar(Inert):
    """A progress bar that loops and shows nothing."""

    write = staticmethod(print)

    def __init__(self, iterable: Any = (), *arguments: Any, **options: Any) -> None:
        super().__init__("tqdm", True)
        self.__dict__["_items"] = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _range_bar(*arguments: int, **options: Any) -> _Bar:
    bounds: Callable[..., range] = range
    return _Bar(bounds(*arguments))
