"""What is read of an archive: plain files, capped by what they really hold, and why not the rest."""

from __future__ import annotations

import io
import os
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.records import Submission
from grader.submission import discover, one_submission, read
from grader.submission.archives import plain_name
from tests.submission.packed import (
    DEVICE,
    FIFO,
    LINK,
    encrypted_zip,
    entries,
    lying_zip,
    put_zip,
    tarred,
    zipped,
)

EXPECTED = ("nndl/layers.py",)
SOURCE = b"x = 1\n"


def handed_in(folder: Path, data: bytes, name: str = "fox.zip") -> Submission:
    """Return the submission that an archive of these bytes is."""
    (folder / name).write_bytes(data)
    return read(one_submission([folder / name]))


def paths(submission: Submission) -> list[str]:
    return [file.path for file in submission.files]


# --- whole submissions -----------------------------------------------------------------------

PACKERS: dict[str, Callable[..., bytes]] = {
    "fox.zip": zipped,
    "fox.ZIP": zipped,
    "fox.tar.gz": tarred,
    "fox.tgz": tarred,
    "fox.tar": lambda content: tarred(content, is_packed=False),
}


@pytest.mark.parametrize("name", PACKERS)
def test_the_files_of_an_archive_are_a_submission(tmp_path: Path, name: str) -> None:
    files = {"hw/nndl/layers.py": b"\xef\xbb\xbfx = '\xff'\r\n\0", "a.ipynb": "{}", "plot.png": "x"}

    fox = handed_in(tmp_path, PACKERS[name](entries(files)), name)

    assert fox.id == "fox"
    assert {file.path: file.data for file in fox.files} == {
        "a.ipynb": b"{}",
        "hw/nndl/layers.py": b"\xef\xbb\xbfx = '\xff'\r\n\0",
    }
    assert (fox.problems, fox.notes) == ((), ())


def test_noise_in_an_archive_is_left_out(tmp_path: Path) -> None:
    noise = ("__MACOSX/hw/._net.py", ".DS_Store", ".git/hooks/x.py", "hw/__pycache__/net.py")
    more = ("hw/.ipynb_checkpoints/a-checkpoint.ipynb", "venv/lib/y.py")
    files = {**dict.fromkeys((*noise, *more), "1"), "hw/net.py": "2"}

    fox = handed_in(tmp_path, zipped(entries(files)))

    assert paths(fox) == ["hw/net.py"]
    assert (fox.problems, fox.notes) == ((), ())


def test_a_folder_of_archives_holds_one_submission_each(tmp_path: Path) -> None:
    put_zip(tmp_path / "ant.zip", {"net.py": "a"})
    (tmp_path / "bee.tar.gz").write_bytes(tarred([("hw/net.py", b"b")]))
    put_zip(tmp_path / "cow/upload (1).zip", {"cow/net.py": "c"})

    found = [read(one) for one in discover(tmp_path, EXPECTED)]

    assert [(one.id, paths(one)) for one in found] == [
        ("ant", ["net.py"]),
        ("bee", ["hw/net.py"]),
        ("cow", ["cow/net.py"]),
    ]
    assert [one.files[0].data for one in found] == [b"a", b"b", b"c"]


def test_of_two_archives_in_a_folder_both_are_opened(tmp_path: Path) -> None:
    put_zip(tmp_path / "ant/one.zip", {"net.py": "a"})
    put_zip(tmp_path / "ant/two.zip", {"net.py": "b"})
    put_zip(tmp_path / "bee.zip", {"net.py": "b"})

    ant, _ = (read(one) for one in discover(tmp_path, EXPECTED))

    assert {file.path: file.data for file in ant.files} == {
        "one/net.py": b"a",
        "two/net.py": b"b",
    }
    assert (ant.problems, ant.notes) == ((), ())


