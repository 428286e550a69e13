"""``grader check``: one submission, for its author."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import cold_grader, grader
from tests.cli.conftest import notebook
from tests.grading.classroom import BACKWARD, RIGHT, TANH, put

Command = Callable[..., subprocess.CompletedProcess[str]]
FORWARD = RIGHT.partition("def backward")[0]


def check(
    *arguments: object, cwd: Path, code: int = 0, command: Command = grader
) -> tuple[str, str]:
    done = command("check", *arguments, "--rubric", "tiny", cwd=cwd)
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("path", ["all/ant", "all/ant/act.py", "all/cow.IPYNB"])
def test_a_folder_a_file_or_a_notebook_is_checked(home: Path, path: str) -> None:
    out, err = check(path, cwd=home)
    assert "total: 10 of 10 points" in out
    assert err == ""


def test_several_files_are_one_submission(home: Path) -> None:
    put(home / "act.py", FORWARD + "\nfrom helper import backward\n")
    put(home / "helper.py", "import numpy as np\n" + BACKWARD)
    out, _ = check("act.py", "helper.py", cwd=home, command=cold_grader)
    assert "total: 10 of 10 points" in out


def test_a_notebook_of_any_name_is_found_in_a_folder(home: Path) -> None:
    put(home / "mine" / "My homework.ipynb", notebook(RIGHT))
    out, _ = check("mine", cwd=home)
    assert "total: 10 of 10 points" in out
    assert "act.py is missing: My homework.ipynb is taken for it" in out


def test_what_is_wrong_is_told_with_numbers_and_a_hint(home: Path) -> None:
    hinted = TANH.replace("answer: out}", 'answer: out, hint: "Mind the name."}')
    put(home / "tiny" / "rubric.yaml", hinted)
    out, _ = check("all/bee", cwd=home)
    text = " ".join(out.replace("│", " ").split())
    assert "0 of 4" in text
    assert "out differs in " in text
    assert "Hint: Mind the name." in text
    assert "total: 6 of 10 points" in text


def test_what_was_found_of_a_hidden_item_is_not_shown(home: Path) -> None:
    hidden = TANH.replace("answer: out}", 'answer: out, visibility: hidden, hint: "Mind."}')
    put(home / "tiny" / "rubric.yaml", hidden)
    out, _ = check("all/bee", cwd=home)
    assert "(not shown for this item)" in out
    assert "differs" not in out
    assert "Mind." not in out


def test_nothing_is_written(home: Path) -> None:
    before = sorted(home.rglob("*"))
    check("all/ant", cwd=home)
    assert sorted(home.rglob("*")) == before


def test_only_one_item_is_checked_where_that_is_asked(home: Path) -> None:
    out, _ = check("all/bee", "--item", "dz", cwd=home)
    assert "total: 6 of 6 points" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none.py"], "none.py: no such file or folder\n"),
        (["all/ant", "all/bee"], "all/ant: give one folder, or files; not both\n"),
        (["tiny/rubric.yaml"], "tiny/rubric.yaml: neither a Python file nor a notebook\n"),
        (["empty"], "empty: no Python file or notebook in it\n"),
    ],
)
def test_refuses_what_is_no_submission(home: Path, arguments: list[str], told: str) -> None:
    (home / "empty").mkdir()
    assert check(*arguments, cwd=home, code=1) == ("", told)


def test_a_file_that_cannot_be_read_is_told_of(home: Path) -> None:
    (home / "all" / "ant" / "stolen.py").symlink_to("/etc/passwd")
    out, err = check("all/ant", cwd=home, code=1)
    assert "total: 10 of 10 points" in out
    assert err == "ant: stolen.py: a link, not followed\n"


def test_files_of_another_homework_are_told_first_and_earn_no_quiet_zero(home: Path) -> None:
    put(home / "others" / "layers.py", "def affine(x): return x\n")
    out, err = check("others", cwd=home, code=1)
    assert err.startswith("none of these files belongs to tiny, which wants act.py or a notebook")
    assert "is this the right rubric and folder?" in err
    assert "not_implemented" in out
