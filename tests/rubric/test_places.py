"""A rubric is found by its path or by its id, and importing the package costs little."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.rubric import find_rubric, load_rubric, rubric_ids
from grader.rubric.places import search_folders

SHIPPED = Path(__file__).resolve().parents[2] / "rubrics"


def make_rubric(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "rubric.yaml").write_text("schema: 1\n")
    return folder / "rubric.yaml"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRADER_RUBRICS", raising=False)


def test_finds_a_folder_and_a_file_by_path(tmp_path: Path) -> None:
    file = make_rubric(tmp_path / "mine")

    assert find_rubric(tmp_path / "mine") == file
    assert find_rubric(str(file)) == file
    assert find_rubric("mine") == Path("mine/rubric.yaml")


def test_finds_the_shipped_rubrics_by_id_from_anywhere() -> None:
    assert find_rubric("elec576-a1") == SHIPPED / "elec576-a1" / "rubric.yaml"
    assert {"elec576-a1", "ece247-hw3"} <= set(rubric_ids())


def test_named_folders_come_before_the_working_folder_and_that_before_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make_rubric(tmp_path / "rubrics" / "elec576-a1")
    assert find_rubric("elec576-a1") == here.relative_to(tmp_path)

    first = make_rubric(tmp_path / "first" / "elec576-a1")
    second = make_rubric(tmp_path / "second" / "other")
    named = os.pathsep.join(
        [str(tmp_path / "none"), str(tmp_path / "first"), str(tmp_path / "second")]
    )
    monkeypatch.setenv("GRADER_RUBRICS", named)

    assert find_rubric("elec576-a1") == first
    assert find_rubric("other") == second


def test_an_installed_package_finds_the_rubrics_inside_it() -> None:
    package = SHIPPED.parent / "grader"

    assert search_folders()[-2:] == (SHIPPED, package / "rubrics")


def test_a_folder_of_submissions_with_the_name_of_a_rubric_is_not_taken_for_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "elec576-a1").mkdir()

    assert find_rubric("elec576-a1") == SHIPPED / "elec576-a1" / "rubric.yaml"


def test_an_unknown_id_suggests_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        find_rubric("elec567-a1")

    message = str(caught.value)
    assert message.startswith("no rubric 'elec567-a1'; did you mean 'elec576-a1'? (known: ")
    known = message.partition("(known: ")[2].rstrip(")").split(", ")
    assert known == sorted(known)
    assert {"ece247-hw3", "elec576-a1"} <= set(known)


def test_an_id_that_is_as_near_to_several_suggests_all_of_them() -> None:
    with pytest.raises(
        UsageError, match="did you mean 'ece247-hw3' or 'ece247-hw4' or 'ece247-hw5'"
    ):
        find_rubric("ece247-hw")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("some/where", "no rubric at 'some/where': no such folder or YAML file"),
        ("rubric.yaml", "no rubric at 'rubric.yaml': no such folder or YAML file"),
        (".", "the folder '.' holds no rubric.yaml"),
        ("nul\0", "no rubric 'nul\\x00'"),
    ],
)
def test_a_path_without_a_rubric_is_told(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_rubric(name)

    assert str(caught.value).startswith(message)


def test_a_file_that_cannot_be_opened_is_told() -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file or directory"):
        load_rubric("none.yaml")


def test_a_free_file_need_not_carry_its_folders_name(tmp_path: Path) -> None:
    text = (SHIPPED / "elec576-a1" / "rubric.yaml").read_text()
    (tmp_path / "draft.yaml").write_text(text.replace("starter: starter/\n", ""))

    assert load_rubric("draft.yaml").id == "elec576-a1"


def test_importing_the_package_imports_neither_pydantic_nor_yaml_nor_numpy() -> None:
    program = (
        "import sys, grader.rubric as r; r.rubric_ids();"
        "print(sorted({'pydantic', 'yaml', 'numpy', 'reference'} & set(sys.modules)))"
    )

    process = subprocess.run(
        [sys.executable, "-c", program],
        cwd=SHIPPED.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert process.stdout.strip() == "[]"
