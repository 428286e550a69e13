"""How far do two data sets move the accuracy of one training, and what does a kit make of that?

Right example submissions are trained on data sets of several seeds, whole and with ever fewer
passes, so that some of them end near the accuracy that is asked for. Of each the spread is told
that counting test examples does not explain. Then every ordered pair of seeds stands for a kit and
its course: how often the kit decides otherwise, by the bare accuracy and with its margin, and how
often it leaves the verdict open. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import numpy as np  # noqa: E402 - after the lines above

from grader.checks.training import margin  # noqa: E402
from grader.grading.examiner import Examiner  # noqa: E402
from grader.grading.planning import make_plan  # noqa: E402
from grader.records import DatasetRef, Rubric, Submission  # noqa: E402
from grader.rubric import find_rubric, load_rubric  # noqa: E402
from grader.submission import one_submission, read  # noqa: E402

EXAMPLES = Path(sys.path[0]) / "submissions_example"
SEEDS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """An item, a right submission, and the word in it that tells how long is trained."""

    rubric: str
    item: str
    example: str
    passes: str
    shares: tuple[int, ...]


TRAININGS = (
    Training(
        rubric="elec576-a1",
        item="train.moons",
        example="plum-tern",
        passes="range(num_passes)",
        shares=(1, 16, 32, 64),
    ),
    Training(
        rubric="cs231n-a1",
        item="net.train",
        example="amber-lynx",
        passes="range(num_iters)",
        shares=(1, 8, 16, 32),
    ),
    Training(
        rubric="ece247-hw3",
        item="q4.train",
        example="jade-hornet",
        passes="np.arange(num_iters)",
        shares=(1, 8, 16, 32),
    ),
)


def main() -> int:
    """Print a line for each training and length, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    seeds = parser.parse_args().seeds
    told = [row for training in TRAININGS for row in _rows(training, seeds)]
    sums = {name: sum(row[name] for row in told) for name in ("pairs", "bare", "flips", "open")}
    print(json.dumps(sums))
    return 0


def _rows(training: Training, seeds: int) -> Iterator[dict[str, int]]:
    rubric = load_rubric(find_rubric(training.rubric))
    (item,) = [one for one in rubric.items if one.id == training.item]
    source = rubric.probes[item.probe].source
    assert isinstance(source, DatasetRef)
    asked = float(item.parameters["accuracy"])
    for share in training.shares:
        handed_in = _shortened(training, rubric, share)
        reached = [_accuracy(rubric, training.item, handed_in, seed) for seed in range(seeds)]
        row = _compared(reached, asked, source.test)
        spread = _spread(reached, source.test)
        print(
            f"{training.rubric} {training.item}, 1/{share} of the passes: mean "
            f"{np.mean(reached):.3f}, {min(reached):.3f} to {max(reached):.3f}, "
            f"spread {spread:.3f}; of {row['pairs']} pairs {row['bare']} differ by the bare "
            f"accuracy, {row['flips']} with the margin, {row['open']} are left open",
            flush=True,
        )
        yield row


def _shortened(training: Training, rubric: Rubric, share: int) -> Submission:
    """Return an example that trains for a share of its passes."""
    folder = EXAMPLES / training.rubric / training.example
    found = read(one_submission([folder], rubric.modules.expected))
    old = training.passes.encode()
    new = training.passes.replace(")", f" // {share})").encode()
    files = tuple(replace(file, data=file.data.replace(old, new)) for file in found.files)
    assert files != found.files, f"{training.passes} is not in {folder}"
    return replace(found, files=files)


def _accuracy(rubric: Rubric, item: str, handed_in: Submission, seed: int) -> float:
    examiner = Examiner(make_plan(rubric, [item], seed + 1), level=0, has_notebooks=False)
    try:
        sheet, _ = examiner.examine(handed_in)
    finally:
        examiner.close()
    accuracy = sheet.scores[0].verdict.accuracy
    assert accuracy is not None, sheet.scores[0].verdict.message
    return accuracy


def _spread(reached: list[float], count: int) -> float:
    """Return the standard deviation that counting does not explain, 0 where it explains all."""
    mean = float(np.mean(reached))
    return math.sqrt(max(float(np.var(reached, ddof=1)) - mean * (1 - mean) / count, 0.0))


def _compared(reached: list[float], asked: float, count: int) -> dict[str, int]:
    """Return how kits and courses agree: all pairs, differing ones, and those left open."""
    pairs = list(itertools.permutations(reached, 2))
    differ = [kit for kit, course in pairs if (kit >= asked) != (course >= asked)]
    is_open = [abs(kit - asked) < margin(kit, count) for kit, _ in pairs]
    flips = sum(abs(kit - asked) >= margin(kit, count) for kit in differ)
    return {"pairs": len(pairs), "bare": len(differ), "flips": flips, "open": sum(is_open)}


if __name__ == "__main__":
    sys.exit(main())
