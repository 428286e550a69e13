"""How fast is `grader grade`, against pytest in a process per submission and against the floor?

With ``--others DIR`` also against otter-grader and nbgrader, which are installed once into DIR,
outside the repository. They take seconds a submission, so they run in the first round only.

All figures come from one run on the same made submissions. The ways are paired round by round and
figures are medians over the rounds, since other work on the machine falls on all ways alike. The
last line is one JSON object. A missed aim is printed as missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# One thread for linear algebra, in every way that is compared; NumPy reads it at its import.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# The repository in place of this folder, whose modules may bear the names of packages.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.homework import ROOT, Homework, make_homework  # noqa: E402 - after the lines above
from bench.others import TOOLS, VARIABLE, Others  # noqa: E402 - after the lines above
from bench.ways import (  # noqa: E402 - after the lines above
    Timing,
    grade,
    help_seconds,
    peak_memory,
    run_floor,
    run_pytest,
)

SUBMISSIONS, QUICK_TESTED = 30, 6
ROUNDS = 3
JOBS = (1, 2)
HELP_RUNS = 10
AIMS = {
    "overhead_ms_per_submission": ("<", 20.0),
    "overhead_share_of_floor": ("<", 0.25),
    "share_of_zero_overhead_ratio": (">=", 0.80),
    "peak_mb": ("<", 400.0),
    "grader_help_ms": ("<", 150.0),
}
WALLS = {
    "whole": "wall_ms",
    "steady": "steady_wall_ms",
    "pytest": "pytest_wall_ms",
    "floor": "floor_wall_ms",
    "x": "times_faster_than_pytest",
    "x zero": "zero_overhead_times_faster",
    "share": "share_of_zero_overhead_ratio",
    "steady share": "steady_share_of_zero_overhead_ratio",
}
OVERHEADS = {
    "steady": "overhead_ms_per_submission",
    "median": "median_overhead_ms",
    "whole": "whole_command_overhead_ms",
    "of floor": "overhead_share_of_floor",
    "own CPU": "own_cpu_ms",
    "child CPU": "child_cpu_ms",
    "floor's CPU": "floor_cpu_ms",
}
WORST: Mapping[str, Callable[[Iterable[float]], float]] = {
    "overhead_ms_per_submission": max,
    "median_overhead_ms": max,
    "whole_command_overhead_ms": max,
    "overhead_share_of_floor": max,
    "times_faster_than_pytest": min,
    "share_of_zero_overhead_ratio": min,
    "steady_share_of_zero_overhead_ratio": min,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run of each way, one right after the other."""

    ours: Timing
    floor: Timing
    pytest: Timing
    others: Mapping[str, Timing]
    """Other tools by name; none in a round in which they were not run."""

    def figures(self, jobs: int) -> dict[str, float]:
        """Return times in ms per submission, and ratios of this round."""
        ours, floor, pytest = self.ours, self.floor, self.pytest
        figures = {
            "wall_ms": 1e3 * ours.wall_s,
            "steady_wall_ms": 1e3 * ours.steady_s,
            "pytest_wall_ms": 1e3 * pytest.wall_s,
            "floor_wall_ms": 1e3 * floor.wall_s,
            "times_faster_than_pytest": pytest.wall_s / ours.wall_s,
            "zero_overhead_times_faster": pytest.wall_s / floor.wall_s,
            "share_of_zero_overhead_ratio": floor.wall_s / ours.wall_s,
            "steady_share_of_zero_overhead_ratio": floor.wall_s / ours.steady_s,
            "own_cpu_ms": 1e3 * ours.own_s,
            "child_cpu_ms": 1e3 * ours.child_s,
            "floor_cpu_ms": 1e3 * floor.child_s,
        }
        if jobs == 1:
            # With more jobs, wall time less CPU time says nothing: the jobs overlap.
            figures |= {
                "overhead_ms_per_submission": 1e3 * ours.steady_overhead_s,
                "median_overhead_ms": 1e3 * ours.median_overhead_s,
                "whole_command_overhead_ms": 1e3 * (ours.wall_s - ours.child_s),
                "overhead_share_of_floor": ours.steady_overhead_s / floor.wall_s,
            }
        for name, other in self.others.items():
            figures |= {
                f"{name}_wall_ms": 1e3 * other.wall_s,
                f"times_faster_than_{name}": other.wall_s / ours.wall_s,
                f"zero_overhead_times_faster_than_{name}": other.wall_s / floor.wall_s,
            }
        return figures


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell:
    """One assignment at one number of jobs."""

    homework: Homework
    jobs: int
    rounds: list[Round] = field(default_factory=list)

    @property
    def suffix(self) -> str:
        """End of this cell's keys."""
        return f"{self.homework.name.replace(' ', '_')}_{self.jobs}_job{'s' * (self.jobs > 1)}"

    def measure(self, run: Path, tested: int, others: Others) -> None:
        """Run the three ways once, in an order that turns; other tools only the first time."""
        steps: dict[str, Callable[[], Timing]] = {
            "ours": lambda: grade(self.homework, run, self.jobs),
            "floor": lambda: run_floor(self.homework, self.jobs),
            "pytest": lambda: run_pytest(self.homework, self.jobs, tested),
        }
        order = list(steps) if len(self.rounds) % 2 == 0 else list(reversed(steps))
        times = {name: steps[name]() for name in order}
        told: Mapping[str, Timing] = {}
        if not self.rounds:
            told = others.measure(self.homework, run.with_name("others"), self.jobs)
        self.rounds.append(Round(**times, others=told))

    def figures(self) -> dict[str, float]:
        """Return each figure's median over the rounds."""
        found = [each.figures(self.jobs) for each in self.rounds]
        return {
            name: statistics.median(each[name] for each in found if name in each)
            for name in found[0]
        }


