"""What goes into the zip file that a course hands out?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader import __version__
from grader.errors import UsageError
from grader.kit.record import SUFFIX, Kit, kit_bytes
from grader.kitting.choosing import kit_items, unused_templates
from grader.kitting.closure import modules
from grader.kitting.freezing import frozen
from grader.kitting.readme import readme
from grader.records import Rubric
from grader.report.files import write_atomically
from grader.wheel import DISTRIBUTION, packed, wheel_of

HOMEWORK = "homework"
"""Folder of the templates."""
_REQUIRED = (
    "click>=8.1",
    "msgpack>=1.0",
    "numpy>=1.24",
    "pyyaml>=6.0",
    "rich>=13.0",
    "psutil>=5.9; sys_platform == 'darwin'",
)
_NOTEBOOKS = "nbformat>=5.7"
_ENTRY_POINTS = "[console_scripts]\ngrader = grader.student:main\n"
_MAIN = b'''"""``python -m grader``: the same as the command ``grader``."""

from grader.student import main

main()
'''


def build(rubric: Rubric, output: Path) -> Kit:
    """Write the zip file of a rubric's kit, whole or not at all, and return what is in it.

    Parameters
    ----------
    rubric
        As it was read, under the course's choices.
    output
        Where to.

    Raises
    ------
    UsageError
        If there is nothing to check, or something cannot be read or written.
    """
    kit = frozen(rubric)
    wheel, data = student_wheel()
    unused = unused_templates(rubric)
    files = [path for path in rubric.modules.expected if path not in unused]
    told = readme(kit, wheel, HOMEWORK, files, kit_items(rubric), rubric.options)
    try:
        content = {
            "README.md": told.encode(),
            f"{rubric.id}{SUFFIX}": kit_bytes(kit),
            wheel: data,
            **{f"{HOMEWORK}/{f.path}": f.data for f in rubric.starter if f.path not in unused},
            **{f"{HOMEWORK}/{file.path}": file.data for file in rubric.readable},
        }
        zipped = packed({f"{rubric.id}/{name}": one for name, one in content.items()})
        write_atomically(output, zipped)
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror}; nothing was built") from None
    return kit


def student_wheel() -> tuple[str, bytes]:
    """Return the name and the bytes of a wheel that holds what a student needs, and no more."""
    return wheel_of(dict(_files()), __version__, _metadata(), _ENTRY_POINTS)


def _files() -> Iterator[tuple[str, bytes]]:
    for name, path in modules().items():
        stem = name.replace(".", "/")
        inner = f"{stem}/__init__.py" if path.name == "__init__.py" else f"{stem}.py"
        yield inner, path.read_bytes()
    yield "grader/__main__.py", _MAIN


def _metadata() -> str:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {DISTRIBUTION}",
        f"Version: {__version__}",
        "Summary: Checks homework of neural-network courses: a student's part, by a course's kit.",
        "Requires-Python: >=3.10",
        *(f"Requires-Dist: {one}" for one in _REQUIRED),
        "Provides-Extra: notebooks",
        f"Requires-Dist: {_NOTEBOOKS}; extra == 'notebooks'",
    ]
    return "\n".join(lines) + "\n"
