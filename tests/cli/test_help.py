"""Every command explains itself, and at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.command import ROOT, cold_grader, grader

OPTIONS = {
    "": ["grade", "check", "rubric", "doctor", "--version"],
    "grade": [
        "PATH",
        "--rubric",
        "--marks",
        "--adjustments",
        "--output",
        "--jobs",
        "--only",
        "--item",
        "--seed",
        "--unsafe",
    ],
    "check": ["FILES", "--rubric", "--only", "--item", "--seed", "--unsafe"],
    "rubric": ["list", "show"],
    "rubric list": [],
    "rubric show": ["ID"],
    "doctor": [],
    "kit": ["ID", "--output", "--option", "--course"],
    "report": ["RUN", "--output", "--html", "--feedback", "--anonymous", "--published"],
    "marks": ["template"],
    "marks template": ["RUN", "--output"],
    "gradebook": [
        "RUN",
        "--for",
        "--gradebook",
        "--assignment",
        "--include",
        "--scale",
        "--output",
    ],
    "formula": ["EXPRESSION", "--problem", "--wrt", "--of", "--option", "--file"],
    "gradescope build": ["--rubric", "--output", "--memory", "--timeout", "--require", "--option"],
    "gradescope run": ["--root", "--level", "/autograder"],
}


@pytest.mark.parametrize("command", OPTIONS)
def test_help_names_every_option(command: str) -> None:
    done = cold_grader(*command.split(), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: ")
    for word in OPTIONS[command]:
        assert word in done.stdout


def test_help_tells_the_exit_codes() -> None:
    text = " ".join(grader("-h").stdout.split())
    assert "Exit codes: 0 graded, 1 a problem with the rubric, the command or a submission" in text
    assert "2 a fault of the grader itself, 130 interrupted" in text


def test_the_version_is_told() -> None:
    assert grader("--version").stdout.startswith("grader, version ")


@pytest.mark.parametrize("command", OPTIONS)
def test_help_imports_nothing_heavy(command: str) -> None:
    code = (
        "import sys\n"
        "from grader.cli import main\n"
        f"try: main({[*command.split(), '--help']!r})\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    heavy = {"numpy", "pandas", "pydantic", "rich", "yaml", "msgpack", "nbformat", "jinja2"}
    heavy |= {"matplotlib", "reference"}
    assert not loaded & heavy
    assert "click" in loaded


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grad"], "No such command 'grad'"),
        (["grade"], "Missing argument 'PATH'"),
        (["grade", "."], "Missing option '--rubric'"),
        (["grade", ".", "--rubric", "x", "--jobs", "0"], "0 is not in the range x>=1"),
        (["grade", ".", "--rubric", "x", "--seed", "-1"], "-1 is not in the range x>=0"),
        (["check", "--rubric", "x"], "Missing argument 'FILES…'"),
        (["rubric", "show"], "Missing argument 'ID'"),
        (["doctor", "--loud"], "No such option"),
    ],
)
def test_wrong_usage_is_told_on_stderr_and_exits_with_1(arguments: list[str], told: str) -> None:
    done = grader(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
