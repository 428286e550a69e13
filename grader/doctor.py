"""What does this machine have, and what is missing? Tried, not guessed."""

from __future__ import annotations

import importlib.util
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console

from grader import __version__
from grader.errors import GraderError
from grader.rubric import rubric_ids
from grader.sandbox.client import Zygote
from grader.sandbox.levels import available_level

_LEVELS = {
    3: "Linux as root: private user, empty root folder, system call allow-list, limits",
    2: "Linux as an ordinary user: system call allow-list, limits, unreadable memory",
    0: "none: a separate process with time-outs only; grade trusted code with --unsafe",
}
_PACKAGES = ("numpy", "pandas", "pyyaml", "pydantic", "nbformat", "msgpack", "rich", "click")
_EXTRAS = {"sklearn": "the data sets moons, quantiles and digits: pip install scikit-learn"}


def examine_machine(console: Console) -> bool:
    """Print what was found; return whether submissions can be graded safely here."""

    def tell(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    tell(f"grader {__version__}, Python {platform.python_version()} at {sys.executable}")
    tell(f"system: {platform.system()} {platform.release()} on {platform.machine()}")
    for package in _PACKAGES:
        tell(f"  {package} {_version(package)}")
    for module, purpose in _EXTRAS.items():
        if importlib.util.find_spec(module) is None:
            tell(f"  missing: {module}, needed for {purpose}")
    level = available_level()
    tell(f"isolation level {level}: {_LEVELS[level]}")
    works = _try_walls(tell)
    known = rubric_ids()
    tell(f"rubrics: {', '.join(sorted(known)) or 'none found'}")
    return works and level > 0


def _try_walls(tell: Callable[[str], None]) -> bool:
    """Start a child and tell which of its walls held."""
    try:
        with Zygote() as zygote:
            child = zygote.spawn(memory_mb=1024, cpu_s=10.0)
            held = child.canaries
            child.kill()
    except GraderError as error:
        tell(f"  the isolation does not work here: {error}")
        return False
    for wall in held:
        tell(f"  {wall}: closed")
    return True


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "MISSING"
