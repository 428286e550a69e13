"""What becomes of an error in a command? A message on stderr and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import click

from grader.commands.output import AUTHOR_PROBLEM, INTERRUPTED, OK, OUR_FAULT
from grader.errors import GraderError, GraderFault

# One thread for linear algebra: results repeat, and forking is safe. It must be set before NumPy
# is first imported.
for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


class CommandGroup(click.Group):
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
