"""The command ``grader doctor``: what this machine has."""

from __future__ import annotations

import click

from grader.commands.output import AUTHOR_PROBLEM, OK, consoles


@click.command()
def doctor() -> int:
    """Tell what this machine has: isolation, versions, rubrics, and what is missing."""
    from grader.doctor import examine_machine

    console, _ = consoles()
    return OK if examine_machine(console) else AUTHOR_PROBLEM
