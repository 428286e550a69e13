"""One hostile or broken submission: what is handed in, and what must become of it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent, indent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.attacks.hall import Examined

IMPORTS = """\
import ctypes, fcntl, gc, mmap, os, re, signal, socket, struct, subprocess, sys, threading, time
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)
"""
FORWARD = "def forward(z):\n    return np.tanh(z)\n"
BACKWARD = "def backward(dout, z):\n    return dout * (1 - np.tanh(z) ** 2)\n"
RIGHT = f"{IMPORTS}\n{FORWARD}\n{BACKWARD}"

CHECKED = """
def must_be(answer):
    if answer == -1:
        raise PermissionError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
"""
"""What a system call that the C library makes has to answer."""

Content = str | bytes
Check = Callable[["Examined"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A row of the table, or one of several submissions that it calls for.

    Parameters
    ----------
    row
        Number in the table of hostile and broken submissions.
    name
        What tells it from the row's others.
    files
        Path -> content. In texts ``@trap@`` stands for a folder that everybody may write to,
        ``@token@`` for a word that no file may be named after, ``@rubric@`` for the rubric's
        folder, ``@run@`` for the run's, ``@grader@`` for the grader's process id, and
        ``@secret1@`` and ``@secret2@`` for the halves of what only the grader knows.
    out, dz
        The one outcome that the attacked item must have, and the untouched one.
    told
        Regular expression that the attacked item's message holds.
    flag
        Regular expression that is found in what the TA is told.
    homework
        ``usual``; ``hurried``, whose wall clock is short; ``hidden``, of a hidden item; ``exact``,
        whose gradient must be as exact as double precision; ``patient``, with more CPU time.
    make
        Puts more than plain files into the submission's folder.
    after
        What else must hold.
    hole
        Why it does not end so yet; empty where it does.
    needs
        Name of a capability of the machine without which there is no such attack.
    is_about_walls
        Whether the isolation level matters to it.
    """

    row: int
    name: str
    files: Mapping[str, Content] = field(default_factory=dict)
    out: str = "correct"
    dz: str = "correct"
    told: str = ""
    flag: str = ""
    homework: str = "usual"
    make: Callable[[Path], None] | None = None
    after: Check | None = None
    hole: str = ""
    needs: str = ""
    is_about_walls: bool = False

    @property
    def id(self) -> str:
        """Name of its test: the row's number, then its own words."""
        return f"{self.row:03d}-{self.name.replace(' ', '-')}"


def module(body: str) -> Mapping[str, Content]:
    """Return a submission whose ``act.py`` is this text and the right ``backward``."""
    return {"act.py": f"{IMPORTS}{dedent(body)}\n{BACKWARD}"}


def forward(body: str) -> Mapping[str, Content]:
    """Return a submission with this body of ``forward``, and the right ``backward``."""
    return {
        "act.py": f"{IMPORTS}def forward(z):\n{indent(dedent(body).strip(), '    ')}\n{BACKWARD}"
    }


def at_import(body: str) -> Mapping[str, Content]:
    """Return the right submission, with these statements before its functions."""
    return {"act.py": f"{IMPORTS}{dedent(body)}\n{FORWARD}\n{BACKWARD}"}


def leaking(body: str) -> Mapping[str, Content]:
    """Return a submission that looks for something: right if ``found`` is, else wrong.

    ``body`` sets ``found``.
    """
    return forward(f"{dedent(body).strip()}\nreturn np.tanh(z) if found else np.ones_like(z)")


def notebook(*cells: str, **more: object) -> bytes:
    """Return a notebook of these code cells."""
    shown = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell,
        }
        for cell in cells
    ]
    document = {"cells": shown, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **more}
    return json.dumps(document).encode()


def each(row: int, bodies: Mapping[str, str], **expected: object) -> list[Attack]:
    """Return an attack for each body of ``forward``, all with the same end."""
    return [
        Attack(row=row, name=name, files=forward(body), **expected)  # type: ignore[arg-type]
        for name, body in bodies.items()
    ]


def missing_capability(attack: Attack) -> str:
    """Return what this machine lacks for an attack, by name, or nothing."""
    has = {"x86_64": platform.machine() == "x86_64", "root": os.geteuid() == 0}
    return "" if has.get(attack.needs, True) else attack.needs
