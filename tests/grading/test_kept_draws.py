"""Certified draws are kept between commands: the same to the bit, or made anew."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.grading import kept_draws as kept_draws_module
from grader.grading import planning as plan_module
from grader.grading.kept_draws import KeptDraws, _are_equal, kept_draws
from grader.grading.plan import Plan
from grader.grading.planning import make_plan
from grader.records import Rubric
from grader.rubric import find_rubric, load_rubric
from tests.cli.command import grader
from tests.grading.classroom import RIGHT, TANH, put, submission, write_rubric

SECRET = b"amber lamps over the weir"
OWN = TANH.replace("  dz:\n", "  dz:\n    per_student: true\n", 1)


@pytest.fixture(scope="module")
def rubric(tmp_path_factory: pytest.TempPathFactory) -> Rubric:
    return load_rubric(write_rubric(tmp_path_factory.mktemp("kept"), TANH))


@pytest.fixture
def kept(tmp_path: Path) -> KeptDraws:
    return KeptDraws(tmp_path / "cache")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that grows with every draw that is made."""
    names: list[Any] = []
    make = plan_module.make_draw

    def counted(probe: Any, key: Any, *others: Any) -> Any:
        names.append(key)
        return make(probe, key, *others)

    monkeypatch.setattr(plan_module, "make_draw", counted)
    return names


def files(kept: KeptDraws) -> list[Path]:
    return sorted(path for path in kept.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["elec576-a1", "backprop-by-hand"])
def test_kept_draws_are_the_same_to_the_bit(name: str, kept: KeptDraws, made: list[Any]) -> None:
    rubric = load_rubric(find_rubric(name))
    fresh = make_plan(rubric, kept=kept)
    made.clear()
    again = make_plan(rubric, kept=kept)
    assert made == []
    assert list(again.draws) == list(fresh.draws)
    assert all(_are_equal(fresh.draws[key], again.draws[key]) for key in fresh.draws)
    assert [again.inputs_digest(key) for key in again.draws] == [
        fresh.inputs_digest(key) for key in fresh.draws
    ]


def test_arrays_that_were_kept_can_be_written_to_like_fresh_ones(
    rubric: Rubric, kept: KeptDraws
) -> None:
    make_plan(rubric, kept=kept)
    for draw in make_plan(rubric, kept=kept).draws.values():
        for value in draw.inputs.values():
            assert not hasattr(value, "flags") or value.flags.writeable


def test_another_seed_has_draws_of_its_own(
    rubric: Rubric, kept: KeptDraws, made: list[Any]
) -> None:
    first = make_plan(rubric, kept=kept)
    made.clear()
    other = make_plan(rubric, seed=12, kept=kept)
    assert made == list(first.draws)
    assert not any(_are_equal(first.draws[key], other.draws[key]) for key in first.draws)


@pytest.mark.parametrize(
    ("old", "new"),
    [("{plain: {draws: 2}}", "{plain: {draws: 2, N: 3}}"), ("problem: tanh", "problem: sigmoid")],
    ids=["other cases", "another problem"],
)
def test_a_probe_that_draws_otherwise_is_drawn_anew(
    old: str, new: str, rubric: Rubric, kept: KeptDraws, made: list[Any], tmp_path: Path
) -> None:
    make_plan(rubric, kept=kept)
    made.clear()
    text = TANH.replace(old, new, 1)
    assert text != TANH
    changed = load_rubric(write_rubric(tmp_path / "changed", text))
    make_plan(changed, kept=kept)
    assert {key.probe for key in made} == {"out"}


