"""The check ``training``: hidden labels against what students' nets predict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.checks.drawing import make_draw
from grader.checks.knowledge import Ignorance, Knowledge
from grader.checks.registry import Question
from grader.checks.training import OTHER_DATA_DECIDE, margin, step
from grader.records import DrawKey, Failed, Outcome, Verdict
from tests.checks.trial import BLOBS, Exercise, plan_of, returned

EXERCISE = Exercise(
    problem="", answers=("pred",), check="training", cases=("plain",), draws=1, is_training=True
)


def nearest_centre(X_train, y_train, X_test, **rest: Any) -> Any:
    centres = np.stack([X_train[y_train == label].mean(axis=0) for label in range(4)])
    return np.square(X_test[:, None] - centres).sum(axis=2).argmin(axis=1)


def verdict_of(
    *students: Callable[..., Any],
    accuracy: float = 0.9,
    known: Knowledge = Ignorance(),  # noqa: B008 - it has no state
    **parameters: float,
) -> Verdict:
    names = tuple(f"pred{i}" for i in range(len(students)))
    plan = plan_of(
        replace(
            EXERCISE,
            answers=names,
            accuracy=accuracy,
            parameters=tuple(parameters.items()),
        )
    )
    key = DrawKey("probe", "plain", 0)
    inputs = plan.draw(key).inputs
    answers = {
        name: made if isinstance(made := student(**inputs), Failed) else returned(made)
        for name, student in zip(names, students, strict=True)
    }
    question = Question(
        item=plan.items[0], draws={key: plan.draw(key)}, answers={key: answers}, known=known
    )
    verdict = step(question)
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize(
    "shape_or_type",
    [
        lambda pred: pred,
        lambda pred: pred.reshape(-1, 1),
        lambda pred: pred.reshape(1, -1),
        lambda pred: pred.astype(float),
        lambda pred: pred.astype(np.uint8),
        lambda pred: pred.tolist(),
        lambda pred: np.where(np.arange(200) < 199, pred, -1),
    ],
    ids="plain column row floats bytes list one_wrong".split(),
)
def test_accepts_right_predictions(shape_or_type: Callable[[Any], Any]) -> None:
    verdict = verdict_of(lambda **given: shape_or_type(nearest_centre(**given)))
    assert (verdict.outcome, verdict.credit) == (Outcome.CORRECT, 1)
    assert verdict.message.endswith("of 200 unseen examples are right; 90.0% is asked for.")


@pytest.mark.parametrize(
    "student",
    [
        lambda **given: np.zeros(200, dtype=int),
        lambda **given: nearest_centre(**given)[::-1],
        lambda **given: given["y_train"],
        lambda **given: np.eye(4)[nearest_centre(**given)],
        lambda **given: nearest_centre(**given)[:199],
        lambda **given: np.full(200, np.nan),
        lambda **given: nearest_centre(**given) + 1,
        lambda **given: (nearest_centre(**given) + (np.arange(200) % 2)) % 4,
        lambda **given: np.float64(1.0),
    ],
    ids="constant reversed training_labels one_hot short nan off_by_one half number".split(),
)
def test_rejects_predictions(student: Callable[..., Any]) -> None:
    verdict = verdict_of(student)
    assert (verdict.outcome, verdict.credit) == (Outcome.WRONG, 0)


def test_the_threshold_itself_is_enough() -> None:
    def nine_in_ten(**given: Any) -> Any:
        return np.where(np.arange(200) < 180, nearest_centre(**given), -1)

    assert verdict_of(nine_in_ten, accuracy=0.9).outcome is Outcome.CORRECT
    assert verdict_of(nine_in_ten, accuracy=0.905).outcome is Outcome.WRONG


def test_the_better_of_two_trainings_counts() -> None:
    failed = Failed(outcome=Outcome.RAISED, message="ValueError: overflow", where="net.py:9")
    verdict = verdict_of(lambda **given: failed, nearest_centre)
    assert verdict.outcome is Outcome.CORRECT
    assert [evidence.outcome for evidence in verdict.evidence] == [Outcome.RAISED, Outcome.CORRECT]


def test_tells_why_no_training_came_to_an_end() -> None:
    failed = Failed(outcome=Outcome.TIMED_OUT, message="your code was stopped", where="net.py:9")
    verdict = verdict_of(lambda **given: failed, lambda **given: failed)
    assert (verdict.outcome, verdict.credit) == (Outcome.TIMED_OUT, 0)
    assert verdict.message == "your code was stopped (net.py:9)."


def test_the_labels_of_the_test_set_are_not_among_the_inputs() -> None:
    draw = plan_of(EXERCISE).draw(DrawKey("probe", "plain", 0))
    assert set(draw.inputs) == {"X_train", "y_train", "X_val", "y_val", "X_test"}
    assert draw.withheld["y_test"].shape == (200,)
    rows = {row.tobytes() for row in np.vstack([draw.inputs["X_train"], draw.inputs["X_val"]])}
    assert not rows & {row.tobytes() for row in draw.inputs["X_test"]}


@pytest.mark.parametrize(
    ("right", "credit"),
    [(100, "1"), (99, "21/22"), (80, "12/22"), (57, "0"), (59, "1/22"), (56, "0"), (20, "0")],
)
def test_points_grow_by_whole_percent_between_the_ends_of_a_curve(right: int, credit: str) -> None:
    """Of 200 examples; from 28 % to 50 %, as the course's own formula has it."""
    labels = plan_of(EXERCISE).draw(DrawKey("probe", "plain", 0)).withheld["y_test"]

    def some(**given: Any) -> Any:
        return np.where(np.arange(200) < right, labels, -1)

    verdict = verdict_of(some, accuracy=0.5, zero_at=0.28)
    share = Fraction(credit)
    assert verdict.credit == Decimal(share.numerator) / Decimal(share.denominator)
    wanted = (
        Outcome.CORRECT if credit == "1" else Outcome.WRONG if credit == "0" else Outcome.PARTIAL
    )
    assert verdict.outcome is wanted


