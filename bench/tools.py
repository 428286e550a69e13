"""What is needed to run another tool on the same homework: its environment, checks, a notebook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.homework import Homework
from bench.ways import Timing

CHECKS = "homework_checks"
_INSTALL_S, RUN_S = 900.0, 1200.0


class NotMeasuredError(Exception):
    """A tool cannot be measured here; the message tells why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that is compared.

    Parameters
    ----------
    name
        Its word in the keys of the figures.
    packages
        What is installed for it; NumPy in our own version comes with it.
    command
        What must be there after that.
    count, quick_count
        Submissions on which it is measured. nbgrader needs many, since its start is shared by all;
        to otter each costs the same.
    run
        Grades so many submissions in so many jobs, and returns what it took.
    """

    name: str
    packages: tuple[str, ...]
    command: str
    count: int
    quick_count: int
    run: Callable[[Path, Homework, Path, int, int], Timing]


def installed(tool: Tool, folder: Path) -> Path:
    """Return the folder of a tool's commands; the environment is made where it is not there yet.

    Raises
    ------
    NotMeasuredError
        If it cannot be installed.
    """
    home = folder.resolve() / f"grader-bench-{tool.name}"
    marker = home / "installed"
    wanted = " ".join((*tool.packages, f"numpy=={np.__version__}"))
    if not marker.exists() or marker.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(home, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        must(_INSTALL_S, [sys.executable, "-m", "venv", str(home)], folder)
        pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        must(_INSTALL_S, [*pip, "install", "--quiet", *wanted.split()], folder)
        marker.write_text(wanted, encoding="utf-8")
    if not (home / "bin" / tool.command).exists():
        raise NotMeasuredError(f"{home} has no command {tool.command}")
    return home / "bin"


def version(tool: Tool, programs: Path) -> str:
    """Return the version that is measured."""
    ask = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    return must(60.0, [str(programs / "python"), "-c", ask, tool.packages[0]], programs).strip()


def must(limit_s: float, command: Sequence[str], where: Path, programs: Path | None = None) -> str:
    """Run a command to its end, in a tool's environment if one is given; return what it printed.

    Raises
    ------
    NotMeasuredError
        If it fails or takes too long.
    """
    environment = _environment(programs) if programs is not None else dict(os.environ)
    name = " ".join(command[:3])
    try:
        ended = subprocess.run(
            command, cwd=where, env=environment, capture_output=True, text=True, timeout=limit_s
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMeasuredError(f"{name}: {error}") from None
    if ended.returncode:
        last = (ended.stderr.strip() or ended.stdout.strip() or "no word").splitlines()[-1]
        raise NotMeasuredError(f"{name} ended with {ended.returncode}: {last}")
    return ended.stdout


def _environment(programs: Path) -> dict[str, str]:
    """Return a tool's environment: its own programs first, and nobody's Jupyter configuration."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "JUPYTER"))}
    home = programs.parent / "home"
    home.mkdir(exist_ok=True)
    return {**kept, "HOME": str(home), "PATH": f"{programs}{os.pathsep}{kept.get('PATH', '')}"}


def write_checks(homework: Homework, folder: Path) -> list[Path]:
    """Write the homework's checks as a module with its draws beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    module = folder / f"{CHECKS}.py"
    shutil.copy(homework.tests, module)
    draws = folder / "draws.pickle"
    shutil.copy(homework.tests.with_name("draws.pickle"), draws)
    return [module, draws]


def tests_of(homework: Homework) -> list[str]:
    """Return the names of the test functions, one per item."""
    lines = homework.tests.read_text(encoding="utf-8").splitlines()
    names = [line[4 : line.index("(")] for line in lines if line.startswith("def test_")]
    if len(names) != len(homework.plan.items):
        raise NotMeasuredError("the homework's pytest file does not have a test for each item")
    return names


def write_notebook(path: Path, cells: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Write a notebook of code cells, each with its metadata."""
    told = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": dict(metadata),
                "outputs": [],
                "source": source,
            }
            for number, (source, metadata) in enumerate(cells)
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")


def handed_in_by(plain: Path) -> list[Path]:
    """Return the modules of a submission."""
    return [file for file in sorted(plain.rglob("*.py")) if file.is_file()]
