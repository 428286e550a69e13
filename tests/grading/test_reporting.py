"""From a run's folder to what people read: what is read back, and that nothing is lost."""

from __future__ import annotations

import json
import resource
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading.digests import digest_of_files
from grader.grading.journal import sheet_message
from grader.grading.kept import kept_sheet, kept_sheets
from grader.grading.reporting import Report
from grader.grading.rescoring import open_old_run
from grader.grading.transcripts import write_transcript
from grader.records import Adjustment, LoadReport, Outcome, SourceFile, Transcript
from tests.report.made_run import hostile_sheet, rubric, sheet, verdict, write
from tests.report.test_page import packed_in


def report(run: Path, output: Path | None = None) -> Report:
    return Report(run=open_old_run(run), rubric=rubric(), output=output or run)


def test_a_sheet_that_was_kept_is_read_back_as_it_was(tmp_path: Path) -> None:
    told = [
        verdict(Outcome.WRONG, "text", diagnosis="mean_missing"),
        verdict(Outcome.AWAITING_MARK),
    ]
    made = sheet("ana", told, flags=["a flag"], problems=("a problem",))
    taken = Adjustment(kind="late", points=Decimal(-5), reason="2 days late")
    made = replace(made, adjustments=(taken,), total=made.total - 5)
    (kept,) = kept_sheets(write(tmp_path / "run", [made]), rubric())
    assert sheet_message(kept) == sheet_message(made)
    assert kept.scores[0].item == made.scores[0].item


def test_points_are_those_that_counted_for_the_run(tmp_path: Path) -> None:
    run = write(tmp_path / "run", [sheet("ana")])
    items = tuple(replace(item, points=item.points * 2) for item in rubric().items)
    (kept,) = kept_sheets(run, replace(rubric(), items=items))
    assert kept.scores[0].item.points == rubric().items[0].points


def test_an_item_that_the_rubric_has_no_more_is_kept_by_its_id_and_hidden(tmp_path: Path) -> None:
    run = write(tmp_path / "run", [sheet("ana")])
    kept = kept_sheet(run / "results" / "ana.json", {})
    assert [s.item.id for s in kept.scores] == [item.id for item in rubric().items]
    assert {score.item.visibility for score in kept.scores} == {"hidden"}


@pytest.mark.parametrize("points", ["NaN", "Infinity", "many"])
def test_points_that_are_no_number_are_refused(tmp_path: Path, points: str) -> None:
    run = write(tmp_path / "run", [sheet("ana")])
    path = run / "results" / "ana.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "total": points}))
    with pytest.raises(UsageError, match=r"ana\.json: is no score sheet"):
        kept_sheet(path, {})


def test_hostile_results_are_reported_like_all_others(tmp_path: Path) -> None:
    run = write(tmp_path / "run", [hostile_sheet(), sheet("ana")])
    made = report(run)
    made.write_page()
    assert made.write_feedback().count == 2
    made.write_anonymous_page()


@pytest.mark.parametrize("name", ["../outside", "CON", "a/b", "x" * 300])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    run = write(tmp_path / "run", [sheet("ana")])
    path = run / "results" / "ana.json"
    path.write_text(path.read_text().replace('"submission": "ana"', f'"submission": "{name}"'))
    report(run).write_feedback()
    assert len(list((run / "feedback").iterdir())) == 2
    assert not (tmp_path / "outside.md").exists()
    assert not (run / "outside.md").exists()