# --- learnt by heart -------------------------------------------------------------------------


def test_overfitting_is_judged_on_the_training_set_itself() -> None:
    source = replace(BLOBS, test=0, is_overfit=True)
    probe = replace(plan_of(EXERCISE).rubric.probes["probe"], source=source)
    key = DrawKey("probe", "plain", 0)
    draw = make_draw(probe, key, 2025, [{}])
    assert sorted(draw.inputs) == ["X_train", "X_val", "y_train", "y_val"]
    assert len(draw.inputs["X_train"]) == BLOBS.train

    def judged(pred: Any) -> Verdict:
        item = replace(plan_of(EXERCISE).items[0], parameters={"accuracy": 1.0})
        question = Question(item=item, draws={key: draw}, answers={key: {"pred": returned(pred)}})
        verdict = step(question)
        assert isinstance(verdict, Verdict)
        return verdict

    labels = draw.inputs["y_train"]
    by_heart, one_off = judged(labels.copy()), judged(np.where(np.arange(60) == 7, -1, labels))
    assert (by_heart.outcome, one_off.outcome) == (Outcome.CORRECT, Outcome.WRONG)
    assert by_heart.message.startswith("100.0% of 60 examples that it was trained on are right")
    assert judged(labels[:-1]).outcome is Outcome.WRONG


# --- where other data decide --------------------------------------------------------------------


class OfAKit(Ignorance):
    def has_other_sets(self) -> bool:
        return True


def right_on(share: float) -> Callable[..., Any]:
    """Return a student who predicts this share of 200 labels."""

    def predicted(**given: Any) -> Any:
        found = nearest_centre(**given)
        found[round(200 * share) :] = -1
        return found

    return predicted


@pytest.mark.parametrize(
    ("share", "outcome"),
    [
        (1.0, Outcome.CORRECT),
        (0.96, Outcome.CORRECT),
        (0.93, Outcome.UNSURE),
        (0.9, Outcome.UNSURE),
        (0.88, Outcome.UNSURE),
        (0.8, Outcome.WRONG),
        (0.25, Outcome.WRONG),
    ],
)
def test_near_the_edge_a_kit_leaves_it_to_the_course(share: float, outcome: Outcome) -> None:
    verdict = verdict_of(right_on(share), known=OfAKit())
    assert verdict.outcome is outcome
    is_open = outcome is Outcome.UNSURE
    assert ("the course's grader, which decides, measures it on other data" in verdict.message) == (
        is_open
    )
    assert (OTHER_DATA_DECIDE in verdict.notes) == is_open
    # The course itself always decides.
    decided = verdict_of(right_on(share)).outcome
    assert decided is (Outcome.CORRECT if share >= 0.9 else Outcome.WRONG)


def test_a_curve_has_two_edges() -> None:
    found = {
        share: verdict_of(right_on(share), known=OfAKit(), zero_at=0.3).outcome
        for share in (0.15, 0.33, 0.6, 0.88, 0.97)
    }
    assert list(found.values()) == [
        Outcome.WRONG,
        Outcome.UNSURE,
        Outcome.PARTIAL,
        Outcome.UNSURE,
        Outcome.CORRECT,
    ]


def test_what_came_to_no_number_is_no_matter_of_data() -> None:
    failed = Failed(outcome=Outcome.RAISED, message="ValueError: x")
    assert verdict_of(lambda **given: failed, known=OfAKit()).outcome is Outcome.RAISED


def test_the_margin_covers_how_far_two_counts_of_one_net_differ() -> None:
    """Nets of one true accuracy, counted twice: 95 of 100 pairs lie within, or more."""
    rng = np.random.default_rng(0)
    for share in (0.85, 0.9, 0.95):
        one, other = rng.binomial(400, share, size=(2, 4000)) / 400
        within = [abs(a - b) < margin(a, 400) for a, b in zip(one, other, strict=True)]
        assert 0.95 < np.mean(within) < 1
