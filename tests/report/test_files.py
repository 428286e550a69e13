"""A file is there whole, or it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.report.files import write_atomically, write_text


def test_writes_and_replaces_a_whole_file(tmp_path: Path) -> None:
    write_text(tmp_path / "scores.csv", "é\n")
    write_text(tmp_path / "scores.csv", "ü\n")
    assert (tmp_path / "scores.csv").read_bytes() == "ü\n".encode()
    assert (tmp_path / "scores.csv").stat().st_mode & 0o777 == 0o644


def test_writes_a_lone_surrogate_as_an_escape(tmp_path: Path) -> None:
    write_text(tmp_path / "scores.csv", "\udcff")
    assert (tmp_path / "scores.csv").read_bytes() == b"\\udcff"


def test_leaves_no_half_file_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").mkdir()
    with pytest.raises(OSError):
        write_atomically(tmp_path / "scores.csv", b"data")
    with pytest.raises(OSError):
        write_atomically(tmp_path / "nowhere" / "scores.csv", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]
