"""A training that learns easy data in a way that nobody asked for has no points, and is told why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading.examiner import Examiner
from grader.grading.kept_draws import kept_draws
from grader.grading.planning import make_plan
from grader.records import Outcome, Verdict
from grader.rubric import find_rubric, load_rubric
from grader.submission import one_submission, read

EXAMPLES = Path(__file__).resolve().parents[2] / "submissions_example"
NET = ("ece247-hw3/silver-otter", "q4.train", "neural_net.py")
NET_A1 = ("cs231n-a1/amber-lynx", "net.train", "neural_net.py")
LINEAR = ("cs231n-a1/amber-lynx", "linear.train", "linear_classifier.py")
BATCH = "np.random.choice(num_train, batch_size"
STEP = "self.params[name] -= learning_rate * grads"
STEP_A1 = "self.params[key] -= learning_rate * grads"
Where = tuple[str, str, str]


@pytest.fixture(scope="module")
def examiners() -> Iterator[dict[str, Examiner]]:
    made = {}
    for example, pattern in (("ece247-hw3", "q4.train"), ("cs231n-a1", "*.train")):
        made[example] = Examiner(
            make_plan(load_rubric(find_rubric(example)), [pattern], kept=kept_draws())
        )
    yield made
    for examiner in made.values():
        examiner.close()


def verdict(examiners: dict[str, Examiner], where: Where, old: str, new: str) -> Verdict:
    """Return the verdict on an example's training with some of its text changed."""
    example, item, path = where
    submission = read(one_submission([EXAMPLES / example]))
    files = tuple(
        replace(file, data=file.data.replace(old.encode(), new.encode()))
        if file.path.endswith(path)
        else file
        for file in submission.files
    )
    assert files != submission.files
    sheet, _ = examiners[example.partition("/")[0]].examine(replace(submission, files=files))
    return next(score.verdict for score in sheet.scores if score.item.id == item)


@pytest.mark.parametrize(
    ("where", "old", "new", "told"),
    [
        (NET, BATCH, "np.arange(batch_size", "takes the same examples in every step"),
        (NET, "np.random.choice(num_train, batch_size)", "np.arange(num_train)", "takes the same"),
        (NET, STEP, "self.params[name] -= grads", "first step of train() in W1 is not -learning"),
        (
            NET,
            STEP,
            "self.params[name] -= (name != 'b1') * learning_rate * grads",
            "train() leaves b1 as it is; every parameter takes a step",
        ),
        (NET_A1, STEP_A1, "self.params[key] -= grads", "first step of train() in"),
        (LINEAR, BATCH, "np.arange(batch_size", "takes the same examples in every step"),
        (LINEAR, "-= learning_rate * grad", "-= grad", "the first step of train() is not"),
    ],
)
def test_a_training_that_no_handout_asks_for_has_no_points(
    examiners: dict[str, Examiner], where: Where, old: str, new: str, told: str
) -> None:
    found = verdict(examiners, where, old, new)
    assert (found.outcome, found.credit) == (Outcome.RAISED, 0)
    assert told in found.message


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        (NET, "(num_train, batch_size)", "(num_train, batch_size, replace=False)"),
        (NET, STEP, "self.params[name] = self.params[name] - learning_rate * grads"),
        (
            NET,
            STEP,
            "self.loss(X, y, reg)\n                self.params[name] -= learning_rate * grads",
        ),
        (NET, STEP, "self.params[name] -= learning_rate * learning_rate_decay * grads"),
        (LINEAR, BATCH, "np.random.permutation(num_train)[:batch_size] + int(0"),
        (
            LINEAR,
            "            self.W -= ",
            "            self.loss(X, y, reg)\n            self.W -= ",
        ),
    ],
)
def test_a_training_that_is_right_in_another_way_has_all_points(
    examiners: dict[str, Examiner], where: Where, old: str, new: str
) -> None:
    assert verdict(examiners, where, old, new).outcome is Outcome.CORRECT
