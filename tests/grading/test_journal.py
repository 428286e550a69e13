"""What a run keeps on disk reads back, whatever was answered and whoever graded there before."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from grader.cli import main
from grader.errors import UsageError
from grader.grading.journal import open_run, read_result, write_fault, write_result
from grader.records import DrawKey, Returned
from grader.sandbox.channel import PREFIX, decode
from tests.attacks.sinks import is_quiet
from tests.cli.command import grader, scores
from tests.grading.classroom import BACKWARD, RIGHT, TANH, Classroom, put, write_rubric


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("tanh"))
    yield made
    made.examiner.close()


def frames(path: Path) -> list[dict[str, Any]]:
    """Return a transcript's messages, read as they were written: one frame after the other."""
    data, messages = path.read_bytes(), []
    while data:
        header, body = PREFIX.unpack(data[: PREFIX.size])
        end = PREFIX.size + header
        messages.append(decode(data[PREFIX.size : end], data[end : end + body]))
        data = data[end + body :]
    return messages


def test_a_result_tells_what_each_probe_has_used(room: Classroom, tmp_path: Path) -> None:
    sheet, transcript = room.examine(RIGHT)
    open_run(tmp_path)
    write_result(tmp_path, sheet, transcript)
    told = json.loads((tmp_path / "results" / "amber-fox.json").read_text())["probes"]
    replies = [(k.probe, r.usage) for k, r in transcript.replies.items()]
    replies += [(k.probe, r.usage) for k, again in transcript.repeats.items() for r in again]
    for probe in told:
        used = [usage for name, usage in replies if name == probe["probe"]]
        assert probe["calls"] == len(used) == 3
        assert probe["cpu_s"] == pytest.approx(sum(usage.cpu_s for usage in used), abs=1e-5)
        assert probe["wall_s"] == pytest.approx(sum(usage.wall_s for usage in used), abs=1e-5)
        assert probe["peak_mb"] == pytest.approx(max(usage.peak_mb for usage in used), abs=0.06)
    assert [probe["probe"] for probe in told] == ["out", "dz"]


def test_a_fault_that_quotes_a_student_has_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    write_fault(tmp_path, "amber-fox", "Traceback:\n  line\nValueError: \x1b[2J\u202e\x9b1m\udcff")
    told = (tmp_path / "faults" / "amber-fox.txt").read_text(encoding="utf-8")
    assert told.splitlines()[:2] == ["Traceback:", "  line"]
    assert is_quiet(told)


def test_a_fault_that_was_made_good_is_forgotten(room: Classroom, tmp_path: Path) -> None:
    open_run(tmp_path)
    write_fault(tmp_path, "amber-fox", "Traceback")
    write_result(tmp_path, *room.examine(RIGHT))
    assert not (tmp_path / "faults" / "amber-fox.txt").exists()


def test_a_transcript_reads_back_call_by_call(room: Classroom, tmp_path: Path) -> None:
    sheet, transcript = room.examine(RIGHT)
    open_run(tmp_path)
    write_result(tmp_path, sheet, transcript)
    head, *told = frames(tmp_path / "transcripts" / "amber-fox.frame")
    assert (head["submission"], head["variants"]) == ("amber-fox", {"out": "code", "dz": "code"})
    calls = [call for call in told if "again" not in call]
    repeated = [(call["probe"], call["again"]) for call in told if "again" in call]
    assert repeated == [("out", 1), ("dz", 1)]
    keys = [DrawKey(call["probe"], call["case"], call["index"]) for call in calls]
    assert keys == list(transcript.replies)
    for key, call in zip(keys, calls, strict=True):
        for name, answer in transcript.replies[key].answers.items():
            assert isinstance(answer, Returned)
            assert np.array_equal(call["answers"][name]["value"], answer.value)


LOUD = """
import numpy as np

def forward(z):
    print("\\udcff\\x1b[2J" * 9000)
    raise ValueError("\\udcff" * 5000 + "\\n" * 50)
"""


def test_any_output_and_any_message_are_kept_cut_short(room: Classroom, tmp_path: Path) -> None:
    sheet, transcript = room.examine(LOUD, BACKWARD)
    open_run(tmp_path)
    write_result(tmp_path, sheet, transcript)
    told = json.loads((tmp_path / "results" / "amber-fox.json").read_text(encoding="utf-8"))
    assert [item["outcome"] for item in told["items"]] == ["raised", "correct"]
    assert len(told["items"][0]["message"]) < 4000
    assert "\n" not in told["items"][0]["message"]
    assert (tmp_path / "transcripts" / "amber-fox.frame").stat().st_size < 200_000


