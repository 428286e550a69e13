"""One rubric of CS231n serves all years: what is right in one of them is so in that one alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fnmatch import fnmatch

import pytest

from grader.grading.examiner import Examiner
from grader.grading.plan import Plan
from grader.records import Rubric, SourceFile, Submission
from grader.rubric import load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection
from tests.cli.command import ROOT

LAYERED_NET = """\
import numpy as np
from ..layers import *
from ..layer_utils import *


class TwoLayerNet(object):
    def __init__(self, input_dim=3 * 32 * 32, hidden_dim=100, num_classes=10,
                 weight_scale=1e-3, reg=0.0):
        self.reg = reg
        self.params = {
            'W1': weight_scale * np.random.randn(input_dim, hidden_dim), 'b1': np.zeros(hidden_dim),
            'W2': weight_scale * np.random.randn(hidden_dim, num_classes), 'b2': np.zeros(num_classes),
        }

    def loss(self, X, y=None):
        W1, W2 = self.params['W1'], self.params['W2']
        hidden, first = affine_relu_forward(X, W1, self.params['b1'])
        scores, second = affine_forward(hidden, W2, self.params['b2'])
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        loss += FACTOR * self.reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
        dhidden, dW2, db2 = affine_backward(dscores, second)
        _, dW1, db1 = affine_relu_backward(dhidden, first)
        return loss, {
            'W1': dW1 + 2 * FACTOR * self.reg * W1, 'b1': db1,
            'W2': dW2 + 2 * FACTOR * self.reg * W2, 'b2': db2,
        }
"""
"""The two-layer net since 2021."""


def of_year(rubric_id: str, year: str) -> Rubric:
    choice = Choice(option="year", choice=year, source="--option")
    path = ROOT / "rubrics" / rubric_id / "rubric.yaml"
    return load_rubric(path, selection=Selection(choices=(choice,)))


@contextlib.contextmanager
def examiner(rubric_id: str, year: str, pattern: str) -> Iterator[Examiner]:
    """Yield an examiner for the items of one year that a pattern names."""
    rubric = of_year(rubric_id, year)
    items = tuple(item for item in rubric.items if item.probe and fnmatch(item.id, pattern))
    found = Examiner(Plan(rubric=rubric, items=items, seed=rubric.seed), has_notebooks=False)
    try:
        yield found
    finally:
        found.close()


def example(rubric_id: str, student: str) -> dict[str, str]:
    """Return an example's modules by their path in the package."""
    files = sorted((ROOT / "submissions_example" / rubric_id / student).rglob("*.py"))
    return {
        file.as_posix().rpartition("/cs231n/")[2]: file.read_text(encoding="utf-8-sig")
        for file in files
    }


def submitted(modules: Mapping[str, str]) -> Submission:
    """Return a package as it was handed in."""
    files = [
        SourceFile(path=f"cs231n/{path}", data=text.encode()) for path, text in modules.items()
    ]
    return Submission(id="somebody", people=(), files=tuple(files))


def lost(asked: Examiner, modules: Mapping[str, str]) -> dict[str, Decimal]:
    """Return the points that a package loses, by the items that lose some."""
    sheet, _ = asked.examine(submitted(modules))
    assert all(score.points is not None for score in sheet.scores)
    return {
        score.item.id: score.item.points - score.points
        for score in sheet.scores
        if score.points is not None and score.points != score.item.points
    }


def changed(modules: Mapping[str, str], path: str, *pairs: tuple[str, str]) -> dict[str, str]:
    """Return modules of which one has texts replaced that stand in it."""
    text = modules[path]
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return {**modules, path: text}


