"""The command ``grader`` as a student's kit has it: checks of one's own work, without a network."""

from __future__ import annotations

from pathlib import Path

import click

from grader import __version__
from grader.commands.group import CommandGroup
from grader.commands.output import AUTHOR_PROBLEM, OK, consoles, exit_code, tell_if_foreign


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Check your homework before you hand it in, by the items that your course shows.

    Exit codes: 0 checked, whatever came out; 1 something to mend in the command or the files;
    2 a fault of this program; 130 interrupted.
    """


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILES…")
@click.option(
    "--kit",
    "name",
    default="",
    metavar="KIT",
    help="Id of the homework, or the kit's file or folder, if not the one that is near.",
)
@click.option(
    "--only",
    "--item",
    multiple=True,
    metavar="ITEM",
    help="Check this item only; may be repeated, and be a pattern such as 'q4.*'.",
)
@click.option(
    "--no-walls",
    is_flag=True,
    help="Run your code in a plain process with time limits only, as on systems that offer no "
    "isolation. It is your own code.",
)
def check(files: tuple[Path, ...], name: str, only: tuple[str, ...], no_walls: bool) -> int:
    """Check your homework: its folder, or its files.

    Prints every visible item with its points; for one that fails, what is wrong with it and how to
    see that yourself. Nothing is written or sent.
    """
    from grader.grading.reproducing import reproductions
    from grader.kit.checking import checked
    from grader.kit.finding import find_kit
    from grader.kit.frozen import plan_of_kit
    from grader.kit.record import read_kit
    from grader.report.terminal import print_sheet
    from grader.submission import one_submission

    plan = plan_of_kit(read_kit(find_kit(name, (Path(), *files))), only)
    rubric = plan.rubric
    found = one_submission(list(files), rubric.modules.expected)
    console, notes = consoles()
    is_foreign = tell_if_foreign(notes, found, rubric.id, rubric.modules.expected, "kit")
    sheet, transcript = checked(plan, found, has_walls=not no_walls)
    print_sheet(console, sheet, reproductions(plan, sheet, transcript))
    is_in_vain = is_foreign and not sheet.total
    return exit_code(notes, (sheet,)) or (AUTHOR_PROBLEM if is_in_vain else OK)


@main.command()
@click.option("--kit", "name", default="", metavar="KIT", help="As for 'grader check'.")
def items(name: str) -> None:
    """List the items that can be checked here, with their points."""
    from grader.kit.finding import find_kit
    from grader.kit.record import read_kit
    from grader.report.terminal import print_items

    console, _ = consoles()
    print_items(console, read_kit(find_kit(name)).rubric)


if __name__ == "__main__":
    main()
