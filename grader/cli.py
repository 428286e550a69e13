"""The command ``grader``: its words put together, and what becomes of an error."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import click

from grader import __version__
from grader.commands.check import check
from grader.commands.compare import compare
from grader.commands.doctor import doctor
from grader.commands.formula import formula
from grader.commands.grade import grade
from grader.commands.gradebook import gradebook
from grader.commands.gradescope import gradescope
from grader.commands.marks import marks
from grader.commands.replay import replay
from grader.commands.report import report
from grader.commands.rescore import rescore
from grader.commands.rubrics import rubric
from grader.commands.shared import AUTHOR_PROBLEM, INTERRUPTED, OK, OUR_FAULT
from grader.errors import GraderError, GraderFault

# One thread for linear algebra: results repeat, and forking is safe. It must be set before NumPy
# is first imported.
for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


class _Group(click.Group):
    """A group whose wrong usage exits with 1, as any other mistake in a command does."""

    def main(self, *arguments: Any, **keywords: Any) -> Any:
        """Run, and turn every error into a message on stderr and an exit code."""
        keywords["standalone_mode"] = False
        for stream in (sys.stdout, sys.stderr):
            # A terminal that knows no dash or umlaut is no reason to fail at the very end.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            code = super().main(*arguments, **keywords)
        except click.exceptions.Exit as error:
            code = error.exit_code
        except click.ClickException as error:
            error.show()
            code = AUTHOR_PROBLEM
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        except GraderFault as error:
            _complain(f"a fault of the grader: {error}")
            code = OUR_FAULT
        except GraderError as error:
            _complain(str(error))
            code = AUTHOR_PROBLEM
        except Exception as error:  # noqa: BLE001 - the last boundary: what nobody foresaw is our fault, and says so by its code
            import traceback

            traceback.print_exc()
            _complain(f"a fault of the grader: {type(error).__name__}: {error}")
            code = OUR_FAULT
        if code == INTERRUPTED:
            # Whoever presses Ctrl-C twice must not get a traceback out of the interpreter's end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(code if isinstance(code, int) else OK)


def _complain(text: str) -> None:
    """Write a message to stderr, line by line without anything that a terminal would obey."""
    from grader.report.escaping import terminal_text

    for line in text.split("\n"):
        click.echo(terminal_text(line), err=True)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grade homework of neural-network courses: hand-written NumPy gradients and networks.

    Every submission runs in a process of its own, isolated; what it answers is judged outside.
    Exit codes: 0 graded, 1 a problem with the rubric, the command or a submission, 2 a fault of
    the grader itself, 130 interrupted.
    """


for _command in (
    *(grade, check, rescore, compare, replay, rubric, doctor, gradescope),
    *(marks, gradebook, report, formula),
):
    main.add_command(_command)


if __name__ == "__main__":
    main()
