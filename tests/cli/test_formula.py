"""Students try a formula before they hand it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import cold_grader, grader

TIED = ("formula", "--problem", "autoencoder", "--wrt", "W")


def test_a_right_formula_is_told_as_it_was_read_and_exits_with_0(tmp_path: Path) -> None:
    file = tmp_path / "d.txt"
    file.write_text("m = W^T W x - x\n\\nabla_W L = W m x^T + W x m^T\n")

    done = cold_grader(*TIED, "--file", file)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("read as: m = W^{\\top} W x - x, \\quad \\frac{\\partial L}")
    assert "dW: correct. The formula is right on all 3 draws." in done.stdout


def test_a_wrong_formula_is_diagnosed_and_exits_with_1() -> None:
    minus = ("formula", "--problem", "gplvm", "--wrt", "X", "--of", "L2")
    done = grader(*minus, r"-\alpha K^{-1} Y Y^T K^{-1} X")

    assert (done.returncode, done.stderr) == (1, "")
    assert "dL2_dX: wrong." in done.stdout
    assert "its sign is the wrong way round" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*TIED, "W M x^T"), "cannot be read: unknown name M; did you mean m?\n\nW M x^T\n  ^\n"),
        ((*TIED, "W\x1b[31m x"), "cannot be read: this '['"),
        (TIED, "name either an EXPRESSION or a --file"),
        ((*TIED, "W", "--file", "x"), "name either an EXPRESSION or a --file"),
        ((*TIED, "--file", "/no/such/file"), "/no/such/file: cannot be read"),
        (("formula", "--problem", "gplvn", "--wrt", "X", "X"), "did you mean 'gplvm'?"),
        (("formula", "--problem", "gplvm", "--wrt", "X", "X"), "dL1_dX, dL2_dX, dL_dX; name one"),
        (("formula", "--problem", "gplvm", "--wrt", "Z", "X"), "no derivative by 'Z'"),
        ((*TIED, "--option", "x=y", "W"), "has no option 'x'"),
        ((*TIED, "--option", "batch", "W"), "--option batch: must be NAME=VALUE"),
    ],
)
def test_what_cannot_be_tried_is_told_on_stderr(arguments: tuple[str, ...], told: str) -> None:
    done = grader(*arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert "\x1b" not in done.stderr
