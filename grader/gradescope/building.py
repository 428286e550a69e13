"""What goes into the zip file that a course uploads?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files as resources
from pathlib import Path

from grader import __version__
from grader.errors import UsageError
from grader.gradescope.container import Container
from grader.grading.secret import no_secret
from grader.records import Rubric
from grader.report.escaping import json_text
from grader.report.files import write_atomically
from grader.wheel import own_wheel, packed

SETTINGS = "autograder.json"
SECRET = "secret"
"""File of the course's secret, where there is one: its hidden draws follow from it there too."""
FORMAT = 1
_PROGRAMS = ("setup.sh", "run_autograder")
_PINS = "requirements.txt"


def build(
    file: Path,
    rubric: Rubric,
    limits: Sequence[str],
    container: Container,
    required: Sequence[str],
    output: Path,
    secret: bytes | None = None,
) -> None:
    """Write the zip file of a rubric's autograder, whole or not at all.

    Parameters
    ----------
    file
        The rubric's YAML file; all that lies in its folder goes along.
    rubric
        The same as it was read, under the choices to keep.
    limits
        Limits in place of the rubric's, as ``--limit`` takes them.
    container
        What the assignment's settings give.
    required
        Further requirements for pip.
    output
        Where to.
    secret
        Of the course, which goes along.

    Raises
    ------
    UsageError
        If something cannot be read or written, or draws are per student and there is no secret.
    """
    for probe in rubric.probes.values():
        if probe.per_student and secret is None:
            raise no_secret(probe.id)
    settings = {
        "format": FORMAT,
        "grader": __version__,
        "rubric": f"rubric/{rubric.id}/{file.name}",
        "options": dict(rubric.chosen),
        "limits": list(limits),
        "memory_mb": container.memory_mb,
        "timeout_minutes": container.timeout_minutes,
    }
    wheel, data = own_wheel()
    try:
        content = dict(_image_files())
        if required:
            content[_PINS] += "".join(f"{one}\n" for one in required).encode()
        content[SETTINGS] = f"{json_text(settings)}\n".encode()
        content[wheel] = data
        if secret is not None:
            content[SECRET] = secret
        content |= {f"rubric/{rubric.id}/{name}": text for name, text in _rubric_files(file.parent)}
        write_atomically(output, packed(content, executable=_PROGRAMS))
    except OSError as error:
        where = error.filename or output
        raise UsageError(f"{where}: {error.strerror}; nothing was built") from None


def _image_files() -> Iterator[tuple[str, bytes]]:
    folder = resources("grader.gradescope") / "image"
    for name in (*_PROGRAMS, _PINS):
        # A checkout on Windows may have other line ends, and bash takes none of them.
        yield name, (folder / name).read_bytes().replace(b"\r\n", b"\n")


def _rubric_files(home: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(home.rglob("*")):
        inner = path.relative_to(home)
        is_noise = any(part == "__pycache__" or part.startswith(".") for part in inner.parts)
        if path.is_file() and not is_noise:
            yield inner.as_posix(), path.read_bytes()