def test_half_of_the_penalty_is_right_until_2016_and_all_of_it_is_not() -> None:
    with examiner("cs231n-a1", "2015-2016", "net.*") as asked:
        assert lost(asked, example("cs231n-a1", "dusky-heron")) == {}
        # 0.3 x 6 of the loss, and half of 0.3 x 6 each of what is the gradient of this loss.
        assert lost(asked, example("cs231n-a1", "amber-lynx")) == {
            "net.loss": Decimal("1.8"),
            "net.dW1": Decimal("0.9"),
            "net.dW2": Decimal("0.9"),
        }


def test_the_network_out_of_layers_is_graded_since_2021() -> None:
    layers = example("cs231n-a2", "azure-marten")["layers.py"]
    linear = example("cs231n-a1", "amber-lynx")

    def package(factor: str) -> dict[str, str]:
        net = LAYERED_NET.replace("FACTOR", factor)
        return {**linear, "layers.py": layers, "classifiers/fc_net.py": net}

    with examiner("cs231n-a1", "2021", "*") as asked:
        assert lost(asked, package("0.5")) == {}
        assert lost(asked, package("1.0")) == {
            "net.loss": Decimal("1.8"),
            "net.dW1": Decimal("0.9"),
            "net.dW2": Decimal("0.9"),
        }


def test_nothing_of_another_year_is_missed() -> None:
    layers = example("cs231n-a2", "azure-marten")["layers.py"]
    modules = {**example("cs231n-a1", "amber-lynx"), "layers.py": layers}
    modules["classifiers/fc_net.py"] = LAYERED_NET.replace("FACTOR", "0.5")
    del modules["classifiers/neural_net.py"]

    with examiner("cs231n-a1", "2021", "net.scores") as asked:
        assert not _flags_about(asked, modules, "not handed in")
        del modules["classifiers/fc_net.py"]
        assert _flags_about(asked, modules, "fc_net.py was not handed in")


def _flags_about(asked: Examiner, modules: Mapping[str, str], words: str) -> list[str]:
    sheet, _ = asked.examine(submitted(modules))
    return [flag for flag in sheet.flags if words in flag]


def test_the_class_of_earlier_years_earns_its_scores_alone_where_layers_are_asked_for() -> None:
    with examiner("cs231n-a1", "2021", "net.*") as asked:
        untouched = lost(asked, example("cs231n-a1", "amber-lynx"))

    assert sum(untouched.values()) == 39 - 5
    assert not {"net.scores", "net.predict"} & set(untouched)


def test_p_of_dropout_drops_until_2017_and_switches_have_their_older_names() -> None:
    modules = changed(
        example("cs231n-a2", "azure-marten"),
        "layers.py",
        ("(np.random.rand(*x.shape) < p) / p", "(np.random.rand(*x.shape) >= p) / (1 - p)"),
    )
    modules = changed(
        modules,
        "classifiers/fc_net.py",
        ("dropout=1, normalization=None", "dropout=0, use_batchnorm=False"),
        (
            "self.normalization = normalization",
            "self.normalization = 'batchnorm' if use_batchnorm else None",
        ),
        ("dropout != 1", "dropout > 0"),
    )

    with examiner("cs231n-a2", "2016-2017", "[bd]*.*") as asked:
        assert lost(asked, modules) == {}
        # The share that is kept and its scale are those of later years; the mask is used rightly.
        later = example("cs231n-a2", "azure-marten")
        assert lost(asked, later) == {"dropout.train": Decimal("1.5")}


@pytest.mark.parametrize(
    ("year", "points", "has_layernorm"), [("2016-2017", 92, False), ("2018", 100, True)]
)
def test_layer_normalisation_is_asked_for_since_2018(
    year: str, points: int, has_layernorm: bool
) -> None:
    rubric = of_year("cs231n-a2", year)

    assert rubric.maximum == points
    assert any(item.id.startswith("ln.") for item in rubric.items) == has_layernorm


@pytest.mark.parametrize("year", ["2015-2016", "2017-2020", "2021"])
def test_every_year_of_the_first_assignment_has_a_hundred_points(year: str) -> None:
    assert of_year("cs231n-a1", year).maximum == 100
