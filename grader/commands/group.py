"""What becomes of an error in a command? A message on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import Any

import click

from grader.commands.output import AUTHOR_PROBLEM, INTERRUPTED, OK, OUR_FAULT
from grader.errors import DISK_FULL, GraderError, GraderFault

# One thread for linear algebra: results repeat, and forking is safe. It must be set before NumPy
# is first imported.
for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


_OURS = ("grader", "reference")
_PACKAGES = {"yaml": "pyyaml", "sklearn": "scikit-learn"}
"""Module -> what pip calls it, where that is something else."""


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
            # Here, so that what cannot be written is told, and not at the interpreter's end.
            sys.stdout.flush()
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
            code = _code_of(error)
        if code == INTERRUPTED:
            # Whoever presses Ctrl-C twice must not get a traceback out of the interpreter's end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(code if isinstance(code, int) else OK)


def _code_of(error: Exception) -> int:
    """Tell of an error that nobody foresaw, and return whose exit code it has."""
    told = _trouble_of_this_machine(error)
    if told:
        _complain(told)
        return AUTHOR_PROBLEM
    import traceback

    traceback.print_exception(error)
    _complain(f"a fault of the grader: {type(error).__name__}: {error}")
    return OUR_FAULT


def _trouble_of_this_machine(error: Exception) -> str:
    """Return what is amiss where the command runs, and the next step; empty for anything else."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        module = error.name.partition(".")[0]
        if module in _OURS:
            return ""
        package = _PACKAGES.get(module, module)
        return (
            f"the Python package {package} is missing where the grader runs; "
            f"install it with: {sys.executable} -m pip install {package}"
        )
    if isinstance(error, OSError) and error.errno in (*DISK_FULL, errno.EFBIG):
        _drop_output()
        told = f"nothing more can be written here ({error.strerror})"
        return f"{told}: free some space, or send the output elsewhere"
    return ""


def _drop_output() -> None:
    """Drop what waits for a standard output that takes nothing more; it would fail at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(text: str) -> None:
    """Write a message to stderr, line by line without anything that a terminal would obey."""
    from grader.report.escaping import terminal_text

    for line in text.split("\n"):
        click.echo(terminal_text(line), err=True)
