"""In what surroundings does a zygote start? Nothing of the grader's own gets in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgpack
import numpy as np

_PACKAGE_HOME = str(Path(__file__).resolve().parent.parent.parent)
_THREADS = ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
_BOOT = (
    "import sys, json, importlib; del sys.orig_argv[:]; "
    "sys.path[:] = json.loads(sys.argv[1])['path']; "
    "importlib.import_module(json.loads(sys.argv[1])['module']).main(sys.argv.pop())"
)
"""Keeps nothing of what it was told: student code in a fork could read it."""


def command(given: Mapping[str, Any], module: str, path: Sequence[str]) -> list[str]:
    """Return the command line of a process of ours.

    Parameters
    ----------
    given
        What it is told, as plain data.
    module
        Whose ``main`` is called with that.
    path
        Where modules are found: see ``module_path``.
    """
    told = json.dumps({**given, "module": module, "path": list(path)})
    # Not -I: it would cancel PYTHONHASHSEED, and sets would be ordered anew in every zygote.
    return [sys.executable, "-s", "-c", _BOOT, told]


def module_path() -> list[str]:
    """Return the folders of this package, of the libraries and of Python, but of nothing else."""
    return [_PACKAGE_HOME, *(path for path in sys.path if _is_library(path))]


def variables() -> dict[str, str]:
    """Return a zygote's whole environment."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **{f"{name}_NUM_THREADS": "1" for name in _THREADS},
    }


def _is_library(path: str) -> bool:
    """Tell whether a folder of the module path holds the interpreter's or our own packages."""
    real = os.path.realpath(path) if path else ""
    if real in {os.path.realpath(Path(str(m.__file__)).parent.parent) for m in (msgpack, np)}:
        return True
    prefixes = {os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    return any(real == p or real.startswith(p + os.sep) for p in prefixes)
