"""Options that several commands share: whence submissions come, isolation, limits, choices."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.rubric.choices import Choice

COURSE_VARIABLE = "GRADER_COURSE"
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
        help="Go on where this machine isolates less; terminal, scores and reports say so.",
    )(with_demand)
    return click.option(
        "--level",
        type=click.IntRange(1, 3),
        metavar="N",
        help="Lowest isolation level to go on at: 3 (Linux as root), 2 (Linux; the default), "
        "1 (macOS). The best that there is is taken.",
    )(added)


def choice_options(command: _Command) -> _Command:
    """Add ``--option`` and ``--course``; the command gets them as ``selection``."""

    @functools.wraps(command)
    def with_selection(
        *arguments: Any, chosen: tuple[str, ...], course: Path | None, **options: Any
    ) -> Any:
        from grader.rubric.courses import Selection, read_course

        selection = Selection(
            choices=tuple(map(_choice, chosen)),
            course=read_course(course) if course is not None else None,
        )
        return command(*arguments, selection=selection, **options)

    added = click.option(
        "--course",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar=COURSE_VARIABLE,
        metavar="FILE",
        help="YAML file with the course's choices for its rubrics; the environment variable "
        f"{COURSE_VARIABLE} names one for all commands. --option wins over it.",
    )(with_selection)
    return click.option(
        "--option",
        "chosen",
        multiple=True,
        metavar="NAME=CHOICE",
        help="What to choose of the rubric's options (see 'grader rubric show'); may be repeated.",
    )(added)


def _choice(text: str) -> Choice:
    """Return one ``--option``."""
    from grader.rubric.choices import Choice

    option, equals, choice = text.partition("=")
    if not equals or not option.strip() or not choice.strip():
        raise UsageError(f"--option takes NAME=CHOICE, not {text!r}")
    return Choice(option=option.strip(), choice=choice.strip(), source="--option")


def limit_option(command: _Command) -> _Command:
    """Add ``--limit``, which may be repeated."""
    return click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="[PROBE.]NAME=VALUE",
        help="Another limit than the rubric's: cpu_s, wall_s, memory_mb, output_kb of a probe, "
        "load_s for loading, total_s for all; may be repeated.",
    )(command)


def source_options(command: _Command) -> _Command:
    """Add ``--source``, ``--assignment`` and ``--roster``; the command gets them as ``whence``."""

    @functools.wraps(command)
    def with_whence(
        *arguments: Any,
        source: str | None,
        assignment: str | None,
        roster: Path | None,
        **options: Any,
    ) -> Any:
        from grader.grading.whence import Whence

        whence = Whence(source=source or "", assignment=assignment or "", roster=roster)
        return command(*arguments, whence=whence, **options)

    added = click.option(
        "--roster",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="CSV of everybody in the course, as Gradescope, Canvas or Moodle export it: joins "
        "names, ids, e-mails and sections, and adds who handed in nothing.",
    )(with_whence)
    added = click.option(
        "--assignment",
        metavar="NAME",
        help="Which assignment, where nbgrader's folder holds several.",
    )(added)
    return click.option(
        "--source",
        type=click.Choice(["folder", "gradescope", "canvas", "moodle", "nbgrader"]),
        help="What PATH is: a folder of students, or whose export; recognised if not given.",
    )(added)


def rubric_option(command: _Command) -> _Command:
    """Add ``--rubric``, which must be given, as ``rubric_name``."""
    return click.option(
        "--rubric",
        "rubric_name",
        required=True,
        metavar="ID",
        help="Rubric id (see 'grader rubric list'), or the path of a rubric's folder.",
    )(command)


def rubric_of_run_option(command: _Command) -> _Command:
    """Add ``--rubric`` of a run, which need not be given, as ``rubric_name``."""
    return click.option(
        "--rubric",
        "rubric_name",
        metavar="ID",
        help="The rubric of the run; found by the id that the run tells if not given.",
    )(command)


def only_option(command: _Command) -> _Command:
    """Add ``--only`` (or ``--item``), as a tuple of names and patterns."""
    return click.option(
        "--only",
        "--item",
        multiple=True,
        metavar="ITEM",
        help="Judge this item only; may be repeated, and be a pattern such as 'q4.*'.",
    )(command)


def marks_option(command: _Command) -> _Command:
    """Add ``--marks``, a path or None."""
    return click.option(
        "--marks",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="CSV of marks by hand (student, item, points, comment); kept with the run.",
    )(command)


def adjustments_option(command: _Command) -> _Command:
    """Add ``--adjustments``, a path or None."""
    return click.option(
        "--adjustments",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="CSV of waivers, lateness and adjustments (student, kind, amount, item, reason); "
        "kept with the run.",
    )(command)


def adapters_option(command: _Command) -> _Command:
    """Add ``--adapters``, a path or None."""
    return click.option(
        "--adapters",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of adapters, <student id>.py each: code that brings homework of free form "
        "under the names that the rubric asks for.",
    )(command)


def seed_option(command: _Command) -> _Command:
    """Add ``--seed``, a number or None."""
    return click.option(
        "--seed", type=click.IntRange(min=0), metavar="N", help="Draw other inputs."
    )(command)
