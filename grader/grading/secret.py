"""Which inputs can nobody work out beforehand? Those whose seed is a hash with a course's secret.

The secret is in the variable ``GRADER_SECRET``, or in a file that ``GRADER_SECRET_FILE`` names. It
stands in no rubric, no run and no message; ``run.json`` keeps a hash that tells two secrets apart.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.errors import UsageError

VARIABLE, FILE_VARIABLE = "GRADER_SECRET", "GRADER_SECRET_FILE"
FACT = "secret"
"""Key of run.json."""
_LEAST_BYTES = 16
_HOW = f"set {VARIABLE} to it, or {FILE_VARIABLE} to a file that holds it"


def read_secret(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """Return the secret, or None where none is set.

    Raises
    ------
    UsageError
        If it is too short to be one, if its file cannot be read, or if that lies in a rubric's
        folder, which students may be given.
    """
    source, secret = VARIABLE, environment.get(VARIABLE, "").strip().encode()
    path = environment.get(FILE_VARIABLE, "")
    if not secret and path:
        source, secret = path, _read(Path(path))
    if not secret and not path:
        return None
    if len(secret) < _LEAST_BYTES:
        told = f"{len(secret)} bytes can be guessed; a secret has {_LEAST_BYTES} or more"
        raise UsageError(f"{source}: {told} ('openssl rand -hex 16' makes one)")
    return secret


def _read(path: Path) -> bytes:
    home = path.resolve()
    if any((folder / "rubric.yaml").exists() for folder in home.parents):
        raise UsageError(f"{path}: lies in a rubric's folder; a secret is kept outside")
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def keyed_seed(secret: bytes, seed: int, *words: str) -> int:
    """Return a seed that follows from a secret, a public seed and some words.

    Parameters
    ----------
    secret
        The key of the hash (HMAC with SHA-256).
    seed
        The run's own, so that ``--seed`` still draws others.
    words
        What the draws are for: ``"student"`` and who.

    Returns
    -------
    int
        Of 128 bits, the same on every machine.
    """
    told = "".join(f"{len(word)} {word} " for word in (str(seed), *words))
    digest = hmac.digest(secret, told.encode("utf-8", "surrogatepass"), "sha256")
    return int.from_bytes(digest[:16], "little")


def fingerprint(secret: bytes) -> str:
    """Return a short hash by which a later command can tell whether it has the same secret."""
    return hmac.digest(secret, b"fingerprint", "sha256")[:6].hex()


def secret_of_run(folder: Path, facts: Mapping[str, Any]) -> bytes | None:
    """Return the secret that a run was graded with, None if it needed none.

    Raises
    ------
    UsageError
        If it is not set, or another one is.
    """
    wanted = facts.get(FACT)
    if wanted is None:
        return None
    secret = read_secret()
    if secret is None:
        raise UsageError(f"{folder}: was graded with a secret, and none is set: {_HOW}")
    if fingerprint(secret) != wanted:
        told = f"{folder}: was graded with another secret than the one that is set"
        way = f"set the run's own ({VARIABLE}, or the file of {FILE_VARIABLE})"
        raise UsageError(f"{told}: {way}, or grade into another folder")
    return secret


def no_secret(probe: str) -> UsageError:
    """Return the complaint that a probe's draws need a secret and there is none."""
    told = f"probe {probe}: its draws are per_student, which takes a secret"
    return UsageError(f"{told}: {_HOW}, outside the rubric's folder")
