"""Who is found in a folder, under which id, and what is told of what cannot be taken."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submission import Found, discover, hold_expected, one_submission, read
from grader.submission.found import safe_id
from tests.submission import ordinary

EXPECTED = ("nndl/neural_net.py", "nndl/layers.py")


def put(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x = 1\n")
    return folder


def found_in(folder: Path, expected: Sequence[str] = EXPECTED) -> Mapping[str, Found]:
    """Return what was found, by the students' own names."""
    return {one.people[0].student_id: one for one in discover(folder, expected)}


def refusal(folder: Path, expected: Sequence[str] = EXPECTED) -> str:
    with pytest.raises(UsageError) as raised:
        discover(folder, expected)
    return str(raised.value)


# --- whole folders ---------------------------------------------------------------------------


def test_finds_one_submission_per_folder_with_its_python_files_and_notebooks(
    tmp_path: Path,
) -> None:
    put(tmp_path, "fox/hw3/nndl/layers.py", "fox/a.ipynb", "fox/report.pdf", "owl/net.py")
    found = found_in(tmp_path)
    assert list(found) == ["fox", "owl"]
    assert found["fox"].files == ("a.ipynb", "hw3/nndl/layers.py")
    assert found["fox"].problems == ()


def test_finds_one_submission_per_file(tmp_path: Path) -> None:
    put(tmp_path, "fox.py", "owl.ipynb", "roster.csv", "README.md")
    assert {name: one.files for name, one in found_in(tmp_path).items()} == {
        "fox": ("fox.py",),
        "owl": ("owl.ipynb",),
    }


def test_finds_files_whose_suffix_is_in_capitals(tmp_path: Path) -> None:
    put(tmp_path, "fox/NET.PY", "owl.IPYNB")
    found = found_in(tmp_path)
    assert {name: one.files for name, one in found.items()} == {
        "fox": ("NET.PY",),
        "owl": ("owl.IPYNB",),
    }
    (owl,) = read(found["owl"]).files
    assert owl.path == "owl.ipynb"


def test_leaves_noise_out(tmp_path: Path) -> None:
    noise = (".git/x.py", ".ipynb_checkpoints/a-checkpoint.ipynb", "__pycache__/n.py", "venv/v.py")
    put(tmp_path, "fox/net.py", *(f"fox/{path}" for path in noise), "fox/._net.py")
    put(tmp_path, "__MACOSX/fox/net.py", ".DS_Store/x.py")
    found = found_in(tmp_path)
    assert list(found) == ["fox"]
    assert found["fox"].files == ("net.py",)


def test_keeps_a_student_whose_folder_holds_no_python(tmp_path: Path) -> None:
    put(tmp_path, "fox/net.py", "owl/essay.docx")
    (tmp_path / "elk").mkdir()
    found = found_in(tmp_path)
    assert found["owl"].files == found["elk"].files == ()


def test_refuses_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none") == f"{tmp_path}/none: no such file or folder"


def test_refuses_a_name_that_is_too_long_to_be_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / ("x" * 300)).endswith("x: no such file or folder")


def test_refuses_a_file_and_says_how_to_grade_it(tmp_path: Path) -> None:
    put(tmp_path, "fox.py")
    assert "use 'grader check " in refusal(tmp_path / "fox.py")


@pytest.mark.parametrize("noise", [(), (".DS_Store",), ("__MACOSX/fox/net.py",)])
def test_refuses_an_empty_folder(tmp_path: Path, noise: tuple[str, ...]) -> None:
    assert refusal(put(tmp_path, *noise)) == f"{tmp_path}: the folder is empty"


def test_refuses_a_folder_without_any_python(tmp_path: Path) -> None:
    put(tmp_path, "fox/essay.docx", "notes.txt")
    assert refusal(tmp_path) == (
        f"{tmp_path}: no Python file or notebook in it; expected one folder per student"
    )


def test_refuses_a_single_submission_and_names_the_module_that_gives_it_away(
    tmp_path: Path,
) -> None:
    put(tmp_path, "nndl/layers.py", "notebook.ipynb")
    told = refusal(tmp_path)
    assert told.startswith(f"{tmp_path}: this is one submission (nndl/layers.py lies in it); ")
    assert told.endswith(f"or use 'grader check {tmp_path}'")


