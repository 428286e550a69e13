"""Who has handed in what, by the exports of Gradescope, Canvas, Moodle and nbgrader?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.records import Person, Submission
from grader.submission import Census, census, read
from grader.submission.gradescope import without_results
from tests.submission.exports import (
    CANVAS,
    CANVAS_ANONYMOUS,
    GRADESCOPE,
    GRADESCOPE_METADATA,
    MOODLE_FLAT,
    MOODLE_FOLDERS,
    NBGRADER,
    Files,
    put_export,
)
from tests.submission.packed import entries, put_zip, zipped

EXPECTED = ("act.py",)
PLACES = pytest.mark.parametrize("place", ["all", "all.zip"])


def looked(tmp_path: Path, place: str, files: Files, **options: str) -> Census:
    return census(put_export(tmp_path / place, files), EXPECTED, **options)


def submissions(seen: Census) -> dict[str, Submission]:
    """Return what was read, by the id of the first who handed it in."""
    return {one.people[0].student_id: read(one) for one in seen.found}


def contents(submission: Submission) -> dict[str, str]:
    return {file.path: file.data.decode() for file in submission.files}


def refusal(path: Path, source: str = "", assignment: str = "") -> str:
    with pytest.raises(UsageError) as raised:
        census(path, EXPECTED, source, assignment)
    return str(raised.value)


# --- Gradescope ------------------------------------------------------------------------------


@PLACES
def test_a_gradescope_export_names_the_people_of_each_folder(tmp_path: Path, place: str) -> None:
    seen = looked(tmp_path, place, GRADESCOPE)
    found = submissions(seen)

    assert (seen.source, seen.unmatched) == ("gradescope", ())
    assert [one.id for one in seen.found] == [
        "report.pdf",
        "submission_101",
        "submission_102",
        "submission_103",
    ]
    assert found["0100"].people == (
        Person(student_id="0100", name="Amber Fox", email="amber@example.edu"),
    )
    assert contents(found["0100"]) == {"act.py": "101"}
    assert contents(found["0200"]) == {"hw/act.py": "102"}
    assert all(one.problems == () for one in seen.found)


def test_a_group_of_a_gradescope_export_is_one_submission_of_all_its_people(
    tmp_path: Path,
) -> None:
    group = submissions(looked(tmp_path, "all.zip", GRADESCOPE))["0200"]

    assert group.people == (
        Person(student_id="0200", name="Birch Swan", email="birch@example.edu"),
        # Without an id the e-mail is one.
        Person(student_id="calm@example.edu", name="Calm Badger", email="calm@example.edu"),
    )


def test_somebody_in_two_groups_is_told(tmp_path: Path) -> None:
    metadata = (
        "submission_1:\n  :submitters:\n  - :sid: 1\n  - :sid: 2\n"
        "submission_2:\n  :submitters:\n  - :sid: 2\n  - :sid: 3\n"
    )
    files = {
        "submission_metadata.yml": metadata,
        "submission_1/act.py": "",
        "submission_2/a.py": "",
    }

    found = looked(tmp_path, "all", files).found

    assert [one.notes for one in found] == [(), ("2 has handed in submission_1 too",)]


def test_a_person_without_id_and_email_goes_by_the_name(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all", GRADESCOPE))

    assert found["Dusk Heron"].people == (Person(student_id="Dusk Heron", name="Dusk Heron"),)


def test_a_document_in_place_of_a_folder_is_a_submission_without_code(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all", GRADESCOPE))

    assert found["0500"].files == ()
    assert found["0500"].notes == ("no Python file or notebook (only report.pdf)",)


def test_the_folder_of_the_export_may_be_given_itself(tmp_path: Path) -> None:
    put_export(tmp_path / "all", GRADESCOPE)

    seen = census(tmp_path / "all/assignment_77_export", EXPECTED)

    assert (seen.source, len(seen.found)) == ("gradescope", 4)


def test_what_metadata_and_folders_do_not_share_is_told(tmp_path: Path) -> None:
    metadata = "submission_1:\n  :submitters:\n  - :name: Fox\nsubmission_3:\n  :score: 1\n"
    files = {"submission_metadata.yml": metadata, "notes.py": "x"}
    folders = {"submission_2/act.py": "2", "submission_3/act.py": "3"}

    seen = looked(tmp_path, "all", {**files, **folders})
    found = submissions(seen)

    assert found["Fox"].problems == (
        "submission_1: named in submission_metadata.yml, and not in the export",
    )
    assert found["submission_2"].notes == ("not named in submission_metadata.yml",)
    assert found["submission_3"].notes == ("submission_metadata.yml names nobody for it",)
    assert seen.unmatched == ("notes.py",)


def test_the_lines_of_results_and_history_are_left_out_and_no_others(tmp_path: Path) -> None:
    lines = "".join(without_results(GRADESCOPE_METADATA.splitlines(keepends=True)))

    assert lines.count("\n") == GRADESCOPE_METADATA.count("\n")
    for word in ("not a person", "An Earlier Attempt", "lines:"):
        assert word not in lines
    for word in ("Amber Fox", "submission_102", "Calm Badger", "report.pdf", ":score: 9.0"):
        assert word in lines


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ("submission_1:\n  :submitters: [\n", ":3: cannot be read: "),
        ("a: b: c\n", ":1: cannot be read: mapping values are not allowed"),
        ("- a\n- b\n", ": not what Gradescope writes"),
        ("", ": not what Gradescope writes"),
        ("submission_1: text\n", ": not what Gradescope writes"),
        ("[" * 5000, "cannot be read"),
        ("a: !!python/object/apply:os.system ['x']\n", ": not what Gradescope writes"),
    ],
)
def test_metadata_that_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, metadata: str, told: str
) -> None:
    files = {"submission_metadata.yml": metadata, "submission_1/act.py": "x"}

    assert told in refusal(put_export(tmp_path / "all", files))


@pytest.mark.parametrize(
    "metadata",
    [
        "submission_1:\n  submitters:\n  - name: Fox\n    sid: 7\n",
        "submission_1:\n  :id: 1\n  :submitters: [{':name': Fox, ':sid': '7'}]\n",
        "\ufeffsubmission_1:\n  :submitters:\n  - :name: Fox\n    :sid: 7\n\n",
        "submission_1:\r\n  :submitters:\r\n  - :name: Fox\r\n    :sid: 7\r\n",
        "submission_1:\n  :history:\n  - :by: &1\n      :name: Fox\n      :sid: 7\n"
        "  :submitters:\n  - *1\n",
        "submission_1:\n  :submitters:\n  - :name: Fox\n    :sid: 7\n  :more: 'bell \a'\n",
    ],
    ids=range(6),
)
def test_metadata_may_be_written_in_other_ways(tmp_path: Path, metadata: str) -> None:
    files = {"submission_metadata.yml": metadata, "submission_1/act.py": "x"}

    (one,) = looked(tmp_path, "all", files).found

    assert one.people == (Person(student_id="7", name="Fox"),)


@PLACES
def test_archives_inside_any_source_are_opened(tmp_path: Path, place: str) -> None:
    inner = zipped([("hw/act.py", b"x")])
    sources: dict[str, Files] = {
        "gradescope": {
            "submission_metadata.yml": "submission_1:\n  :submitters:\n  - :sid: 1\n",
            "submission_1/hw.zip": inner,
        },
        "canvas": {"fox_1_2_hw.zip": inner},
        "moodle": {"Fox_1_assignsubmission_file_/hw.zip": inner},
        "nbgrader": {"submitted/1/ps1/hw.zip": inner},
    }
    for kind, files in sources.items():
        seen = looked(tmp_path, f"{kind}-{place}", files)
        assert seen.source == kind
        assert contents(submissions(seen)["1"]) == {"hw/act.py": "x"}


def test_metadata_beyond_its_cap_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.submission.gradescope.MOST_METADATA", 500)

    assert "is larger than" in refusal(put_export(tmp_path / "all.zip", GRADESCOPE))


# --- Canvas ----------------------------------------------------------------------------------


@PLACES
def test_the_files_of_one_student_in_a_canvas_download_are_one_submission(
    tmp_path: Path, place: str
) -> None:
    seen = looked(tmp_path, place, CANVAS)
    found = submissions(seen)

    assert (seen.source, seen.unmatched) == ("canvas", ())
    assert list(found) == sorted(found, key=lambda student: found[student].id)
    assert found["1001"].people == (Person(student_id="1001", name="foxamber"),)
    assert found["1001"].id == "foxamber-1001"
    assert contents(found["1002"]) == {"act.py": "birch", "my report (final).ipynb": "{}"}


def test_late_work_of_a_canvas_download_is_told(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all", CANVAS))

    assert found["1002"].notes == ("late, as Canvas marks it",)
    assert found["1001"].notes == ()


def test_of_a_file_handed_in_again_the_newest_is_taken_and_it_is_told(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all.zip", CANVAS))

    assert contents(found["1003"]) == {"act.py": "calm, second"}
    assert found["1003"].notes == ("act.py was handed in 2 times: act-1.py was taken",)
    # The first attempt is not in the download any more: only the number tells.
    assert contents(found["1007"]) == {"act.py": "glad"}


def test_two_files_of_one_name_are_told_apart_by_their_names_in_the_download(
    tmp_path: Path,
) -> None:
    files = {"foxamber_1_20_act.py": "old", "foxamber_1_30_act.py": "new"}
    found = submissions(looked(tmp_path, "all.zip", files))

    assert contents(found["1"]) == {"act.py": "new"}
    told = "act.py was handed in 2 times: foxamber_1_30_act.py was taken"
    assert found["1"].notes == (told,)


@PLACES
@pytest.mark.parametrize(
    ("student", "prefix"),
    [("1", "foxamber_1_20_"), ("501", "Amber Fox_501_assignsubmission_file_")],
    ids=["canvas", "moodle"],
)
def test_a_file_of_answers_is_known_by_the_name_that_the_student_gave_it(
    tmp_path: Path, place: str, student: str, prefix: str
) -> None:
    files = {f"{prefix}answers.txt": "q1: x", f"{prefix}report.txt": "no answer"}
    found = submissions(looked(tmp_path, place, files))

    assert contents(found[student]) == {"answers.txt": "q1: x"}
    assert found[student].notes == ()


def test_numbered_parts_are_no_versions(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all", CANVAS))

    assert contents(found["1006"]) == {"part-1.py": "fern, one", "part-2.py": "fern, two"}


def test_a_text_or_a_link_is_a_submission_without_code(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all", CANVAS))

    assert found["1004"].files == found["1005"].files == ()
    assert found["1004"].notes[0] == "a text entry was handed in, which is no code"
    assert found["1005"].notes[0] == "a link was handed in, which is not followed"


@PLACES
def test_an_anonymous_canvas_download_has_ids_and_no_names(tmp_path: Path, place: str) -> None:
    found = submissions(looked(tmp_path, place, CANVAS_ANONYMOUS))

    assert sorted(found) == ["anon-AbC12", "anon-q", "anon-x9Y"]
    assert all(one.people[0].name == "" for one in found.values())
    assert found["anon-x9Y"].notes == ("late, as Canvas marks it",)


@PLACES
@pytest.mark.parametrize("is_unpacked", [False, True])
def test_an_archive_in_a_canvas_download_is_opened(
    tmp_path: Path, place: str, is_unpacked: bool
) -> None:
    inner = zipped(entries({"hw/act.py": "x", "__MACOSX/hw/._act.py": "noise"}))
    files: dict[str, str | bytes] = {**CANVAS, "yakhardy_1008_90020_code.zip": inner}
    if is_unpacked:
        files["yakhardy_1008_90020_code/hw/act.py"] = "x"

    yak = submissions(looked(tmp_path, place, files))["1008"]

    assert [file.data for file in yak.files] == [b"x"]
    assert yak.files[0].path in ("hw/act.py", "code/hw/act.py")
    assert yak.problems == ()


@pytest.mark.parametrize(
    ("name", "student", "own_name"),
    [
        ("smith2jane_77_5_a_1_b.py", "77", "a_1_b.py"),
        ("o_brien_LATE_77_5_net.tar.py", "77", "net.tar.py"),
        ("_77_5_x.py", "77", "x.py"),
        ("漢字_77_5_x.py", "77", "x.py"),
        ("jane_77_5_LATE_9_9_x.py", "77", "LATE_9_9_x.py"),
    ],
)
def test_odd_names_in_a_canvas_download_are_read(
    tmp_path: Path, name: str, student: str, own_name: str
) -> None:
    found = submissions(looked(tmp_path, "all", {name: "x"}))

    assert contents(found[student]) == {own_name: "x"}


def test_what_canvas_did_not_name_belongs_to_nobody(tmp_path: Path) -> None:
    seen = looked(tmp_path, "all", {**CANVAS, "solution.py": "x", "extra/act.py": "y"})

    assert seen.source == "canvas"
    assert seen.unmatched == ("extra/", "solution.py")


# --- Moodle ----------------------------------------------------------------------------------


@PLACES
@pytest.mark.parametrize("files", [MOODLE_FOLDERS, MOODLE_FLAT], ids=["folders", "flat"])
def test_both_layouts_of_a_moodle_download_are_read(
    tmp_path: Path, place: str, files: Files
) -> None:
    seen = looked(tmp_path, place, files)
    found = submissions(seen)

    assert (seen.source, seen.unmatched) == ("moodle", ())
    assert sorted(found) == ["501", "502", "503"]
    assert found["501"].people == (Person(student_id="501", name="Amber Fox"),)
    assert found["501"].id == "Amber-Fox-501"
    assert contents(found["501"]) == {"act.py": "amber"}
    assert "birch" in contents(found["502"]).values()
    assert found["503"].people[0].name == "Caña Badger"
    assert found["503"].notes[0] == "an online text was handed in, which is no code"
    assert found["501"].notes == ()


def test_a_blind_moodle_download_has_numbers_and_no_names(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all", {"Participant_9_assignsubmission_file_a.py": "x"}))

    assert found["9"].people == (Person(student_id="9"),)


def test_two_participants_of_one_name_are_two(tmp_path: Path) -> None:
    files = {f"Amber Fox_{n}_assignsubmission_file_/act.py": str(n) for n in (1, 2)}

    found = submissions(looked(tmp_path, "all.zip", files))

    assert {student: contents(one) for student, one in found.items()} == {
        "1": {"act.py": "1"},
        "2": {"act.py": "2"},
    }


# --- nbgrader --------------------------------------------------------------------------------


@PLACES
def test_one_assignment_of_nbgrader_is_chosen_by_its_name(tmp_path: Path, place: str) -> None:
    seen = looked(tmp_path, place, NBGRADER, assignment="ps1")
    found = submissions(seen)

    assert seen.source == "nbgrader"
    assert {student: contents(one) for student, one in found.items()} == {
        "amber": {"act.ipynb": "amber 1"},
        "birch": {"act.ipynb": "birch 1"},
    }


def test_who_has_not_handed_in_an_assignment_of_nbgrader_has_no_files(tmp_path: Path) -> None:
    found = submissions(looked(tmp_path, "all", NBGRADER, assignment="ps2"))

    assert (contents(found["amber"]), found["birch"].files) == ({"act.ipynb": "amber 2"}, ())


def test_of_several_assignments_of_nbgrader_one_must_be_named(tmp_path: Path) -> None:
    path = put_export(tmp_path / "all", NBGRADER)

    assert "holds the assignments ps1, ps2; choose one with --assignment NAME" in refusal(path)
    assert "no assignment 'ps9' (there are: ps1, ps2)" in refusal(path, assignment="ps9")


@pytest.mark.parametrize("place", ["submitted", "submitted.zip"])
def test_the_folder_of_nbgrader_may_be_given_itself(tmp_path: Path, place: str) -> None:
    files = {"amber/ps1/act.ipynb": "a", "birch/ps1/act.ipynb": "b"}

    found = submissions(looked(tmp_path, place, files))

    assert {student: contents(one) for student, one in found.items()} == {
        "amber": {"act.ipynb": "a"},
        "birch": {"act.ipynb": "b"},
    }


# --- which it is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"ant/act.py": "", "bee.py": "", "cow.zip": zipped([("act.py", b"")])}, "folder"),
        ({"ant_2/act.py": "", "bee_30_40.py": ""}, "folder"),
        ({"submitted/act.py": "", "ant/act.py": ""}, "folder"),
        ({"ant_1_2_act.py": "", "bee/act.py": "", "cow/act.py": ""}, "folder"),
        (CANVAS, "canvas"),
        (MOODLE_FLAT, "moodle"),
        (MOODLE_FOLDERS, "moodle"),
        ({name.partition("/")[2]: data for name, data in GRADESCOPE.items()}, "gradescope"),
    ],
    ids=range(8),
)
@PLACES
def test_a_source_is_recognised_by_its_names(
    tmp_path: Path, place: str, files: Files, kind: str
) -> None:
    files = {name: data for name, data in files.items() if "._" not in name}

    assert looked(tmp_path, place, files).source == kind


@PLACES
@pytest.mark.parametrize("files", [CANVAS, MOODLE_FLAT, MOODLE_FOLDERS], ids=range(3))
def test_a_source_may_lie_in_one_more_folder(tmp_path: Path, place: str, files: Files) -> None:
    plain = looked(tmp_path, "plain", files)

    seen = looked(tmp_path, place, {f"hw 3/{name}": data for name, data in files.items()})

    assert seen.source == plain.source
    assert [one.id for one in seen.found] == [one.id for one in plain.found]
    assert [contents(read(one)) for one in seen.found] == [
        contents(read(one)) for one in plain.found
    ]


@pytest.mark.parametrize("place", ["downloads", "downloads.zip"])
@pytest.mark.parametrize("files", [CANVAS, MOODLE_FLAT, GRADESCOPE], ids=range(3))
def test_an_export_that_is_all_of_a_folder_is_no_students(
    tmp_path: Path, place: str, files: Files
) -> None:
    plain = looked(tmp_path, "plain", files)
    download = {"submissions (1).zip": zipped(entries(files))}

    seen = looked(tmp_path, place, download)

    assert seen.source == plain.source
    assert [one.people for one in seen.found] == [one.people for one in plain.found]
    assert [contents(read(one)) for one in seen.found] == [
        contents(read(one)) for one in plain.found
    ]


def test_a_source_that_is_named_is_not_guessed(tmp_path: Path) -> None:
    seen = looked(tmp_path, "all", CANVAS, source="folder")

    assert seen.source == "folder"
    assert "foxamber_1001_90001_act" in {one.people[0].student_id for one in seen.found}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("gradescope", "not a Gradescope export: it has no file submission_metadata.yml"),
        ("canvas", "not a Canvas download: it has no file names such as smithjane_LATE_"),
        ("moodle", "not a Moodle download: it has no names such as Jane Smith_"),
        ("nbgrader", "not nbgrader's submitted folder: it has no folder submitted/"),
    ],
)
def test_a_source_that_it_is_not_is_refused(tmp_path: Path, source: str, told: str) -> None:
    assert told in refusal(put_export(tmp_path / "all", {"ant/act.py": ""}), source)


@PLACES
def test_ids_of_submissions_are_safe_whatever_a_source_is_called(
    tmp_path: Path, place: str
) -> None:
    names: Sequence[str] = ("../x_1_2_a.py", "=cmd_3_4_a.py", "a b_5_6_a.py", "-rf_7_8_a.py")
    files = {name.replace("../", ""): "x" for name in names}

    for one in looked(tmp_path, place, files).found:
        assert one.id.isascii()
        assert not one.id.startswith(("-", ".", "="))
        assert not set(one.id) & set("/\\ ")


def test_a_download_that_went_away_after_it_was_looked_through_is_told(tmp_path: Path) -> None:
    path = put_zip(tmp_path / "all.zip", CANVAS)
    seen = census(path, EXPECTED)
    path.unlink()

    first = read(seen.found[0])

    assert first.files == ()
    assert "cannot be read" in first.problems[0]
