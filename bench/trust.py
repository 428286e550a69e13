"""Can the verdicts be trusted? False failures of right code and passes of wrong code, counted.

From a seed that is always the same unless ``--seed`` gives another: right and wrong variants of
every problem on certified draws, frozen mutations of the references, hostile draws, and the usual
notebook check on the same draws. ``--quick`` takes about a minute. The last line is one JSON
object; ``--findings FILE`` keeps a line about everything that should not be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

# Threads are counted once, when NumPy is loaded.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
# Before this folder, where `reference` would be the file of that name.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

import reference
from bench.trust_counts import Extent, Figures
from bench.trust_figures import measured

FULL = Extent(sets=42)
COSTLY = {"conv": 10, "conv_net": 10, "lenet": 10}
"""Problems of which fewer sets are drawn in the full run."""
LEAST_NUMERIC = {"conv": 6, "conv_net": 6, "lenet": 6, "fc_net": 4}
"""Problems of which one in so many variants is judged by numeric derivatives."""
QUICK = Extent(sets=2, wrong_sets=1, usual_sets=1, hostile=1, every=40, numeric_every=24)

COLUMNS = {
    "draws": "draws",
    "right": "right",
    "false_failures": "failed",
    "unsure_right": "unsure",
    "variants": "wrong",
    "passes": "passed",
    "unsure_wrong": "unsure",
    "named_right": "named",
    "named_wrong": "misnamed",
    "mutations": "slips",
    "mutation_passes": "passed",
    "mutations_named": "named",
    "mutations_named_wrong": "misnamed",
    "usual_failures_1e-07": "u.fail-7",
    "usual_failures_1e-05": "u.fail-5",
    "usual_passes_1e-07": "u.pass-7",
    "usual_passes_1e-05": "u.pass-5",
    "numeric_right": "n.right",
    "numeric_failures": "n.failed",
    "numeric_unsure_right": "n.unsure",
    "numeric_variants": "n.wrong",
    "numeric_passes": "n.passed",
}
"""Counts in the table, and their heads; ``u.`` is the usual check, with its bound, and ``n.`` is
``method: numeric``."""


def share(counts: Mapping[str, int], part: str, whole: str) -> float:
    """Return a share, 0 where there is nothing to share.

    >>> share({"passes": 1, "variants": 4}, "passes", "variants")
    0.25
    """
    return counts.get(part, 0) / counts[whole] if counts.get(whole) else 0.0


def figures_of(counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the shares and the totals that the JSON object holds."""
    return {
        "false_failures": share(counts, "false_failures", "right"),
        "false_passes": share(counts, "passes", "variants"),
        "unsure_right": share(counts, "unsure_right", "right"),
        "unsure_wrong": share(counts, "unsure_wrong", "variants"),
        "named_right": share(counts, "named_right", "variants"),
        "named_right_of_nameable": share(counts, "named_right", "nameable"),
        "named_wrong": share(counts, "named_wrong", "variants"),
        "mutation_passes": share(counts, "mutation_passes", "mutations"),
        "mutations_named": share(counts, "mutations_named", "mutations"),
        "mutations_named_wrong": share(counts, "mutations_named_wrong", "mutations"),
        "hostile_failures": share(counts, "hostile_failures", "hostile_right"),
        "hostile_unsure": share(counts, "hostile_unsure", "hostile_right"),
        "hostile_single_failures": share(counts, "hostile_single_failures", "hostile_single_right"),
        "hostile_single_unsure": share(counts, "hostile_single_unsure", "hostile_single_right"),
        "usual_failures_1e-07": share(counts, "usual_failures_1e-07", "usual_right"),
        "usual_failures_1e-05": share(counts, "usual_failures_1e-05", "usual_right"),
        "usual_passes_1e-07": share(counts, "usual_passes_1e-07", "usual_variants"),
        "usual_passes_1e-05": share(counts, "usual_passes_1e-05", "usual_variants"),
        "numeric_failures": share(counts, "numeric_failures", "numeric_right"),
        "numeric_unsure_right": share(counts, "numeric_unsure_right", "numeric_right"),
        "numeric_passes": share(counts, "numeric_passes", "numeric_variants"),
        "numeric_unsure_wrong": share(counts, "numeric_unsure_wrong", "numeric_variants"),
        "numeric_ms": share(counts, "numeric_us", "numeric_right") / 1e3,
        "numeric_evaluations": share(counts, "numeric_evaluations", "numeric_right"),
        "check_ms": share(counts, "check_us", "right") / 1e3,
        "check_evaluations": share(counts, "right_evaluations", "right"),
        "usual_ms": share(counts, "usual_us", "usual_right") / 1e3,
        "usual_evaluations": share(counts, "usual_evaluations", "usual_right"),
        "variants": counts.get("variants", 0),
        "draws": counts.get("draws", 0),
        "counts": dict(sorted(counts.items())),
    }


def print_table(by_problem: Mapping[str, Figures], total: Counter[str]) -> None:
    """Print one line a problem, and one of sums."""
    print(
        f"{'':18}" + "".join(f"{head:>9}" for head in COLUMNS.values()) + f"{'ms':>8}{'evals':>8}"
    )
    rows = {**{name: figures.counts for name, figures in by_problem.items()}, "all": total}
    for name, counts in rows.items():
        cells = "".join(f"{counts.get(column, 0):9}" for column in COLUMNS)
        ms = share(counts, "check_us", "right") / 1e3
        print(f"{name:18}{cells}{ms:8.3f}{share(counts, 'usual_evaluations', 'usual_right'):8.0f}")


def measure_all(extent: Extent, problems: list[str], jobs: int) -> dict[str, Figures]:
    """Return the figures of every problem, the expensive ones begun first."""
    ordered = sorted(problems, key=lambda name: (name not in COSTLY, name))
    extents = [
        replace(
            extent,
            sets=min(extent.sets, COSTLY.get(name, extent.sets)),
            numeric_every=max(extent.numeric_every, LEAST_NUMERIC.get(name, 1)),
        )
        for name in ordered
    ]
    with get_context("spawn").Pool(jobs) as pool:
        found = pool.starmap(measured, zip(ordered, extents, strict=True), chunksize=1)
    by_problem = dict(zip(ordered, found, strict=True))
    return {name: by_problem[name] for name in problems}


def main() -> None:
    """Measure, print the table, and end with one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less than a minute")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    parser.add_argument("--findings", type=Path, help="where to write what should not be")
    parser.add_argument("problems", nargs="*", help="only these (default: all)")
    arguments = parser.parse_args()
    problems = arguments.problems or list(reference.problem_ids())
    start = time.perf_counter()
    extent = replace(QUICK if arguments.quick else FULL, seed=arguments.seed)
    by_problem = measure_all(extent, problems, arguments.jobs)
    total: Counter[str] = sum((f.counts for f in by_problem.values()), Counter())
    print_table(by_problem, total)
    if arguments.findings:
        lines = (line for figures in by_problem.values() for line in figures.findings)
        arguments.findings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = {name: getattr(arguments, name) for name in ("quick", "jobs", "seed")}
    seconds = round(time.perf_counter() - start, 1)
    print(json.dumps({**figures_of(total), **asked, "numpy": np.__version__, "seconds": seconds}))


if __name__ == "__main__":
    main()
