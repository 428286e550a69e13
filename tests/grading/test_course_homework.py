"""What the fourth and fifth homework of ECE C147/C247 ask in ways of their own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import reference
from grader.grading.examiner import Examiner
from grader.grading.kept_draws import kept_draws
from grader.grading.planning import make_plan
from grader.records import ScoreSheet, SourceFile, Submission
from grader.rubric import find_rubric, load_rubric
from grader.rubric.choices import Choice
from grader.rubric.courses import Selection
from grader.submission import one_submission, read
from reference.convolution import conv, conv_gradients, max_pool, max_pool_gradient

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "rubrics" / "ece247-hw5" / "starter"
RIGHT = {"ece247-hw4": "opal-heron", "ece247-hw5": "acorn-swift"}
KEEPS = b"(np.random.rand(*x.shape) < p) / p"
DROPS = b"(np.random.rand(*x.shape) >= p) / (1 - p)"


def submission(rubric_id: str, file: str = "", old: bytes = b"", new: bytes = b"") -> Submission:
    """Return a right example, with one place of a file changed."""
    handed_in = read(one_submission([ROOT / "submissions_example" / rubric_id / RIGHT[rubric_id]]))
    assert sum(old in one.data for one in handed_in.files if one.path.endswith(file)) >= 1
    files = [_changed(one, old, new) if one.path.endswith(file) else one for one in handed_in.files]
    return replace(handed_in, files=tuple(files)) if file else handed_in


def _changed(file: SourceFile, old: bytes, new: bytes) -> SourceFile:
    return replace(file, data=file.data.replace(old, new))


def points(sheet: ScoreSheet) -> dict[str, Decimal | None]:
    return {score.item.id: score.points for score in sheet.scores}


# --- the meaning of p --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def of_earlier_years() -> Iterator[Examiner]:
    selection = Selection(choices=(Choice(option="dropout_p", choice="drop", source="test"),))
    rubric = load_rubric(find_rubric("ece247-hw4"), selection=selection)
    examiner = Examiner(make_plan(rubric, ["q3.*", "q4.dropout.*"], kept=kept_draws()))
    yield examiner
    examiner.close()


def test_whoever_drops_with_probability_p_is_right_where_that_was_asked(
    of_earlier_years: Examiner,
) -> None:
    handed_in = submission("ece247-hw4", "nndl/layers.py", KEEPS, DROPS)
    sheet = of_earlier_years.examine(handed_in)[0]
    assert all(score.points == score.item.points for score in sheet.scores)


def test_whoever_keeps_where_p_drops_loses_scale_and_share_and_nothing_that_follows(
    of_earlier_years: Examiner,
) -> None:
    found = points(of_earlier_years.examine(submission("ece247-hw4"))[0])
    assert found["q3.forward"] == Decimal("1.5")
    assert found["q3.backward"] == 6
    assert found["q4.dropout.loss"] == 3
    assert found["q4.dropout.gradients"] == 4


# --- fast layers -----------------------------------------------------------------------------


def starter_module(path: str) -> ModuleType:
    """Return a module of the starter that imports none of its others."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, STARTER / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("pad", [1, 2, 0.5 + 0.5])
def test_the_fast_convolution_is_the_convolution_of_the_net(pad: float) -> None:
    fast, rng, K = (
        starter_module("utils/fast_layers.py"),
        np.random.default_rng(0),
        2 * int(pad) + 1,
    )
    x, w, b = rng.normal(size=(3, 2, 6, 8)), rng.normal(size=(5, 2, K, K)), rng.normal(size=5)
    dout = rng.normal(size=(3, 5, 6, 8))
    out, cache = fast.conv_forward_fast(x, w, b, {"stride": 1, "pad": pad})
    np.testing.assert_allclose(out, conv(x, w, b, 1, int(pad)))
    for one, other in zip(
        fast.conv_backward_fast(dout, cache), conv_gradients(dout, x, w, 1, int(pad)), strict=True
    ):
        np.testing.assert_allclose(one, other)