def test_a_full_disk_leaves_the_old_files_as_they_were(tmp_path: Path) -> None:
    run = write(tmp_path / "run", [sheet("ana"), sheet("ben")])
    made = report(run)
    made.write_page()
    made.write_feedback()
    path = run / "results" / "ben.json"
    path.write_bytes(path.read_bytes().replace(b"It is correct", b"It is new"))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The kernel refuses more than that of any file, in the middle of writing it.
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(UsageError, match=r"feedback: cannot be written .*; what was there"):
            made.write_feedback()
        with pytest.raises(UsageError, match=r"report\.html: cannot be written"):
            made.write_page()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    assert not list(run.glob(".*"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read .JSONDecodeError"),
        ("[]", "cannot be read .TypeError"),
        ('{"format": 1, "items": [{}], "people": [], "problems": []}', "is no score sheet .KeyError"),
        ('{"format": 99, "items": [], "people": [], "problems": []}', "written by another version"),
    ],
)  # fmt: skip
def test_every_result_that_cannot_be_read_is_named(tmp_path: Path, text: str, told: str) -> None:
    run = write(tmp_path / "run", [sheet("ana"), sheet("ben"), sheet("cleo")])
    for name in ("ana", "ben"):
        (run / "results" / f"{name}.json").write_text(text)
    for make in (report(run).write_page, report(run).write_feedback):
        with pytest.raises(
            UsageError, match=rf"ana\.json: .*{told}[\s\S]*ben\.json: .*{told}"
        ) as caught:
            make()
        assert "Nothing was written" in str(caught.value)
    assert not list(run.glob("report*")) + list(run.glob("feedback/*"))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("", "no run's folder: it holds no run.json"),
        ("{", "cannot be read"),
        ('{"format": 99, "grader": "9.9"}', r"another version of the grader, 9\.9 \(format 99"),
    ],
)
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, facts: str, told: str) -> None:
    if facts:
        (tmp_path / "run.json").write_text(facts)
    with pytest.raises(UsageError, match=told):
        open_old_run(tmp_path)


def test_a_run_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no results yet"):
        report(write(tmp_path / "run", [])).write_page()


def test_what_a_reader_must_know_first_is_told(tmp_path: Path) -> None:
    facts = {"state": "interrupted", "graded": 1, "found": 9, "only": ["act.*"]}
    run = write(tmp_path / "run", [sheet("ana")], **facts)
    changed = replace(report(run), rubric=replace(rubric(), digest="another"))
    page = changed.write_page().read_text()
    for words in (
        "The run was interrupted: 1 of 9 submissions were graded",
        "The rubric has changed since this run was graded",
        "Not all items were asked: only act.*",
        "the run does not tell where it lay",
    ):
        assert words in page


def test_a_run_that_was_killed_says_that_it_has_not_ended(tmp_path: Path) -> None:
    run = write(tmp_path / "run", [sheet("ana")], state="running")
    assert "The run has not ended" in report(run).write_page().read_text()


@pytest.mark.parametrize(
    ("now", "remark"), [(b"x = 1\n", ""), (b"x = 2\n", "The files have changed since they were")]
)
def test_code_that_is_not_what_was_graded_says_so(tmp_path: Path, now: bytes, remark: str) -> None:
    name = "three_layer_neural_network.py"
    home = tmp_path / "submissions" / "ana"
    home.mkdir(parents=True)
    (home / name).write_bytes(now)
    run = write(tmp_path / "run", [sheet("ana")], submissions=str(home.parent))
    (run / "transcripts").mkdir()
    graded = digest_of_files([SourceFile(path=name, data=b"x = 1\n")])
    told = replace(Transcript.empty("ana"), files=graded)
    write_transcript(run / "transcripts" / "ana.frame", told)
    (packed,) = packed_in(report(run).write_page().read_text())
    assert packed["remark"].startswith(remark)
    assert bool(packed["remark"]) is bool(remark)


def test_a_submission_that_is_not_there_any_more_says_so(tmp_path: Path) -> None:
    (tmp_path / "submissions" / "ben").mkdir(parents=True)
    (tmp_path / "submissions" / "ben" / "three_layer_neural_network.py").write_text("x = 1\n")
    load = LoadReport(root="", loaded=("net",), failures=(), notes=(), broken={})
    gone = replace(sheet("ana"), load=load)
    run = write(tmp_path / "run", [gone], submissions=str(tmp_path / "submissions"))
    (packed,) = packed_in(report(run).write_page().read_text())
    assert packed["remark"] == "The files that were graded are not there any more."


def test_the_anonymous_page_is_in_the_order_of_its_pseudonyms(tmp_path: Path) -> None:
    run = write(tmp_path / "run", [sheet(name) for name in ("ana", "ben", "cleo", "dora", "emil")])
    told = packed_in(report(run).write_anonymous_page().read_text())
    names = [one["id"] for one in told]
    assert len(set(names)) == 5
    assert names == sorted(names)
