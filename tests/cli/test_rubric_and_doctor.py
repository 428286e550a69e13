"""``grader rubric`` and ``grader doctor``."""

from __future__ import annotations

import importlib.util
import io
import platform
from pathlib import Path

import pytest
from rich.console import Console

from grader import __version__
from grader.doctor import examine_machine, walls_told
from tests.cli.command import grader
from tests.grading.classroom import put


def test_rubrics_are_listed_with_points_and_titles() -> None:
    done = grader("rubric", "list")
    assert (done.returncode, done.stderr) == (0, "")
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "100 points, 34 items  ECE C147/C247: homework 3" in lines["ece247-hw3"]
    assert "50 points, 13 items  ELEC/COMP 576: assignment 1" in lines["elec576-a1"]


def test_a_broken_rubric_is_told_of_and_the_others_are_listed(tmp_path: Path) -> None:
    put(tmp_path / "broken" / "rubric.yaml", "schema: 1\nid: broken\n")
    done = grader("rubric", "list", GRADER_RUBRICS=str(tmp_path))
    assert done.returncode == 1
    assert "elec576-a1" in done.stdout
    assert "broken" not in done.stdout
    assert f"{tmp_path}/broken/rubric.yaml" in done.stderr


def test_a_rubric_is_shown_with_its_items_cases_and_groups() -> None:
    done = grader("rubric", "show", "elec576-a1")
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.replace("│", " ").split())
    for text in ("backprop.dW1", "gradient", "plain, single, square, hot", "scaling: sum or mean"):
        assert text in told
    assert "plain 0.8, decay 0.2; guards:" in told
    assert "50 points, seed 576" in done.stdout


def test_a_rubric_is_shown_by_its_path_too(home: Path) -> None:
    done = grader("rubric", "show", home / "tiny")
    assert "A tiny homework" in done.stdout
    assert done.stderr == f"read from {home / 'tiny' / 'rubric.yaml'}\n"


def test_an_unknown_rubric_is_not_shown() -> None:
    done = grader("rubric", "show", "elec576")
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean 'elec576-a1'?" in done.stderr


def test_the_doctor_tells_what_it_cannot_see_from_what_is_missing() -> None:
    told = list(walls_told({"files": True, "forks": False, "limits": None}))

    assert "  files: closed (no file can be opened)" in told
    assert "  forks: OPEN (Linux or macOS is needed)" in told
    assert any(line.startswith("  limits: not to be told here (/proc shows") for line in told)
    assert "  user: OPEN (run as root, in a container for instance)" in told


def test_the_doctor_names_what_pages_need_and_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "jinja2" else find_spec(name)
    )
    console = Console(file=io.StringIO())
    examine_machine(console)
    told = console.file.getvalue()
    assert "missing: jinja2, needed for the pages of 'grader report': pip install jinja2" in told


def test_the_doctor_tells_versions_walls_and_rubrics() -> None:
    done = grader("doctor")
    assert f"grader {__version__}, Python {platform.python_version()}" in done.stdout
    assert "isolation level " in done.stdout
    listed = next(line for line in done.stdout.splitlines() if line.startswith("rubrics: "))
    assert {"autoencoder", "ece247-hw3", "elec576-a1"} <= set(listed[9:].split(", "))
    for package in (
        "numpy",
        "pandas",
        "pyyaml",
        "pydantic",
        "nbformat",
        "msgpack",
        "rich",
        "click",
    ):
        assert f"\n  {package} " in done.stdout
    assert "MISSING" not in done.stdout
    if done.returncode == 0:
        assert "  files: closed" in done.stdout
        assert "  network: closed" in done.stdout
    else:
        assert "isolation level 0" in done.stdout
