"""The command ``grader compare``: who moves between two runs."""

from __future__ import annotations

from pathlib import Path

import click

from grader.commands.output import OK, consoles, tell


@click.command()
@click.argument("first", type=click.Path(path_type=Path, file_okay=False), metavar="RUN1")
@click.argument("second", type=click.Path(path_type=Path, file_okay=False), metavar="RUN2")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the same as CSV.",
)
def compare(first: Path, second: Path, output: Path | None) -> int:
    """Tell whose points differ between two runs, by how much, on which items, and why."""
    from grader.grading.comparing import compare_runs
    from grader.report.moves import print_moves, write_moves

    moves = compare_runs(first, second)
    console, notes = consoles()
    print_moves(console, moves)
    if output is not None:
        write_moves(output, moves)
        tell(notes, f"written: {output}")
    return OK
