"""Who names the package's own folder, or hands its files in without it, is graded all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.submission import one_submission, read
from tests.grading.classroom import RIGHT, TANH, Classroom, points, put, submission
from tests.submission.packed import zipped

PACKAGED = TANH.replace("from act", "from nn.act").replace("[act.py]", "[nn/act.py]")
USES_ITS_OWN = "from .mine import forward, backward as back\n\n\ndef backward(dout, z):\n    return back(dout, z)\n"
ALL = {"out": "4", "dz": "6"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    folder = tmp_path_factory.mktemp("packaged")
    made = Classroom(folder, PACKAGED.replace("starter: starter/\n", ""))
    yield made
    made.examiner.close()


@pytest.mark.parametrize("names", [["hw/nn"], ["hw/nn/act.py", "hw/nn/mine.py"]])
def test_a_helper_is_found_where_the_package_itself_is_named(
    room: Classroom, tmp_path: Path, names: list[str]
) -> None:
    put(tmp_path / "hw" / "nn" / "act.py", USES_ITS_OWN)
    put(tmp_path / "hw" / "nn" / "mine.py", RIGHT)
    found = one_submission([tmp_path / name for name in names], room.plan.rubric.modules.expected)

    sheet = room.examiner.examine(read(found))[0]

    assert points(sheet) == ALL
    assert not sheet.flags


@pytest.mark.parametrize("name", ["nn.zip", "act.zip"])
def test_a_helper_is_found_in_an_archive_of_the_packages_folder(
    room: Classroom, tmp_path: Path, name: str
) -> None:
    packed = zipped([("act.py", USES_ITS_OWN.encode()), ("mine.py", RIGHT.encode())])
    (tmp_path / name).write_bytes(packed)
    found = one_submission([tmp_path / name], room.plan.rubric.modules.expected)

    sheet = room.examiner.examine(read(found))[0]

    assert points(sheet) == ALL
    told = "the files lie without their folder nn/: './' is taken for it"
    assert list(sheet.flags) == ([] if name == "nn.zip" else [told])


@pytest.mark.parametrize("folder", ["", "my homework/"])
def test_a_helper_is_found_where_the_packages_folder_was_left_out(
    room: Classroom, folder: str
) -> None:
    files = {f"{folder}act.py": USES_ITS_OWN, f"{folder}mine.py": RIGHT}

    assert points(room.examiner.examine(submission(files))[0]) == ALL