def test_an_archive_beside_other_files_is_opened_under_its_own_name(tmp_path: Path) -> None:
    put_zip(tmp_path / "ant/code.zip", {"nndl/layers.py": "a"})
    (tmp_path / "ant/report.ipynb").write_bytes(b"{}")

    (ant,) = (read(one) for one in discover(tmp_path, EXPECTED))

    assert paths(ant) == ["code/nndl/layers.py", "report.ipynb"]


def test_an_archive_beside_what_was_unpacked_from_it_is_not_opened(tmp_path: Path) -> None:
    put_zip(tmp_path / "ant/hw/code.zip", {"net.py": "old"})
    (tmp_path / "ant/hw/code").mkdir()
    (tmp_path / "ant/hw/code/net.py").write_bytes(SOURCE)
    inner = zipped([("net.py", b"old")])
    put_zip(tmp_path / "bee.zip", {"hw/code.zip": inner, "hw/code/net.py": SOURCE})

    for one in discover(tmp_path, EXPECTED):
        submission = read(one)
        assert {file.path: file.data for file in submission.files} == {"hw/code/net.py": SOURCE}
        assert (submission.problems, submission.notes) == ((), ())


def test_two_archives_of_one_name_and_two_kinds_keep_their_files_apart(tmp_path: Path) -> None:
    (tmp_path / "ant").mkdir()
    put_zip(tmp_path / "ant/hw.zip", {"net.py": "a"})
    (tmp_path / "ant/hw.tgz").write_bytes(tarred([("net.py", b"b")]))

    (ant,) = (read(one) for one in discover(tmp_path, EXPECTED))

    assert sorted(file.data for file in ant.files) == [b"a", b"b"]


def test_an_archive_of_all_holds_one_submission_a_folder_or_file(tmp_path: Path) -> None:
    damaged = {"cow/hw.zip": "c", "elk/hw.rar": "e"}
    files = {"ant/nndl/layers.py": "a", "bee.py": "b", "readme.txt": "d", **damaged}
    path = put_zip(tmp_path / "all.zip", files)

    ant, bee, cow, elk = (read(one) for one in discover(path, EXPECTED))

    assert [(f.path, f.data) for f in (*ant.files, *bee.files)] == [
        ("nndl/layers.py", b"a"),
        ("bee.py", b"b"),
    ]
    assert [one.people[0].student_id for one in (ant, bee, cow)] == ["ant", "bee", "cow"]
    assert cow.problems == ("hw.zip: not a readable archive (BadZipFile)",)
    assert elk.problems == ("hw.rar: an archive, which was not opened; unpack it and grade again",)


def test_the_one_folder_that_holds_all_is_looked_through(tmp_path: Path) -> None:
    path = put_zip(tmp_path / "all.zip", {"hw3/ant/net.py": "a", "hw3/bee/net.py": "b"})

    assert [one.id for one in discover(path, EXPECTED)] == ["ant", "bee"]