def test_numbers_that_are_not_finite_are_null(room: Classroom, tmp_path: Path) -> None:
    sheet, transcript = room.examine("def forward(z):\n    return z * float('nan')\n", BACKWARD)
    open_run(tmp_path)
    write_result(tmp_path, sheet, transcript)
    text = (tmp_path / "results" / "amber-fox.json").read_text(encoding="utf-8")
    assert json.loads(text)["items"][0]["evidence"][0]["deviation_units"] is None
    assert "NaN," not in text
    assert "Infinity" not in text


# --- runs ------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_rubric(tmp_path, TANH)
    put(tmp_path / "all" / "ant" / "act.py", RIGHT)
    return tmp_path


def test_a_new_run_takes_a_new_folder_unless_one_is_named(home: Path) -> None:
    for _ in range(2):
        assert grader("grade", "all", "--rubric", "tiny", cwd=home).returncode == 0
    assert sorted(path.name for path in (home / "runs").iterdir()) == ["tiny", "tiny-2"]


def test_a_named_folder_holds_the_last_run_alone(home: Path) -> None:
    put(home / "before" / "bee" / "act.py", RIGHT)
    put(home / "run" / "notes.txt", "mine")
    for submissions in ("before", "all"):
        arguments = ("grade", submissions, "--rubric", "tiny", "-o", "run")
        assert grader(*arguments, cwd=home).returncode == 0
    assert list(scores(home / "run")) == ["ant"]
    assert [path.name for path in (home / "run" / "results").iterdir()] == ["ant.json"]
    assert [path.name for path in (home / "run" / "transcripts").iterdir()] == ["ant.frame"]
    assert (home / "run" / "notes.txt").read_text() == "mine"
    told = json.loads((home / "run" / "run.json").read_text())
    assert (told["state"], told["found"], told["graded"]) == ("finished", 1, 1)
    assert told["submissions"] == str(home / "all")


def test_doubts_about_the_rubric_are_told_before_anything_is_graded(home: Path) -> None:
    put(home / "other" / "ant" / "net.py", "x = 1\n")
    done = grader("grade", "other", "--rubric", "tiny", "-o", "run", cwd=home)
    assert "none of them holds act.py or a notebook: is this the right rubric" in done.stderr
    assert done.returncode == 1, "nothing of it was of this homework"


# --- other versions --------------------------------------------------------------------------


@pytest.mark.parametrize("format_there", [0, 2, "next"])
@pytest.mark.parametrize(
    "command",
    [
        ("rescore", "run"),
        ("compare", "run", "run"),
        ("replay", "run", "ant", "out"),
        ("grade", "all", "--rubric", "tiny", "-o", "run", "--resume"),
        ("grade", "all", "--rubric", "tiny", "-o", "run", "--student", "ant"),
        ("grade", "all", "--rubric", "tiny", "-o", "run"),
    ],
    ids=["rescore", "compare", "replay", "resume", "student", "anew"],
)
def test_a_run_of_another_version_is_refused_and_left_as_it_is(
    home: Path, command: tuple[str, ...], format_there: object
) -> None:
    run = home / "run"
    told = {"format": format_there, "rubric": "tiny", "seed": 11, "grader": "99.1"}
    (run / "results").mkdir(parents=True)
    (run / "run.json").write_text(json.dumps(told))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match=refused(format_there)):
        called(home, *command)
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_run_that_cannot_be_read_is_left_as_it_is_and_goes_on_without_its_run_json(
    home: Path,
) -> None:
    usual = ("grade", "all", "--rubric", "tiny", "-o", "run")
    assert grader(*usual, "--seed", 5, cwd=home).returncode == 0
    before = {path: path.read_bytes() for path in (home / "run").rglob("*.*")}
    put(home / "run" / "run.json", '{"format": 1')
    for options in ((), ("--resume",)):
        done = grader(*usual, *options, cwd=home)
        assert done.returncode == 1
        assert "run.json: cannot be read (JSONDecodeError" in done.stderr
        assert "choose another folder; or delete this file, and 'grader grade … -o run --resu" in (
            done.stderr
        )
    (home / "run" / "run.json").unlink()

    done = grader(*usual, "--resume", "--seed", 5, cwd=home)

    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in (home / "run").rglob("*.*")} == before


def refused(format_there: object) -> str:
    written = r"run\.json: written by another version of the grader, 99\.1"
    return rf"{written} \(format {format_there}, 1 is read here\); use that version"


def called(home: Path, *command: str) -> None:
    """Call the command in this process, up to the first error."""
    here = Path.cwd()
    os.chdir(home)
    try:
        click.Group.main(main, list(command), standalone_mode=False)
    finally:
        os.chdir(here)


def test_a_result_of_another_version_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "ant.json", '{"format": 2, "items": [], "people": [], "problems": []}')
    with pytest.raises(UsageError, match="format 2, 1 is read here"):
        read_result(path)
