"""Certified draws: repeatable, away from kinks, and refused where the reference itself is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from grader.checks.certificate import LEAST_MARGIN, right_answers
from grader.checks.comparison import SINGLE_UNITS
from grader.checks.drawing import certified_draw, make_draw
from grader.checks.draws import keys_of
from grader.checks.units import CERTIFIED_WITHIN
from grader.errors import UsageError
from grader.records import Case, Draw, DrawKey, Limits, Probe, ProblemRef
from reference.problem import Answers, Problem

NET = reference.problem("two_layer_net")
ANSWERS = ("loss", "dW1", "db1", "dW2", "db2")
SOURCE = ProblemRef(id="two_layer_net", options={"layout": "columns"})


def probe(**overrides: Any) -> Probe:
    given: dict[str, Any] = {
        "id": "net",
        "source": SOURCE,
        "cases": (
            Case(name="plain", draws=2, overrides={}),
            Case(name="decay", draws=1, overrides={"reg": 0.3}),
            Case(name="hot", draws=1, overrides={}),
        ),
        "variants": (),
        "answers": dict.fromkeys(ANSWERS, ""),
        "constants": {},
        "limits": Limits(),
    }
    return Probe(**{**given, **overrides})


def bits(draw: Draw) -> Mapping[str, Any]:
    return {
        name: value.tobytes() if isinstance(value, np.ndarray) else value
        for name, value in draw.inputs.items()
    }


def draw_with(problem: Problem, **case: Any) -> Draw:
    given = Case(name="plain", draws=1, overrides=case)
    key = DrawKey("net", "plain", 0)
    return certified_draw(problem, SOURCE, ANSWERS, given, key, 1, [{}])


def test_the_same_seed_gives_the_same_bits() -> None:
    for key in keys_of(probe()):
        first, second = (make_draw(probe(), key, 7, [{}]) for _ in range(2))
        assert bits(first) == bits(second)
        assert first.expected[""]["dW1"].unit == second.expected[""]["dW1"].unit


def test_another_seed_case_or_number_gives_other_inputs() -> None:
    keys = list(keys_of(probe()))
    drawn = [make_draw(probe(), key, seed, [{}]) for key in keys for seed in (7, 8)]
    assert len({bits(draw)["W1"] for draw in drawn}) == 2 * len(keys)


def test_two_draws_of_a_case_have_different_sizes() -> None:
    first, second = (make_draw(probe(), DrawKey("net", "plain", i), 7, [{}]) for i in (0, 1))
    assert first.inputs["N"] != second.inputs["N"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**63))
def test_every_draw_keeps_away_from_kinks_and_carries_its_evidence(seed: int) -> None:
    draw = make_draw(probe(), DrawKey("net", "hot", 0), seed, [{}])
    options = NET.resolve_options(dict(SOURCE.options))
    assert NET.margin(draw.inputs, options) >= LEAST_MARGIN
    assert set(draw.certificate) == {"margin", *ANSWERS}
    assert all(draw.certificate[name] <= CERTIFIED_WITHIN for name in ANSWERS)


def test_a_draw_holds_the_answers_that_are_asked_and_what_they_are_derivatives_of() -> None:
    asked = probe(answers={"dW1": ""})
    draw = make_draw(asked, DrawKey("net", "plain", 0), 7, [{}])
    assert set(draw.expected[""]) == {"dW1", "loss"}
    asked = probe(answers={"scores": ""})
    draw = make_draw(asked, DrawKey("net", "plain", 0), 7, [{}])
    assert set(draw.expected[""]) == {"scores"}


def test_the_unit_of_an_input_on_a_kink_covers_both_of_its_sides() -> None:
    problem = reference.problem("relu")
    inputs = {"z": np.array([[1.0, 0.0, -1.0]]), "dout": np.ones((1, 3))}
    for seed in range(20):
        found = right_answers(problem, inputs, {}, np.random.default_rng(seed))
        assert found["derivative"].unit >= 1.0


@pytest.mark.parametrize("rule", ["adam", "nadam", "rmsprop", "adagrad"])
def test_a_state_of_zeros_is_exact_and_leaves_no_room_for_a_wrong_first_step(rule: str) -> None:
    problem = reference.problem(rule)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        inputs = problem.inputs(rng, index=seed, regime="fresh")
        step = right_answers(problem, inputs, problem.resolve_options({}), rng)["w_1"]
        assert SINGLE_UNITS * step.unit32 < 3e-3 * np.abs(step.value).max()


@pytest.mark.parametrize(
    ("name", "case"), [("tanh", "large"), ("gplvm", "square"), ("adam", "fresh")]
)
def test_what_single_precision_is_allowed_on_a_certified_draw_is_under_a_thousandth(
    name: str, case: str
) -> None:
    problem = reference.problem(name)
    source = ProblemRef(id=name, options={})
    options = problem.resolve_options({})
    answers = tuple(problem.solve(problem.inputs(np.random.default_rng(0)), options))
    for seed in range(4):
        key = DrawKey("some", case, 0)
        answers = tuple(
            problem.solve(problem.inputs(np.random.default_rng(0)), problem.resolve_options({}))
        )
        draw = certified_draw(
            problem, source, answers, Case(name=case, draws=1, overrides={}), key, seed, [{}]
        )
        for right in draw.expected[""].values():
            assert SINGLE_UNITS * right.unit32 < 0.001 * np.abs(right.value).max()


def test_the_inputs_do_not_depend_on_the_conventions_that_are_accepted() -> None:
    moons = probe(source=ProblemRef(id="moons_net", options={"penalty": "absent"}))
    key = DrawKey("net", "plain", 0)
    one = make_draw(moons, key, 7, [{"scaling": "mean"}])
    both = make_draw(moons, key, 7, [{"scaling": "sum"}, {"scaling": "mean"}])
    assert bits(one) == bits(both)
    assert set(both.expected) == {"scaling=sum", "scaling=mean"}


# --- what is refused -------------------------------------------------------------------------


def told_about(problem: Problem) -> str:
    """Return why no draw of a problem is certified, tried on small ones."""
    with pytest.raises(UsageError) as raised:
        draw_with(problem, N=3, D=2, H=4, C=2)
    return str(raised.value)


def spoilt(name: str, factor: float) -> Problem:
    """Return the net with one answer multiplied."""

    def solve(inputs: Any, options: Any) -> Answers:
        answers = NET.solve(inputs, options)
        wrong = factor * answers[name] if np.isfinite(factor) else answers[name] * 0 + factor
        return {**answers, name: wrong}

    return replace(NET, solve=solve)


def test_accepts_the_reference_as_it_is() -> None:
    assert draw_with(NET).certificate["dW2"] < 100


@pytest.mark.parametrize("factor", [-1.0, 1 + 1e-9])
@pytest.mark.parametrize("name", ["dW1", "db1", "dW2", "db2"])
def test_refuses_a_reference_with_one_wrong_gradient(name: str, factor: float) -> None:
    told = f"probe net, case plain: no inputs can be certified: {name} disagrees with the complex"
    assert told_about(spoilt(name, factor)).startswith(told)


def test_refuses_a_reference_whose_loss_is_not_its_second_formulas() -> None:
    assert_always_told("loss disagrees with its second formula", spoilt("loss", 1.01))


def test_refuses_a_reference_without_any_gradient_to_speak_of() -> None:
    assert_always_told("dW1 is almost zero", spoilt("dW1", 0.0))
    alone = replace(spoilt("dW1", 0.0), gradients={"dW1": NET.gradients["dW1"]})
    assert_always_told("dW1 is almost zero", alone)


def assert_always_told(reason: str, problem: Problem) -> None:
    """Assert that this is what speaks against every draw but those near a kink."""
    told = told_about(problem)
    (count,) = re.findall(re.escape(reason) + r" \((\d+) times\)", told)
    kinks = re.findall(r"too near a kink or a tie \((\d+) times?\)", told)
    assert int(count) >= 50
    assert int(count) + sum(map(int, kinks)) == 60, told


@pytest.mark.parametrize("name", ["loss", "dW1", "scores"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_refuses_a_reference_that_is_not_finite(name: str, bad: float) -> None:
    assert f"{name} is not finite" in told_about(spoilt(name, bad))


def test_refuses_inputs_that_rounding_moves_too_far() -> None:
    def solve(inputs: Any, options: Any) -> Answers:
        answers = NET.solve(inputs, options)
        amplified = 1e9 * np.sin(1e9 * inputs["W1"])
        return {**answers, "dW1": answers["dW1"] + amplified}

    assert "ill-conditioned" in told_about(replace(NET, solve=solve))


def test_refuses_inputs_on_which_single_precision_is_of_no_use() -> None:
    def solve(inputs: Any, options: Any) -> Answers:
        answers = NET.solve(inputs, options)
        return {**answers, "dW1": answers["dW1"] + (inputs["W1"] + 300.0) - 300.0 - inputs["W1"]}

    assert "ill-conditioned in single precision" in told_about(replace(NET, solve=solve))


def test_refuses_a_margin_that_is_too_small_or_not_a_number() -> None:
    for margin in (0.0, LEAST_MARGIN / 2, float("nan")):
        told = told_about(replace(NET, margin=lambda inputs, options, m=margin: m))
        assert told.endswith("too near a kink or a tie (60 times)")


def test_an_impossible_case_names_probe_case_and_reasons_with_their_counts() -> None:
    dead = replace(NET, draw=lambda *given: {**NET.draw(*given), "b1": np.full(4, -1e3)})
    told = told_about(dead)
    assert told.startswith("probe net, case plain: no inputs can be certified: ")
    assert "dW1 is almost zero" in told
    assert told.endswith(" times)")
