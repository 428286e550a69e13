"""A tiny homework and a class that has handed it in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.grading.classroom import RIGHT, TANH, put, write_rubric


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with the rubric ``tiny`` and three submissions in ``all``.

    The notebook's suffix is in capitals, as some systems have it.
    """
    write_rubric(tmp_path, TANH)
    put(tmp_path / "all" / "ant" / "act.py", RIGHT)
    put(tmp_path / "all" / "bee" / "act.py", RIGHT.replace("np.tanh(z)\n", "np.sin(z)\n", 1))
    put(tmp_path / "all" / "cow.IPYNB", notebook(RIGHT))
    return tmp_path


def notebook(source: str) -> str:
    """Return a notebook with a magic line, a cell that fails and the source."""
    cells = ["%matplotlib inline", "1 / 0", source]
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [],
                    "source": source.splitlines(keepends=True),
                }
                for source in cells
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    )