def test_an_archive_of_one_student_among_all_keeps_its_name(tmp_path: Path) -> None:
    path = put_zip(tmp_path / "all.zip", {"ant/nndl/layers.py": "a"})

    (ant,) = discover(path, EXPECTED)

    assert (ant.id, paths(read(ant))) == ("ant", ["nndl/layers.py"])


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("all.zip", zipped([("nndl/layers.py", b"")]), "this is one submission (nndl/layers.py"),
        ("all.zip", b"PK no zip", "not a readable archive (BadZipFile)"),
        ("all.zip", b"", "not a readable archive (BadZipFile)"),
        ("all.tgz", b"\x1f\x8b no gzip", "not a readable archive ("),
        ("all.zip", zipped([]), "the archive is empty"),
        ("all.zip", zipped([("readme.txt", b"")]), "the archive is empty"),
        ("all.zip", zipped([("ant/essay.txt", b"")]), "no Python file or notebook in it"),
        ("all.rar", b"", "neither a folder nor a zip or tar.gz file"),
    ],
)
def test_what_is_no_archive_of_submissions_is_refused(
    tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(data)

    with pytest.raises(UsageError) as raised:
        discover(tmp_path / name, EXPECTED)

    assert told in str(raised.value)


def test_problems_in_an_archive_of_all_go_to_their_students(tmp_path: Path) -> None:
    (tmp_path / "all.tgz").write_bytes(_tar_of_two_kinds())

    ant, bee = (read(one) for one in discover(tmp_path / "all.tgz", EXPECTED))

    assert (paths(ant), ant.problems) == (["net.py"], ("a.py: a link, not followed",))
    assert (paths(bee), bee.problems) == (["net.py"], ())


def _tar_of_two_kinds() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("ant/net.py", "bee/net.py"):
            info = tarfile.TarInfo(name)
            info.size = len(SOURCE)
            archive.addfile(info, io.BytesIO(SOURCE))
        link = tarfile.TarInfo("ant/a.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return buffer.getvalue()


# --- names -----------------------------------------------------------------------------------

ESCAPES = (
    "../evil.py",
    "hw/../../evil.py",
    "/etc/evil.py",
    "..\\evil.py",
    "\\\\server\\evil.py",
    "C:\\evil.py",
    "c:evil.py",
    "a\0/evil.py",
)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        (name, pack)
        for name in ESCAPES
        for pack in (zipped, tarred)
        if "\0" not in name or pack is zipped
    ],
)
def test_a_name_that_leads_out_of_the_archive_is_a_problem(
    tmp_path: Path, name: str, pack: Callable[..., bytes]
) -> None:
    before = sorted(tmp_path.parent.iterdir())

    fox = handed_in(tmp_path, pack([(name, SOURCE), ("net.py", SOURCE)]), _name_for(pack))

    assert paths(fox) == ["net.py"]
    assert len(fox.problems) == 1
    assert fox.problems[0].endswith("its name leads out of the archive")
    assert sorted(tmp_path.parent.iterdir()) == before


def _name_for(pack: Callable[..., bytes]) -> str:
    return "fox.zip" if pack is zipped else "fox.tar.gz"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("hw\\nndl\\net.py", "hw/nndl/net.py"),
        ("./hw//net.py", "hw/net.py"),
        ("café.py", "café.py"),
        ("cafe\u0301.py", "cafe\u0301.py"),
        ("-rf.py", "-rf.py"),
        ("a;b\n.py", "a;b\n.py"),
        ("x" * 255 + ".py", "x" * 255 + ".py"),
    ],
)
def test_any_other_name_is_kept_as_a_text(tmp_path: Path, name: str, path: str) -> None:
    assert paths(handed_in(tmp_path, zipped([(name, SOURCE)]))) == [path]


