"""``grader rubric new``: a commented rubric for any problem, that holds as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

import reference
from grader.errors import UsageError
from grader.grading.linting import lint
from grader.records import ProblemRef
from grader.rubric import load_rubric
from grader.rubric.catalogue import ReferenceCatalogue
from grader.rubric.skeleton import write_skeleton
from tests.cli.command import grader


@pytest.mark.parametrize("problem_id", reference.problem_ids())
def test_a_rubric_for_every_problem_asks_for_all_its_answers(
    problem_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / f"new-{problem_id}"

    write_skeleton(problem_id, folder)

    rubric = load_rubric(folder)
    assert rubric.id == f"new-{problem_id}"
    problem = reference.problem(problem_id)
    for probe in rubric.probes.values():
        assert probe.source == ProblemRef(id=problem_id, options={})
        assert {case.name for case in probe.cases} == {"plain", *problem.regimes}
    checks = {item.id: item.check for item in rubric.items}
    gradients = {name for name, check in checks.items() if check == "gradient"}
    assert gradients == problem.gradients.keys() & checks.keys()
    assert set(ReferenceCatalogue().answers(problem_id, {})) == checks.keys()
    assert [file.path for file in rubric.starter] == ["homework.py"]
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {problem.title}\n")


@pytest.mark.parametrize("problem_id", ["linear_softmax", "adam", "he_normal"])
def test_it_passes_lint_as_it_is(problem_id: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    write_skeleton(problem_id, folder)

    proof = lint(folder / "rubric.yaml")

    assert proof.holds, proof.errors
    assert {step.name: step.result for step in proof.steps}["starter"] == "ok"


def test_a_solution_of_the_skeletons_shape_has_full_marks(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    write_skeleton("tanh", folder)
    solution = tmp_path / "homework.py"
    solution.write_text(
        "import numpy as np\n\n\n"
        "def values(z, dout):\n"
        '    return {"out": np.tanh(z), "derivative": 1 - np.tanh(z) ** 2}\n\n\n'
        "def gradients(z, dout):\n"
        '    return {"dz": dout * (1 - np.tanh(z) ** 2)}\n'
    )

    proof = lint(folder / "rubric.yaml", solution)

    assert proof.holds, proof.errors
    assert {step.name: step.result for step in proof.steps}["solutions"] == "ok"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "rubric.yaml").write_text("mine")

    with pytest.raises(UsageError, match="holds something already"):
        write_skeleton("tanh", tmp_path / "mine")

    assert (tmp_path / "mine" / "rubric.yaml").read_text() == "mine"


def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no problem 'tahn'; did you mean 'tanh'"):
        write_skeleton("tahn", tmp_path / "mine")
    with pytest.raises(UsageError, match="'my homework' cannot be a rubric's id"):
        write_skeleton("tanh", tmp_path / "my homework")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_skeleton("tanh", tmp_path / "file" / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_command_writes_one_that_is_found_by_its_id(tmp_path: Path) -> None:
    done = grader("rubric", "new", "--problem", "tanh", "rubrics/mine", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "written: rubrics/mine/starter/homework.py" in done.stderr

    proved = grader("rubric", "lint", "mine", cwd=tmp_path)
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "the homework.py" not in proved.stdout
    told = "the hint of the items out, derivative, dz is still the skeleton's, and students will"
    assert told in " ".join(proved.stdout.split())
