"""How does this very toolkit come to another machine? As a wheel, made from its files."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from grader.errors import UsageError

DISTRIBUTION = "backprop-grader"
_PACKAGES = ("grader", "reference")
_HOME = Path(__file__).resolve().parents[1]
_WHEEL = (
    "Wheel-Version: 1.0\nGenerator: backprop-grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)
_LONG_AGO = (2020, 1, 1, 0, 0, 0)


def own_wheel() -> tuple[str, bytes]:
    """Return the name and the bytes of a wheel of the toolkit as it runs here, without its rubrics.

    No build tool and no network is needed, and what is graded by is what was tried here, also
    where it has been changed since it was installed.

    Raises
    ------
    UsageError
        If the toolkit was not installed, so that nothing tells its metadata.

    Notes
    -----
    The binary distribution format of the Python Packaging User Guide: the packages' files, and
    ``METADATA``, ``WHEEL``, ``entry_points.txt`` and ``RECORD`` in a folder of their own.
    """
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise UsageError("the toolkit is not installed: run 'pip install' on it first") from None
    metadata = installed.read_text("METADATA") or ""
    entry_points = installed.read_text("entry_points.txt") or ""
    return wheel_of(dict(_package_files()), installed.version, metadata, entry_points)


def wheel_of(
    files: Mapping[str, bytes], version: str, metadata: str, entry_points: str
) -> tuple[str, bytes]:
    """Return the name and the bytes of a wheel.

    Parameters
    ----------
    files
        Path -> content of the packages' files.
    version
        Of the distribution.
    metadata, entry_points
        The files of those names in it.
    """
    stem = f"{DISTRIBUTION.replace('-', '_')}-{version}"
    told = f"{stem}.dist-info"
    whole = {
        **files,
        f"{told}/METADATA": metadata.encode(),
        f"{told}/entry_points.txt": entry_points.encode(),
        f"{told}/WHEEL": _WHEEL.encode(),
    }
    record = f"{told}/RECORD"
    whole[record] = _record(whole, record)
    return f"{stem}-py3-none-any.whl", packed(whole)


def packed(files: Mapping[str, bytes], executable: tuple[str, ...] = ()) -> bytes:
    """Return a zip archive: the same bytes for the same files, whenever it is made.

    Parameters
    ----------
    files
        Path -> content, in the archive's order.
    executable
        Which of them are programs.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.create_system = 3  # Unix, so that the mode below is read as one
            entry.external_attr = (0o100755 if path in executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return stream.getvalue()


def _package_files() -> Iterator[tuple[str, bytes]]:
    """Yield our packages' files; rubrics lie in them only where they were installed."""
    for package in _PACKAGES:
        for path in sorted((_HOME / package).rglob("*")):
            inner = path.relative_to(_HOME)
            is_ours = "__pycache__" not in inner.parts and inner.parts[:2] != ("grader", "rubrics")
            if is_ours and path.is_file():
                yield inner.as_posix(), path.read_bytes()


def _record(files: Mapping[str, bytes], itself: str) -> bytes:
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow((path, f"sha256={digest}", len(data)))
    rows.writerow((itself, "", ""))
    return stream.getvalue().encode()
