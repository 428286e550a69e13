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

QUIET = frozenset({"matplotlib", "mpl_toolkits", "seaborn", "plotly", "IPython", "ipywidgets"})
"""Roots whose calls do nothing wherever they stand."""


class StandInError(ImportError):
    """A module that grading does not offer was really used."""


class Inert:
    """Whatever a stand-in's attributes and calls give: it can be used and does nothing.

    As a decorator it hands the function back; as a base class it makes an inert class; unpacked
    it gives two, as ``fig, axes = plt.subplots()`` wants.
    """

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """Take anything: where it is a base class, Python hands it a name, bases and a body."""
        named = len(arguments) == 2 and isinstance(arguments[0], str)
        self.__dict__["_name"] = arguments[0] if named else "a stand-in"
        self.__dict__["_quiet"] = arguments[1] is True if named else True

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
    return root in QUIET or root in declared or name.startswith("google.colab")


def _working(name: str) -> dict[str, Any]:
    """Return the members that really work, for modules that old course code leans on."""
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
    }
    if name.partition(".")[0] == "tqdm":
        return {"tqdm": _untold, "trange": _untold_range}
    return members.get(name, {})


def _untold(items: Any = (), *arguments: Any, **keywords: Any) -> Any:
    return items


def _untold_range(*arguments: int, **keywords: Any) -> range:
    bounds: Callable[..., range] = range
    return bounds(*arguments)
