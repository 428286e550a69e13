"""Nothing overflows, warns or loses its meaning where the numbers are large."""

from __future__ import annotations

import numpy as np
import pytest

from reference.activations import ACTIVATIONS
from reference.losses import log_softmax, softmax, softmax_loss, svm_loss

FAR = {
    "tanh": ((-1.0, 1.0), (0.0, 0.0)),
    "sigmoid": ((0.0, 1.0), (0.0, 0.0)),
    "relu": ((0.0, 1e3), (0.0, 1.0)),
    "leaky_relu": ((-200.0, 1e3), (0.2, 1.0)),
    "elu": ((-1.0, 1e3), (0.0, 1.0)),
    "swish": ((0.0, 1e3), (0.0, 1.0)),
}
"""What each activation and its derivative are at −1000 and at 1000, to the last bit."""


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("far", [1e3])
def test_activations_and_derivatives_reach_their_limits_without_a_warning(name, far):
    z = np.array([-far, far])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        out = ACTIVATIONS[name].function(z)
        derivative = ACTIVATIONS[name].derivative(z)
    assert (tuple(out), tuple(derivative)) == FAR[name]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_both_formulas_of_an_activation_agree_from_one_tail_to_the_other(name):
    z = np.concatenate([-np.geomspace(1e3, 1e-3, 200), np.geomspace(1e-3, 1e3, 200)])
    plain = ACTIVATIONS[name].plain(z.astype(complex))
    np.testing.assert_allclose(ACTIVATIONS[name].function(z), plain, rtol=1e-12, atol=1e-14)
    assert np.isfinite(plain).all()


@pytest.mark.parametrize("far", [1e3, 1e4])
def test_softmax_and_its_loss_are_finite_and_right_far_from_zero(far):
    scores = np.array([[far, -far, 0.0], [-far, -far, -far]])
    loss, dscores = softmax_loss(scores, np.array([1, 2]))
    third = 1 / 3
    assert loss == pytest.approx((2 * far + np.log(3)) / 2, rel=1e-15)
    np.testing.assert_allclose(softmax(scores), [[1, 0, 0], [third] * 3], rtol=1e-15)
    np.testing.assert_allclose(2 * dscores, [[1, -1, 0], [third, third, third - 1]], rtol=1e-15)
    assert np.isfinite(log_softmax(scores)).all()


@pytest.mark.parametrize("loss", [softmax_loss, svm_loss])
@pytest.mark.parametrize("shift", [-1e4, 1e3, 1e4])
def test_losses_do_not_change_when_all_scores_of_an_example_are_shifted(loss, shift):
    rng = np.random.default_rng(3)
    scores, y = rng.normal(size=(7, 5)), rng.integers(5, size=7)
    value, gradient = loss(scores, y)
    shifted_value, shifted_gradient = loss(scores + shift, y)
    assert shifted_value == pytest.approx(value, rel=1e-11)
    np.testing.assert_allclose(shifted_gradient, gradient, atol=1e-11)


def test_the_derivative_of_a_saturated_unit_keeps_its_relative_accuracy():
    z = np.array([-30.0, 30.0])
    exact = np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2
    np.testing.assert_allclose(ACTIVATIONS["sigmoid"].derivative(z), exact, rtol=1e-15)
    np.testing.assert_allclose(ACTIVATIONS["tanh"].derivative(z / 2), 4 * exact, rtol=1e-14)
