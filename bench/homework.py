"""What is measured: made submissions, the rubric that grades them, and a pytest file for the same.

The submissions are right ones of ``submissions_example/`` with small differences. The pytest file
makes the same calls on the same inputs, with the same seeds, and compares with the same values.
"""

from __future__ import annotations

import pickle
import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.checks.draws import keys_of
from grader.grading.plan import Plan
from grader.grading.planning import make_plan
from grader.records import Draw, Item, Probe
from grader.rubric import load_rubric

ROOT = Path(__file__).resolve().parent.parent
RUBRIC = "ece247-hw3"
RIGHT_ONES = ("silver-otter/hw3-code/nndl", "coral-stork/nndl")
ITERATIONS = 1000
"""Steps of the training item: about 0.1 s of CPU time."""
_REWRITES = (
    ("np.maximum(0, X.dot(W1.T) + b1)", "(X.dot(W1.T) + b1).clip(min=0)"),
    ("dhidden[hidden <= 0] = 0", "dhidden = dhidden * (hidden > 0)"),
    ("db = dout.sum(axis=0)", "db = np.sum(dout, axis=0)"),
    ("out = np.maximum(0, x)", "out = x * (x > 0)"),
    ("np.ones(len(x)) @ dout", "dout.sum(axis=0)"),
    ("0.5 * (x + np.abs(x)), x", "np.where(x > 0, x, 0.0), x"),
    ("np.argmax(self.forward(X)[-1], axis=-1)", "self.forward(X)[-1].argmax(axis=-1)"),
)
_TEST_HEAD = '''"""The homework's checks, as a course would write them with pytest."""
import functools
import pickle
import random
from pathlib import Path

import numpy as np

DRAWS = pickle.loads((Path(__file__).parent / "draws.pickle").read_bytes())


@functools.lru_cache(maxsize=None)
def answers(call, case):
    draw = DRAWS[call.__name__, case]
    inputs = {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in draw["inputs"].items()}
    np.random.seed(draw["seed"])
    random.seed(draw["seed"])
    return call(**inputs)


def check(call, names):
    for probe, case in DRAWS:
        if probe == call.__name__:
            for name in names:
                right = DRAWS[probe, case]["right"][name]
                np.testing.assert_allclose(answers(call, case)[name], right, rtol=1e-7, atol=1e-10)


def check_accuracy(call, names, least):
    for probe, case in DRAWS:
        if probe == call.__name__:
            labels = DRAWS[probe, case]["labels"]
            assert max(np.mean(answers(call, case)[name] == labels) for name in names) >= least
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Homework:
    """One assignment with its submissions, in the form that each way of grading wants.

    Parameters
    ----------
    name
        For the table.
    rubric
        Folder of the rubric.
    submissions
        Folder with one folder per student, as handed in.
    plain
        One folder per student in which the course's own modules complete what was handed in.
    tests
        The pytest file.
    plan
        The rubric with its draws.
    """

    name: str
    rubric: Path
    submissions: Path
    plain: tuple[Path, ...]
    tests: Path
    plan: Plan


def make_homework(folder: Path, name: str, has_training: bool, count: int) -> Homework:
    """Write an assignment with so many submissions into a folder, and return it."""
    rubric = _write_rubric(folder, has_training)
    submissions, plain = folder / "submissions", folder / "plain"
    for number in range(count):
        student = f"student-{number:02d}"
        handed_in = submissions / student / "hw3-code"
        _write_submission(handed_in, number)
        shutil.copytree(rubric / "starter", plain / student)
        shutil.copytree(handed_in, plain / student, dirs_exist_ok=True)
    plan = make_plan(load_rubric(rubric))
    return Homework(
        name=name,
        rubric=rubric,
        submissions=submissions,
        plain=tuple(sorted(plain.iterdir())),
        tests=_write_tests(folder, plan),
        plan=plan,
    )


def _write_rubric(folder: Path, has_training: bool) -> Path:
    """Write the homework's rubric with a longer training, or without the training item."""
    home = folder / RUBRIC
    shutil.copytree(ROOT / "rubrics" / RUBRIC, home)
    told: dict[str, Any] = yaml.safe_load((home / "rubric.yaml").read_text(encoding="utf-8"))
    probe = told["probes"].pop("train")
    probe["code"], found = re.subn(r"num_iters=\d+", f"num_iters={ITERATIONS}", probe["code"])
    if not found:
        raise SystemExit(f"{RUBRIC}: the training probe names no num_iters")
    if has_training:
        told["probes"]["train"] = probe
    # What pytest cannot hold against an array is left out: statistics, recorded output, a second
    # training.
    del told["options"]
    for section in told["sections"]:
        items = map(_by_code, section["items"])
        section["items"] = [item for item in items if _is_compared(item, told["probes"])]
    asked = {item["probe"] for section in told["sections"] for item in section["items"]}
    told["probes"] = {name: told["probes"][name] for name in told["probes"] if name in asked}
    text = yaml.safe_dump(told, sort_keys=False)
    (home / "rubric.yaml").write_text(text, encoding="utf-8")
    return home


def _by_code(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item that is graded as code alone, where it may be handed in as a formula too."""
    ways = item.pop("any_of", [])
    if not ways:
        return item
    (code,) = (way for way in ways if way["name"] == "code")
    return {**item, **{name: value for name, value in code.items() if name != "name"}}


def _is_compared(item: dict[str, Any], probes: dict[str, Any]) -> bool:
    is_plain = item["check"] in ("value", "gradient") and item["probe"] in probes
    return is_plain or (item.get("probe") == "train" and "train" in probes)


def _write_submission(folder: Path, number: int) -> None:
    """Write a right submission that differs a little from those of all other numbers."""
    first, *_ = sources = [ROOT / "submissions_example" / RUBRIC / name for name in RIGHT_ONES]
    source = sources[number % len(sources)]
    shutil.copytree(source, folder / "nndl", ignore=shutil.ignore_patterns("__pycache__"))
    # The second one is excused from some derivations.
    shutil.copy(first / "derivations.py", folder / "nndl")
    chosen = [pair for bit, pair in enumerate(_REWRITES) if number >> (1 + bit % 4) & 1]
    for file in (folder / "nndl").glob("*.py"):
        # pytest has no stand-ins for what is not installed; the networks do not plot.
        text = file.read_text(encoding="utf-8").replace("import matplotlib.pyplot as plt\n", "")
        for old, new in chosen:
            text = text.replace(old, new)
        file.write_text(f"{text}# student {number}\n", encoding="utf-8")


# --- the same checks for pytest ------------------------------------------------------------


def seed_of(draw: Draw) -> int:
    """Return the seed that a call starts from, the same as under the grader."""
    return zlib.crc32(str(draw.key).encode())


def draws_of(plan: Plan) -> Iterator[tuple[Probe, Draw]]:
    """Yield every call that is made of a submission: its probe and its draw."""
    for probe in plan.probes:
        for key in keys_of(probe):
            yield probe, plan.draw(key)


def _write_tests(folder: Path, plan: Plan) -> Path:
    tests = folder / "tests"
    tests.mkdir()
    draws = {
        (_word(probe.id), f"{draw.key.case} {draw.key.index}"): {
            "inputs": {**probe.constants, **draw.inputs},
            "right": {
                name: expected.value
                for name, expected in next(iter(draw.expected.values()), {}).items()
            },
            "labels": draw.withheld.get("y_test"),
            "seed": seed_of(draw),
        }
        for probe, draw in draws_of(plan)
    }
    (tests / "draws.pickle").write_bytes(pickle.dumps(draws))
    functions = [_call_text(plan, probe) for probe in plan.probes]
    functions += [_item_text(item) for item in plan.items]
    file = tests / "test_homework.py"
    file.write_text("\n\n".join([_TEST_HEAD, *functions]), encoding="utf-8")
    return file


def _call_text(plan: Plan, probe: Probe) -> str:
    """Return a probe as a function of its inputs."""
    first = plan.draw(next(keys_of(probe)))
    names = ", ".join([*probe.constants, *first.inputs])
    body = "".join(f"    {line}\n" for line in probe.variants[0].code.splitlines())
    told = ", ".join(f"{name!r}: {expression}" for name, expression in probe.answers.items())
    return f"def {_word(probe.id)}({names}):\n{body}    return {{{told}}}\n"


def _item_text(item: Item) -> str:
    """Return an item as one test over all of its draws: cheaper than a test per draw."""
    call, names = _word(item.probe), list(item.answers)
    if item.check == "training":
        line = f"check_accuracy({call}, {names}, {float(item.parameters['accuracy'])})"
    else:
        line = f"check({call}, {names})"
    return f"def test_{_word(item.id)}():\n    {line}\n"


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name)
