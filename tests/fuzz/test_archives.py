"""Whatever bytes an archive has, its reader tells of plain files or of problems, and never more."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submission import discover, one_submission, read
from grader.submission.archives import plain_name, unpack
from grader.submission.listing import is_noise
from grader.submission.reading import MOST_TOTAL
from tests.fuzz.bounds import at_most, bounded
from tests.submission.packed import record, tar_header, tarred, zipped

BOUNDED = bounded(60)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
NAMES = ANY_TEXT | st.lists(
    st.sampled_from(["..", ".", "/", "\\", "a", "b.py", "c.ipynb", "C:", "~", "\0", "\n", "d.zip"]),
    max_size=6,
).map("".join)
CHANGES = st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), min_size=1, max_size=8)
WORK = [("hw/net.py", b"x = 1\n" * 20), ("a.ipynb", b"{}"), ("data.bin", bytes(1000))]
SEEDS = {
    "zip": zipped(WORK),
    "tar.gz": tarred(WORK),
    "tar": tarred(WORK, is_packed=False),
}


@pytest.fixture(scope="module", autouse=True)
def limited() -> Iterator[None]:
    """Hold the memory of all examples together."""
    with at_most(120):
        yield


def examine(kind: str, data: bytes) -> None:
    """Read bytes as a submission and as an archive of all; check what must hold of any."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"fox.{kind}"
        path.write_bytes(data)
        _examine_one(path)
        _examine_all(path)
        assert os.listdir(folder) == [path.name]


def _examine_one(path: Path) -> None:
    fox = read(one_submission([path]))
    assert fox.id == "fox"
    assert sum(len(file.data) for file in fox.files) <= MOST_TOTAL
    for file in fox.files:
        file.path.encode()
        assert not file.path.startswith("/")
        assert ".." not in file.path.split("/")
        assert "\\" not in file.path.replace("\\u", "").replace("\\x", "")
    assert fox.files or fox.problems or fox.notes


def _examine_all(path: Path) -> None:
    with contextlib.suppress(UsageError):
        found = discover(path, ("act.py",))
        for one in found:
            assert one.id == os.path.basename(one.id)
            read(one)


@pytest.mark.parametrize("kind", SEEDS)
@BOUNDED
@given(data=st.binary(max_size=1500))
def test_random_bytes_are_a_problem(kind: str, data: bytes) -> None:
    examine(kind, data)


@pytest.mark.parametrize("kind", SEEDS)
@BOUNDED
@given(changes=CHANGES, cut=st.integers(0, 100))
def test_an_archive_with_bytes_changed_is_read_or_told(
    kind: str, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(SEEDS[kind])
    for place, byte in changes:
        data[place % len(data)] = byte

    examine(kind, bytes(data[: len(data) - cut]))


def _told(records: dict[str, str]) -> bytes:
    """Return the lines of a header that tells of the next file."""
    return b"".join(
        record(key, value.encode("utf-8", "replace").decode()) for key, value in records.items()
    )


HEADERS = st.tuples(
    st.sampled_from([bytes([letter]) for letter in b"\x000123456789xXgLKSDMVNA"]),
    NAMES.map(lambda name: name[:50]),
    st.binary(max_size=600)
    | st.dictionaries(
        st.sampled_from(["path", "size", "linkpath", "GNU.sparse.map", "hdrcharset", "a"]),
        ANY_TEXT | st.integers(-9, 10**30).map(str),
        max_size=4,
    ).map(_told),
)


@BOUNDED
@given(headers=st.lists(HEADERS, max_size=12), tail=st.sampled_from([0, 100, 512, 1024]))
def test_a_tar_file_of_any_headers_is_read_or_told(
    headers: list[tuple[bytes, str, bytes]], tail: int
) -> None:
    whole = [
        tar_header(name.encode("utf-8", "replace").decode(), data, kind)
        for kind, name, data in headers
    ]

    examine("tar", b"".join(whole) + bytes(tail))


@BOUNDED
@given(
    place=st.integers(0, 10**4), value=st.integers(0, 2**32 - 1), size=st.sampled_from([2, 4, 8])
)
def test_a_number_in_a_zip_file_that_lies_does_no_harm(place: int, value: int, size: int) -> None:
    data = bytearray(SEEDS["zip"])
    at = place % (len(data) - size)
    data[at : at + size] = value.to_bytes(8, "little")[:size]

    examine("zip", bytes(data))


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
@BOUNDED
@given(names=st.lists(NAMES.filter(bool), min_size=1, max_size=4))
def test_any_names_stay_inside(pack: Callable[..., bytes], names: list[str]) -> None:
    encodable = [name.encode("utf-8", "replace").decode() for name in names]

    examine("zip" if pack is zipped else "tar.gz", pack([(name, b"x") for name in encodable]))


@BOUNDED
@given(NAMES)
def test_a_plain_name_is_a_path_inside_or_refused(name: str) -> None:
    path, refusal = plain_name(name)

    path.encode()
    assert len(path) <= 1000
    if not refusal:
        assert path == "/".join(part for part in path.split("/") if part not in ("", ".", ".."))
        assert plain_name(path) == (path, "")


@BOUNDED
@given(sizes=st.lists(st.integers(0, 3000), max_size=5), most=st.integers(0, 6000))
def test_no_more_is_read_than_was_asked_for(sizes: list[int], most: int) -> None:
    data = zipped([(f"{n}.py", bytes(size)) for n, size in enumerate(sizes)])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fox.zip")
        Path(path).write_bytes(data)

        found = unpack(path, is_noise, lambda name: 1000, most)

    assert all(len(content) <= 1000 for content in found.files.values())
    assert bool(found.failure) == (sum(min(size, 1000) for size in sizes) > most)
