"""Whole runs: the same bytes in whatever order, and a valid partial run after Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.cli.command import grader, scores, started, wait_until
from tests.grading.classroom import RIGHT, TANH, put, write_rubric

SLOW = RIGHT.replace("import numpy as np", "import numpy as np, time").replace(
    "return np.tanh(z)\n", "time.sleep(2.5)\n    return np.tanh(z)\n", 1
)
WRONG = RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1)
ENDLESS = RIGHT.replace("return np.tanh(z)\n", "while True: pass\n", 1)
DOUBTFUL = RIGHT.replace(
    "np.tanh(z)\n", "np.tanh(z) + 1e-11 * (np.arange(z.size) == 0).reshape(z.shape)\n", 1
)
"""Off by more than rounding and less than a mistake, in one entry."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_rubric(tmp_path, TANH)
    return tmp_path


def hand_in(folder: Path, **sources: str) -> None:
    for name, source in sources.items():
        put(folder / "all" / name / "act.py", source)


def test_the_scores_do_not_depend_on_the_number_of_workers(folder: Path) -> None:
    hand_in(folder, ant=RIGHT, bee=WRONG, cow=ENDLESS, doe=DOUBTFUL, elk=RIGHT, fox="def (")
    for jobs in (1, 2):
        run = f"run{jobs}"
        done = grader("grade", "all", "--rubric", "tiny", "-o", run, "--jobs", jobs, cwd=folder)
        assert done.returncode == 0, done.stderr
    for table in ("scores.csv", "items.csv"):
        one, two = ((folder / run / table).read_bytes() for run in ("run1", "run2"))
        assert one == two
    totals = {name: row["total"] for name, row in scores(folder / "run1").items()}
    assert totals == {"ant": "10", "bee": "6", "cow": "6", "doe": "6", "elk": "10", "fox": "0"}


def test_a_score_does_not_depend_on_who_else_handed_in(folder: Path) -> None:
    """A doubt of one student makes further draws; another one is judged on the usual ones."""
    hand_in(folder, ant=DOUBTFUL, bee=RIGHT)
    put(folder / "alone" / "bee" / "act.py", RIGHT)
    for name in ("all", "alone"):
        arguments = ("grade", name, "--rubric", "tiny", "-o", f"run-{name}", "--jobs", 1)
        assert grader(*arguments, cwd=folder).returncode == 0
    together, alone = (
        json.loads((folder / f"run-{name}" / "results" / "bee.json").read_text())
        for name in ("all", "alone")
    )
    assert together["items"] == alone["items"]
    assert scores(folder / "run-all")["ant"]["status"] == "undecided"


def test_a_run_keeps_a_result_and_a_transcript_of_everybody(folder: Path) -> None:
    hand_in(folder, ant=RIGHT, **{"b e": WRONG})
    assert grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=folder).returncode == 0
    ids = sorted(path.stem for path in (folder / "run" / "results").iterdir())
    assert ids[0] == "ant"
    assert ids[1].startswith("b-e-")
    assert sorted(path.stem for path in (folder / "run" / "transcripts").iterdir()) == ids
    told = json.loads((folder / "run" / "run.json").read_text())
    assert (told["rubric"], told["seed"]) == ("tiny", 11)
    assert not any(path.name.startswith(".") for path in (folder / "run").rglob("*"))


def test_what_could_not_be_read_is_open_and_it_is_said_how_it_goes_on(folder: Path) -> None:
    hand_in(folder, ant=RIGHT, bee=RIGHT + "#" * (1 << 20))
    done = grader("grade", "all", "--rubric", "tiny", "-o", "run", cwd=folder)
    assert done.returncode == 1
    told = done.stderr.splitlines()[-2:]
    assert told[0] == "bee: act.py: larger than 1024 KB"
    assert told[1].startswith("bee: items are open until a person decides: mend the file and ")
    assert "--student ID), or mark them by hand (grader marks template RUN)" in told[1]


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_leaves_a_valid_partial_run_and_says_how_far_it_came(
    folder: Path, sent: str
) -> None:
    """The same of a batch system that ends a job, and of a terminal that is closed."""
    hand_in(folder, ant=RIGHT, bee=WRONG, cow=SLOW, doe=SLOW, elk=SLOW)
    process = started("grade", "all", "--rubric", "tiny", "-o", "run", "--jobs", 1, cwd=folder)
    results = folder / "run" / "results"
    wait_until("the first two are graded", lambda: (results / "bee.json").exists())
    time.sleep(0.3)
    end = os.kill if sent == "SIGTERM" else os.killpg
    end(process.pid, getattr(signal, sent))
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (
        "interrupted: 2 of 5 submissions were graded; the tables hold these, and --resume goes on"
        in err
    )
    assert "Traceback" not in err
    rows = scores(folder / "run")
    assert {name: row["total"] for name, row in rows.items()} == {"ant": "10", "bee": "6"}
    assert "2 submissions: 3 correct, 1 wrong" in out
    assert (folder / "run" / "items.csv").read_text().splitlines()[1].startswith("out,tanh,,4,2,2")


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.4])
def test_ctrl_c_at_the_very_beginning_leaves_no_traceback(folder: Path, delay_s: float) -> None:
    hand_in(folder, ant=SLOW, bee=SLOW)
    process = started("grade", "all", "--rubric", "tiny", "-o", "run", "--jobs", 2, cwd=folder)
    wait_until("the run's folder is made", (folder / "run" / "run.json").exists)
    time.sleep(delay_s)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "KeyboardInterrupt" not in err
    assert "interrupted: 0 of 2 submissions were graded; --resume goes on" in err
    assert "the parent process is gone" not in err, "that reads like a fault"
    assert out == "", "there is no table of nobody"
    assert "written: " not in err


def test_a_second_ctrl_c_does_not_tear_the_tables(folder: Path) -> None:
    hand_in(folder, ant=RIGHT, bee=SLOW, cow=SLOW)
    process = started("grade", "all", "--rubric", "tiny", "-o", "run", "--jobs", 1, cwd=folder)
    wait_until("the first is graded", (folder / "run" / "results" / "ant.json").exists)
    time.sleep(0.3)
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.05)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "KeyboardInterrupt" not in err
    assert list(scores(folder / "run")) == ["ant"]