def test_other_code_finds_nothing(
    rubric: Rubric, kept: KeptDraws, made: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_plan(rubric, kept=kept)
    made.clear()
    monkeypatch.setattr(kept_draws_module, "_digest_of_code", lambda: "f" * 64)
    make_plan(rubric, kept=kept)
    assert len(made) == 4


def test_what_other_code_has_left_is_removed_after_a_month(
    rubric: Rubric, kept: KeptDraws, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, recent, foreign = (kept.folder / n for n in ("draws-00", "draws-01", "notes"))
    for folder, age_days in ((old, 31), (recent, 29), (foreign, 400)):
        put(folder / "one", "x")
        moment = time.time() - 86400 * age_days
        os.utime(folder, (moment, moment))
    make_plan(rubric, kept=kept)
    assert not old.exists()
    assert recent.exists()
    assert foreign.exists()


def turned(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)


def another_ones(path: Path) -> None:
    """Put the next draw's file in its place."""
    siblings = sorted(path.parent.iterdir())
    path.write_bytes(siblings[siblings.index(path) - 1].read_bytes())


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "a bit is turned": turned,
    "it is cut off": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "it is empty": lambda path: path.write_bytes(b""),
    "it is something else": lambda path: path.write_bytes(b"\x80" * 200),
    "it is another draw's": another_ones,
    "others may write to it": lambda path: path.chmod(0o666),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_cannot_be_trusted_is_made_anew(
    damage: str, rubric: Rubric, kept: KeptDraws, made: list[Any]
) -> None:
    fresh = make_plan(rubric, kept=kept)
    made.clear()
    DAMAGES[damage](files(kept)[0])
    again = make_plan(rubric, kept=kept)
    assert len(made) == 1
    assert all(_are_equal(fresh.draws[key], again.draws[key]) for key in fresh.draws)
    made.clear()
    make_plan(rubric, kept=kept)
    assert made == [], "and kept again"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away"
)
def test_a_file_of_somebody_else_is_not_read(
    rubric: Rubric, kept: KeptDraws, made: list[Any]
) -> None:
    make_plan(rubric, kept=kept)
    made.clear()
    os.chown(files(kept)[0], 65534, 65534)
    make_plan(rubric, kept=kept)
    assert len(made) == 1


def test_a_folder_that_others_may_write_to_is_not_read(
    rubric: Rubric, kept: KeptDraws, made: list[Any]
) -> None:
    plan = make_plan(rubric, kept=kept)
    made.clear()
    files(kept)[0].parent.chmod(0o777)
    make_plan(rubric, kept=kept)
    assert len(made) == len(plan.draws)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_in_a_files_place_holds_nobody_up(
    rubric: Rubric, kept: KeptDraws, made: list[Any]
) -> None:
    make_plan(rubric, kept=kept)
    made.clear()
    path = files(kept)[0]
    path.unlink()
    os.mkfifo(path, 0o600)
    make_plan(rubric, kept=kept)
    assert len(made) == 1


def test_only_the_user_can_look_into_the_folder(rubric: Rubric, kept: KeptDraws) -> None:
    make_plan(rubric, kept=kept)
    (folder,) = kept.folder.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_done_without(
    rubric: Rubric, tmp_path: Path, made: list[Any]
) -> None:
    put(tmp_path / "file", "not a folder")
    plan = make_plan(rubric, kept=KeptDraws(tmp_path / "file" / "cache"))
    assert len(made) == len(plan.draws) == 4


def test_draws_of_one_student_are_not_kept(tmp_path: Path, kept: KeptDraws) -> None:
    rubric = load_rubric(write_rubric(tmp_path / "own", OWN))
    plan = make_plan(rubric, secret=SECRET, kept=kept)
    before = files(kept)
    of_one = plan.of(submission({"act.py": RIGHT}, "ant"))
    assert isinstance(of_one, Plan)
    own = [of_one.draw(key) for key in plan.draws if key.probe == "dz"]
    assert own
    assert files(kept) == before


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.cache/grader"),
        ({"HOME": "/home/ada", "XDG_CACHE_HOME": "/fast"}, "/fast/grader"),
        ({"HOME": "/home/ada", "GRADER_CACHE": "/mine"}, "/mine"),
        ({"HOME": "/home/ada", "GRADER_CACHE": "off"}, None),
        ({}, None),
    ],
)
def test_where_draws_are_kept(environment: dict[str, str], folder: str | None) -> None:
    found = kept_draws(environment)
    assert (found and found.folder) == (folder and Path(folder))


def test_the_command_gives_the_same_scores_from_kept_draws(
    tmp_path: Path,
) -> None:
    home = write_rubric(tmp_path, TANH)
    put(tmp_path / "all" / "ant" / "act.py", RIGHT)
    cache = tmp_path / "cache"
    told = []
    for number in range(2):
        run = tmp_path / f"run-{number}"
        paths = (tmp_path / "all", "--rubric", home, "-o", run)
        done = grader("grade", *paths, GRADER_CACHE=str(cache))
        assert done.returncode == 0, done.stderr
        told.append((run / "scores.csv").read_bytes())
    assert told[0] == told[1]
    assert len(files(KeptDraws(cache))) == 4


def test_what_cannot_be_certified_is_no_draw_that_could_be_kept(
    tmp_path: Path, kept: KeptDraws
) -> None:
    never = TANH.replace("cases: {plain: {draws: 2}}", "cases: {plain: {draws: 1, scale: 1.0e+9}}")
    rubric = load_rubric(write_rubric(tmp_path / "never", never))
    with pytest.raises(UsageError):
        make_plan(rubric, kept=kept)
    assert files(kept) == []