# --- archives --------------------------------------------------------------------------------

ARCHIVE = "an archive, which was not opened; unpack it and grade again"


def test_tells_of_a_student_who_handed_in_an_archive_that_is_not_opened(tmp_path: Path) -> None:
    put(tmp_path, "ant/hw.rar", "bee.7z", "cow/net.py", "cow/old.rar")
    put(tmp_path, "elk/net.py", "elk/damaged.zip")
    found = found_in(tmp_path)
    assert list(found) == ["ant", "bee", "cow", "elk"]
    assert found["ant"].problems == (f"hw.rar: {ARCHIVE}",)
    assert found["bee"].problems == (f"bee.7z: {ARCHIVE}",)
    assert (found["cow"].problems, found["cow"].notes) == ((), (f"old.rar: {ARCHIVE}",))
    assert found["elk"].problems == ("damaged.zip: not a readable archive (BadZipFile)",)


@pytest.mark.parametrize("archive", ["fox.zip", "fox.TAR.GZ", "fox.tgz"])
def test_an_archive_beside_the_folder_that_it_was_unpacked_to_is_nobody(
    tmp_path: Path, archive: str
) -> None:
    put(tmp_path, "fox/net.py", archive)
    (fox,) = discover(tmp_path, EXPECTED)
    assert (fox.files, fox.problems, fox.notes) == (("net.py",), (), ())


def test_an_archive_bears_its_students_name_with_all_its_dots(tmp_path: Path) -> None:
    put(tmp_path, "net.py", "ana.maria.v2.zip")
    assert "ana.maria.v2" in found_in(tmp_path)


def test_names_what_was_handed_in_where_there_is_no_code(tmp_path: Path) -> None:
    put(tmp_path, "ant/essay.docx", "ant/plot.png", "bee/net.py")
    (tmp_path / "cow").mkdir()
    found = found_in(tmp_path)
    assert found["ant"].notes == ("no Python file or notebook (only essay.docx, plot.png)",)
    assert found["cow"].notes == ("no Python file or notebook",)
    assert found["bee"].notes == ()


# --- links and other things that are no files ----------------------------------------------


def test_follows_no_link_inside_a_submission(tmp_path: Path) -> None:
    put(tmp_path, "fox/net.py", "owl/net.py")
    (tmp_path / "fox/stolen.py").symlink_to(tmp_path / "owl/net.py")
    (tmp_path / "fox/lib").symlink_to("/usr/lib", target_is_directory=True)
    (tmp_path / "fox/loop").symlink_to(".", target_is_directory=True)
    fox = found_in(tmp_path)["fox"]
    assert fox.files == ("net.py",)
    assert fox.problems == (
        "lib: a link, not followed",
        "loop: a link, not followed",
        "stolen.py: a link, not followed",
    )


def test_follows_no_link_in_the_place_of_a_submission_and_goes_on(tmp_path: Path) -> None:
    put(tmp_path, "fox/net.py")
    (tmp_path / "elk").symlink_to(tmp_path / "fox", target_is_directory=True)
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")
    (tmp_path / "owl.py").symlink_to(tmp_path / "fox/net.py")
    (tmp_path / "readme.txt").symlink_to(tmp_path / "fox/net.py")
    found = found_in(tmp_path)
    assert list(found) == ["elk", "fox", "gone", "lost", "owl"]
    assert {name: one.problems for name, one in found.items() if not one.files} == {
        "elk": ("the folder is a link, not followed",),
        "gone": ("gone.py: a link, not followed",),
        "lost": ("the folder is a link, not followed",),
        "owl": ("owl.py: a link, not followed",),
    }


def test_tells_of_the_links_where_nothing_else_is_there(tmp_path: Path) -> None:
    (tmp_path / "fox").symlink_to("/usr/lib", target_is_directory=True)
    told = "no Python file or notebook in it; expected one folder per student"
    assert refusal(tmp_path) == f"{tmp_path}: {told} (fox: the folder is a link, not followed)"


def test_a_folder_named_like_a_module_is_no_file(tmp_path: Path) -> None:
    put(tmp_path, "fox/net.py/inner.py")
    assert found_in(tmp_path)["fox"].files == ("net.py/inner.py",)


