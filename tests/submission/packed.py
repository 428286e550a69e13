"""Archives made for tests, hostile ones among them."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

Entries = Iterable[tuple[str, bytes]]


def entries(files: Mapping[str, str | bytes]) -> list[tuple[str, bytes]]:
    """Return files as entries, their text encoded."""
    return [(n, data.encode() if isinstance(data, str) else data) for n, data in files.items()]


def zipped(content: Entries, mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file of these entries, in order, with whatever names they bear.

    Parameters
    ----------
    mode
        What kind of file each of them says that it is.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice
        for name, data in content:
            info = zipfile.ZipInfo(name)
            info.filename = name
            info.compress_type = method
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def tarred(content: Entries, kind: bytes = tarfile.REGTYPE, is_packed: bool = True) -> bytes:
    """Return a tar.gz file of these entries, or a plain tar file, the same bytes each time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in content:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            info.size = len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(data))
    # gzip writes the time of day into its header, which would get into the names of tests
    return gzip.compress(buffer.getvalue(), mtime=0) if is_packed else buffer.getvalue()


def put_zip(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a zip file of these files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped(entries(files)))
    return path


def lying_zip(name: str, data: bytes, told: int) -> bytes:
    """Return a zip file whose one entry says that it is of another size than it is."""
    raw = zipped([(name, data)])
    true = struct.pack("<I", len(data))
    return raw.replace(true, struct.pack("<I", told))


def encrypted_zip(name: str, data: bytes) -> bytes:
    """Return a zip file whose one entry says that it is protected by a password."""
    raw = bytearray(zipped([(name, data)]))
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.find(signature) + place] |= 1
    return bytes(raw)


LINK = stat.S_IFLNK | 0o777
DEVICE = stat.S_IFCHR | 0o666
FIFO = stat.S_IFIFO | 0o666


def tar_header(name: str, data: bytes, kind: bytes) -> bytes:
    """Return an entry of a tar file as it lies there, whatever its kind has for bytes."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(data)
    return info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)


def file_header(name: str, data: bytes = b"x = 1\n") -> bytes:
    """Return a file's entry."""
    return tar_header(name, data, tarfile.REGTYPE)


def record(key: str, value: str) -> bytes:
    """Return a line of a header that tells of the next file."""
    rest = f" {key}={value}\n".encode()
    size = len(rest) + 1
    while size != len(str(size)) + len(rest):
        size = len(str(size)) + len(rest)
    return str(size).encode() + rest


def raw_tar(*entries: bytes) -> bytes:
    """Return a tar file of such entries."""
    return b"".join((*entries, bytes(1024)))
