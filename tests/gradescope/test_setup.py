"""The zip file's own programs, end to end: a virtual environment, our wheel in it, and a grade."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.gradescope.container import built, hand_in, results, unpacked
from tests.grading.classroom import RIGHT

_LIBRARIES = str(Path(np.__file__).parents[1])


def test_the_zip_files_own_setup_installs_a_grader_that_grades(tmp_path: Path) -> None:
    """Without the network: what is pinned is taken from the libraries that the tests run with."""
    root = unpacked(built(tmp_path), tmp_path / "autograder")
    (root / "source" / "requirements.txt").write_text("", encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "PYTHON": sys.executable, "PYTHONPATH": _LIBRARIES}

    done = subprocess.run(
        ["/bin/bash", "source/setup.sh"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "setup.sh: done" in done.stdout
    site = next((root / "venv" / "lib").glob("python3.*/site-packages"))
    assert (site / "grader" / "gradescope" / "image" / "run_autograder").exists()
    assert (site / "reference" / "__init__.py").exists()

    hand_in(root, {"act.py": RIGHT.replace("1 - np", "1 + np")})
    done = subprocess.run(
        [root / "run_autograder"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "written: " in done.stderr
    told = results(root)
    assert (told["score"], told["tests"][0]["status"]) == (4, "passed")
    assert told["tests"][1]["status"] == "failed"