@pytest.mark.parametrize("name", ["", ".", "./", "x" * 2000 + ".py", "/".join("d" * 20) + "/a.py"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    assert plain_name(name)[1] in ("its name is none that a file can have", "nested too deeply")


def test_a_name_in_utf_8_without_the_flag_is_read_as_it_was_meant(tmp_path: Path) -> None:
    raw = zipped([("caf\u00e9.py", SOURCE)])
    for signature, place in ((b"PK\3\4", 7), (b"PK\1\2", 9)):
        at = raw.find(signature) + place
        raw = raw[:at] + bytes([raw[at] & ~0x08]) + raw[at + 1 :]

    assert paths(handed_in(tmp_path, raw)) == ["caf\u00e9.py"]


def test_of_a_name_that_comes_twice_the_last_is_taken_and_it_is_told(tmp_path: Path) -> None:
    for pack in (zipped, tarred):
        fox = handed_in(tmp_path, pack([("net.py", b"1"), ("./net.py", b"2")]), _name_for(pack))

        assert [file.data for file in fox.files] == [b"2"]
        assert fox.notes == (
            f"{_name_for(pack)}: net.py: twice in the archive, the last was taken",
        )


def test_names_that_differ_by_case_are_two_files(tmp_path: Path) -> None:
    fox = handed_in(tmp_path, zipped([("net.py", b"1"), ("Net.py", b"2")]))

    assert [(file.path, file.data) for file in fox.files] == [("Net.py", b"2"), ("net.py", b"1")]


# --- what is no plain file -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (zipped([("net.py", b"/etc/passwd")], LINK), "a link, not followed"),
        (zipped([("net.py", b"")], DEVICE), "not a regular file"),
        (zipped([("net.py", b"")], FIFO), "not a regular file"),
        (encrypted_zip("net.py", SOURCE), "protected by a password"),
        (zipped([("net.py", SOURCE)], method=zipfile.ZIP_LZMA), "compressed in a way that"),
        (zipped([("net.py", SOURCE)], method=zipfile.ZIP_BZIP2), "compressed in a way that"),
        (tarred([("net.py", b"")], tarfile.SYMTYPE), "a link, not followed"),
        (tarred([("net.py", b"")], tarfile.LNKTYPE), "a link, not followed"),
        (tarred([("net.py", b"")], tarfile.CHRTYPE), "not a regular file"),
        (tarred([("net.py", b"")], tarfile.FIFOTYPE), "not a regular file"),
    ],
    ids=[
        "link in a zip",
        "device in a zip",
        "fifo in a zip",
        "password",
        "lzma",
        "bzip2",
        "link in a tar",
        "hard link in a tar",
        "device in a tar",
        "fifo in a tar",
    ],
)
def test_what_is_no_plain_file_is_a_problem(tmp_path: Path, data: bytes, told: str) -> None:
    name = "fox.zip" if data.startswith(b"PK") else "fox.tar.gz"

    fox = handed_in(tmp_path, data, name)

    assert fox.files == ()
    assert fox.problems[0].startswith(f"{name}: net.py: {told}")


@pytest.mark.parametrize("kind", ["fifo", "folder", "link"])
def test_an_archive_that_is_no_file_itself_is_a_problem(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "all" / "fox.zip"
    put_zip(tmp_path / "all" / "ant.zip", {"net.py": "a"})
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(tmp_path / "all" / "ant.zip")
    else:
        path.mkdir()

    _, fox = discover(tmp_path / "all", EXPECTED)

    assert fox.files == ()
    assert fox.problems or fox.notes


def test_a_folder_above_an_archive_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    for name, text in (("fox/hw", "own = 1"), ("owl/hw", "stolen = 1")):
        (tmp_path / name).mkdir(parents=True)
        put_zip(tmp_path / name / "work.zip", {"nndl/layers.py": text})
    found = one_submission([tmp_path / "fox"])
    assert [file.data for file in read(found).files] == [b"own = 1"]

    (tmp_path / "fox/hw").rename(tmp_path / "fox/before")
    (tmp_path / "fox/hw").symlink_to(tmp_path / "owl/hw", target_is_directory=True)

    fox = read(found)
    assert fox.files == ()
    assert "cannot be read (Not a directory)" in fox.problems[0]


# --- bombs -----------------------------------------------------------------------------------

_MEGABYTE = 1 << 20


def peak_of(folder: Path, data: bytes, name: str) -> tuple[Submission, float]:
    """Return a submission and the most memory, in MB, that reading it took."""
    tracemalloc.start()
    try:
        fox = handed_in(folder, data, name)
        return fox, tracemalloc.get_traced_memory()[1] / _MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["bomb.py", "bomb.ipynb", "bomb.bin"])
def test_a_zip_bomb_is_read_up_to_its_limit(tmp_path: Path, name: str) -> None:
    data = zipped([(name, bytes(200 * _MEGABYTE)), ("net.py", SOURCE)])

    fox, peak = peak_of(tmp_path, data, "fox.zip")

    assert paths(fox) == ["net.py"]
    assert [problem.rpartition(" ")[0] for problem in fox.problems] in (
        [],
        [f"{name}: larger than {1024 if name.endswith('py') else 10240}"],
    )
    assert peak < 60


