"""Does our reader of tar files tell what tarfile tells, and take no more than a header may take?"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from itertools import repeat
from pathlib import Path

import pytest

from grader.submission.formats import MOST_MEMBERS, ArchiveError, Member, members
from grader.submission.tar_entries import Entry, Unzipped, entries
from tests.submission.packed import file_header, raw_tar, record, tar_header, tarred
from tests.submission.test_archives import SOURCE, handed_in, paths, peak_of

LONG = "f" * 90 + "/" + "g" * 120 + "/net.py"
NAMES = ["net.py", LONG, "h" * 60 + "/" + "i" * 80, "naïve/grün.py", "a b/.c", "x" * 100]


def listed(data: bytes) -> list[Entry]:
    return [entry for entry in entries(io.BytesIO(data)) if entry.is_listed]


def made(names: list[str], form: int, **further: object) -> bytes:
    """Return what tarfile writes of such files, in one of its formats."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = 700, 1_700_000_000
            for key, value in further.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(name.encode().ljust(700, b"\n")))
    return buffer.getvalue()


# --- what is right ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_sizes_and_bytes_are_those_that_were_written(form: int) -> None:
    names = [name for name in NAMES if form != tarfile.USTAR_FORMAT or len(name) <= 155]

    found = [
        (entry.name, entry.size, entry.mtime, entry.read(99_999))
        for entry in entries(io.BytesIO(made(names, form)))
        if entry.is_listed
    ]

    assert found == [(n, 700, 1_700_000_000, n.encode().ljust(700, b"\n")) for n in names]


def test_bytes_that_are_not_asked_for_are_passed_over() -> None:
    data = made(["a", "b", "c"], tarfile.GNU_FORMAT)

    assert [entry.read(3) for entry in entries(io.BytesIO(data))] == [b"a\n\n", b"b\n\n", b"c\n\n"]
    assert [entry.name for entry in entries(io.BytesIO(data))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "owner", [{"uid": 1 << 40}, {"gname": "Größe"}, {"mode": 0o100644}, {"uname": "x" * 31}]
)
@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_whose_a_file_is_does_not_matter(form: int, owner: dict[str, object]) -> None:
    assert [e.name for e in listed(made(["net.py"], form, **owner))] == ["net.py"]


def test_headers_for_all_files_such_as_git_writes_are_passed_over() -> None:
    commit = record("comment", "0123456789abcdef" * 2 + "01234567")
    data = raw_tar(tar_header("pax_global_header", commit, tarfile.XGLTYPE), file_header("net.py"))

    found = [(e.name, e.read(99)) for e in entries(io.BytesIO(data)) if e.is_listed]
    assert found == [("net.py", SOURCE)]


def test_a_header_of_old_signed_sums_is_read() -> None:
    block = bytearray(file_header("grün.py"))
    signed = sum(byte - 256 * (byte > 127) for byte in block[:148] + b" " * 8 + block[156:512])
    block[148:156] = b"%06o\0 " % signed

    assert [entry.name for entry in listed(raw_tar(bytes(block)))] == ["grün.py"]


def test_a_folder_and_an_old_ones_name_are_no_files() -> None:
    old = tar_header("old/", b"", b"\0")
    data = raw_tar(tar_header("new", b"", tarfile.DIRTYPE), old, file_header("net.py"))

    assert [entry.name for entry in listed(data)] == ["net.py"]


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_what_is_packed_in_parts_is_read_as_one(parts: int) -> None:
    data = made(NAMES, tarfile.PAX_FORMAT)
    size = -(-len(data) // parts)
    packed = b"".join(gzip.compress(data[n * size : (n + 1) * size]) for n in range(parts))

    found = entries(Unzipped(io.BytesIO(packed + bytes(300)), 10))

    assert [entry.name for entry in found if entry.is_listed] == NAMES


# --- what is refused -------------------------------------------------------------------------

_DIGITS = tar_header("h", b"1" * 400_000, tarfile.XHDTYPE)
_FLAT = tar_header("h", b"2000000 a=".ljust(1_999_999, b"x") + b"\n", tarfile.XHDTYPE)
_MANY = tar_header("h", b"".join(record(f"k{n}", "") for n in range(101)), tarfile.XHDTYPE)
_NAME = tar_header("././@LongLink", b"n" * 70_000, tarfile.GNUTYPE_LONGNAME)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (_DIGITS, "a header is too large"),
        (_FLAT, "a header is too large"),
        (_MANY, "a header is too large"),
        (_NAME, "a header is too large"),
        (tar_header("h", b"1" * 60_000, tarfile.XHDTYPE), "a header is damaged"),
        (tar_header("h", b"99 path=a\n", tarfile.XHDTYPE), "a header is damaged"),
        (tar_header("h", b"0 a=\n", tarfile.XHDTYPE), "a header is damaged"),
        (tar_header("h", record("size", "9" * 3000), tarfile.XHDTYPE), "a number is none"),
        (tar_header("h", record("size", "-1"), tarfile.XHDTYPE), "a number is none"),
        (b"x" * 512, "a number is none"),
        (b"\0" * 100 + b"x" * 412, "a number is none"),
    ],
    ids=[
        "digits alone", "one long record", "many records", "a long name", "no records",
        "a record past the end", "a record of no length", "a long number", "a number below zero",
        "no header", "no header without a name",
    ],
)  # fmt: skip
def test_a_header_that_no_file_needs_ends_the_reading(
    tmp_path: Path, header: bytes, told: str
) -> None:
    data = raw_tar(file_header("a.py"), header, file_header("z.py"))

    fox, peak = peak_of(tmp_path, gzip.compress(data), "fox.tar.gz")

    assert paths(fox) == ["a.py"]
    assert fox.problems == (f"fox.tar.gz: not a readable archive ({told})",)
    assert peak < 5


