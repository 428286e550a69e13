"""Where are certified draws kept, so that the next command need not certify them again?

A draw follows from its probe, its seed and the code that makes it. Files in the user's cache folder
are named by a hash of all three, and each holds one draw as frames of plain data and raw arrays,
which read back without executing anything. What cannot be read, or belongs to somebody else, is
made anew; nothing is ever worse than without the folder.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import reference
from grader.checks.stacks import Stack
from grader.records import Array, Draw, DrawKey, Expected
from grader.report.files import write_atomically
from grader.sandbox.channel import ProtocolError, encode, frames

VARIABLE = "GRADER_CACHE"
"""Names another folder; ``off`` keeps nothing."""
_OFF = "off"
_PREFIX = "draws-"
_UNUSED_S = 30 * 86400
"""Draws of another version of the code that nobody has added to for so long are removed."""
_SEAL = hashlib.sha256().digest_size
_LIBRARIES = ("numpy", "scipy", "scikit-learn")
"""What draws are made with, beside this package and ``reference``."""


@dataclass(frozen=True, slots=True)
class KeptDraws:
    """The draws that a folder holds for this version of the code.

    Parameters
    ----------
    folder
        Of the user alone. It is made when the first draw is kept.
    """

    folder: Path

    def find(self, made_of: str, key: DrawKey) -> Draw | None:
        """Return the draw that was made of the same, or None where none is kept.

        Parameters
        ----------
        made_of
            A text of all that the draw follows from, beside the code; equal texts, equal draws.
        key
            Its name.
        """
        path = self._path(made_of)
        try:
            # Who may put files there could offer draws of ours under other names, or a pipe.
            if not _is_private(path.parent.stat()):
                return None
            with open(path, "rb", opener=_not_waiting) as stream:
                if not _is_private(os.fstat(stream.fileno())):
                    return None
                data = stream.read()
        except OSError:
            return None
        return _draw_of(data, key)

    def keep(self, made_of: str, draw: Draw) -> None:
        """Keep a draw, if it reads back as it is; the folder may be full, or read-only."""
        try:
            data = _sealed(b"".join(map(encode, _messages(draw))))
        except ProtocolError:
            return
        again = _draw_of(data, draw.key)
        if again is None or not _are_equal(draw, again):
            return
        path = self._path(made_of)
        # Without the folder each command certifies for itself, which it would have done anyway.
        with contextlib.suppress(OSError):
            if not path.parent.exists():
                path.parent.mkdir(mode=0o700, parents=True)
                self._sweep()
            if _is_private(path.parent.stat()):
                write_atomically(path, data)

    def _path(self, made_of: str) -> Path:
        name = hashlib.sha256(made_of.encode("utf-8", "backslashreplace")).hexdigest()
        return self.folder / f"{_PREFIX}{_digest_of_code()[:16]}" / name

    def _sweep(self) -> None:
        """Remove what versions of the code have left that are no longer used."""
        for old in self.folder.glob(f"{_PREFIX}*"):
            if time.time() - old.stat().st_mtime > _UNUSED_S:
                shutil.rmtree(old, ignore_errors=True)


def kept_draws(environment: Mapping[str, str] = os.environ) -> KeptDraws | None:
    """Return where draws are kept, or None where nothing is to be kept.

    That is the folder which ``GRADER_CACHE`` names, ``grader`` in ``XDG_CACHE_HOME``, or
    ``~/.cache/grader``; ``GRADER_CACHE=off`` keeps nothing.
    """
    named = environment.get(VARIABLE, "")
    if named == _OFF:
        return None
    if named:
        return KeptDraws(Path(named))
    base = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME", "")
    if not base and not home:
        return None
    return KeptDraws((Path(base) if base else Path(home) / ".cache") / "grader")


def _not_waiting(path: str, flags: int) -> int:
    """Open a file, and neither follow a link nor wait where a pipe stands in its place."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _is_private(found: os.stat_result) -> bool:
    """Return whether something is this user's, and nobody else may change it."""
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@functools.lru_cache(maxsize=1)
def _digest_of_code() -> str:
    """Return the hash of everything that makes and certifies draws, libraries by their version."""
    hashed = hashlib.sha256()
    for name in _LIBRARIES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        hashed.update(f"{name} {version}\n".encode())
    grader = Path(__file__).resolve().parent.parent
    roots = (Path(reference.__file__).resolve().parent, grader)
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            source = path.read_bytes()
            hashed.update(b"%s %d\n" % (path.relative_to(root).as_posix().encode(), len(source)))
            hashed.update(source)
    return hashed.hexdigest()


# --- a draw as plain data ----------------------------------------------------------------------


def _messages(draw: Draw) -> Iterator[dict[str, Any]]:
    """Yield a draw as messages: what is given and withheld, then right answer by right answer."""
    yield {
        "key": [draw.key.probe, draw.key.case, draw.key.index],
        "inputs": dict(draw.inputs),
        "withheld": dict(draw.withheld),
        "certificate": dict(draw.certificate),
        "conventions": list(draw.expected),
    }
    for convention, answers in draw.expected.items():
        for name, right in answers.items():
            yield {
                "convention": convention,
                "answer": name,
                "value": right.value,
                "unit": right.unit,
                "unit32": right.unit32,
                **_stack_message(right.stabilised),
            }


def _stack_message(arrays: Mapping[str, Array]) -> dict[str, Any]:
    """Return hundreds of small arrays as one: reading them one by one takes longer than the rest.

    Each is worked out by itself, so that all have the same bits whether they were kept or not.
    """
    names = list(arrays)
    return {"stabilisers": names, "stack": np.stack(list(arrays.values())) if names else None}


def _sealed(data: bytes) -> bytes:
    """Return frames behind their hash: a disk may lose or turn a bit in the middle of a number."""
    return hashlib.sha256(data).digest() + data


def _draw_of(data: bytes, key: DrawKey) -> Draw | None:
    """Return the draw that frames hold, or None where they are damaged or another one's."""
    try:
        if data != _sealed(data[_SEAL:]):
            return None
        head, *rest = map(_writable, frames(data[_SEAL:]))
        if head.pop("key") != [key.probe, key.case, key.index]:
            return None
        expected: dict[str, dict[str, Expected]] = {name: {} for name in head.pop("conventions")}
        for told in rest:
            answers = expected[told.pop("convention")]
            name = told.pop("answer")
            names, stack = told.pop("stabilisers"), told.pop("stack")
            others = Stack(names=tuple(names), arrays=stack) if names else {}
            answers[name] = Expected(**told, stabilised=others)
        return Draw(key=key, expected=expected, **head)
    except (ProtocolError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _writable(value: Any) -> Any:
    """Return plain data with arrays that own their memory, as freshly made ones do."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {name: _writable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_writable(one) for one in value]
    return value


def _are_equal(one: Draw, other: Draw) -> bool:
    """Return whether two draws are the same to the bit, and of the same types."""
    return _same(list(_messages(one)), list(_messages(other)))


def _same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        alike = one.dtype == other.dtype and one.shape == other.shape
        return bool(alike and one.tobytes() == other.tobytes())
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return repr(one) == repr(other)
