"""What does an answer depend on? Hashes that tell whether it must be asked for again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from grader import __version__
from grader.records import Draw, Probe, Rubric, SourceFile


def digest_of_files(files: Iterable[SourceFile]) -> str:
    """Return the hash of files with their paths, in whatever order they come."""
    hashed = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        path = file.path.encode("utf-8", "surrogatepass")
        hashed.update(b"%d %d " % (len(path), len(file.data)) + path + file.data)
    return hashed.hexdigest()


def digest_of_probe(rubric: Rubric, probe: Probe) -> str:
    """Return the hash of all that a probe's answers depend on, beside the draws and the files.

    The starter, the readable files, the modules and the limits are among it, and the version of
    this program. Titles, points, conventions and tolerances are not: they only concern the judging.
    """
    return _digest(
        __version__,
        digest_of_files(rubric.starter),
        digest_of_files(rubric.readable),
        rubric.modules,
        rubric.limits,
        probe.variants,
        sorted(probe.answers.items()),
        sorted(probe.constants.items()),
        probe.limits,
        probe.loss,
        probe.again,
    )


def digest_of_inputs(draw: Draw) -> str:
    """Return the hash of what a draw gives to a student's code."""
    hashed = hashlib.sha256()
    for name, value in sorted(draw.inputs.items()):
        if isinstance(value, np.ndarray):
            hashed.update(f"{name} {value.dtype.str} {value.shape} ".encode())
            hashed.update(np.ascontiguousarray(value).tobytes())
        else:
            hashed.update(f"{name} {value!r} ".encode())
    return hashed.hexdigest()


def _digest(*parts: Any) -> str:
    """Return the hash of records and plain values by what they print as."""
    return hashlib.sha256("\n".join(repr(part) for part in parts).encode()).hexdigest()
