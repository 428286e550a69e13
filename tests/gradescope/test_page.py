"""The page for instructors: what it says to run works, and its figures are the code's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.gradescope import container
from tests.cli.command import ROOT

PAGE = (ROOT / "docs" / "gradescope.md").read_text("utf-8")
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def test_its_command_builds_the_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = _BLOCK.findall(PAGE)
    name, *arguments = shlex.split(block)
    assert name == "grader"
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "autograder.zip").stat().st_size > 100_000


def test_its_figures_are_those_that_hold() -> None:
    usual = container.Container()
    assert (usual.memory_mb, usual.timeout_minutes) == (768, 10)
    assert "768 MB and 10 minutes" in PAGE
    assert f"the container's less {container.OWN_MB} MB" in PAGE
    assert f"{usual.total_s:g} s of 10 minutes" in PAGE
    assert f"after {usual.deadline_s / 6:g} % of the time" in PAGE


def test_the_readme_leads_to_it() -> None:
    assert "(docs/gradescope.md)" in (ROOT / "README.md").read_text("utf-8")
