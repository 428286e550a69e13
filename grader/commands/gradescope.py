"""The command ``grader gradescope``: build an autograder's zip file, and be what runs in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import OK, OUR_FAULT
from grader.errors import UsageError
from grader.gradescope.container import (
    LEAST_MEMORY_MB,
    MOST_TIMEOUT_MINUTES,
    USUAL_MEMORY_MB,
    USUAL_TIMEOUT_MINUTES,
    Container,
    points_by_hand,
    warnings,
)
from grader.options import choice_options, isolation_options, limit_option, rubric_option

if TYPE_CHECKING:
    from grader.grading.isolation import Demand
    from grader.rubric.courses import Selection


@click.group()
def gradescope() -> None:
    """Grade on Gradescope: build the autograder of a rubric, and run it there."""


@gradescope.command("build")
@rubric_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("autograder.zip"),
    show_default=True,
    metavar="FILE",
    help="Where to write the zip file; one that is there is replaced.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=LEAST_MEMORY_MB),
    default=USUAL_MEMORY_MB,
    show_default=True,
    metavar="MB",
    help="Memory that the assignment's settings give the container.",
)
@click.option(
    "--timeout",
    type=click.IntRange(1, MOST_TIMEOUT_MINUTES),
    default=USUAL_TIMEOUT_MINUTES,
    show_default=True,
    metavar="MINUTES",
    help="Time limit in the assignment's settings.",
)
@click.option(
    "--require",
    "required",
    multiple=True,
    metavar="REQUIREMENT",
    help="A package that students may import as well, such as 'sympy==1.13.3'; may be repeated.",
)
@choice_options
@limit_option
def build(
    rubric_name: str,
    output: Path,
    memory: int,
    timeout: int,
    required: tuple[str, ...],
    selection: Selection,
    limits: tuple[str, ...],
) -> int:
    """Write the zip file to upload as the autograder of a programming assignment.

    It holds the rubric, this toolkit and pinned requirements. Limits of the rubric that the
    container has no room for are lowered, and named.
    """
    from grader.gradescope.building import build as write_zip
    from grader.grading.limits import with_limits
    from grader.grading.secret import read_secret
    from grader.report.escaping import number_text
    from grader.rubric import find_rubric, load_rubric

    if any(not one.strip() or "\n" in one for one in required):
        raise UsageError("--require takes one requirement of pip, such as 'sympy==1.13.3'")
    container = Container(memory_mb=memory, timeout_minutes=timeout)
    file = find_rubric(rubric_name)
    rubric = load_rubric(file, selection=selection)
    asked = with_limits(rubric, limits)
    secret = read_secret()
    write_zip(file, rubric, limits, container, required, output, secret)
    if secret is not None:
        _tell("note: the zip file holds the secret that is set: give it to nobody but Gradescope")
    for warning in warnings(asked, container):
        _tell(f"note: {warning}")
    points = number_text(rubric.maximum - points_by_hand(rubric))
    _tell(f"{rubric.id}: set the autograder's points on Gradescope to {points}")
    _tell(f"written: {output}")
    return OK


@gradescope.command("run")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("/autograder"),
    show_default=True,
    metavar="DIR",
    help="Folder with source, submission and submission_metadata.json.",
)
@isolation_options
def run(root: Path, demand: Demand) -> int:
    """Grade the one submission in Gradescope's container, and write results/results.json.

    The zip file's run_autograder calls this. What it prints is for instructors.
    """
    from grader.gradescope.running import run as grade
    from grader.sandbox.process import hide_memory

    hide_memory()
    report = grade(root, demand)
    for warning in report.warnings:
        _tell(f"note: {warning}")
    if report.fault:
        _tell(f"a fault of the grader: {report.fault}")
        return OUR_FAULT
    _tell(f"written: {root / 'results' / 'results.json'}")
    return OK


def _tell(text: str) -> None:
    """Write a message to stderr, line by line without anything that a terminal would obey."""
    from grader.report.escaping import terminal_text

    for line in text.split("\n"):
        click.echo(terminal_text(line), err=True)
