"""Homework of free form: a person's adapter brings it under the names that the rubric asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.adapters import adapter_for, found_adapters, read_adapters
from grader.errors import UsageError
from grader.records import ScoreSheet, SourceFile
from grader.rubric import load_rubric
from tests.cli.command import grader, scores
from tests.grading.classroom import (
    RIGHT,
    TANH,
    Classroom,
    outcomes,
    points,
    put,
    submission,
    write_rubric,
)

FREE = {"my_cool_network.py": RIGHT.replace("forward", "go").replace("backward", "back")}
ADAPTER = "from my_cool_network import go as forward, back\n\n\ndef backward(dout, z):\n    return back(dout, z)\n"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    made = Classroom(tmp_path_factory.mktemp("free"), TANH.replace("starter: starter/\n", ""))
    yield made
    made.examiner.close()


def graded(room: Classroom, source: str | None, files: dict[str, str] = FREE) -> ScoreSheet:
    given = {"amber-fox": SourceFile(path="amber-fox.py", data=source.encode())} if source else {}
    room.plan.adapters = given
    return room.examiner.examine(submission(files))[0]


def test_an_adapter_brings_free_names_under_the_rubrics(room: Classroom) -> None:
    assert points(graded(room, None)) == {"out": "0", "dz": "0"}

    sheet = graded(room, ADAPTER)

    assert points(sheet) == {"out": "4", "dz": "6"}
    # That act.py is missing is no matter: nobody had to call it so.
    assert sheet.flags == ("the adapter amber-fox.py gives backward, forward",)


def test_it_lies_over_the_students_own_module(room: Classroom) -> None:
    files = {"act.py": RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n")}
    source = "import numpy as np\n\nfrom act import backward as own\n\n\ndef forward(z):\n    return np.tanh(z)\n"

    assert points(graded(room, None, files)) == {"out": "0", "dz": "6"}
    assert points(graded(room, source, files)) == {"out": "4", "dz": "6"}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1\n1 / 0\n", "the adapter amber-fox.py:2: ZeroDivisionError: division by zero"),
        ("from nowhere import f as forward\n", "the adapter amber-fox.py:1: ModuleNotFoundError"),
        ("def go():\n    pass\n", "the adapter amber-fox.py defines nothing that is asked for"),
        ("def f(:\n", "the adapter amber-fox.py:1: SyntaxError"),
    ],
    ids=["raises", "imports what is not there", "defines something else", "no Python"],
)
def test_one_that_fails_costs_nobody_points(room: Classroom, source: str, told: str) -> None:
    sheet = graded(room, source)

    assert set(outcomes(sheet).values()) == {"unsure"}
    assert any(problem.startswith(told) for problem in sheet.problems), sheet.problems


def test_what_is_imported_through_an_adapter_is_really_run(room: Classroom) -> None:
    wrong = {"my_cool_network.py": FREE["my_cool_network.py"].replace("1 - np", "1 + np")}

    sheet = graded(room, ADAPTER, wrong)

    assert outcomes(sheet) == {"out": "correct", "dz": "wrong"}


def test_modules_in_packages_are_made(tmp_path: Path) -> None:
    text = TANH.replace("from act", "from nn.parts.act").replace("[act.py]", "[nn/parts/act.py]")
    room = Classroom(tmp_path, text.replace("starter: starter/\n", ""))
    try:
        assert points(graded(room, ADAPTER)) == {"out": "4", "dz": "6"}
    finally:
        room.examiner.close()


def test_the_hash_of_a_submission_is_one_of_its_adapter() -> None:
    plain = submission(FREE)
    one = replace(plain, adapter=SourceFile(path="a.py", data=b"1"))
    other = replace(plain, adapter=SourceFile(path="a.py", data=b"2"))

    assert plain.hashed == plain.files
    assert len({plain.hashed, one.hashed, other.hashed}) == 3


def test_an_adapter_is_for_a_submission_or_for_one_of_its_people() -> None:
    mine, theirs = SourceFile(path="a.py", data=b""), SourceFile(path="b.py", data=b"")

    assert adapter_for({"a": mine, "b": theirs}, "team", ("c", "b")) is theirs
    assert adapter_for({"team": mine, "b": theirs}, "team", ("c", "b")) is mine
    assert adapter_for({"a": mine}, "team", ("c",)) is None


def test_adapters_that_cannot_be_read_are_all_named(tmp_path: Path) -> None:
    put(tmp_path / "ant.py", "x = 1\ndef f(:\n")
    put(tmp_path / "bee.py", "\0")
    put(tmp_path / "notes.txt", "no adapter")

    with pytest.raises(UsageError) as caught:
        read_adapters(tmp_path)

    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"{tmp_path}/ant.py:2: not Python")
    assert lines[1].startswith(f"{tmp_path}/bee.py")
    assert len(lines) == 2
    with pytest.raises(UsageError, match="the adapters cannot be read"):
        read_adapters(tmp_path / "none")
    assert found_adapters(tmp_path) == {}


def test_those_beside_a_rubric_are_for_its_examples(tmp_path: Path) -> None:
    home = write_rubric(tmp_path, TANH)
    put(home / "adapters" / "ant.py", "x = 1\n")

    assert list(load_rubric(home).adapters) == ["ant"]


def test_a_run_keeps_its_adapters_and_goes_on_with_them(tmp_path: Path) -> None:
    write_rubric(tmp_path, TANH)
    put(tmp_path / "all" / "ant" / "my_cool_network.py", FREE["my_cool_network.py"])
    put(tmp_path / "mine" / "ant.py", ADAPTER)
    put(tmp_path / "mine" / "bee.py", ADAPTER)

    done = grader(
        *("grade", "all", "--rubric", "tiny", "--adapters", "mine", "-o", "run"), cwd=tmp_path
    )
    assert done.returncode == 1, done.stderr
    assert "adapters: no submission of bee" in done.stderr
    assert scores(tmp_path / "run")["ant"]["total"] == "10"

    put(tmp_path / "run" / "adapters" / "ant.py", ADAPTER.replace("go as", "back as"))
    again = grader("grade", "all", "--rubric", "tiny", "-o", "run", "--resume", cwd=tmp_path)
    assert again.returncode == 1, again.stderr
    assert scores(tmp_path / "run")["ant"]["total"] == "6"
    one = grader("replay", "run", "ant", "dz", cwd=tmp_path)
    assert "correct" in one.stdout, one.stderr
