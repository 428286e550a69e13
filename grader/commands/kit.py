"""The command ``grader kit``: what a course hands out for students to check their own work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import OK
from grader.options import choice_options

if TYPE_CHECKING:
    from grader.rubric.courses import Selection


@click.command()
@click.argument("rubric_name", metavar="ID")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("kit.zip"),
    show_default=True,
    metavar="FILE",
    help="Where to write the zip file; one that is there is replaced.",
)
@choice_options
def kit(rubric_name: str, output: Path, selection: Selection) -> int:
    """Write the zip file that a course hands out with the homework ID.

    It holds the templates, the visible items with frozen draws, this program without the reference,
    and a README: with it, students check their own work at home.
    """
    from grader.kitting.building import build
    from grader.report.escaping import counted
    from grader.rubric import find_rubric, load_rubric

    rubric = load_rubric(find_rubric(rubric_name), selection=selection)
    built = build(rubric, output)
    shown = counted(len(built.rubric.items), "visible item")
    left = len(rubric.items) - len(built.rubric.items)
    told = f"; {counted(left, 'other')} left out" if left else ""
    click.echo(f"{rubric.id}: {shown}{told}", err=True)
    click.echo(f"written: {output}", err=True)
    return OK
