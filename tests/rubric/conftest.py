"""A small rubric that is right, a small catalogue, and a way to load the one with the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.errors import RubricError
from grader.records import Rubric
from grader.rubric import load_rubric
from grader.rubric.catalogue import ProblemFacts

GOOD = """\
schema: 1
id: demo
title: "A demonstration"
seed: 7
modules: {expected: [nndl/net.py]}
probes:
  net:
    problem: {id: net, layout: rows}
    cases: {plain: {reg: 0.0, draws: 2}, decay: {reg: 0.3}}
    code: |
      from nndl import net
      loss, grads = net.loss(X, y)
    answers: {loss: loss, dW1: "grads['W1']"}
  fit:
    dataset: {id: blobs, train: 10, test: 5, D: 6}
    code: |
      pred = X_test[:, 0] > 0
    answers: {pred: pred}
items:
  - id: loss
    title: Loss
    points: 2
    check: value
    probe: net
    answer: loss
    credit: {cases: {plain: 0.7, decay: 0.3}}
  - {id: dW1, title: Gradient, points: 1.5, check: gradient, probe: net, answer: dW1}
  - {id: fit, title: Training, points: 3, check: training, probe: fit, answer: pred, accuracy: 0.9}
"""

FACTS = {
    "net": ProblemFacts(
        id="net",
        options={
            "layout": ("rows", "columns"),
            "penalty": ("half", "full"),
            "scaling": ("mean", "sum"),
        },
        sizes=frozenset({"N", "D", "H"}),
        settings=frozenset({"reg"}),
        regimes=frozenset({"decay", "single", "square"}),
        gradients=frozenset({"dW1"}),
        intermediates=frozenset({"scores"}),
    ),
    "tanh": ProblemFacts(
        id="tanh",
        options={},
        sizes=frozenset({"N"}),
        settings=frozenset(),
        regimes=frozenset(),
        gradients=frozenset(),
    ),
}
INPUTS = {"net": ("N", "D", "H", "X", "y", "w", "reg"), "tanh": ("N", "z")}
ANSWERS = {"net": ("scores", "loss", "dW1"), "tanh": ("out", "derivative")}


class SmallCatalogue:
    """Two problems and a data set."""

    def problem_ids(self) -> tuple[str, ...]:
        return tuple(FACTS)

    def problem(self, problem_id: str) -> ProblemFacts:
        return FACTS[problem_id]

    def answers(self, problem_id: str, options: Mapping[str, str]) -> tuple[str, ...]:
        assert all(options[name] in FACTS[problem_id].options[name] for name in options)
        return ANSWERS[problem_id]

    def inputs(self, problem_id: str, options: Mapping[str, str]) -> tuple[str, ...]:
        """Return the inputs; in columns, the first has another name."""
        assert all(options[name] in FACTS[problem_id].options[name] for name in options)
        turned = "XT" if options.get("layout") == "columns" else "X"
        return tuple(turned if name == "X" else name for name in INPUTS[problem_id])

    def dataset_ids(self) -> tuple[str, ...]:
        return ("blobs",)

    def dataset_parameters(self, dataset_id: str) -> tuple[str, ...]:
        return ("D", "C")


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "demo"
    home.mkdir()
    return home


@pytest.fixture
def load(folder: Path) -> Callable[[str | bytes], Rubric]:
    """Load the text of a rubric whose id is ``demo``."""

    def load_text(text: str | bytes) -> Rubric:
        data = text if isinstance(text, bytes) else text.encode()
        (folder / "rubric.yaml").write_bytes(data)
        return load_rubric(folder, SmallCatalogue())

    return load_text


@pytest.fixture
def complaints(load: Callable[[str | bytes], Rubric]) -> Callable[[str | bytes], list[str]]:
    """Return the complaints about a text, each as ``line:column: message``."""

    def complaints_about(text: str | bytes) -> list[str]:
        with pytest.raises(RubricError) as caught:
            load(text)
        return [f"{c.line}:{c.column}: {c.message}" for c in caught.value.complaints]

    return complaints_about


@pytest.fixture
def change(good: str) -> Callable[..., str]:
    """Return the good rubric with some of its text replaced; the text must be there."""

    def changed(*pairs: tuple[str, str]) -> str:
        text = good
        for old, new in pairs:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        return text

    return changed
