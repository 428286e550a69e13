"""Check your own work in a notebook: ``nb = notebook("elec576-a1"); nb.check("backprop.dW1")``.

The functions and classes of the notebook are called where they are, by the same probes and judged
by the same code as what is handed in. Nothing of the notebook is changed by that.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import UsageError
from grader.grading.reproducing import reproductions
from grader.kit.finding import NoKitError, find_kit
from grader.kit.frozen import plan_of_kit
from grader.kit.live import LiveExaminer
from grader.kit.record import Kit, read_kit
from grader.kit.shown import Checked, Listed
from grader.kit.undisturbed import undisturbed
from grader.records import DrawKey

__all__ = ["Notebook", "notebook"]

_AGAIN = 'nb.check("{item}")'


def notebook(homework: str | Path = "", namespace: Mapping[str, Any] | None = None) -> Notebook:
    """Return what checks a homework's items in the notebook that calls this.

    Parameters
    ----------
    homework
        Its id, or the path of the kit's file or folder; without it the only kit that lies near.
    namespace
        The names to check, if not those of the caller.

    Raises
    ------
    UsageError
        If there is no such kit, or it cannot be read.
    """
    if namespace is None:
        namespace = sys._getframe(1).f_globals
    return Notebook(_kit(str(homework)), namespace)


def _kit(name: str) -> Kit:
    """Return the kit of that name; where the whole toolkit is installed, one that is made now."""
    try:
        return read_kit(find_kit(name))
    except NoKitError:
        if not name or not find_spec("grader.kitting"):
            raise
    # By name, since a student's installation has neither.
    freezing, rubrics = import_module("grader.kitting.freezing"), import_module("grader.rubric")
    kit: Kit = freezing.frozen(rubrics.load_rubric(rubrics.find_rubric(name)))
    return kit


class Notebook:
    """The items of one homework, checked on the live objects of a namespace.

    Parameters
    ----------
    kit
        The homework.
    namespace
        Where the objects are looked up, at every check anew.
    """

    def __init__(self, kit: Kit, namespace: Mapping[str, Any]) -> None:
        self._kit = kit
        self._namespace = namespace

    @property
    def items(self) -> Listed:
        """The items that can be checked, with their points."""
        return Listed(self._kit.rubric)

    def check(self, *items: str) -> Checked:
        """Check some items, or all of them.

        Parameters
        ----------
        items
            Ids, or patterns such as ``"q4.*"``.

        Returns
        -------
        Checked
            Shows itself; ``outcomes`` tells each item's outcome by name.

        Raises
        ------
        UsageError
            If there is no such item, or one is no text.
        KeyboardInterrupt
            If it is interrupted twice in a row; once gives up what is running, and goes on.
        """
        for item in items:
            if not isinstance(item, str):
                raise UsageError(
                    f"items={item!r}: an item is named by its id as a text, such as "
                    f"{self._kit.rubric.items[0].id!r}; nb.items lists them"
                )
        plan = plan_of_kit(self._kit, items, again=_AGAIN)
        with undisturbed():
            sheet, transcript = LiveExaminer(plan, self._namespace).check()
            shown = reproductions(plan, sheet, transcript, in_notebook=True)
        return Checked(sheet, shown)

    def inputs(self, draw: str) -> dict[str, Any]:
        """Return fresh copies of a draw's inputs by name, to try one's code on.

        Parameters
        ----------
        draw
            Its name, as a failing item tells it: ``"backprop/plain/1"``.

        Raises
        ------
        UsageError
            If there is no such draw.
        """
        found = self._kit.draws.get(_key(draw)) if isinstance(draw, str) else None
        if found is None:
            some = ", ".join(str(key) for key in list(self._kit.draws)[:3])
            raise UsageError(f"no draw is called {draw!r}; their names are such as {some}")
        return {
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in found.inputs.items()
        }

    def __repr__(self) -> str:
        return f'<{self._kit.rubric.id}: check() checks all items, check("ITEM") one; see items>'


def _key(text: str) -> DrawKey:
    probe, _, rest = text.partition("/")
    case, _, number = rest.partition("/")
    return DrawKey(probe, case, int(number) if number.isdecimal() else -1)