def test_a_fifo_in_the_place_of_a_file_holds_nothing_up(tmp_path: Path) -> None:
    put(tmp_path, "fox/net.py")
    os.mkfifo(tmp_path / "fox/pipe.py")
    assert found_in(tmp_path)["fox"].files == ("net.py", "pipe.py")


def test_tells_of_folders_that_lie_too_deep(tmp_path: Path) -> None:
    put(tmp_path, "fox/net.py", "fox/" + "d/" * 20 + "deep.py")
    fox = found_in(tmp_path)["fox"]
    assert fox.files == ("net.py",)
    assert [problem.endswith("nested too deeply") for problem in fox.problems] == [True]


def test_tells_of_more_files_than_any_homework_has(tmp_path: Path) -> None:
    put(tmp_path, *(f"fox/f{number}.py" for number in range(2001)))
    fox = found_in(tmp_path)["fox"]
    assert len(fox.files) == 2000
    assert fox.problems == ("more than 2000 files: the rest was left out",)


IMPORTS = "from pathlib import Path; from grader.submission import discover; import grader.errors"


def test_tells_of_a_folder_that_may_not_be_read() -> None:
    with ordinary.open_folder() as folder:
        put(folder, "fox/net.py", "owl/net.py", "owl/closed/x.py")
        (folder / "fox").chmod(0)
        (folder / "owl/closed").chmod(0)
        code = (
            "for one in discover(Path(sys.argv[1]), ['x']): print(one.id, one.files, one.problems)"
        )
        assert ordinary.told_by(IMPORTS, code, str(folder)).splitlines() == [
            "fox () ('the folder cannot be read (Permission denied)',)",
            "owl ('net.py',) ('closed: cannot be read (Permission denied)',)",
        ]


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("closed", "closed: cannot be read (Permission denied)"),
        ("closed/all", "closed/all: no such file or folder"),
    ],
)
def test_refuses_a_folder_that_may_not_be_entered(inside: str, told: str) -> None:
    with ordinary.open_folder() as folder:
        put(folder, "closed/all/fox.py")
        (folder / "closed").chmod(0)
        code = (
            "try: discover(Path(sys.argv[1]), ['x'])\n"
            "except grader.errors.UsageError as error: print(error)"
        )
        assert ordinary.told_by(IMPORTS, code, str(folder / inside)) == f"{folder}/{told}\n"


# --- names -----------------------------------------------------------------------------------


ODD_NAMES = [
    "Ána Núñez",
    "学生",
    "two\nlines",
    "-rf",
    "=cmd|calc",
    "a b",
    "x" * 200,
    "percent%41",
    "[bold]",
    "tab\there",
    "\udcff\udcfe",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_gets_an_id_that_is_safe_as_a_file(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/net.py")
    (one,) = discover(tmp_path, EXPECTED)
    assert one.people[0].student_id == name
    assert one.files == ("net.py",)
    assert one.id.isascii()
    assert len(one.id) <= 69
    assert one.id == safe_id(name)
    assert set(one.id) <= set("-._") | set(map(chr, range(48, 58))) | set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )


NAMES = st.binary(min_size=1, max_size=100).map(
    lambda raw: os.fsdecode(raw.translate(None, b"/\0"))
)
"""Whatever bytes a file system lets stand in a name."""


@given(NAMES.filter(bool))
def test_ids_never_lead_out_of_a_folder(name: str) -> None:
    identifier = safe_id(name)
    assert identifier
    assert not identifier.startswith((".", "-"))
    assert "/" not in identifier
    assert safe_id(identifier) == identifier


@given(st.sets(NAMES.filter(bool), min_size=2))
def test_different_names_get_different_ids(names: set[str]) -> None:
    assert len({safe_id(name) for name in names}) == len(names)


def test_names_that_differ_in_case_only_do_not_share_an_id(tmp_path: Path) -> None:
    put(tmp_path, "Fox/net.py", "fox/net.py", "FOX/net.py")
    ids = [one.id for one in discover(tmp_path, EXPECTED)]
    if len(ids) == 1:
        pytest.skip("this file system does not tell upper from lower case")
    assert len({name.casefold() for name in ids}) == 3
    assert ids[0] == "FOX"


def test_a_file_and_a_folder_of_one_name_do_not_share_an_id(tmp_path: Path) -> None:
    put(tmp_path, "fox/net.py", "fox.py", "fox.ipynb")
    found = discover(tmp_path, EXPECTED)
    assert len({one.id for one in found}) == 3
    assert {one.people[0].student_id for one in found} == {"fox"}
    assert [one.notes for one in found].count(("another submission is called fox too",)) == 2


def test_the_order_and_the_ids_depend_on_the_names_alone(tmp_path: Path) -> None:
    names = ["zebra", "Ant", "ant", "bee 1", "bee 2"]
    for folder, order in (("one", names), ("two", names[::-1])):
        put(tmp_path / folder, *(f"{name}/net.py" for name in order))
    first, second = (discover(tmp_path / folder, EXPECTED) for folder in ("one", "two"))
    assert [one.id for one in first] == [one.id for one in second]
    assert [one.people for one in first] == [one.people for one in second]


@pytest.mark.parametrize(
    ("path", "is_expected"),
    [
        ("fox/nndl/layers.py", True),
        ("fox/Layers.py", True),
        ("fox/all.ipynb", True),
        ("fox/homework.py", False),
    ],
)
def test_knows_whether_anybody_holds_a_module_that_is_asked_for(
    tmp_path: Path, path: str, is_expected: bool
) -> None:
    put(tmp_path, path, "owl/other.py")
    assert hold_expected(discover(tmp_path, EXPECTED), EXPECTED) is is_expected


# --- one submission, for `grader check` ------------------------------------------------------


def test_a_folder_is_one_submission_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "amber-fox/nndl/layers.py")
    monkeypatch.chdir(tmp_path / "amber-fox")
    for path in (tmp_path / "amber-fox", Path("."), Path("../amber-fox"), Path("nndl/..")):
        one = one_submission([path])
        assert (one.id, one.files) == ("amber-fox", ("nndl/layers.py",))


