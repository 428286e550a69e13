"""What the layers promise beyond their gradients."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import reference
from reference.convolution import conv, conv_gradients, max_pool, max_pool_gradient
from reference.dropout import draw_mask, dropout, has_likely_share, keep_of, recovered_mask
from reference.layers import affine
from reference.normalization import batchnorm, layernorm


def images(seed=0, shape=(3, 2, 6, 5)):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize(("p", "meaning", "keep"), [(0.7, "keep", 0.7), (0.3, "drop", 0.7)])
def test_a_students_own_mask_is_judged_by_what_it_left(p, meaning, keep):
    inputs = reference.problem("dropout").inputs(
        np.random.default_rng(0), overrides={"p": p, "N": 60, "D": 70}, options={"p": meaning}
    )
    options = {"p": meaning, "mode": "train"}
    answers = reference.problem("dropout").solve(inputs, options)
    assert keep_of(inputs, options) == pytest.approx(keep)

    x, dout = inputs["x"], inputs["dout"]
    theirs = draw_mask(np.random.default_rng(99), x.shape, keep)
    out, dx = x * (theirs / keep), dout * (theirs / keep)
    mask = recovered_mask(x, out)
    assert np.array_equal(mask, theirs)
    assert has_likely_share(mask, keep)
    assert not has_likely_share(mask, 1.0 - keep)
    np.testing.assert_allclose(np.where(mask == 1, out, answers["scaled"]), answers["scaled"])
    np.testing.assert_allclose(np.where(mask == 1, dx, answers["dscaled"]), answers["dscaled"])
    np.testing.assert_array_equal(np.where(mask == 1, 0.0, dx), answers["dropped_gradient"])


def test_dropout_that_is_not_inverted_is_not_scaled():
    inputs = reference.problem("dropout").inputs(np.random.default_rng(0))
    scaled = reference.problem("dropout").solve(inputs, {"p": "keep", "mode": "train"})["scaled"]
    wrong = inputs["x"] * inputs["kept"]
    assert not np.allclose(np.where(inputs["kept"] == 1, wrong, scaled), scaled)


def test_dropout_leaves_the_expectation_alone():
    kept = draw_mask(np.random.default_rng(0), (100, 1000), keep=0.6)
    assert dropout(np.ones((100, 1000)), kept, keep=0.6).mean() == pytest.approx(1.0, abs=0.01)


def test_a_mask_is_not_recovered_where_a_unit_is_zero():
    with pytest.raises(ValueError, match="does not show whether it was dropped"):
        recovered_mask(np.array([1.0, 0.0]), np.array([2.0, 0.0]))


def test_batch_norm_of_one_example_answers_beta_whatever_the_example():
    problem = reference.problem("batchnorm")
    options = problem.resolve_options({})
    inputs = problem.inputs(np.random.default_rng(0), overrides={"N": 1})
    answers = problem.solve(inputs, options)
    np.testing.assert_array_equal(answers["out"][0], inputs["beta"])
    np.testing.assert_array_equal(answers["dbeta"], inputs["dout"][0])
    np.testing.assert_array_equal(answers["new_var"], inputs["momentum"] * inputs["running_var"])
    assert not answers["dx"].any()
    assert not answers["dgamma"].any()


def test_batch_norm_in_test_mode_answers_for_each_example_alone():
    x, rng = images(shape=(7, 5)), np.random.default_rng(1)
    gamma, beta, mean, var = rng.normal(size=5), rng.normal(size=5), rng.normal(size=5), np.ones(5)
    together, new_mean, new_var = batchnorm(x, gamma, beta, mean, var, train=False)
    alone, _, _ = batchnorm(x[:1], gamma, beta, mean, var, train=False)
    np.testing.assert_array_equal(together[:1], alone)
    np.testing.assert_array_equal((new_mean, new_var), (mean, var))


def test_running_statistics_come_to_those_of_a_batch_that_is_seen_again_and_again():
    x = images(shape=(50, 4)) * [1.0, 2.0, 3.0, 4.0] + [5.0, 6.0, 7.0, 8.0]
    mean, var, one = np.zeros(4), np.zeros(4), np.ones(4)
    for _ in range(300):
        out, mean, var = batchnorm(x, one, 0 * one, mean, var, train=True)
    np.testing.assert_allclose(mean, x.mean(axis=0))
    np.testing.assert_allclose(var, x.var(axis=0))
    tested, _, _ = batchnorm(x, one, 0 * one, mean, var, train=False)
    np.testing.assert_allclose(out, tested, atol=1e-12)


def test_spatial_batch_norm_is_batch_norm_over_all_pixels_of_a_channel():
    x, one = images(), np.ones(2)
    out, mean, var = batchnorm(x, 3 * one, one, 0 * one, one, train=True)
    rows = x.transpose(0, 2, 3, 1).reshape(-1, 2)
    flat, flat_mean, flat_var = batchnorm(rows, 3 * one, one, 0 * one, one, train=True)
    np.testing.assert_allclose(out.transpose(0, 2, 3, 1).reshape(-1, 2), flat)
    np.testing.assert_allclose((mean, var), (flat_mean, flat_var))


def test_layer_norm_of_an_example_does_not_depend_on_the_others_nor_on_its_scale():
    x, gamma, beta = images(shape=(4, 6)), np.arange(6.0), np.ones(6)
    out = layernorm(x, gamma, beta, eps=0.0)
    np.testing.assert_allclose(layernorm(x[2:3], gamma, beta, eps=0.0), out[2:3])
    np.testing.assert_allclose(layernorm(100 * x + 7, gamma, beta, eps=0.0), out, atol=1e-10)


def test_normalisation_keeps_its_accuracy_far_from_zero():
    x, one = images(shape=(9, 5)), np.ones(5)
    near, _, _ = batchnorm(x, one, 0 * one, 0 * one, one, train=True)
    far, _, _ = batchnorm(x + 1e6, one, 0 * one, 0 * one, one, train=True)
    np.testing.assert_allclose(far, near, atol=1e-8)


def test_a_filter_as_large_as_the_image_is_an_affine_layer():
    x, w, b = images(), images(1, (4, 2, 6, 5)), np.arange(4.0)
    np.testing.assert_allclose(conv(x, w, b)[:, :, 0, 0], affine(x, w.reshape(4, -1).T, b))


def test_same_padding_keeps_the_size_and_a_centred_one_keeps_the_image():
    x, w = images(shape=(2, 1, 6, 5)), np.zeros((1, 1, 3, 3))
    w[0, 0, 1, 1] = 1.0
    np.testing.assert_array_equal(conv(x, w, np.zeros(1), pad=1), x)


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 1), (3, 2)])
def test_the_backward_pass_of_a_convolution_is_its_adjoint(stride, pad):
    x, u, w = images(), images(1), images(2, (4, 2, 3, 2))
    out = conv(u, w, np.zeros(4), stride, pad)
    dout = images(3, out.shape)
    dx, _, _ = conv_gradients(dout, x, w, stride, pad)
    assert dx.shape == x.shape
    assert np.sum(dx * u) == pytest.approx(np.sum(dout * out))


def test_pixels_that_fill_no_window_get_no_gradient():
    x, w = images(shape=(1, 1, 6, 6)), np.ones((1, 1, 3, 3))
    dx, _, _ = conv_gradients(np.ones((1, 1, 2, 2)), x, w, stride=2)
    assert not dx[..., 5].any()
    dx = max_pool_gradient(np.ones((1, 1, 2, 2)), images(shape=(1, 1, 5, 5)), 2, 2, 2)
    assert not dx[:, :, 4].any()


def test_tied_pixels_send_the_gradient_once_to_the_first_of_them():
    dx = max_pool_gradient(np.full((1, 1, 1, 1), 4.0), np.ones((1, 1, 2, 2)), 2, 2, 2)
    np.testing.assert_array_equal(dx[0, 0], [[4.0, 0.0], [0.0, 0.0]])


def test_overlapping_windows_share_a_pixel_and_add_up_their_gradients():
    x = np.array([[[[0.0, 9.0, 0.0]]]])
    assert max_pool(x, 1, 2, 1).tolist() == [[[[9.0, 9.0]]]]
    dx = max_pool_gradient(np.array([[[[1.0, 2.0]]]]), x, 1, 2, 1)
    assert dx.tolist() == [[[[0.0, 3.0, 0.0]]]]


def test_every_problem_is_found_and_solved_with_numpy_alone():
    script = """
import sys
import numpy as np
import reference
import reference.monitors, reference.datasets, reference.solver
for problem_id in reference.problem_ids():
    problem = reference.problem(problem_id)
    options = problem.resolve_options({})
    problem.solve(problem.inputs(np.random.default_rng(0)), options)
heavy = {"scipy", "sklearn", "matplotlib", "autograd", "pandas", "grader"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
