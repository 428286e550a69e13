"""How fast is a formula read, and is every spelling of the table told rightly?

    python bench/formula.py            # every spelling, 50 times each
    python bench/formula.py --quick    # 5 times

Reading is everything from the text to the typed formula, the parser itself being made once before.
Evaluating is its value on one draw. The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import reference  # noqa: E402 - the checkout beside this script
from grader.checks.comparison import has_accepted_shape  # noqa: E402
from grader.formula import FormulaError, read  # noqa: E402
from tests.formula.table import Row, inputs_of, rows  # noqa: E402

_DRAWS = ((0, "plain"), (1, "plain"), (0, "square"))
_AGREED = 1e-9


def told(row: Row) -> str:
    """Return what a spelling is found to be: right, wrong or refused."""
    try:
        formula = read(row.text, row.words)
        return "right" if all(is_right(row, formula.value, *draw) for draw in _DRAWS) else "wrong"
    except FormulaError:
        return "refused"


def is_right(row: Row, value, index: int, regime: str) -> bool:
    """Return whether a formula's value is the right answer on one draw."""
    inputs = inputs_of(row, index, regime)
    came = value(inputs)
    right = reference.problem(row.problem).solve(inputs, row.resolved)[row.answer]
    if not has_accepted_shape(came.shape, right.shape):
        return False
    return bool(np.abs(came.reshape(right.shape) - right).max() <= _AGREED * np.abs(right).max())


def timed(row: Row, repeats: int) -> tuple[float, float]:
    """Return the milliseconds of reading a spelling once, the median and the largest."""
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        # What is refused takes its time as well.
        with contextlib.suppress(FormulaError):
            read(row.text, row.words)
        spent.append(1e3 * (time.perf_counter() - start))
    return statistics.median(spent), max(spent)


def main() -> None:
    """Print what was found of each verdict, and how long reading takes."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="5 repetitions instead of 50")
    repeats = 5 if options.parse_args().quick else 50
    table = list(rows())
    started = time.perf_counter()
    read(table[0].text, table[0].words)
    first_ms = 1e3 * (time.perf_counter() - started)
    expected = {"right": "right", "wrong": "wrong", "unfit": "refused", "unreadable": "refused"}
    found = [told(row) for row in table]
    mistaken = [r.text for r, f in zip(table, found, strict=True) if expected[r.verdict] != f]
    times = [timed(row, repeats) for row in table]
    medians = sorted(median for median, _ in times)
    slowest = max(zip(medians, table, strict=True), key=lambda pair: pair[0])
    for verdict in expected:
        of = [f for r, f in zip(table, found, strict=True) if r.verdict == verdict]
        print(f"{verdict:>10}: {len(of):4d} spellings, told rightly {of.count(expected[verdict])}")
    print(f"reading: median {statistics.median(medians):.2f} ms, slowest {slowest[0]:.2f} ms")
    print(f"the first one, with the parser: {first_ms:.0f} ms")
    for text in mistaken:
        print(f"told wrongly: {text!r}")
    result = {
        "bench": "formula",
        "spellings": len(table),
        "told_wrongly": len(mistaken),
        "right_refused": sum(
            f != "right" for r, f in zip(table, found, strict=True) if r.verdict == "right"
        ),
        "wrong_accepted": sum(
            f == "right" for r, f in zip(table, found, strict=True) if r.verdict != "right"
        ),
        "read_ms_median": round(statistics.median(medians), 3),
        "read_ms_slowest": round(medians[-1], 3),
        "first_ms": round(first_ms, 1),
        "python": sys.version.split()[0],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
