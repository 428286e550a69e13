"""Odd but right: shipped examples, changed in ways that a marker would not mind, lose nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.grading.examiner import Examiner
from grader.grading.kept_draws import kept_draws
from grader.grading.planning import make_plan
from grader.records import Outcome, SourceFile
from grader.rubric import find_rubric, load_rubric
from grader.submission import one_submission, read

EXAMPLES = Path(__file__).resolve().parents[2] / "submissions_example"
MOONS, MEANS, CIFAR = "elec576-a1/amber-fox", "elec576-a1/tidal-skink", "ece247-hw3/silver-otter"
HELPERS = "ece247-hw4/vivid-wren"
SIGNATURE = (
    "nn_input_dim, nn_hidden_dim, nn_output_dim,\n"
    "                 actFun_type='tanh', reg_lambda=0.01, seed=0):"
)
ODD = {
    "standardises its points in place": (
        MEANS,
        "        for step in range(num_passes):\n",
        "        X -= (mean := X.mean(0))\n"
        "        X /= (spread := X.std(0))\n"
        "        as_trained = self.predict\n"
        "        self.predict = lambda points: as_trained((points - mean) / spread)\n"
        "        for step in range(num_passes):\n",
    ),
    "spells ReLU with one capital": (MOONS, "'relu'", "'Relu'"),
    "has the constructor's sizes in another order": (
        MOONS,
        SIGNATURE,
        "nn_hidden_dim, nn_output_dim, nn_input_dim, reg_lambda=0.01, actFun_type='tanh', seed=0):",
    ),
    "has the type first, without a default": (
        MOONS,
        SIGNATURE,
        "actFun_type, nn_input_dim, nn_hidden_dim, nn_output_dim, reg_lambda=0.01, seed=0):",
    ),
    "has other names for the sizes": (
        MOONS,
        SIGNATURE,
        "n_in, n_hid, n_out, actFun_type='tanh', reg_lambda=0.01, seed=0):\n"
        "        nn_input_dim, nn_hidden_dim, nn_output_dim = n_in, n_hid, n_out",
    ),
    "hides its parameters behind a property": (
        CIFAR,
        "        self.params = {}\n",
        "        self._all = {}\n",
    ),
    "uses SciPy's logsumexp": (
        CIFAR,
        "        loss = -np.log(probs[np.arange(N), y]).mean()\n",
        "        from scipy.special import logsumexp\n"
        "        loss = (logsumexp(scores, axis=1) - scores[np.arange(N), y]).mean()\n",
    ),
    "calls the dropout layer by a name of its own": (
        HELPERS,
        "drop_cache = dropout_forward(",
        "drop_cache = drop(",
    ),
}
PROPERTY = (
    "    @property\n    def params(self):\n        return self._all\n\n    def loss(self, X, y"
)


@pytest.fixture(scope="module")
def examiners() -> Iterator[dict[str, Examiner]]:
    made = {}
    asked = {
        "elec576-a1": ["act.*", "forward", "loss", "train.*"],
        "ece247-hw3": ["q4.*"],
        "ece247-hw4": ["q4.dropout.*"],
    }
    for name, items in asked.items():
        made[name] = Examiner(make_plan(load_rubric(find_rubric(name)), items, kept=kept_draws()))
    yield made
    for examiner in made.values():
        examiner.close()


@pytest.mark.parametrize("habit", ODD)
def test_right_code_of_an_odd_habit_loses_nothing(
    examiners: dict[str, Examiner], habit: str
) -> None:
    if "SciPy" in habit:
        pytest.importorskip("scipy")
    example, old, new = ODD[habit]
    submission = read(one_submission([EXAMPLES / example]))
    files = tuple(_changed(file, old, new) for file in submission.files)
    assert files != submission.files
    sheet, _ = examiners[example.partition("/")[0]].examine(replace(submission, files=files))
    wrong = {
        s.item.id: s.verdict.message
        for s in sheet.scores
        if s.verdict.outcome not in (Outcome.CORRECT, Outcome.AWAITING_MARK)
    }
    assert wrong == {}


def _changed(file: SourceFile, old: str, new: str) -> SourceFile:
    text = file.data.decode()
    names = ("neural_network.py", "neural_net.py", "layer_utils.py")
    if not file.path.endswith(names) or old not in text:
        return file
    text = text.replace(old, new)
    if "_all" in new:
        text = text.replace("    def loss(self, X, y", PROPERTY, 1)
    if "drop(" in new:
        text = f"from .layers import dropout_forward as drop\n{text}"
    return replace(file, data=text.encode())
