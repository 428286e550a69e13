"""The rubrics that come with the toolkit are right, against the real reference."""

from __future__ import annotations

import itertools
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import reference
from grader.records import DatasetRef, ProblemRef
from grader.rubric import find_rubric, load_rubric
from grader.rubric.catalogue import ReferenceCatalogue
from grader.rubric.loading import read

SHIPPED = Path(__file__).resolve().parents[2] / "rubrics"


SINGLE = ("autoencoder", "backprop-by-hand", "gplvm", "rbm", "sigmoid-mlp")
"""Rubrics of one problem each."""


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("elec576-a1", 50),
        ("ece247-hw3", 100),
        ("ece247-hw4", 100),
        ("ece247-hw5", 100),
        ("cs231n-a1", 100),
        ("cs231n-a2", 100),
        *((name, 20) for name in SINGLE),
    ],
)
def test_a_shipped_rubric_loads_with_its_total(name: str, points: int) -> None:
    rubric = load_rubric(find_rubric(SHIPPED / name))

    assert rubric.id == name
    assert rubric.maximum == Decimal(points)
    probed = [way for item in rubric.items for way in item.asked if way.check != "written"]
    assert probed
    assert all(way.probe in rubric.probes for way in probed)


def test_the_assignment_on_moons_has_what_its_yaml_says() -> None:
    rubric = load_rubric(SHIPPED / "elec576-a1")

    sigmoid = rubric.probes["sigmoid"]
    assert sigmoid.source == ProblemRef(id="sigmoid", options={})
    assert sigmoid.constants == {"lower": "sigmoid", "capital": "Sigmoid", "mixed": "SigMoid"}
    assert [variant.name for variant in sigmoid.variants] == [
        "lower case",
        "capitalised",
        "first letter capitalised",
        "upper case",
        "mixed case",
    ]
    assert rubric.probes["training"].source == DatasetRef(
        id="moons", train=200, validation=0, test=400, parameters={"noise": 0.2}
    )
    assert rubric.groups["gradients"].accept == {"scaling": ("sum", "mean")}
    assert rubric.items[0].section == "a. Activations"


@pytest.mark.parametrize("name", SINGLE)
def test_each_item_of_a_rubric_of_one_problem_has_a_hint_and_a_guard(name: str) -> None:
    rubric = load_rubric(SHIPPED / name)

    for item in rubric.items:
        assert item.hint, item.id
        cases = [case.name for case in rubric.probes[item.asked[0].probe].cases]
        assert "square" in cases or cases == ["published"], item.id


@pytest.mark.parametrize("name", [folder.name for folder in sorted(SHIPPED.iterdir())])
def test_every_item_has_a_hint_under_every_choice(name: str) -> None:
    for rubric in read(SHIPPED / name).rubrics():
        missing = [item.id for item in rubric.items if len(item.hint.split()) < 3]
        assert not missing, (rubric.chosen, missing)


@pytest.mark.parametrize("name", [folder.name for folder in sorted(SHIPPED.iterdir())])
def test_every_gradient_is_tried_on_different_sizes_and_on_one_example(name: str) -> None:
    for rubric in read(SHIPPED / name).rubrics():
        probes = {w.probe for i in rubric.items for w in i.asked if w.check == "gradient"}
        for probe in (rubric.probes[one] for one in sorted(probes)):
            assert isinstance(probe.source, ProblemRef)
            problem = reference.problem(probe.source.id)
            shapes = problem.shapes(problem.resolve_options(probe.source.options)).values()
            named = {size for shape in shapes for size in shape}
            single = problem.regimes.get("single", {})
            ones = {size for size, value in single.items() if value == 1 and size in named}
            cases = [{**problem.regimes.get(c.name, {}), **c.overrides} for c in probe.cases]
            assert not ones or any(all(c.get(o) == 1 for o in ones) for c in cases), probe.id
            names = {case.name for case in probe.cases}
            assert names - {"square"}, probe.id


def test_the_worked_numbers_are_not_shown_before_the_grades_are() -> None:
    rubric = load_rubric(SHIPPED / "backprop-by-hand")

    fixed = [item for item in rubric.items if item.asked[0].probe == "worked"]

    assert len(fixed) == 8
    assert {item.visibility for item in fixed} == {"after_published"}
    assert all(way.visibility == "after_published" for item in fixed for way in item.asked)


def test_loading_imports_only_the_problems_that_are_named() -> None:
    program = (
        "import sys; from grader.rubric import load_rubric; load_rubric('rubrics/elec576-a1');"
        "print('reference.moons_net' in sys.modules, 'reference.gplvm' in sys.modules)"
    )

    process = subprocess.run(
        [sys.executable, "-c", program],
        cwd=SHIPPED.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert process.stdout.split() == ["True", "False"]


def test_the_reference_tells_what_a_rubric_may_say() -> None:
    catalogue = ReferenceCatalogue()

    facts = catalogue.problem("two_layer_net")

    assert "two_layer_net" in catalogue.problem_ids()
    assert facts.options["layout"] == ("rows", "columns")
    assert {"N", "D", "H", "C"} <= facts.sizes
    assert "reg" in facts.settings
    assert {"single", "square", "hot"} <= facts.regimes
    assert "dW1" in facts.gradients
    assert {"loss", "scores", "dW1"} <= set(
        catalogue.answers("two_layer_net", {"layout": "columns"})
    )
    assert "noise" in catalogue.dataset_parameters("moons")
    assert "moons" in catalogue.dataset_ids()


def test_the_reference_tells_what_a_problem_hands_in() -> None:
    catalogue = ReferenceCatalogue()

    assert set(catalogue.inputs("conv", {})) == {
        "N", "C", "H", "W", "F", "HH", "WW", "HO", "WO", "x", "w", "b", "dout", "stride", "pad",
    }  # fmt: skip
    assert "scale" not in catalogue.inputs("moons_net", {})
    assert "W3" in catalogue.inputs("fc_net", {"depth": "3"})
    assert "W3" not in catalogue.inputs("fc_net", {"depth": "2"})


@pytest.mark.parametrize("name", reference.problem_ids())
def test_the_inputs_of_a_problem_have_the_same_names_in_every_case_and_draw(name: str) -> None:
    problem = reference.problem(name)
    for values in itertools.product(*problem.options.values()):
        options = dict(zip(problem.options, values, strict=True))
        for regime, index in itertools.product(["plain", *problem.regimes], range(3)):
            drawn = problem.inputs(
                np.random.default_rng(1), index=index, regime=regime, options=options
            )
            assert set(drawn) == set(ReferenceCatalogue().inputs(name, options))
