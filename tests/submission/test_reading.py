"""What becomes of a submission's files: their bytes once, and a problem for each that has none."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from grader.submission import Found, discover, one_submission, read
from grader.submission.reading import MOST_NOTEBOOK, MOST_SOURCE, MOST_TOTAL
from tests.submission import ordinary


def found_in(folder: Path) -> Found:
    return one_submission([folder])


def test_reads_every_file_as_it_is(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbfx = '\xff'\r\n\0"
    (tmp_path / "net.py").write_bytes(raw)
    (tmp_path / "empty.py").write_bytes(b"")
    submission = read(found_in(tmp_path))
    assert [(file.path, file.data) for file in submission.files] == [
        ("empty.py", b""),
        ("net.py", raw),
    ]
    assert submission.problems == ()


def test_a_fifo_a_socket_and_a_link_are_problems_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_bytes(b"x = 1")
    os.mkfifo(tmp_path / "a.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "b.py"))
        found = found_in(tmp_path)
        (tmp_path / "net.py").rename(tmp_path / "elsewhere")
        (tmp_path / "net.py").symlink_to(tmp_path / "elsewhere")
        submission = read(found)
    assert submission.files == ()
    assert submission.problems == (
        "a.py: not a regular file",
        "b.py: cannot be read (No such device or address)",
        "net.py: a link, not followed",
    )


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "fox" / "hw" / "deep").mkdir(parents=True)
    (tmp_path / "fox" / "hw" / "deep" / "net.py").write_bytes(b"x = 1")
    (tmp_path / "others" / "deep").mkdir(parents=True)
    (tmp_path / "others" / "deep" / "net.py").write_bytes(b"secret = 1")
    found = found_in(tmp_path / "fox")
    (tmp_path / "fox" / "hw").rename(tmp_path / "fox" / "moved")
    (tmp_path / "fox" / "hw").symlink_to(tmp_path / "others")

    submission = read(found)

    assert submission.files == ()
    assert [p.partition(":")[0] for p in submission.problems] == ["hw/deep/net.py"]


def test_a_file_that_went_away_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_bytes(b"")
    found = found_in(tmp_path)
    (tmp_path / "net.py").unlink()
    assert read(found).problems == ("net.py: cannot be read (No such file or directory)",)


@pytest.mark.parametrize(
    ("name", "limit"),
    [("n.py", MOST_SOURCE), ("n.ipynb", MOST_NOTEBOOK), ("n.IPYNB", MOST_NOTEBOOK)],
)
def test_a_file_that_is_too_large_is_a_problem(tmp_path: Path, name: str, limit: int) -> None:
    (tmp_path / name).write_bytes(b"#" * limit)
    assert read(found_in(tmp_path)).problems == ()
    (tmp_path / name).write_bytes(b"#" * (limit + 1))
    submission = read(found_in(tmp_path))
    assert submission.files == ()
    assert submission.problems == (f"{name}: larger than {limit >> 10} KB",)


def test_no_submission_is_larger_than_all_its_files_may_be(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.ipynb").write_bytes(b" " * MOST_NOTEBOOK)
    submission = read(found_in(tmp_path))
    assert sum(len(file.data) for file in submission.files) <= MOST_TOTAL
    assert submission.problems == ("2.ipynb: the files are larger than 24 MB in all",)


def test_a_name_that_is_no_text_becomes_one(tmp_path: Path) -> None:
    (tmp_path / "fox").mkdir()
    (tmp_path / "fox" / os.fsdecode(b"caf\xe9.py")).write_bytes(b"x = 1")
    (found,) = discover(tmp_path, ("net.py",))
    submission = read(found)
    assert [file.path for file in submission.files] == ["caf\\udce9.py"]
    assert submission.files[0].data == b"x = 1"
    assert submission.problems == ()


def test_a_file_that_may_not_be_read_is_a_problem() -> None:
    with ordinary.open_folder() as folder:
        (folder / "fox").mkdir()
        (folder / "fox/net.py").write_bytes(b"x = 1")
        (folder / "fox/closed.py").write_bytes(b"x = 1")
        (folder / "fox/closed.py").chmod(0)
        imports = "from pathlib import Path; from grader.submission import one_submission, read"
        code = (
            "one = read(one_submission([Path(sys.argv[1])]))\n"
            "print([file.path for file in one.files], one.problems)"
        )
        told = ordinary.told_by(imports, code, str(folder / "fox"))
        assert told == "['net.py'] ('closed.py: cannot be read (Permission denied)',)\n"
