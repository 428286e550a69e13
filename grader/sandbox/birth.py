"""How does a student's process come to be: a fork of the warm one, or a process of its own?"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from grader.sandbox import child, environment, warm
from grader.sandbox.endings import OUR_FAULT, TAMPERED, exit_code
from grader.sandbox.process import hide_memory
from grader.sandbox.tampering import is_tampered, originals
from grader.sandbox.walls import Bounds, Walls

Ends = tuple[int, int, int]
"""The child's ends of its pipes: requests, replies, output."""
Start = Callable[[Walls, Bounds, Ends], int]
"""Starts a child and returns its process id."""

# Looked up before student code can put another in its place: what stops a child must end it.
_leave = os._exit


def forking() -> Start:
    """Return how children are forked from this process, which is warm by now."""
    life = _life()

    def start(walls: Walls, bounds: Bounds, ends: Ends) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            life(walls, bounds, ends, parent)
        return pid

    return start


def starting_afresh(given: Mapping[str, Any]) -> Start:
    """Return how children are started that are no forks.

    On macOS a process must not be forked once Apple's linear algebra has been loaded.

    Parameters
    ----------
    given
        What the zygote was told.
    """

    def start(walls: Walls, bounds: Bounds, ends: Ends) -> int:
        told = {
            "preload": given["preload"],
            "parent": os.getpid(),
            "ends": ends,
            "walls": walls.plain(),
            "bounds": bounds.plain(),
        }
        command = environment.command(told, "grader.sandbox.birth", given["path"])
        for end in ends:
            os.set_inheritable(end, True)
        return os.posix_spawn(sys.executable, command, os.environ)

    return start


def main(arguments: str) -> None:
    """Be a child that is no fork: warm up and live.

    Parameters
    ----------
    arguments
        JSON, as ``starting_afresh`` writes it.
    """
    given = json.loads(arguments)
    hide_memory()
    walls, bounds = Walls.of(given["walls"]), Bounds(**given["bounds"])
    warm.warm_up(given["preload"], bool(walls.readable))
    ends, parent = tuple(given["ends"]), given["parent"]
    # A student's code can look back up the stack to here.
    arguments = ""
    given.clear()
    _life()(walls, bounds, ends, parent)


def _life() -> Callable[[Walls, Bounds, Ends, int], None]:
    """Return a child's whole life, which ends the process; what it needs is noted down now."""
    own_modules = [name for name in sys.modules if name.partition(".")[0] == "grader"]
    untouched = originals()

    def live(walls: Walls, bounds: Bounds, ends: Ends, parent: int) -> None:
        # Where not even the words below can be said, it was not for a mistake of ours.
        code = TAMPERED
        try:
            _arrange(ends)
            child.serve(walls, bounds, parent, own_modules)
        except BaseException as error:  # noqa: BLE001 - a child must never return into the zygote's loop
            code = exit_code(error)
            if code == OUR_FAULT and is_tampered(untouched):
                code = TAMPERED
            with contextlib.suppress(OSError):
                os.write(2, f"the child failed: {type(error).__name__}: {error}\n".encode())
        finally:
            _leave(code)

    return live


def _arrange(ends: Ends) -> None:
    """Put the pipes' ends where the child expects them, and close everything else."""
    requests, replies, output = ends
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    # First out of the way, so that no end is overwritten before it has been moved.
    wanted = (null, output, output, requests, replies)
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 16) for end in wanted]
    for target, end in enumerate(moved):
        os.dup2(end, target, inheritable=False)
    os.closerange(len(moved), 1024)
