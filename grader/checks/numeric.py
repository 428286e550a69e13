"""How fast does a function change along a line, and how sure is that? Never a fixed step.

A function is sampled at the points of one ladder; from the samples follow a derivative, its error,
and whether the point is a kink. The samples can be taken elsewhere, in one message: the points do
not depend on what came back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from grader.records import Array

EPS = 2.0**-52
RATIO = 4.0
RUNGS = 17
"""Step sizes 4⁰, 4⁻¹, …, 4⁻¹⁶."""
NOISE_POINTS = 6
LEVELS = 4
_FINEST = RATIO**-RUNGS
_QUIET = 1e-290
KINK = "the loss has a kink here"


def points() -> Array:
    """Return the places along a line at which a function is to be sampled, (42,) float64.

    The first two are both 0, then come multiples of the finest step, for the noise, and then the
    rungs of the ladder to both sides: ``+1, −1, +¼, −¼, …``.
    """
    rungs = [sign * RATIO**-rung for rung in range(RUNGS) for sign in (1.0, -1.0)]
    fine = [_FINEST * count for count in range(1, NOISE_POINTS + 1)]
    return np.array([0.0, 0.0, *fine, *rungs])


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A directional derivative with what is known about it.

    Parameters
    ----------
    value
        The derivative at 0; NaN where there is no estimate.
    error
        Half the width of the interval that holds it; infinity where there is no estimate.
    doubt
        Why it decides nothing: not finite, not deterministic, a kink at the point; or empty.
    span
        How far the function moved on the widest rung that stayed finite.
    at
        The function at 0.
    is_quantised
        Whether the function moves in steps: rounded, or computed in single precision.
    """

    value: float
    error: float
    doubt: str
    span: float
    at: float
    is_quantised: bool


def slope(samples: Array) -> Slope:
    """Return the derivative at 0 of a function that was sampled at ``points()``.

    Parameters
    ----------
    samples : (42,) float array
        The function at each of them; NaN or infinity where it has no value.

    Notes
    -----
    Central differences on step sizes h = 4⁻ᵏ with Neville's extrapolation to four levels. The
    error of an entry of the table is its difference to both of its parents and the noise that the
    extrapolation carries along; noise comes from a difference table of neighbouring samples
    (Moré and Wild, "Estimating computational noise", 2011), and from the smallest step in which
    the samples move. From fine to coarse a row is believed as long as its interval meets those of
    all finer ones (Lepski's rule), and the one with the least error is taken. At a kink the second
    difference over h does not fall with h.
    """
    at, again = float(samples[0]), float(samples[1])
    if not math.isfinite(at):
        return _no_slope(at, "the loss is not finite")
    if again != at:
        return _no_slope(at, "the loss is not the same when it is asked twice")
    with np.errstate(all="ignore"):
        return _estimate(at, samples[: NOISE_POINTS + 2][1:], samples[NOISE_POINTS + 2 :])


def _no_slope(at: float, doubt: str) -> Slope:
    return Slope(
        value=math.nan, error=math.inf, doubt=doubt, span=math.nan, at=at, is_quantised=False
    )


def _estimate(at: float, fine: Array, rungs: Array) -> Slope:
    up, down = rungs[0::2], rungs[1::2]
    steps = RATIO ** -np.arange(RUNGS, dtype=float)
    noise = max(_noise(fine), EPS * abs(at), _QUIET)
    quantum = _quantum(at, up, down, noise)
    noise = max(noise, quantum)
    values, errors = _rows(up, down, steps, noise)
    value, error = _believed(values, errors)
    moved = np.maximum(np.abs(up - at), np.abs(down - at))
    span = float(moved[np.isfinite(moved)].max(initial=0.0))
    error += EPS * span
    doubt = "" if math.isfinite(error) else "no step size gives an estimate"
    if _is_kinked(at, up, down, steps, noise, error, EPS * span):
        doubt = KINK
    return Slope(
        value=value,
        error=error,
        doubt=doubt,
        span=span,
        at=at,
        is_quantised=quantum > 1e3 * EPS * abs(at),
    )


def _noise(fine: Array) -> float:
    """Return the level of the noise in samples at equal, tiny distances (ECnoise)."""
    if not np.all(np.isfinite(fine)):
        return 0.0
    table, factor, levels = fine, 1.0, []
    for order in range(1, len(fine)):
        table = np.diff(table)
        factor *= order / (2.0 * (2 * order - 1))
        levels.append(math.sqrt(factor * float(np.mean(table**2))))
    return max(levels[2:])