def test_what_holds_for_all_files_is_not_copied_into_each(tmp_path: Path) -> None:
    for_all = b"".join(record(f"k{n:04}", "") for n in range(5000))
    each = tar_header("p", record("mtime", "1"), tarfile.XHDTYPE) + file_header("a.py")
    data = raw_tar(tar_header("g", for_all, tarfile.XGLTYPE), *repeat(each, 200))

    fox, peak = peak_of(tmp_path, gzip.compress(data), "fox.tar.gz")

    assert (paths(fox), fox.problems) == (["a.py"], ())
    assert peak < 5


def _sparse() -> bytes:
    """Return a file that tells in two million lines which parts of it are not empty."""
    told = record("GNU.sparse.major", "1") + record("GNU.sparse.name", "net.py")
    return tar_header("p", told, tarfile.XHDTYPE) + file_header("net.py", b"0\n" * 2_000_000)


def _old_sparse() -> bytes:
    """Return the same by headers that go on in further ones."""
    first = bytearray(tar_header("net.py", b"", tarfile.GNUTYPE_SPARSE))
    first[482] = 1
    first[148:156] = b"%06o\0 " % sum(first[:148] + b" " * 8 + first[156:512])
    further = b"0" * 504 + b"\1" + bytes(7)
    return bytes(first) + further * 3000 + bytes(512)


@pytest.mark.parametrize("make", [_sparse, _old_sparse])
def test_a_file_with_holes_is_passed_over(tmp_path: Path, make: Callable[[], bytes]) -> None:
    data = gzip.compress(raw_tar(make(), file_header("z.py")))

    fox, peak = peak_of(tmp_path, data, "fox.tar.gz")

    assert paths(fox) == ["z.py"]
    assert fox.problems == ("fox.tar.gz: net.py: not a regular file",)
    assert peak < 5


def test_folders_count_as_well() -> None:
    data = tar_header("d", b"", tarfile.DIRTYPE) * (2 * MOST_MEMBERS + 1)

    with pytest.raises(ArchiveError, match="it holds more than 100000 headers"):
        list(members(io.BytesIO(data), "fox.tar"))


def test_many_empty_parts_end_the_reading() -> None:
    data = gzip.compress(b"") * (MOST_MEMBERS + 1) + gzip.compress(tarred([]))

    with pytest.raises(ArchiveError, match="too many parts"):
        list(members(io.BytesIO(data), "fox.tgz"))


@pytest.mark.parametrize("kept", [100, 512, 900, 1100])
def test_a_file_that_is_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    data = tarred([("net.py", b"x" * 600)], is_packed=False)[:kept]

    fox = handed_in(tmp_path, data, "fox.tar")

    assert fox.problems


class _Exhausted(io.BytesIO):
    """A file for which there is no memory left."""

    def read(self, count: int | None = -1, /) -> bytes:
        raise MemoryError


@pytest.mark.parametrize("name", ["fox.tar", "fox.tgz", "fox.zip"])
def test_running_out_of_memory_is_told_of_that_archive(name: str) -> None:
    found: list[Member] = []
    with pytest.raises(ArchiveError, match="MemoryError"):
        found.extend(members(_Exhausted(bytes(9000)), name))
