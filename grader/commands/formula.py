"""The command ``grader formula``: try a derivation before it is handed in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.commands.output import AUTHOR_PROBLEM, OK, consoles, tell
from grader.errors import UsageError

_MOST_BYTES = 16_000


# A formula may start with a minus, and with -h_1 too: what is no option here is the formula.
@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("expression", required=False, default="")
@click.option(
    "--problem",
    "problem_id",
    required=True,
    metavar="ID",
    help="A problem of reference/: autoencoder, gplvm, swish_net, sigmoid_mlp …",
)
@click.option(
    "--wrt",
    required=True,
    metavar="NAME",
    help="What is differentiated by, such as W, or the name of an answer, such as dW.",
)
@click.option("--of", default="", metavar="NAME", help="Which loss, where there are several: L1.")
@click.option(
    "--option",
    "chosen",
    multiple=True,
    metavar="NAME=VALUE",
    help="Option of the problem, such as examples=batch; may be repeated.",
)
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read the formula from this file; '-' is the standard input.",
)
def formula(
    expression: str, problem_id: str, wrt: str, of: str, chosen: tuple[str, ...], path: Path | None
) -> int:
    """Try a formula: EXPRESSION, or the text of a file, as LaTeX or plain.

    Prints how it was read, whether it is right on certified draws of the problem, and what is
    wrong with it. Definitions may stand in lines before it. Exits with 0 if it is right, else 1.
    """
    from grader.grading.trying import try_formula

    if bool(expression) == (path is not None):
        raise UsageError("name either an EXPRESSION or a --file, one of the two")
    text = expression if path is None else _text_of(path)
    tried = try_formula(problem_id, wrt, text, of, dict(map(_option, chosen)))
    console, notes = consoles()
    if tried.verdict is None:
        for line in f"cannot be read: {tried.complaint}".split("\n"):
            tell(notes, line)
        return AUTHOR_PROBLEM
    tell(console, f"read as: {tried.read_as}")
    tell(console, f"{tried.answer}: {tried.verdict.outcome}. {tried.verdict.message}")
    return OK if tried.is_right else AUTHOR_PROBLEM


def _option(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals or not name:
        raise UsageError(f"--option {written}: must be NAME=VALUE")
    return name.strip(), value.strip()


def _text_of(path: Path) -> str:
    """Return a file's text, of which no more is read than a formula may have."""
    try:
        if str(path) == "-":
            return sys.stdin.read(_MOST_BYTES)
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            return stream.read(_MOST_BYTES)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
