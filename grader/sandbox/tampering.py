"""Has student code replaced what our part of its process is made of?

Where our loop fails, that tells a student's doing from a mistake of ours. It is looked at only
then, in a process that is about to end; what it says costs points, so nobody gains by forging it.
"""

from __future__ import annotations

import builtins
import os
import random
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import msgpack
import numpy as np

Originals = Mapping[ModuleType, Mapping[str, Any]]
"""Module -> its names with what they stood for before any student code."""


def originals() -> Originals:
    """Return the names of all modules that our loop depends on, as they are now."""
    own = [module for name, module in sys.modules.items() if name.startswith("grader.sandbox.")]
    return {module: dict(vars(module)) for module in (builtins, os, random, np, msgpack, *own)}


def is_tampered(before: Originals) -> bool:
    """Return whether a name of these modules stands for something else by now.

    >>> was = originals()
    >>> is_tampered(was)
    False
    >>> seed, random.seed = random.seed, None
    >>> is_tampered(was)
    True
    >>> random.seed = seed
    """
    return any(
        module.__dict__.get(name) is not value
        for module, names in before.items()
        for name, value in names.items()
    )
