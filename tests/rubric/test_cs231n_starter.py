"""The fast layers that CS231n's students are given: right for the network, and for nothing more."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import reference
from tests.cli.command import ROOT


def starter_module(name: str) -> ModuleType:
    path = ROOT / "rubrics" / "cs231n-a2" / "starter" / "cs231n" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def solved(problem_id: str, regime: str, **overrides: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the inputs of a draw, and what is right on it."""
    problem = reference.problem(problem_id)
    rng = np.random.default_rng(2)
    inputs = problem.inputs(rng, regime=regime, overrides=overrides)
    return inputs, problem.solve(inputs, problem.resolve_options({}))


@pytest.mark.parametrize(("K", "pad"), [(3, 1), (5, 2)])
def test_the_fast_convolution_keeps_the_size_of_an_image(K: int, pad: int) -> None:
    fast = starter_module("fast_layers")
    inputs, right = solved("conv", "plain", HH=K, WW=K, pad=pad)

    # The course's own text divides by 2, which gives no whole number.
    out, cache = fast.conv_forward_fast(
        inputs["x"], inputs["w"], inputs["b"], {"stride": 1, "pad": pad / 1}
    )
    gradients = fast.conv_backward_fast(inputs["dout"], cache)

    np.testing.assert_allclose(out, right["out"])
    for name, came in zip(("dx", "dw", "db"), gradients, strict=True):
        np.testing.assert_allclose(came, right[name])


def test_the_fast_pool_is_that_of_the_network() -> None:
    fast = starter_module("fast_layers")
    inputs, right = solved("max_pool", "plain")

    out, cache = fast.max_pool_forward_fast(inputs["x"], inputs)

    np.testing.assert_allclose(out, right["out"])
    np.testing.assert_allclose(fast.max_pool_backward_fast(inputs["dout"], cache), right["dx"])


@pytest.mark.parametrize("regime", ["plain", "strided", "unpadded"])
def test_a_naive_convolution_that_calls_the_fast_one_gets_no_answer(regime: str) -> None:
    inputs, _ = solved("conv", regime)
    arrays = [inputs[name] for name in ("x", "w", "b")]

    with pytest.raises(ValueError, match="the fast layers know"):
        starter_module("fast_layers").conv_forward_fast(*arrays, inputs)


@pytest.mark.parametrize(
    ("regime", "tile"), [("plain", {"H": 6, "W": 9, "stride": 3}), ("overlapping", {})]
)
def test_a_naive_pool_that_calls_the_fast_one_gets_no_answer(
    regime: str, tile: dict[str, int]
) -> None:
    inputs, _ = solved("max_pool", regime, **tile)

    with pytest.raises(ValueError, match="the fast layers know"):
        starter_module("fast_layers").max_pool_forward_fast(inputs["x"], inputs)


@pytest.mark.parametrize("regime", ["plain", "strided", "unpadded"])
def test_columns_of_windows_lead_to_the_convolution_and_back(regime: str) -> None:
    columns = starter_module("im2col_cython")
    inputs, right = solved("conv", regime)
    N, C, H, W, F, HH, WW, stride, pad = (
        inputs[name] for name in ("N", "C", "H", "W", "F", "HH", "WW", "stride", "pad")
    )

    seen = columns.im2col_cython(inputs["x"], HH, WW, pad, stride)
    out = inputs["w"].reshape(F, -1) @ seen + inputs["b"][:, None]
    out = out.reshape(F, *right["out"].shape[2:], N).transpose(3, 0, 1, 2)
    dcolumns = inputs["w"].reshape(F, -1).T @ inputs["dout"].transpose(1, 2, 3, 0).reshape(F, -1)

    np.testing.assert_allclose(out, right["out"])
    dx = columns.col2im_cython(dcolumns, N, C, H, W, HH, WW, pad, stride)
    np.testing.assert_allclose(dx, right["dx"])