def test_files_are_one_submission_relative_to_the_folder_that_holds_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "hw/nndl/layers.py", "hw/nndl/fc_net.py", "hw/notes.ipynb")
    monkeypatch.chdir(tmp_path / "hw" / "nndl")
    given = [Path("layers.py"), Path("../nndl/fc_net.py"), Path("../notes.ipynb")]
    one = one_submission([*given, Path("layers.py")])
    assert one.files == ("nndl/fc_net.py", "nndl/layers.py", "notes.ipynb")
    assert (one.id, one.base) == ("layers", tmp_path / "hw")


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["hw/nndl"], ("nndl/layers.py", "nndl/mine.py")),
        (["hw/nndl/layers.py", "hw/nndl/mine.py"], ("nndl/layers.py", "nndl/mine.py")),
        (["hw"], ("nndl/layers.py", "nndl/mine.py")),
        (["other/layers.py"], ("layers.py",)),
    ],
    ids=["the package's folder", "its files", "the folder above", "a file of another folder"],
)
def test_what_lies_in_an_expected_package_keeps_its_name(
    tmp_path: Path, names: list[str], files: tuple[str, ...]
) -> None:
    put(tmp_path, "hw/nndl/layers.py", "hw/nndl/mine.py", "other/layers.py")

    one = one_submission([tmp_path / name for name in names], EXPECTED)

    assert one.files == files
    assert [file.path for file in read(one).files] == list(files)
    assert read(one).problems == ()


def test_packages_in_packages_keep_both_names(tmp_path: Path) -> None:
    expected = ("cs231n/classifiers/softmax.py", "cs231n/layers.py")
    put(tmp_path, "cs231n/classifiers/softmax.py")

    one = one_submission([tmp_path / "cs231n" / "classifiers"], expected)

    assert (one.id, one.files) == ("classifiers", ("cs231n/classifiers/softmax.py",))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["none.py"], "none.py: no such file or folder"),
        (["fox.py", "folder"], "folder: give one folder, or files; not both"),
        (["folder", "folder"], "folder: give one folder, or files; not both"),
        (["essay.txt"], "essay.txt: neither a Python file nor a notebook"),
        (["folder"], "folder: no Python file or notebook in it"),
    ],
)
def test_refuses_what_is_no_submission(tmp_path: Path, names: list[str], told: str) -> None:
    put(tmp_path, "fox.py", "essay.txt", "folder/essay.txt")
    with pytest.raises(UsageError) as raised:
        one_submission([tmp_path / name for name in names])
    assert str(raised.value) == f"{tmp_path}/{told}"
