"""What does this machine have, and what is missing? Tried, not guessed."""

from __future__ import annotations

import importlib.util
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from grader import __version__
from grader.errors import GraderError
from grader.grading.kept_draws import kept_draws
from grader.rubric import rubric_ids
from grader.sandbox.client import Zygote
from grader.sandbox.levels import SAFE_LEVEL, available_level, describe
from grader.sandbox.meters import oom_kills

_AS_ROOT = "run as root, in a container for instance"
_WALLS = {
    "files": ("no file can be opened", "Linux or macOS is needed"),
    "processes": ("no other process can be signalled", "Linux or macOS is needed"),
    "network": ("no connection can be made", "Linux or macOS is needed"),
    "forks": ("no process can be started", "Linux or macOS is needed"),
    "programs": ("no program can be started", "Linux or macOS is needed"),
    "landlock": (
        "the kernel itself refuses files",
        "not needed; Linux 5.13 or newer has it where 'landlock' is among the kernel's lsm= and "
        "the container's runtime lets its calls through",
    ),
    "filter": ("the kernel lets only calls through that computing takes", "Linux is needed"),
    "limits": ("the kernel limits time, memory and files", "Linux or macOS is needed"),
    "memory": ("no process of the same user can read it", "Linux is needed"),
    "user": ("a user that nobody else is", _AS_ROOT),
    "folder": ("an empty folder is the root folder", _AS_ROOT),
}
"""Canary -> what its wall is, and what to do where it is missing."""
_HIDDEN = "/proc shows nothing of other processes, it is mounted with hidepid; mount it without"
_PACKAGES = ("numpy", "pandas", "pyyaml", "pydantic", "nbformat", "msgpack", "rich", "click")
_EXTRAS = {
    "sklearn": "the data sets moons, quantiles and digits: pip install scikit-learn",
    "jinja2": "the pages of 'grader report': pip install jinja2",
    "matplotlib": "the histogram in report.html: pip install matplotlib",
}


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
    tell(f"isolation level {level}: {describe(level)}")
    works = _try_walls(tell)
    known = rubric_ids()
    tell(f"rubrics: {', '.join(sorted(known)) or 'none found'}")
    tell(_kept_draws_told())
    return works and level >= SAFE_LEVEL


def _kept_draws_told() -> str:
    """Tell where certified draws are kept between commands."""
    kept = kept_draws()
    if kept is None:
        return "certified draws: not kept, each command makes its own"
    return f"certified draws: kept in {kept.folder} (GRADER_CACHE names another folder, or off)"


def _try_walls(tell: Callable[[str], None]) -> bool:
    """Start a child and tell which of its walls held."""
    try:
        with Zygote() as zygote:
            child = zygote.spawn(memory_mb=1024, cpu_s=10.0)
            held = child.canaries
            by_the_kernel = _stands(child.pid)
            call = {"op": "call", "code": "", "answers": {}, "inputs": {}, "constants": {}}
            peak_mb = child.ask({**call, "seed": 0}, 5.0, 20.0)[1].peak_mb
            child.kill()
    except GraderError as error:
        tell(f"  the isolation does not work here: {error}")
        return False
    for line in walls_told({**held, **by_the_kernel}):
        tell(line)
    tell(f"  memory kills of the system: {'counted' if oom_kills() is not None else 'not counted'}")
    tell(f"  peak memory of a call: {'read' if peak_mb else 'not to be read here'}")
    return True


def walls_told(found: Mapping[str, bool | None]) -> Iterator[str]:
    """Yield a line for each wall: whether it stands, and if not what to do about it.

    Parameters
    ----------
    found
        Wall -> whether it holds; None where that could not be found out.
    """
    for wall, (meaning, remedy) in _WALLS.items():
        holds = found.get(wall, False)
        if holds is None:
            yield f"  {wall}: not to be told here ({_HIDDEN})"
        else:
            yield f"  {wall}: closed ({meaning})" if holds else f"  {wall}: OPEN ({remedy})"


def _stands(pid: int) -> dict[str, bool | None]:
    """Return which walls the kernel says to stand around a process, beside those that are tried."""
    if sys.platform != "linux":
        return {}
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii", errors="replace")
        # What may not be read belongs to root, whoever runs the process; we hide ours as it does.
        owner = Path(f"/proc/{pid}/mem").stat().st_uid
    except OSError:
        return {"limits": None, "memory": None}
    user = int(next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1])
    bounded = ("Max cpu time", "Max address space", "Max open files", "Max file size")
    return {
        "filter": "Seccomp:\t2" in status,
        "limits": all(
            not line.removeprefix(name).split()[0].startswith("unlimited")
            for line in limits.splitlines()
            for name in bounded
            if line.startswith(name)
        ),
        "memory": owner == 0 and user != 0,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "MISSING"
