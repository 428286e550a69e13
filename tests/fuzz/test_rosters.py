"""Whatever bytes a roster or an export's metadata has, they are read or refused with a message."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submission import Census, Roster, census, read_roster
from tests.fuzz.bounds import bounded
from tests.submission.exports import GRADESCOPE_METADATA

BOUNDED = bounded(60)
TABLES = st.lists(
    st.sampled_from(
        ["SID", "Name", "Email", ",", ";", "\t", "\n", "\r", '"', "7", "Ana", "\0", "é"]
    ),
    max_size=40,
).map(lambda parts: "SID,Name\n" + "".join(parts))
CHANGES = st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), min_size=1, max_size=8)


def _told(read: Callable[[], object]) -> tuple[object, str]:
    """Return what was read, or what was said instead."""
    try:
        return read(), ""
    except UsageError as error:
        return None, str(error)


def _read_roster(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        path.write_bytes(data)
        roster, told = _told(lambda: read_roster(path))
    if isinstance(roster, Roster):
        assert all(row.person.student_id for row in roster.rows)
    else:
        assert told.startswith(str(path))


@BOUNDED
@given(st.binary(max_size=300))
def test_random_bytes_are_no_roster(data: bytes) -> None:
    _read_roster(data)


@BOUNDED
@given(TABLES)
def test_any_table_is_a_roster_or_told(text: str) -> None:
    _read_roster(text.encode())


@BOUNDED
@given(changes=CHANGES)
def test_metadata_with_bytes_changed_is_read_or_told(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GRADESCOPE_METADATA.encode())
    for place, byte in changes:
        data[place % len(data)] = byte
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "submission_101"
        work.mkdir()
        (work / "act.py").write_bytes(b"x")
        (Path(folder) / "submission_metadata.yml").write_bytes(data)
        seen, told = _told(lambda: census(Path(folder), ("act.py",)))
    if isinstance(seen, Census):
        assert sum(bool(one.files) for one in seen.found) == 1
    else:
        assert "submission_metadata.yml" in told