def main() -> None:
    """Measure, and print two tables, the aims and one line of JSON."""
    arguments = _arguments()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as name:
        folder = Path(name)
        homeworks = [
            make_homework(folder / "with", "with training", True, SUBMISSIONS),
            make_homework(folder / "without", "without training", False, SUBMISSIONS),
        ]
        others = Others(is_quick=arguments.quick)
        others.prepare(arguments.others)
        _warm_up(homeworks[1], folder / "run")
        others.warm_up(homeworks[1], folder / "others")
        cells = [Cell(homework=homework, jobs=jobs) for homework in homeworks for jobs in JOBS]
        for number in range(arguments.rounds):
            for cell in cells:
                _tell(f"round {number + 1} of {arguments.rounds}: {cell.suffix}")
                cell.measure(folder / "run", arguments.tested, others)
        _tell("memory")
        peak = peak_memory(homeworks[0], folder / "run", 2)
    help_ms = 1e3 * statistics.median(help_seconds() for _ in range(HELP_RUNS))
    found = {cell: cell.figures() for cell in cells}
    keys = _keys(found) | {"peak_mb": peak, "grader_help_ms": help_ms, "load_before": load}
    print(f"load average before this run: {load:.1f}, on {os.cpu_count()} cores")
    _print_walls(found, arguments)
    _print_overheads(found)
    _print_aims(keys)
    keys |= _print_others(found, others)
    told = {name: None if value is None else float(f"{value:.4g}") for name, value in keys.items()}
    print(json.dumps({**told, "submissions": SUBMISSIONS, "rounds": arguments.rounds}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--quick", action="store_true", help="one round, less of pytest; within a minute"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="how often all is measured")
    given = os.environ.get(VARIABLE)
    parser.add_argument(
        "--others",
        type=Path,
        metavar="DIR",
        default=Path(given) if given else None,
        help=f"compare with otter-grader and nbgrader, installed in DIR; or set {VARIABLE}",
    )
    arguments = parser.parse_args()
    if arguments.others is not None and ROOT in arguments.others.resolve().parents:
        parser.error(f"--others {arguments.others}: choose a folder outside the repository")
    arguments.rounds = arguments.rounds or (1 if arguments.quick else ROUNDS)
    arguments.tested = QUICK_TESTED if arguments.quick else SUBMISSIONS
    return arguments


def _warm_up(homework: Homework, run: Path) -> None:
    """Run all once, untimed: what is compiled or read from disk then stays."""
    grade(homework, run, 1)
    run_floor(homework, 1)
    run_pytest(homework, 1, 1)
    help_seconds()


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _keys(found: Mapping[Cell, Mapping[str, float]]) -> dict[str, float | None]:
    """Return every figure by its key; a key without a suffix is the worst of its kind."""
    keys: dict[str, float | None] = {
        name: worst(figures[name] for figures in found.values() if name in figures)
        for name, worst in WORST.items()
    }
    for cell, figures in found.items():
        keys |= {f"{name}_{cell.suffix}": value for name, value in figures.items()}
    return keys


def _print_walls(found: Mapping[Cell, Mapping[str, float]], arguments: argparse.Namespace) -> None:
    print(
        f"wall time, ms per submission ({SUBMISSIONS} submissions, {arguments.tested} of them for"
    )
    print(f"pytest; rounds: {arguments.rounds})")
    print("  whole: the command from its start to its end; steady: after every worker's first one")
    print("  x: pytest over whole; x zero: pytest over floor; share: x of x zero, by whole and by")
    print("  steady; floor: the students' computing in forks of one warm process")
    _print_table(WALLS, found)


def _print_overheads(found: Mapping[Cell, Mapping[str, float]]) -> None:
    print("\noverhead, ms per submission: wall time less the CPU time of the student's process")
    print(
        "  steady: after the first submission, their mean; median: of single ones, which other load"
    )
    print("  moves less; whole: of the command, start-up and tables included")
    print("  of floor: steady overhead over the floor's wall time; own CPU: used by all our other")
    print("  processes in the whole command; child CPU: by the students' processes, walls and")
    print("  loading included; floor's CPU: the same computing in the floor")
    _print_table(OVERHEADS, {cell: told for cell, told in found.items() if cell.jobs == 1})


def _print_table(columns: Mapping[str, str], found: Mapping[Cell, Mapping[str, float]]) -> None:
    _print_row("assignment", "jobs", *columns)
    for cell, figures in found.items():
        words = (_word(name, figures[name]) for name in columns.values())
        _print_row(cell.homework.name, str(cell.jobs), *words)


def _word(name: str, value: float) -> str:
    if "share" in name:
        return f"{value:.0%}"
    return f"{value:.2f}" if "times" in name else f"{value:.1f}"


def _print_row(first: str, *words: str) -> None:
    print(f"{first:<17}" + "".join(f"{word:>13}" for word in words))


def _print_others(
    found: Mapping[Cell, Mapping[str, float]], others: Others
) -> dict[str, float | None]:
    """Print how other tools compare, and return the worst ratio of each; None where not known."""
    print("\nother tools, at equal jobs, in the first round (ms per submission; x: over whole;")
    print("  x zero: over floor; our share of x zero is the one above, whatever the tool)")
    worst: dict[str, float | None] = {}
    for tool in TOOLS:
        ratio = f"times_faster_than_{tool.name}"
        zero = f"zero_overhead_{ratio}"
        if tool.name in others.reasons:
            print(f"  not known  {tool.name}: {others.reasons[tool.name]}")
            worst |= {ratio: None, zero: None}
            continue
        print(f"{tool.name} {others.versions[tool.name]}, {others.count(tool)} submissions")
        columns = {tool.name: f"{tool.name}_wall_ms", "x": ratio, "x zero": zero}
        _print_table(columns, found)
        worst |= {name: min(told[name] for told in found.values()) for name in (ratio, zero)}
    return worst


def _print_aims(keys: Mapping[str, float | None]) -> None:
    print("\naims (each by the worst of both assignments and both numbers of jobs)")
    for name, (sign, bound) in AIMS.items():
        value = keys[name]
        if value is None:
            print(f"  not known  {name}: this user may not read the processes' memory")
            continue
        is_met = value < bound if sign == "<" else value >= bound
        print(f"  {'met' if is_met else 'missed':<9}  {name}: {value:.3g} (aim: {sign} {bound:g})")


if __name__ == "__main__":
    main()
