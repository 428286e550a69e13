"""A run that is resumed asks for what is missing only, and ends as if it had never stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.grading import digests
from grader.grading.judging import judge_all
from grader.grading.planning import make_plan
from grader.grading.recorded import Recorded
from grader.grading.transcripts import read_transcript, write_transcript
from grader.records import Transcript
from grader.rubric import load_rubric
from tests.cli.command import grader
from tests.grading.classroom import (
    BACKWARD,
    RIGHT,
    STARTER,
    TANH,
    Classroom,
    put,
    write_rubric,
)

WRONG = RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_rubric(tmp_path, TANH)
    for name, source in (("ant", RIGHT), ("bee", WRONG), ("cow", "def (")):
        put(tmp_path / "all" / name / "act.py", source)
    return tmp_path


def graded(folder: Path, run: str, *options: str) -> bytes:
    done = grader("grade", "all", "--rubric", "tiny", "-o", run, "--jobs", 1, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return (folder / run / "scores.csv").read_bytes()


def transcripts(folder: Path, run: str) -> dict[str, tuple[float, float]]:
    """Return what each submission has used: whoever is asked again uses something else."""
    found = {}
    for path in sorted((folder / run / "transcripts").glob("*.frame")):
        usage = read_transcript(path).usage
        found[path.stem] = (usage.wall_s, usage.cpu_s)
    return found


def test_nothing_is_asked_again_where_nothing_has_changed(folder: Path) -> None:
    scores = graded(folder, "run")
    before = transcripts(folder, "run")
    assert graded(folder, "run", "--resume") == scores
    assert transcripts(folder, "run") == before


def test_only_what_is_missing_or_damaged_is_asked_for(folder: Path) -> None:
    scores = graded(folder, "run")
    before = transcripts(folder, "run")
    (folder / "run" / "transcripts" / "ant.frame").unlink()
    (folder / "run" / "results" / "ant.json").unlink()
    cut = folder / "run" / "transcripts" / "bee.frame"
    cut.write_bytes(cut.read_bytes()[:-5])
    assert graded(folder, "run", "--resume") == scores
    after = transcripts(folder, "run")
    assert after["cow"] == before["cow"]
    assert after["ant"] != before["ant"]
    assert after["bee"] != before["bee"]


def test_a_changed_submission_is_asked_again(folder: Path) -> None:
    graded(folder, "run")
    before = transcripts(folder, "run")
    put(folder / "all" / "bee" / "act.py", RIGHT)
    assert b"bee" in graded(folder, "run", "--resume")
    after = transcripts(folder, "run")
    assert (after["ant"], after["bee"] != before["bee"]) == (before["ant"], True)
    told = json.loads((folder / "run" / "results" / "bee.json").read_text())
    assert float(told["total"]) == 10


def test_other_points_and_titles_are_judged_from_what_was_answered(folder: Path) -> None:
    graded(folder, "run")
    before = transcripts(folder, "run")
    rubric = folder / "tiny" / "rubric.yaml"
    text = rubric.read_text().replace("points: 6", "points: 16").replace('"Backwards', '"Back')
    rubric.write_text(text)
    graded(folder, "run", "--resume")
    assert transcripts(folder, "run") == before
    told = json.loads((folder / "run" / "results" / "ant.json").read_text())
    assert (float(told["total"]), float(told["maximum"])) == (20, 20)


def test_another_probe_starter_or_seed_is_asked_again(folder: Path) -> None:
    graded(folder, "run")
    before = transcripts(folder, "run")
    rubric = folder / "tiny" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("out = forward(z)", "out = forward(1 * z)"))
    graded(folder, "run", "--resume")
    changed = transcripts(folder, "run")
    assert changed["ant"] != before["ant"]
    graded(folder, "run", "--resume", "--seed", "5")
    assert transcripts(folder, "run")["ant"] != changed["ant"]


def test_what_the_run_was_told_holds_for_its_end_too(folder: Path) -> None:
    told = ("--seed", "5", "--only", "out", "--limit", "cpu_s=0.7")
    scores = graded(folder, "run", *told)
    before = transcripts(folder, "run")
    facts = json.loads((folder / "run" / "run.json").read_text())
    assert (facts["seed"], facts["only"], facts["limits"]) == (5, ["out"], ["cpu_s=0.7"])
    assert graded(folder, "run", "--resume") == scores
    assert transcripts(folder, "run") == before
    assert json.loads((folder / "run" / "run.json").read_text()) == facts


def test_a_run_is_not_narrowed_to_fewer_items_and_may_be_widened(folder: Path) -> None:
    whole = graded(folder, "run")
    given = ("grade", "all", "--rubric", "tiny", "-o", "run", "--resume")
    refused = grader(*given, "--only", "out", cwd=folder)
    assert refused.returncode == 1
    assert "run: holds dz as well, which --only would take out" in refused.stderr
    assert (folder / "run" / "scores.csv").read_bytes() == whole

    graded(folder, "part", "--only", "out")
    gone_on = grader(*given[:5], "part", "--resume", cwd=folder)
    assert "part: only out, as it was begun; --only '*' with --resume adds" in gone_on.stderr
    assert graded(folder, "part", "--resume", "--only", "*") == whole


def test_who_is_not_among_the_submissions_any_more_does_not_come_back(folder: Path) -> None:
    graded(folder, "run")
    (folder / "all" / "bee").rename(folder / "bee")
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", "--resume", cwd=folder)
    told = "run: 1 of its submissions are not there any more, and have no row: bee; once PATH holds"
    assert told in done.stderr
    assert b"bee" not in (folder / "run" / "scores.csv").read_bytes()
    names = {path.stem for path in (folder / "run" / "results").iterdir()}
    assert names == {"ant", "cow"}, "a rescore would put all of them into the tables"
    answered = transcripts(folder, "run")["bee"]
    (folder / "bee").rename(folder / "all" / "bee")
    assert b"bee" in graded(folder, "run", "--resume")
    assert transcripts(folder, "run")["bee"] == answered


def test_a_run_of_another_homework_is_not_gone_on_with(folder: Path) -> None:
    put(folder / "run" / "run.json", '{"format": 1, "rubric": "other", "seed": 11}')
    given = ("grade", "all", "--rubric", "tiny", "-o", "run", "--resume")
    done = grader(*given, cwd=folder)
    assert done.returncode == 1
    assert "run: holds a run of other, not of tiny" in done.stderr
    assert not (folder / "run" / "results").exists()


# --- what is kept, and what must be asked again ----------------------------------------------


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Transcript:
    folder = tmp_path_factory.mktemp("answered")
    room = Classroom(folder)
    try:
        return room.examine(RIGHT)[1]
    finally:
        room.examiner.close()


def is_enough(transcript: Transcript, folder: Path, text: str, **given: Any) -> bool:
    """Return whether all that a rubric asks is answered in a transcript."""
    starter = given.pop("starter", STARTER)
    plan = make_plan(load_rubric(write_rubric(folder, text, starter)), **given)
    recorded = Recorded(plan, transcript)
    judge_all(plan, recorded.witness)
    return not recorded.missing


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"tanh"', '"something else"'),
        ("points: 6", "points: 16"),
        ("answer: dz}", "answer: dz, visibility: hidden}"),
        ("answer: dz}", 'answer: dz, hint: "look at the chain rule"}'),
        ("{draws: 2}", "{draws: 1}"),
        (
            "items:\n",
            "items:\n  - {id: o, title: o, points: 1, check: value, probe: out, answer: out}\n",
        ),
    ],
)
def test_what_only_concerns_the_judging_needs_no_new_answers(
    answered: Transcript, tmp_path: Path, old: str, new: str
) -> None:
    assert old in TANH
    assert is_enough(answered, tmp_path, TANH.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cpu_s: 0.6", "cpu_s: 0.7"),
        ("total_s: 20", "total_s: 21"),
        ("expected: [act.py]", "expected: [act.py, more.py]"),
        ("out = forward(z)", "out = forward(1 * z)"),
        ("{out: out}", "{out: 1 * out}"),
        ("{draws: 2}", "{draws: 3}"),
    ],
)
def test_what_an_answer_depends_on_must_be_asked_again(
    answered: Transcript, tmp_path: Path, old: str, new: str
) -> None:
    assert old in TANH
    assert not is_enough(answered, tmp_path, TANH.replace(old, new, 1))


def test_another_seed_starter_or_version_must_be_asked_again(
    answered: Transcript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_enough(answered, tmp_path, TANH)
    assert is_enough(answered, tmp_path, TANH, only=["out"])
    assert not is_enough(answered, tmp_path, TANH, seed=5)
    changed = {"act.py": STARTER["act.py"] + "# another remark\n"}
    assert not is_enough(answered, tmp_path, TANH, starter=changed)
    monkeypatch.setattr(digests, "__version__", "99.0")
    write_rubric(tmp_path, TANH)
    assert not is_enough(answered, tmp_path, TANH)


def test_resuming_needs_the_folder_of_the_run(folder: Path) -> None:
    done = grader("grade", "all", "--rubric", "tiny", "--resume", cwd=folder)
    assert done.returncode == 1
    assert "--resume needs the run's folder: -o RUN" in done.stderr


def test_a_transcript_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_rubric(tmp_path, TANH)
    room = Classroom(tmp_path)
    try:
        source = "import numpy as np\n\ndef forward(z):\n    raise ValueError(z.shape)\n" + BACKWARD
        _, transcript = room.examine(source)
    finally:
        room.examiner.close()
    write_transcript(tmp_path / "one.frame", transcript)
    back = read_transcript(tmp_path / "one.frame")
    assert back.load == transcript.load
    assert (back.files, back.probes, back.inputs) == (
        transcript.files,
        dict(transcript.probes),
        dict(transcript.inputs),
    )
    assert back.replies.keys() == transcript.replies.keys()
    for key, reply in transcript.replies.items():
        assert repr(back.replies[key].answers) == repr(reply.answers)
    assert back.repeats.keys() == transcript.repeats.keys()


@pytest.mark.parametrize("damage", ["cut", "garbage", "newer"])
def test_a_damaged_or_newer_transcript_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    write_rubric(tmp_path, TANH)
    room = Classroom(tmp_path)
    try:
        _, transcript = room.examine(RIGHT)
    finally:
        room.examiner.close()
    path = tmp_path / "one.frame"
    write_transcript(path, transcript)
    data = path.read_bytes()
    changed = {
        "cut": data[:-3],
        "garbage": b"\xff" * 40,
        "newer": data.replace(b"\xa6format\x02", b"\xa6format\x63", 1),
    }[damage]
    assert changed != data
    path.write_bytes(changed)
    told = "another version of the grader" if damage == "newer" else "damaged"
    with pytest.raises(UsageError, match=told):
        read_transcript(path)
