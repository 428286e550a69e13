"""The zip file that a course uploads, and what it is told meanwhile."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.commands.gradescope import gradescope
from grader.errors import UsageError
from grader.gradescope.building import build
from grader.gradescope.container import Container, warnings
from grader.rubric import load_rubric
from grader.wheel import own_wheel
from tests.cli.command import ROOT
from tests.gradescope.container import built, unpacked
from tests.gradescope.published import read
from tests.grading.classroom import TANH, put, write_rubric


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def command(*arguments: object, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(gradescope, ["build", *map(str, arguments)], env=env)


def test_the_programs_lie_at_the_root_with_unix_line_ends(tmp_path: Path) -> None:
    with opened(built(tmp_path)) as archive:
        for name in ("setup.sh", "run_autograder"):
            text = archive.read(name)
            assert text.startswith(b"#!/usr/bin/env bash\n")
            assert b"\r" not in text
            assert archive.getinfo(name).external_attr >> 16 & stat.S_IXUSR
            subprocess.run(["bash", "-n"], input=text, check=True)


def test_it_holds_the_rubric_with_its_starter_and_no_noise(tmp_path: Path) -> None:
    home = write_rubric(tmp_path, TANH)
    put(home / "README.md", "For TAs.")
    put(home / "__pycache__" / "x.pyc", "")
    put(home / ".DS_Store", "")
    with opened(built(tmp_path)) as archive:
        names = set(archive.namelist())
        settings = json.loads(archive.read("autograder.json"))
    assert {name for name in names if name.startswith("rubric/")} == {
        "rubric/tiny/rubric.yaml",
        "rubric/tiny/README.md",
        "rubric/tiny/starter/act.py",
    }
    assert settings["rubric"] == "rubric/tiny/rubric.yaml"
    assert (settings["memory_mb"], settings["timeout_minutes"]) == (768, 10)


def test_the_same_rubric_makes_the_same_zip_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    assert built(first) == built(second)


def test_the_wheel_is_whole_and_has_no_rubrics() -> None:
    name, data = own_wheel()
    with opened(data) as wheel:
        names = wheel.namelist()
        folder = next(n.partition("/")[0] for n in names if n.endswith("/RECORD"))
        rows = csv.reader(io.StringIO(wheel.read(f"{folder}/RECORD").decode()))
        hashes = {path: digest for path, digest, _ in rows}
        assert hashes.keys() == set(names)
        for path in names:
            digest = base64.urlsafe_b64encode(hashlib.sha256(wheel.read(path)).digest())
            if not path.endswith("/RECORD"):
                assert hashes[path] == "sha256=" + digest.decode().rstrip("=")
        assert "grader = grader.cli:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    assert name.startswith(folder.removesuffix(".dist-info"))
    assert {"grader/cli.py", "grader/gradescope/image/setup.sh", "reference/__init__.py"} <= {
        *names
    }
    assert not [path for path in names if "rubric.yaml" in path or path.endswith(".pyc")]


def test_the_pins_name_every_package_that_the_toolkit_needs() -> None:
    pins = (ROOT / "grader" / "gradescope" / "image" / "requirements.txt").read_text().splitlines()
    lines = [line for line in pins if not line.startswith("#")]
    assert all(line.count("==") == 1 for line in lines)
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    wanted = "click msgpack nbformat numpy pandas psutil pydantic pyyaml rich scikit-learn scipy"
    assert set(wanted.split()) <= pinned


def test_a_course_is_told_what_the_container_has_no_room_for(tmp_path: Path) -> None:
    generous = TANH.replace("total_s: 20, memory_mb: 512", "total_s: 240, memory_mb: 1024")
    rubric = load_rubric(write_rubric(tmp_path, generous))
    told = list(warnings(rubric, Container()))
    assert len(told) == 2
    assert "1024 MB, and a container of 768 MB has room for 512 MB" in told[0]
    assert "240 s of CPU time, and a container of 10 minutes has room for 119 s" in told[1]
    assert list(warnings(rubric, Container(memory_mb=1536, timeout_minutes=40))) == []


def test_limits_end_a_submission_before_the_container_does(tmp_path: Path) -> None:
    generous = TANH.replace("total_s: 20, memory_mb: 512", "total_s: 240, memory_mb: 1024")
    rubric = load_rubric(write_rubric(tmp_path, generous))
    for minutes in (1, 10, 40):
        fitted = Container(timeout_minutes=minutes).fit(rubric)
        assert 3 * fitted.limits.total_s + 2 < 0.85 * 60 * minutes
        assert {p.limits.memory_mb for p in fitted.probes.values()} == {512}
    modest = load_rubric(write_rubric(tmp_path / "modest", TANH))
    assert Container().fit(modest) == modest, "what fits is left as it is"


def test_a_course_is_told_that_a_hidden_item_hides_the_total(tmp_path: Path) -> None:
    hidden = TANH.replace("answer: dz}", "answer: dz, visibility: hidden}")
    (told,) = warnings(load_rubric(write_rubric(tmp_path, hidden)), Container())
    assert told.startswith("hidden: dz. As long as one item is hidden, Gradescope shows")
    later = hidden.replace("visibility: hidden", "visibility: after_published")
    assert not list(warnings(load_rubric(write_rubric(tmp_path / "later", later)), Container()))


def test_the_command_says_what_to_set_on_gradescope(tmp_path: Path) -> None:
    output = tmp_path / "out.zip"
    written = TANH + '  - {id: why, title: "Why", points: 5, check: written}\n'
    done = command("--rubric", write_rubric(tmp_path, written), "-o", output)
    assert done.exit_code == 0, done.output
    assert "tiny: set the autograder's points on Gradescope to 10\n" in done.output
    assert "marked by hand: why. Their 5 points are not in the autograder's score" in done.output
    assert zipfile.is_zipfile(output)


def test_choices_and_limits_are_kept_in_the_zip_file(tmp_path: Path) -> None:
    output = tmp_path / "out.zip"
    chosen = ("--option", "dropout_p=drop", "--limit", "cpu_s=2", "--require", "sympy==1.13.3")
    done = command("--rubric", "ece247-hw4", "-o", output, *chosen)
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(output) as archive:
        settings = json.loads(archive.read("autograder.json"))
        pins = archive.read("requirements.txt").decode().splitlines()
    assert settings["options"]["dropout_p"] == "drop"
    assert settings["limits"] == ["cpu_s=2"]
    assert pins[-1] == "sympy==1.13.3"


def test_a_courses_secret_goes_along_where_there_is_one(tmp_path: Path) -> None:
    home, output = write_rubric(tmp_path, TANH), tmp_path / "out.zip"
    secret = {"GRADER_SECRET": "of no use to anybody else"}
    done = command("--rubric", home, "-o", output, env=secret)
    assert (done.exit_code, "holds the secret" in done.output) == (0, True), done.output
    assert secret["GRADER_SECRET"] not in done.output
    with zipfile.ZipFile(output) as archive:
        assert archive.read("secret").decode() == secret["GRADER_SECRET"]
    assert "secret" not in opened(built(tmp_path)).namelist()


def test_draws_per_student_without_a_secret_are_refused_at_home(tmp_path: Path) -> None:
    own = TANH.replace("problem: tanh\n", "problem: tanh\n    per_student: true\n")
    with pytest.raises(UsageError, match="per_student, which takes a secret"):
        built(tmp_path, own)


def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    home = write_rubric(tmp_path, TANH)
    output = tmp_path / "nowhere" / "autograder.zip"
    with pytest.raises(
        UsageError, match=r"nowhere.*: No such file or directory; nothing was built"
    ):
        build(home / "rubric.yaml", load_rubric(home), (), Container(), (), output)
    assert not output.parent.exists()


# --- the programs, where something is missing --------------------------------------------------


def test_setup_says_so_where_there_is_no_python(tmp_path: Path) -> None:
    root = unpacked(built(tmp_path), tmp_path / "autograder")
    done = subprocess.run(
        ["/bin/bash", root / "source" / "setup.sh"],
        env={"PATH": str(tmp_path / "nothing")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no Python of version 3.10 to 3.13 was found" in done.stderr
    assert "Ubuntu 22.04" in done.stderr


def test_without_a_grader_there_are_results_all_the_same(tmp_path: Path) -> None:
    root = unpacked(built(tmp_path), tmp_path / "autograder")
    done = subprocess.run(
        [root / "run_autograder"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "setup.sh has failed" in done.stderr
    results = read((root / "results" / "results.json").read_text())
    assert results["score"] == 0
    assert "no fault of yours" in results["output"]


def test_a_grader_that_is_killed_leaves_the_first_results(tmp_path: Path) -> None:
    root = unpacked(built(tmp_path), tmp_path / "autograder")
    dying = put(root / "venv" / "bin" / "grader", "#!/bin/bash\nkill -9 $$\n")
    dying.chmod(0o755)
    done = subprocess.run([root / "run_autograder"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "exit code 137" in done.stderr
    results = read((root / "results" / "results.json").read_text())
    assert "ended from outside, which is no fault of yours" in results["output"]