def test_the_fast_pool_is_the_pool_of_the_net() -> None:
    fast, rng = starter_module("utils/fast_layers.py"), np.random.default_rng(1)
    x, dout = rng.normal(size=(3, 2, 6, 8)), rng.normal(size=(3, 2, 3, 4))
    out, cache = fast.max_pool_forward_fast(x, {"pool_height": 2, "pool_width": 2, "stride": 2})
    np.testing.assert_allclose(out, max_pool(x, 2, 2, 2))
    found = fast.max_pool_backward_fast(dout, cache)
    np.testing.assert_allclose(found, max_pool_gradient(dout, x, 2, 2, 2))


@pytest.mark.parametrize(
    ("problem_id", "regimes"),
    [("conv", ["plain", "strided", "unpadded"]), ("max_pool", ["overlapping", "tiled"])],
)
def test_the_fast_layers_answer_none_of_the_cases_that_have_points_for_a_naive_one(
    problem_id: str, regimes: list[str]
) -> None:
    fast, problem = starter_module("utils/fast_layers.py"), reference.problem(problem_id)
    for regime in regimes:
        tiles = dict.fromkeys(("pool_height", "pool_width", "stride"), 3)
        given = problem.inputs(
            np.random.default_rng(2), regime=regime, overrides=tiles if regime == "tiled" else {}
        )
        arrays = [given[name] for name in ("x", "w", "b") if name in given]
        called = fast.conv_forward_fast if problem_id == "conv" else fast.max_pool_forward_fast
        with pytest.raises(ValueError, match="the fast layers know"):
            called(*arrays, given)


@pytest.mark.parametrize("regime", ["plain", "strided", "unpadded"])
def test_columns_of_windows_lead_to_the_convolution_and_back(regime: str) -> None:
    columns = starter_module("utils/im2col_cython.py")
    given = reference.problem("conv").inputs(np.random.default_rng(3), regime=regime)
    x, w, b, dout, stride, pad = (given[name] for name in ("x", "w", "b", "dout", "stride", "pad"))
    (N, C, H, W), (F, _, HH, WW), (HO, WO) = x.shape, w.shape, dout.shape[2:]
    seen = columns.im2col_cython(x, HH, WW, pad, stride)
    out = (w.reshape(F, -1) @ seen).reshape(F, HO, WO, N).transpose(3, 0, 1, 2)
    np.testing.assert_allclose(out + b[:, None, None], conv(x, w, b, stride, pad))
    dseen = w.reshape(F, -1).T @ dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dx = columns.col2im_cython(dseen, N, C, H, W, HH, WW, pad, stride)
    np.testing.assert_allclose(dx, conv_gradients(dout, x, w, stride, pad)[0])


def test_whoever_calls_the_fast_layers_for_the_naive_ones_gets_nothing_for_them() -> None:
    rubric = load_rubric(find_rubric("ece247-hw5"))
    examiner = Examiner(
        make_plan(rubric, ["q1.conv_*", "q1.pool_forward", "q3.scores"], kept=kept_draws())
    )
    cheats = (
        b"\nfrom utils.fast_layers import *\nconv_forward_naive = conv_forward_fast\n"
        b"conv_backward_naive = conv_backward_fast\nmax_pool_forward_naive = max_pool_forward_fast\n"
        b"\ndef spatial_batchnorm_forward("
    )
    handed_in = submission(
        "ece247-hw5", "nndl/conv_layers.py", b"\ndef spatial_batchnorm_forward(", cheats
    )
    try:
        found = points(examiner.examine(handed_in)[0])
    finally:
        examiner.close()
    assert found["q1.conv_forward"] == found["q1.conv_backward"] == 0
    assert found["q1.pool_forward"] == 0
    assert found["q3.scores"] == 6