def _quantum(at: float, up: Array, down: Array, noise: float) -> float:
    """Return the step in which the samples move, if it is coarser than the noise; else 0.

    A loss that stands still on fine rungs and moves on coarse ones is rounded or in single
    precision; so is one whose samples are all multiples of one power of two or of ten.
    """
    moved = np.maximum(np.abs(up - at), np.abs(down - at))
    moved = moved[np.isfinite(moved)]
    found = 0.0
    if np.any(moved == 0) and np.any(moved > 0):
        smallest = float(moved[moved > 0].min())
        found = smallest if smallest > 64 * noise else 0.0
    values = np.concatenate([[at], up, down])
    values = values[np.isfinite(values)]
    return max(found, 2.0 * _power_of_two(values), _power_of_ten(values))


def _power_of_two(values: Array) -> float:
    """Return the largest power of two of which every value is a whole multiple."""
    quantum = math.inf
    for value in np.unique(np.abs(values[values != 0])):
        mantissa, exponent = math.frexp(float(value))
        whole = int(mantissa * 2**53)
        quantum = min(quantum, 2.0 ** (exponent - 53 + (whole & -whole).bit_length() - 1))
        if quantum <= EPS * value:
            return 0.0
    return quantum if math.isfinite(quantum) else 0.0


def _power_of_ten(values: Array) -> float:
    """Return the last decimal place to which all values are rounded, 0 where there is none."""
    for places in range(12):
        if np.array_equal(np.round(values, places), values):
            return float(10.0**-places)
    return 0.0


def _rows(up: Array, down: Array, steps: Array, noise: float) -> tuple[list[float], list[float]]:
    """Return each rung's best extrapolated difference, and its error."""
    table: list[list[float]] = []
    carried: list[list[float]] = []
    values, errors = [], []
    for k, h in enumerate(steps):
        row, told = [float((up[k] - down[k]) / (2.0 * h))], [2.0 * noise / float(h)]
        for level in range(1, min(k, LEVELS) + 1):
            c = RATIO ** (2 * level)
            row.append((c * row[level - 1] - table[k - 1][level - 1]) / (c - 1.0))
            told.append((c * told[level - 1] + carried[k - 1][level - 1]) / (c - 1.0))
        best = (math.inf, math.nan)
        for level in range(1, len(row)):
            spread = max(
                abs(row[level] - row[level - 1]), abs(row[level] - table[k - 1][level - 1])
            )
            if spread + told[level] < best[0]:
                best = (spread + told[level], row[level])
        table.append(row)
        carried.append(told)
        errors.append(best[0])
        values.append(best[1])
    return values, errors


def _believed(values: list[float], errors: list[float]) -> tuple[float, float]:
    """Return the least uncertain of the rows that agree with all finer ones (Lepski's rule)."""
    low, high, best = -math.inf, math.inf, (math.nan, math.inf)
    for value, error in zip(reversed(values), reversed(errors), strict=True):
        if not math.isfinite(error):
            continue
        if value + 3 * error < low or value - 3 * error > high:
            break
        low, high = max(low, value - 3 * error), min(high, value + 3 * error)
        if error < best[1]:
            best = (value, error)
    return best


def _is_kinked(
    at: float, up: Array, down: Array, steps: Array, noise: float, error: float, floor: float
) -> bool:
    """Tell whether the second difference over h stands where on a smooth function it falls."""
    bend = np.abs((up - 2.0 * at + down) / steps)
    visible = [
        k
        for k in range(1, len(steps))
        if np.isfinite(bend[k])
        and np.isfinite(bend[k - 1])
        and bend[k] > 160.0 * noise / steps[k] + 40.0 * floor
    ]
    if not visible:
        return False
    last = visible[-1]
    if last + 1 < len(steps):
        # At a kink the bend would stand on the next finer rung as well; a kink nearby is left
        # behind on the way there.
        finer = 160.0 * noise / steps[last + 1] + 40.0 * floor
        if bend[last] > 4.0 * finer:
            return False
    return bool(bend[last] > 0.6 * bend[last - 1] and bend[last] > 4.0 * (error + floor))
