"""Whatever a patient TA could run by hand loads and answers: a made submission of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.grading.classroom import outcomes
from tests.grading.kinds_hall import Hall
from tests.submission.kinds import KINDS


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    made = Hall(tmp_path_factory.mktemp("rubric"))
    yield made
    made.close()


@pytest.mark.parametrize("name", KINDS)
def test_what_runs_by_hand_is_loaded_and_right(hall: Hall, tmp_path: Path, name: str) -> None:
    sheet = hall.grade(tmp_path, name, KINDS[name].numpy_compat)

    told = [f"{s.item.id}: {s.verdict.outcome}: {s.verdict.message}" for s in sheet.scores]
    assert outcomes(sheet) == {"net": "correct", "layers": "correct"}, [*told, sheet.load]
    assert sheet.problems == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("old version in another folder, changed earlier", "package root 'b/' taken, also found"),
        ("template beside the work", "package root 'hw3/' taken, also found: 'a/'"),
        ("file saved once more by the browser", "nndl/layers (1).py is taken for it"),
        ("renamed modules", "nndl/layers-2.py is taken for it"),
        ("file twice in the archive", "twice in the archive, the last was taken"),
        (
            "notebook that writes its modules",
            "nndl/layers.py: what hw.ipynb[cell 2] writes is taken for it",
        ),
        ("renamed notebook", "Copy of HW3 (1).ipynb is taken for it"),
    ],
)
def test_what_was_taken_of_several_is_told(
    hall: Hall, tmp_path: Path, name: str, words: str
) -> None:
    sheet = hall.grade(tmp_path, name, numpy_compat=False)

    assert any(words in flag for flag in sheet.flags), sheet.flags


def test_what_numpy_has_removed_is_told_as_the_environments(hall: Hall, tmp_path: Path) -> None:
    sheet = hall.grade(tmp_path, "names that NumPy has removed", numpy_compat=False)

    assert outcomes(sheet) == {"net": "raised", "layers": "raised"}
    told = f"environment: NumPy {np.__version__} has no np.product any more (np.prod now)"
    if not hasattr(np, "product"):
        assert all(told in score.verdict.message for score in sheet.scores)
        assert any(told in flag and "numpy_compat: true" in flag for flag in sheet.flags)
