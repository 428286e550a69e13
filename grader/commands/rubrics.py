"""The commands ``grader rubric list``, ``show``, ``new`` and ``lint``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import AUTHOR_PROBLEM, OK, consoles, tell
from grader.commands.shared import load
from grader.errors import GraderError, UsageError
from grader.options import choice_options, isolation_options

if TYPE_CHECKING:
    from grader.grading.isolation import Demand
    from grader.rubric.courses import Selection


@click.group()
def rubric() -> None:
    """Write, prove, list and show rubrics."""


@rubric.command("list")
def rubric_list() -> int:
    """List the rubrics that can be named by their id."""
    from grader.rubric import rubric_ids

    known = rubric_ids()
    if not known:
        click.echo("no rubrics found", err=True)
        return AUTHOR_PROBLEM
    failed = False
    for name, path in sorted(known.items()):
        try:
            loaded = load(str(path))
        except GraderError as error:
            click.echo(str(error), err=True)
            failed = True
            continue
        from grader.report.escaping import number_text

        points = number_text(loaded.maximum)
        click.echo(f"{name}  {points} points, {len(loaded.items)} items  {loaded.title}")
    return AUTHOR_PROBLEM if failed else OK


@rubric.command("show")
@click.argument("name", metavar="ID")
@choice_options
def rubric_show(name: str, selection: Selection) -> int:
    """Show a rubric's items with their points, checks and cases, and what can be chosen."""
    from grader.report.rubrics import print_rubric
    from grader.rubric import find_rubric

    console, notes = consoles()
    print_rubric(console, load(name, selection=selection))
    tell(notes, f"read from {find_rubric(name)}")
    return OK


@rubric.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--problem",
    "problem_id",
    required=True,
    metavar="ID",
    help="What students are to compute: a problem of reference/, such as two_layer_net; any word "
    "that is none lists them.",
)
def rubric_new(folder: Path, problem_id: str) -> int:
    """Write a commented rubric for a problem into a new folder DIR, with a starter and a README.

    It passes 'grader rubric lint' as it is, and is there to be changed. DIR's name is its id.
    """
    from grader.rubric.skeleton import write_skeleton

    for path in write_skeleton(problem_id, folder):
        click.echo(f"written: {path}", err=True)
    return OK


@rubric.command("lint")
@click.argument("names", nargs=-1, metavar="[ID…]")
@click.option("--all", "every", is_flag=True, help="Every rubric that can be named by its id.")
@click.option(
    "--solution",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A submission, folder or file, that must have full marks.",
)
@choice_options
@isolation_options
def rubric_lint(
    names: tuple[str, ...],
    every: bool,
    solution: Path | None,
    selection: Selection,
    demand: Demand,
) -> int:
    """Prove rubrics: their draws, their starter, right solutions, and every example.

    Examples are looked for in submissions_example/<id>, with their scores in expected.csv. Exits
    with 1 if anything is not as it should be; warnings alone do not count.
    """
    from grader.grading.isolation import isolation
    from grader.grading.linting import lint
    from grader.report.proofs import print_proof
    from grader.rubric import find_rubric, rubric_ids

    if bool(names) == every:
        raise UsageError("name the rubrics to prove, or all of them with --all")
    for name, is_given in (("--solution", solution is not None), ("--option", selection.choices)):
        if is_given and len(names) != 1:
            raise UsageError(f"{name} goes with one rubric")
    isolation(demand)
    console, _ = consoles()
    holds = True
    for file in rubric_ids().values() if every else [find_rubric(name) for name in names]:
        proof = lint(file, solution, demand, selection)
        print_proof(console, proof)
        holds = holds and proof.holds
    return OK if holds else AUTHOR_PROBLEM