def test_a_bomb_in_a_tar_file_ends_the_reading(tmp_path: Path) -> None:
    data = tarred([("a.py", SOURCE), ("bomb.bin", bytes(100 * _MEGABYTE)), ("z.py", SOURCE)])

    fox, peak = peak_of(tmp_path, data, "fox.tar.gz")

    assert paths(fox) == ["a.py"]
    assert fox.problems == ("fox.tar.gz: it unpacks to more than 32 MB",)
    assert peak < 60


@pytest.mark.parametrize("told", [0, 5, 2**31, 2**32 - 2])
def test_a_size_that_lies_is_not_believed(tmp_path: Path, told: int) -> None:
    data = lying_zip("net.py", bytes(3 * _MEGABYTE), told)

    fox, peak = peak_of(tmp_path, data, "fox.zip")

    assert sum(len(file.data) for file in fox.files) <= _MEGABYTE
    assert fox.problems or told == 0
    assert peak < 30


def test_many_files_end_the_reading(tmp_path: Path) -> None:
    data = zipped([(f"{n}.py", b"") for n in range(50_001)], method=zipfile.ZIP_STORED)

    fox = handed_in(tmp_path, data)

    assert fox.problems == (
        "fox.zip: it holds more than 50000 files",
        "more than 2000 files: the rest was left out",
    )


def test_a_huge_table_of_contents_is_not_read(tmp_path: Path) -> None:
    data = zipped([(f"{n:0200d}.py", b"") for n in range(40_000)], method=zipfile.ZIP_STORED)

    fox, peak = peak_of(tmp_path, data, "fox.zip")

    assert fox.problems == ("fox.zip: its table of contents is too large",)
    assert peak < 30


def test_a_header_of_a_tar_file_that_claims_gigabytes_takes_no_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 8 << 30

    fox, peak = peak_of(tmp_path, header.tobuf() + bytes(10_240), "fox.tar")

    assert fox.problems[0].startswith("fox.tar: not a readable archive")
    assert peak < 30


