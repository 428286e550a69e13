"""grader report: what is written, and what is said where it cannot be."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from grader.cli import main
from grader.records import Outcome, Person
from grader.report import html
from tests.cli.command import ROOT, grader
from tests.report.made_run import RUBRIC, sheet, verdict, write
from tests.report.test_page import packed_in

EXAMPLES = ROOT / "submissions_example" / RUBRIC
NAMED = Person(student_id="u7812345", name="Ana Ruiz", email="ana.ruiz@x.edu", section="B")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of two: one as it was handed in, one with a name whose files are not there."""
    submissions = tmp_path / "submissions"
    shutil.copytree(EXAMPLES / "grey-ibis", submissions / "grey-ibis")
    told = [verdict(Outcome.WRONG, "a message", diagnosis="mean_missing")]
    sheets = [sheet("grey-ibis", told), sheet("u7812345", told, people=(NAMED,))]
    return write(tmp_path / "run", sheets, submissions=str(submissions))


def test_writes_the_page_and_a_feedback_for_everybody(run: Path) -> None:
    done = grader("report", run)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        f"written: {run / 'report.html'}",
        f"written: {run / 'feedback'}: 2 of .md and of .html",
    ]
    names = sorted(path.name for path in (run / "feedback").iterdir())
    assert names == ["grey-ibis.html", "grey-ibis.md", "u7812345.html", "u7812345.md"]
    first, second = packed_in((run / "report.html").read_text())
    assert "def actFun" in first["code"][0][2]
    assert second["code"] == []
    assert "a message" in (run / "feedback" / "grey-ibis.md").read_text()


def test_without_jinja2_it_says_what_to_install(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("jinja2", "markupsafe"):
        monkeypatch.setitem(sys.modules, module, None)
    html._environment.cache_clear()
    with pytest.raises(SystemExit) as ended:
        main(["report", str(run)])
    assert ended.value.code == 1
    assert capsys.readouterr().err == "HTML pages need jinja2: pip install jinja2 matplotlib\n"


def test_the_anonymous_page_names_nobody_and_is_the_same_twice(run: Path, tmp_path: Path) -> None:
    done = grader("report", run, "--anonymous", "-o", tmp_path / "shared")
    assert done.returncode == 0
    assert "messages may still quote what somebody has written" in done.stderr
    page = tmp_path / "shared" / "report-anonymous.html"
    text = page.read_text() + json.dumps(packed_in(page.read_text()))
    for name in ("grey-ibis", "u7812345", "Ruiz", "ana.ruiz", "def actFun"):
        assert name not in text
    assert [path.name for path in page.parent.iterdir()] == ["report-anonymous.html"]
    grader("report", run, "--anonymous")
    assert (run / "report-anonymous.html").read_bytes() == page.read_bytes()
    assert (run / "pseudonyms.key").stat().st_mode & 0o777 == 0o600


def test_files_that_lie_elsewhere_are_told(run: Path, tmp_path: Path) -> None:
    moved = (tmp_path / "submissions").rename(tmp_path / "moved")
    assert grader("report", run, "--html").returncode == 0
    assert "Nobody&#x27;s code is shown" in (run / "report.html").read_text()
    assert grader("report", run, "--html", "--submissions", moved).returncode == 0
    page = (run / "report.html").read_text()
    assert "Nobody&#x27;s code is shown" not in page
    assert "def actFun" in packed_in(page)[0]["code"][0][2]
    done = grader("report", run, "--submissions", tmp_path / "nowhere")
    assert done.returncode == 1
    assert "nowhere" in done.stderr


def test_a_result_that_cannot_be_read_is_named_and_nothing_is_written(run: Path) -> None:
    (run / "report.html").write_text("the old one")
    (run / "results" / "grey-ibis.json").write_text("{")
    done = grader("report", run)
    assert (done.returncode, done.stdout) == (1, "")
    assert "grey-ibis.json: cannot be read (JSONDecodeError" in done.stderr
    assert "--resume judges again" in done.stderr
    assert (run / "report.html").read_text() == "the old one"
    assert not list(run.glob("feedback/*"))


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="no /proc: nothing is read-only for root"
)
def test_a_read_only_output_is_told(run: Path) -> None:
    done = grader("report", run, "-o", "/proc/report")
    assert done.returncode == 1
    assert "/proc/report" in done.stderr
    assert "Choose another folder with -o" in done.stderr


def test_an_output_that_is_a_file_is_told(run: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = grader("report", run, "-o", tmp_path / "file" / "below")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_what_is_told_of_nobody_any_more_is_left_and_named(run: Path) -> None:
    (run / "feedback").mkdir()
    (run / "feedback" / "gone.md").write_text("old")
    done = grader("report", run, "--feedback")
    assert "left as it was, of nobody in this run: gone.md" in done.stderr
    assert (run / "feedback" / "gone.md").read_text() == "old"
    assert not (run / "report.html").exists()


def test_options_that_exclude_each_other_are_refused(run: Path) -> None:
    assert "goes without --anonymous" in grader("report", run, "--anonymous", "--feedback").stderr
    assert "exclude each other" in grader("report", run, "--html", "--feedback").stderr


def test_every_command_of_the_page_about_reports_does_what_it_says(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "reports.md").read_text("utf-8")
    assert "(docs/reports.md)" in (ROOT / "README.md").read_text("utf-8")
    (tmp_path / "runs").mkdir()
    run.rename(tmp_path / "runs" / "hw3")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    made = []
    for command in block.splitlines():
        name, *arguments = shlex.split(command, comments=True)
        assert name == "grader"
        for old in {"report.html", "feedback"} & set(made[-1] if made else ()):
            (tmp_path / "runs" / "hw3" / old).rename(tmp_path / f"{len(made)}-{old}")
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        made.append(sorted(path.name for path in (tmp_path / "runs" / "hw3").iterdir()))
    kept = ["results", "run.json"]
    assert made == [
        ["feedback", "report.html", *kept],
        kept,
        ["report.html", *kept],
        ["feedback", *kept],
        ["pseudonyms.key", "report-anonymous.html", *kept],
    ]
    assert (tmp_path / "out" / "report.html").exists()
