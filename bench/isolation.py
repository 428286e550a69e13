"""What does isolation cost a submission, against a cold interpreter and against bubblewrap?

One round starts a process in each way, loads the same module into it, calls the same function and
waits for the process's end. Ours is forked from a warm process and has every wall of its level; the
cold way is a new interpreter that imports NumPy and has none. The ways are paired round by round,
and figures are medians over the rounds. The last line is one JSON object; a missed aim is printed
as missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# The repository in place of this folder, whose modules may bear the names of packages.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from grader.sandbox import landlock  # noqa: E402 - after the lines above
from grader.sandbox.client import Zygote  # noqa: E402 - after the lines above
from grader.sandbox.levels import available_level, describe  # noqa: E402 - after the lines above

ROUNDS, QUICK_ROUNDS, WARM_UP = 30, 5, 3
MEMORY_MB, CPU_S, WALL_S = 1024, 10.0, 60.0
SOURCE = """\
import numpy as np

def loss(W, X, y):
    scores = X @ W
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean()
"""
CALL = """\
rng = np.random.default_rng(1)
out = hw.loss(rng.normal(size=(20, 5)), rng.normal(size=(30, 20)), rng.integers(0, 5, 30))
"""
COLD = f"""\
import types
hw = types.ModuleType("hw")
exec({SOURCE!r}, vars(hw))
import numpy as np
{CALL}
print(out)
"""
STEPS = ("spawn", "load", "call", "reap")
AIMS: Mapping[str, tuple[str, float]] = {
    "overhead_ms": ("<", 20.0),
    "times_cheaper_than_cold": (">", 10.0),
}

Times = dict[str, list[float]]


def ours(zygote: Zygote, times: Times, name: str) -> float:
    """Run one submission in a child; note each step and return the answer."""
    load = {
        "op": "load", "student": {"hw.py": SOURCE.encode()}, "starter": {}, "expected": ["hw.py"],
        "wanted": {"hw": ["loss"]}, "stand_in": [], "definitions_only": False,
    }  # fmt: skip
    call = {"op": "call", "code": f"import hw\n{CALL}", "answers": {"out": "out"}, "inputs": {}}
    marks = [time.perf_counter()]
    child = zygote.spawn(MEMORY_MB, CPU_S)
    marks.append(time.perf_counter())
    child.ask(load, CPU_S, WALL_S)
    marks.append(time.perf_counter())
    reply, _ = child.ask({**call, "constants": {}, "seed": 1}, CPU_S, WALL_S)
    marks.append(time.perf_counter())
    child.kill()
    marks.append(time.perf_counter())
    for step, begun, ended in zip(STEPS, marks, marks[1:], strict=False):
        times.setdefault(f"{name} {step}", []).append(1e3 * (ended - begun))
    times.setdefault(name, []).append(1e3 * (marks[-1] - marks[0]))
    return float(reply["answers"]["out"]["value"])


def cold(before: Sequence[str], times: Times, name: str) -> float:
    """Run the same in a new interpreter, started behind these words."""
    begun = time.perf_counter()
    done = subprocess.run(
        [*before, sys.executable, "-I", "-c", COLD], capture_output=True, text=True, check=True
    )
    times.setdefault(name, []).append(1e3 * (time.perf_counter() - begun))
    return float(done.stdout)


def bubblewrap() -> list[str] | None:
    """Return the words that start a program in bubblewrap, or None where it cannot be had."""
    found = shutil.which("bwrap")
    if found is None:
        return None
    words = [found, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all"]
    works = subprocess.run([*words, "/bin/true"], capture_output=True, check=False)
    return [*words, "--die-with-parent", "--new-session"] if works.returncode == 0 else None


def measure(rounds: int) -> tuple[Times, float]:
    """Return the times of each way in ms, and how long a zygote takes to start."""
    times: Times = {}
    begun = time.perf_counter()
    with Zygote() as best:
        start_ms = 1e3 * (time.perf_counter() - begun)
        with Zygote(level=min(best.level, 2)) as second:
            ways: dict[str, Callable[[str], float]] = {
                "ours": lambda name: ours(best, times, name),
                "level 2": lambda name: ours(second, times, name),
                "cold": lambda name: cold([], times, name),
            }
            words = bubblewrap()
            if words is not None:
                ways["bubblewrap"] = lambda name: cold(words, times, name)
            for number in range(WARM_UP + rounds):
                if number == WARM_UP:
                    times.clear()
                answers = {round(way(name), 12) for name, way in ways.items()}
                assert len(answers) == 1, f"the ways computed different numbers: {answers}"
    return times, start_ms


def figures(times: Times, start_ms: float) -> dict[str, float | str | None]:
    """Return what the last line tells."""
    median = {name: statistics.median(values) for name, values in times.items()}
    wrapped = median.get("bubblewrap")
    return {
        "overhead_ms": round(median["ours"], 2),
        **{f"{step}_ms": round(median[f"ours {step}"], 2) for step in STEPS},
        "level_2_overhead_ms": round(median["level 2"], 2),
        "cold_ms": round(median["cold"], 1),
        "bubblewrap_ms": None if wrapped is None else round(wrapped, 1),
        "times_cheaper_than_cold": round(median["cold"] / median["ours"], 1),
        "times_cheaper_than_bubblewrap": None
        if wrapped is None
        else round(wrapped / median["ours"], 1),
        "zygote_start_ms": round(start_ms, 1),
    }


def missed(told: Mapping[str, object]) -> list[str]:
    """Return the aims that were not reached."""
    reached = {"<": lambda value, aim: value < aim, ">": lambda value, aim: value > aim}
    return [name for name, (sign, aim) in AIMS.items() if not reached[sign](told[name], aim)]


def print_table(times: Times, told: Mapping[str, object]) -> None:
    """Print every way with its steps, as median and quartiles, and what became of the aims."""
    print(f"{'ms':<16}{'median':>10}{'quarter':>10}{'three q.':>10}")
    for name, values in times.items():
        low, middle, high = statistics.quantiles(values, n=4)
        print(f"{name:<16}{middle:>10.2f}{low:>10.2f}{high:>10.2f}")
    if told["bubblewrap_ms"] is None:
        print("bubblewrap: not installed, or not allowed here")
    for name, (sign, aim) in AIMS.items():
        verdict = "MISSED" if name in missed(told) else "reached"
        print(f"{name} {told[name]} ({sign} {aim:g}: {verdict})")


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds, not {ROUNDS}")
    rounds = QUICK_ROUNDS if parser.parse_args().quick else ROUNDS
    level, load = available_level(), os.getloadavg()[0]
    print(f"level {level}: {describe(level)}; {rounds} rounds, load {load:.1f}")
    times, start_ms = measure(rounds)
    told = figures(times, start_ms)
    print_table(times, told)
    about = {"level": level, "landlock": landlock.version(), "rounds": rounds}
    machine = {"load_before": round(load, 2), "python": platform.python_version()}
    print(json.dumps({**told, **about, **machine, "missed": missed(told)}))


if __name__ == "__main__":
    main()