def test_a_row_of_long_names_in_a_tar_file_ends_in_a_problem(tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1
    block = header.tobuf(tarfile.GNU_FORMAT) + b"x".ljust(512, b"\0")

    fox = handed_in(tmp_path, block * 20_000, "fox.tar")

    assert fox.problems[0].startswith("fox.tar: not a readable archive")


@pytest.mark.parametrize(("suffix", "pack"), [("zip", zipped), ("tar.gz", tarred)])
@pytest.mark.parametrize("depth", [1, 2])
def test_an_archive_in_an_archive_is_opened(
    tmp_path: Path, depth: int, suffix: str, pack: Callable[..., bytes]
) -> None:
    data = pack([("nndl/layers.py", SOURCE)])
    for _ in range(depth):
        data = pack([("__MACOSX/._in.zip", b"x"), (f"hw/in.{suffix}", data)])

    fox = handed_in(tmp_path, data, f"fox.{suffix}")

    assert [(file.path, file.data) for file in fox.files] == [("nndl/layers.py", SOURCE)]
    assert (fox.problems, fox.notes) == ((), ())


def test_archives_in_archives_in_archives_are_named_and_not_opened(tmp_path: Path) -> None:
    inner = zipped([("net.py", SOURCE)])
    for _ in range(3):
        inner = zipped([("inner.zip", inner)])

    fox = handed_in(tmp_path, inner)

    assert fox.files == ()
    assert fox.problems == (
        "fox.zip: inner.zip: inner.zip: inner.zip: an archive, which was not opened; "
        "unpack it and grade again",
    )


def test_a_bomb_in_an_inner_archive_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    bomb = zipped([("inner.tar", bytes(200 * _MEGABYTE))])
    tracemalloc.start()
    try:
        fox = handed_in(tmp_path, zipped([("net.py", SOURCE), ("hw.zip", bomb)]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert paths(fox) == ["net.py"]
    assert peak < 64 * _MEGABYTE
    assert fox.notes == (
        "fox.zip: hw.zip: inner.tar: an archive, which was not opened; unpack it and grade again",
    )


def test_many_archives_in_one_are_opened_up_to_a_limit(tmp_path: Path) -> None:
    block = bytes(15 * _MEGABYTE)
    files = [(f"{n:02}.zip", block) for n in range(40)]

    fox = handed_in(tmp_path, zipped(files))

    assert len([told for told in fox.problems if "not a readable archive" in told]) <= 18
    assert len([told for told in fox.problems if "was not opened" in told]) >= 2


def test_no_archive_holds_more_than_a_submission_may(tmp_path: Path) -> None:
    block = os.urandom(9 * _MEGABYTE)
    files = [(f"{n}.ipynb", block) for n in range(6)]

    fox = handed_in(tmp_path, zipped(files, method=zipfile.ZIP_STORED))

    assert sum(len(file.data) for file in fox.files) <= 24 * _MEGABYTE
    assert any("larger than" in problem for problem in fox.problems)


@pytest.mark.parametrize("cut", [30, 60, 100, -30, -1])
def test_a_cut_archive_is_a_problem(tmp_path: Path, cut: int) -> None:
    for pack in (zipped, tarred):
        data = pack([(f"{n}.py", os.urandom(50)) for n in range(5)])[:cut]

        fox = handed_in(tmp_path, data, _name_for(pack))

        assert fox.problems


def test_an_archive_that_is_exchanged_after_it_was_found_is_told(tmp_path: Path) -> None:
    path = put_zip(tmp_path / "fox.zip", {"net.py": "1", "own.py": "1"})
    found = one_submission([path])
    put_zip(path, {"net.py": "2"})

    fox = read(found)

    assert [(file.path, file.data) for file in fox.files] == [("net.py", b"2")]
    assert fox.problems == ("own.py: not in the archive any more",)


# --- text that turns -------------------------------------------------------------------------


def test_a_line_that_shows_other_code_than_it_runs_is_told(tmp_path: Path) -> None:
    source = "x = 1\n# \u202e } \u2066if\nx = 2\n\u2067\n"

    fox = handed_in(tmp_path, zipped([("net.py", source.encode())]))

    assert [note.partition(", ")[0] for note in fox.notes] == [
        "net.py:2: holds U+202E",
        "net.py:4: holds U+2067",
    ]


def test_many_inner_tar_files_together_unpack_to_no_more_than_one_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.submission.archives.MOST_UNPACKED", 10 * _MEGABYTE)
    one = tarred([("bomb.bin", bytes(4 * _MEGABYTE))])
    told = "the archives in one another unpack to too much in all"

    for names, refused in (("hw/code/{}.tgz", 3), ("{}.tgz", 0)):
        # Those in one folder are one student's; others might be those of a whole class.
        inner = [(names.format(n), one) for n in range(5)]
        fox = handed_in(tmp_path, zipped([*inner, ("net.py", SOURCE)]))
        assert "net.py" in paths(fox)
        assert sum(told in problem for problem in fox.problems) == refused


def test_many_inner_archives_together_hold_no_more_files_than_one_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.submission.archives.MOST_INNER_MEMBERS", 10)
    one = zipped([(f"{n}.txt", b"") for n in range(4)])
    data = zipped([(f"hw/code/{n}.zip", one) for n in range(5)] + [("net.py", SOURCE)])

    fox = handed_in(tmp_path, data)

    assert "net.py" in paths(fox)
    told = "the archives in one another hold too many files in all"
    assert sum(told in problem for problem in fox.problems) == 3
