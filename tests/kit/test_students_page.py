"""What the page for students says to do works, and prints what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.records import Outcome
from tests.cli.command import ROOT, _environment, grader

PAGE = (ROOT / "docs" / "students.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
FILES = dict(
    re.findall(r"^`([\w./-]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
)


def words() -> Iterator[list[str]]:
    """Yield the commands that the page tells."""
    for language, block in BLOCKS:
        if language == "sh":
            yield from (shlex.split(line) for line in block.splitlines())


def student(kit: Path, *arguments: str) -> str:
    """Run a student's command in the kit's folder, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "grader.student", *arguments],
        cwd=kit,
        env=_environment({}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that is there when the page has been followed up to the first check."""
    folder = tmp_path_factory.mktemp("page")
    (command,) = [words[1:] for words in words() if words[:2] == ["grader", "kit"]]
    assert grader(*command, cwd=folder).returncode == 0
    with zipfile.ZipFile(folder / "kit.zip") as archive:
        archive.extractall(folder)
    kit = folder / "sigmoid-mlp"
    for path, text in FILES.items():
        assert (kit / path).exists(), "the page edits a template"
        (kit / path).write_text(text, encoding="utf-8")
    return kit


def test_the_line_for_pip_is_that_of_the_readme(kit: Path) -> None:
    (line,) = [line for _, block in BLOCKS for line in block.splitlines() if "pip install" in line]
    assert line in (kit / "README.md").read_text(encoding="utf-8")


def test_the_commands_work_and_print_what_the_page_says(kit: Path) -> None:
    commands = [w[1:] for w in words() if w[0] == "grader" and w[1] in ("check", "items")]
    assert len(commands) == 5
    printed = "".join(student(kit, *command) for command in commands)
    expected = [block for language, block in BLOCKS if language == "text"]
    assert len(expected) == 3
    for block in expected[:2]:
        assert block.rstrip("\n") in printed


def test_the_cells_work_and_show_what_the_page_says(
    kit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kit)
    names: dict[str, Any] = {}
    cells = [block for language, block in BLOCKS if language == "python"]
    shown = ""
    for cell in cells:
        lines = cell.rstrip("\n").splitlines()
        is_expression = lines[-1].startswith("nb.")
        body = "\n".join(lines[:-1] if is_expression else lines)
        exec(compile(body, "<cell>", "exec"), names)
        if is_expression:
            shown += repr(eval(lines[-1], names))  # noqa: S307 - the page's own text
    assert set(names["inputs"]) >= {"x", "W1", "y"}
    (block,) = [block for language, block in BLOCKS if language == "text"][2:]
    assert block.rstrip("\n") in shown


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_explained(outcome: Outcome) -> None:
    assert f"`{outcome}`" in PAGE
