"""Are the references right on many draws? The contract of their tests, with more of everything.

Every problem under every combination of its options and in every regime, at 200 draws: each
gradient entry by entry beside the complex step and beside automatic differentiation, each value
beside two other formulas. The share of refused inputs is what the grader's own certificate says of
the first draws of each. ``--quick`` takes less than a minute. It ends in 1 if a draw fails.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# One thread: the arrays are small, and the other cores have other work.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
# Before this folder, where `reference` would be the file beside this one.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

import reference
from grader.checks.certificate import Refused, certify
from reference.problem import Problem
from tests.reference.contract import (
    ALLOWED,
    LEAST_MARGIN,
    Case,
    attempts,
    case_name,
    cases,
    gradients_apart,
    values_apart,
)

DRAWS, QUICK_DRAWS = 200, 2
CERTIFIED, QUICK_CERTIFIED = 20, 1
QUICK_CASES = 40
COLUMNS = ("complex step", "autograd", "values")


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was found out about one problem so far."""

    cases: int = 0
    draws: int = 0
    worst: dict[str, float] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0.0))
    failures: list[str] = field(default_factory=list)
    tried: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def tried_cases(problem: Problem, quick: bool) -> list[Case]:
    """Return all cases, or some forty spread over them."""
    found = cases(problem)
    return found[:: 1 + len(found) // QUICK_CASES] if quick else found


def distances(problem: Problem, inputs: dict, options: dict) -> Iterator[tuple[str, str, float]]:
    """Yield what each answer was compared with, its name, and how far it is off."""
    compared = gradients_apart(problem, inputs, options)
    for column, found in {**compared, "values": values_apart(problem, inputs, options)}.items():
        for name, distance in found.items():
            yield column, name, distance


def try_draw(problem: Problem, case: Case, index: int, tally: Tally, certified: bool) -> None:
    """Compare one draw, and count how its inputs fare with the grader."""
    regime, options = case
    for attempt, inputs in enumerate(attempts(problem, index, regime, options)):
        if certified:
            verdict = certify(problem, inputs, options, np.random.default_rng(attempt))
            tally.tried += 1
            tally.refused.update([verdict.reason] if isinstance(verdict, Refused) else [])
        if problem.margin(inputs, options) >= LEAST_MARGIN:
            break
    else:
        raise SystemExit(f"no draw of {case_name(problem, *case)} keeps away from kinks")
    tally.draws += 1
    for column, name, distance in distances(problem, inputs, options):
        tally.worst[column] = float(np.maximum(tally.worst[column], distance))
        if not distance <= ALLOWED:
            where = f"{case_name(problem, *case)} draw {index}"
            tally.failures.append(f"{where}: {name} is {distance:.1e} from {column}")


def try_problem(problem: Problem, quick: bool, draws: int, certified: int) -> Tally:
    """Return what all draws of a problem show."""
    tally = Tally()
    for case in tried_cases(problem, quick):
        tally.cases += 1
        for index in range(draws):
            try_draw(problem, case, index, tally, certified=index < certified)
    return tally


def row(name: str, tally: Tally) -> str:
    """Return a problem's line of the table."""
    worst = "".join(f"{tally.worst[column]:14.1e}" for column in COLUMNS)
    reasons = ", ".join(
        f"{count / tally.tried:.1%} {reason}" for reason, count in tally.refused.most_common()
    )
    return (
        f"{name:18}{tally.cases:6}{tally.draws:8}{worst}{len(tally.failures):10}  {reasons or '-'}"
    )


def summary(tallies: dict[str, Tally]) -> dict[str, object]:
    """Return the figures over all problems, by plain keys."""
    worst = {name: max(tally.worst.values()) for name, tally in tallies.items()}
    worst_problem = max(worst, key=lambda name: worst[name])
    tried = sum(tally.tried for tally in tallies.values())
    refused = sum((tally.refused for tally in tallies.values()), Counter())
    return {
        "problems": len(tallies),
        "cases": sum(tally.cases for tally in tallies.values()),
        "draws": sum(tally.draws for tally in tallies.values()),
        "failures": sum(len(tally.failures) for tally in tallies.values()),
        "worst_relative": worst[worst_problem],
        "worst_problem": worst_problem,
        "worst_by": {
            column: max(tally.worst[column] for tally in tallies.values()) for column in COLUMNS
        },
        "allowed": ALLOWED,
        "certified_inputs": tried,
        "refused_share": sum(refused.values()) / tried,
        "refused_by_reason": {reason: count / tried for reason, count in refused.most_common()},
    }


def main() -> None:
    """Try every problem, print the table and each failure, and end with one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less than a minute")
    parser.add_argument("--draws", type=int, help=f"of each case (default {DRAWS})")
    parser.add_argument("problems", nargs="*", help="ids of problems (default: all)")
    arguments = parser.parse_args()
    draws = arguments.draws or (QUICK_DRAWS if arguments.quick else DRAWS)
    certified = QUICK_CERTIFIED if arguments.quick else CERTIFIED
    print(f"{'problem':18}{'cases':>6}{'draws':>8}", end="")
    print("".join(f"{column:>14}" for column in COLUMNS), f"{'failures':>9}  refused by the grader")
    started, tallies = time.perf_counter(), {}
    for name in arguments.problems or reference.problem_ids():
        tallies[name] = try_problem(reference.problem(name), arguments.quick, draws, certified)
        print(row(name, tallies[name]), flush=True)
    for failure in (line for tally in tallies.values() for line in tally.failures):
        print(failure)
    figures = summary(tallies)
    figures |= {"draws_per_case": draws, "quick": arguments.quick, "numpy": np.__version__}
    print(json.dumps({**figures, "seconds": round(time.perf_counter() - started, 1)}))
    sys.exit(1 if figures["failures"] else 0)


if __name__ == "__main__":
    main()
