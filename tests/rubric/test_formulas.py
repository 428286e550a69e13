"""Items of formulas: what a rubric may say of them, and what is told where it does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import RubricError
from grader.records import Rubric, Variant
from grader.rubric import load_rubric

RUBRIC = """\
schema: 1
id: demo
title: "A demonstration"
seed: 7
modules: {expected: [net.py]}
probes:
  paper:
    problem: autoencoder
    cases: {plain: {draws: 2}}
    answers: {dW: formula("q1.d")}
  steps:
    problem: sigmoid_mlp
    answers: {delta2: formula("q2.a"), delta1: formula("q2.b")}
items:
  - {id: q1, title: Tied, points: 2, check: formula, probe: paper, answer: dW, names: [e], transposed: true}
  - {id: q2, title: Last, points: 1, check: formula, probe: steps, answer: delta2}
  - {id: q3, title: First, points: 2, check: formula, probe: steps, answer: delta1, credit: {carried: 0.5, given: [delta2]}}
"""


def loaded(tmp_path: Path, text: str) -> Rubric:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "rubric.yaml").write_text(text)
    return load_rubric(folder)


def test_a_probe_of_formulas_needs_no_code(tmp_path: Path) -> None:
    rubric = loaded(tmp_path, RUBRIC)

    assert rubric.probes["paper"].variants == (Variant(name="code", code="pass"),)
    assert rubric.items[0].parameters == {"names": ("e",), "transposed": True}
    assert rubric.items[1].parameters == {"names": (), "transposed": False}
    assert rubric.items[2].given == ("delta2",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{dW: formula("q1.d")}', "{dW: W}", ": missing key 'code' (or 'variants')"),
        ('{dW: formula("q1.d")}', "{dW: formula(W)}", ": 'dW' of the probe 'paper' is no formula: "),
        ("check: formula, probe: paper, answer: dW, names: [e], transposed: true",
         "check: gradient, probe: paper, answer: dW", "is a formula: use the check 'formula'"),
        ("names: [e]", "names: [e, q]", "problem autoencoder has no intermediate 'q'"),
        ("names: [e]", "name: [e]", "unknown key 'name'; did you mean 'names'?"),
        ("transposed: true", "transposed: maybe", "transposed must be true or false"),
        ("given: [delta2]", "given: [dW1]", "has no answer 'dW1'"),
        ("problem: autoencoder\n    cases: {plain: {draws: 2}}", "draws: none", "needs a probe with a 'problem'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in RUBRIC
    with pytest.raises(RubricError) as raised:
        loaded(tmp_path, RUBRIC.replace(old, new))
    assert told in str(raised.value)
