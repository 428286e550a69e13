"""Options that several commands share: how far code is isolated, and what it may use."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

_Command = Callable[..., Any]


def isolation_options(command: _Command) -> _Command:
    """Add ``--level`` and ``--unsafe``; the command gets them as ``demand``."""

    @functools.wraps(command)
    def with_demand(*arguments: Any, level: int | None, unsafe: bool, **options: Any) -> Any:
        from grader.grading.isolation import Demand

        demand = Demand(level=level, is_unsafe=unsafe)
        return command(*arguments, demand=demand, **options)

    added = click.option(
        "--unsafe",
        is_flag=True,
        help="Go on where this machine isolates less; every output says so.",
    )(with_demand)
    return click.option(
        "--level",
        type=click.IntRange(1, 3),
        metavar="N",
        help="Lowest isolation level to go on at: 3 (Linux as root), 2 (Linux; the default), "
        "1 (macOS). The best that there is is taken.",
    )(added)


def limit_option(command: _Command) -> _Command:
    """Add ``--limit``, which may be repeated."""
    return click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="[PROBE.]NAME=VALUE",
        help="Another limit than the rubric's: cpu_s, wall_s, memory_mb, output_kb of a call, "
        "load_s for loading, total_s for all; may be repeated.",
    )(command)
