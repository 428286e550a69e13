"""The numbers that the courses publish come out of our references, to their last digit."""

from __future__ import annotations

import numpy as np
import pytest

from reference import problem
from reference.backprop_by_hand import published, steps


def toy_net(*, layout: str, reg: float) -> dict:
    """Return the toy net and data of both courses: 4 inputs, 10 hidden units, 3 classes."""
    weights, data = np.random.RandomState(0), np.random.RandomState(1)
    W1, W2 = ((4, 10), (10, 3)) if layout == "rows" else ((10, 4), (3, 10))
    return {
        "W1": 0.1 * weights.randn(*W1),
        "b1": np.zeros(10),
        "W2": 0.1 * weights.randn(*W2),
        "b2": np.zeros(3),
        "X": 10.0 * data.randn(5, 4),
        "y": np.array([0, 1, 2, 2, 1]),
        "reg": reg,
    }


@pytest.mark.parametrize(
    ("layout", "penalty", "reg", "published_loss", "last_digit"),
    [
        pytest.param("columns", "half", 0.05, 1.071696123862817, 1e-15, id="UCLA"),
        pytest.param("rows", "half", 0.1, 1.30378789133, 1e-11, id="CS231n to 2016"),
        pytest.param("rows", "full", 0.05, 1.30378789133, 1e-11, id="CS231n from 2017"),
    ],
)
def test_the_toy_two_layer_net_has_its_published_loss(
    layout, penalty, reg, published_loss, last_digit
):
    options = {"layout": layout, "penalty": penalty}
    answers = problem("two_layer_net").solve(toy_net(layout=layout, reg=reg), options)
    assert float(answers["loss"]) == pytest.approx(published_loss, rel=0, abs=0.51 * last_digit)


@pytest.mark.parametrize(("reg", "published_loss"), [(0.0, 3.4702243556), (1.0, 26.5948426952)])
def test_the_modular_two_layer_net_has_its_published_losses(reg, published_loss):
    N, D, H, C = 3, 5, 50, 7
    inputs = {
        "X": np.linspace(-5.5, 4.5, N * D).reshape(D, N).T,
        "y": np.array([0, 5, 1]),
        "W1": np.linspace(-0.7, 0.3, D * H).reshape(D, H),
        "b1": np.linspace(-0.1, 0.9, H),
        "W2": np.linspace(-0.3, 0.4, H * C).reshape(H, C),
        "b2": np.linspace(-0.9, 0.1, C),
        "reg": reg,
    }
    answers = problem("fc_net").solve(inputs, {"depth": "2", "penalty": "half"})
    assert float(answers["loss"]) == pytest.approx(published_loss, rel=0, abs=6e-11)


def test_the_worked_example_by_hand_gives_minus_a_sixteenth_exactly():
    assert float(steps(**published())["dW1"][0, 1]) == -1 / 16
