"""How fast are the references? Their nets against the same nets in PyTorch, one thread, float64.

The ratios need PyTorch's CPU build, which nothing else here does: install it with NumPy and
scikit-learn into an environment of its own, and run this file with that environment's Python.
Without PyTorch the ratios are null, with the reason. ``--quick`` takes less than a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

# Threads are counted once, when NumPy and PyTorch are loaded.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
# Before this folder, where `reference` would be this very file.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from reference import fc_net, lenet
from reference.datasets import digits
from reference.dropout import draw_mask
from reference.initializers import he_normal
from reference.problem import Array
from reference.solver import Solver, accuracy, lenet_model

AIMS = {"fc": 2.0, "lenet": 6.0}
AGREEMENT = 1e-9
DIGITS_AIM = 0.97
DIGITS_SOLVER = Solver(
    rule="adam", rates={"learning_rate": 3e-3}, learning_rate_decay=0.9, batch_size=25, epochs=30
)

Gradients = Mapping[str, Any]
Pass = Callable[[], Gradients]
"""One forward and backward pass; it returns every parameter's gradient, ``W1, b1, …``."""


def dense_pair(rng: np.random.Generator, torch: Any) -> tuple[Pass, Pass | None]:
    """Return the passes of the net 3072–100–10 on 100 examples, in NumPy and in PyTorch."""
    X, y = rng.normal(size=(100, 3072)), rng.integers(10, size=100)
    parameters = fc_net.initial_parameters(rng, (3072, 100, 10))
    weights, biases = [parameters["W1"], parameters["W2"]], [parameters["b1"], parameters["b2"]]

    def ours() -> Gradients:
        answers = fc_net.loss_and_gradients(X, y, weights, biases, reg=0.0)
        return {name: answers[f"d{name}"] for name in parameters}

    if torch is None:
        return ours, None

    def loss(x: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        return torch.relu(x @ W1 + b1) @ W2 + b2

    return ours, torch_pass(torch, loss, X, y, parameters)


def lenet_pair(rng: np.random.Generator, torch: Any) -> tuple[Pass, Pass | None]:
    """Return the passes of LeNet on 64 images of 1×28×28, in NumPy and in PyTorch."""
    X, y = rng.normal(size=(64, 1, 28, 28)), rng.integers(10, size=64)
    parameters = lenet.initial_parameters(rng, (1, 28, 28))
    keep = 0.5
    kept = draw_mask(rng, (64, len(parameters["b3"])), keep)

    def ours() -> Gradients:
        answers = lenet.loss_and_gradients(X, y, parameters, kept, keep)
        return {name: answers[f"d{name}"] for name in parameters}

    if torch is None:
        return ours, None
    functional, mask = torch.nn.functional, torch.from_numpy(kept / keep)

    def scores(x: Any, **p: Any) -> Any:
        for layer in "12":
            x = functional.conv2d(x, p[f"W{layer}"], p[f"b{layer}"], padding=2)
            x = functional.max_pool2d(torch.relu(x), 2)
        return (torch.relu(x.flatten(1) @ p["W3"] + p["b3"]) * mask) @ p["W4"] + p["b4"]

    return ours, torch_pass(torch, scores, X, y, parameters)


def torch_pass(
    torch: Any, scores: Callable[..., Any], X: Array, y: Array, parameters: Mapping[str, Array]
) -> Pass:
    """Return a forward and backward pass of PyTorch through these scores and cross-entropy."""
    leaves = {
        name: torch.from_numpy(array.copy()).requires_grad_() for name, array in parameters.items()
    }
    x, labels = torch.from_numpy(X), torch.from_numpy(y)

    def theirs() -> Gradients:
        loss = torch.nn.functional.cross_entropy(scores(x, **leaves), labels)
        return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))

    return theirs


def disagreement(ours: Gradients, theirs: Gradients) -> float:
    """Return the largest difference of two sets of gradients, relative to each array's largest."""
    pairs = ((np.asarray(g), np.asarray(theirs[name])) for name, g in ours.items())
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)


def timed(run: Pass, calls: int) -> float:
    """Return the seconds of one call, as the mean over some."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def paired_times(ours: Pass, theirs: Pass, seconds: float) -> Iterator[tuple[float, float]]:
    """Yield times of both passes by turns (A B A B), for about so many seconds in all."""
    calls = max(1, round(0.02 / timed(theirs, 5)))
    timed(ours, calls)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        yield timed(ours, calls), timed(theirs, calls)


def alone(name: str, ours: Pass, reason: str) -> dict[str, Any]:
    """Return our time where there is nothing to compare it with, and why."""
    ours()
    milliseconds = 1e3 * statistics.median(timed(ours, 5) for _ in range(10))
    return {f"{name}_ms": milliseconds, f"{name}_ratio": None, f"{name}_reason": reason}


def compared(name: str, ours: Pass, theirs: Pass, seconds: float) -> dict[str, Any]:
    """Return both times and their ratio, once both are shown to compute the same gradients."""
    apart = disagreement(ours(), theirs())
    if not apart <= AGREEMENT:
        raise SystemExit(f"{name}: the gradients differ by {apart:.1e} (allowed {AGREEMENT:.0e})")
    times = list(paired_times(ours, theirs, seconds))
    return {
        f"{name}_ms": 1e3 * statistics.median(a for a, _ in times),
        f"{name}_torch_ms": 1e3 * statistics.median(b for _, b in times),
        f"{name}_ratio": statistics.median(a / b for a, b in times),
        f"{name}_disagreement": apart,
        f"{name}_pairs": len(times),
    }


def learn_digits(seed: int) -> tuple[float, float]:
    """Return the share of 297 unseen digits that a small LeNet reads, and its training's seconds.

    The seed splits the images and draws the weights. The net's and the solver's numbers were
    chosen on the splits of seeds 100 to 106, where filters of 3×3, He's weights and leaky units
    each made fewer mistakes than 5×5, Glorot's and ReLU.
    """
    X, y = digits(seed, 1797)
    X = X.reshape(-1, 1, 8, 8)
    train, validation, unseen = slice(0, 1350), slice(1350, 1500), slice(1500, None)
    rng, model = np.random.default_rng(seed), lenet_model(keep=0.5, activation="leaky_relu")
    fresh = lenet.initial_parameters(
        rng, (1, 8, 8), filters=(24, 48), K=3, hidden=128, initializer=he_normal
    )
    start = time.perf_counter()
    training = DIGITS_SOLVER.train(
        model, fresh, X[train], y[train], X[validation], y[validation], rng
    )
    seconds = time.perf_counter() - start
    return accuracy(model, training.parameters, X[unseen], y[unseen]), seconds


def digits_figures(seed: int, splits: int) -> dict[str, Any]:
    """Return how well and how fast a small LeNet learns the digits, over several splits."""
    shares, seconds = zip(*(learn_digits(seed + k) for k in range(splits)), strict=True)
    return {
        "digits_accuracy": statistics.median(shares),
        "digits_worst_accuracy": min(shares),
        "digits_splits_passed": sum(share >= DIGITS_AIM for share in shares),
        "digits_accuracies": shares,
        "digits_seconds": statistics.median(seconds),
    }


def load_torch() -> tuple[Any, str]:
    """Return PyTorch on one thread, or None and the reason why there is none."""
    try:
        torch = import_module("torch")
    except ImportError as error:
        return None, f"PyTorch cannot be imported: {error}"
    torch.set_num_threads(1)
    return torch, ""


def verdict(figures: Mapping[str, Any], key: str, aim: float) -> str:
    """Return whether an upper limit was met, in words.

    >>> verdict({"fc_ratio": 2.5}, "fc_ratio", aim=2.0)
    'MISSED (aim 2)'
    """
    if figures[key] is None:
        return "not measured"
    return f"{'met' if figures[key] <= aim else 'MISSED'} (aim {aim:g})"


def print_table(figures: Mapping[str, Any]) -> None:
    """Print one line a net, and one for the digits."""
    print(f"{'net':8}{'NumPy ms':>10}{'torch ms':>10}{'ratio':>8}  aim")
    for name, aim in AIMS.items():
        ours, theirs = figures[f"{name}_ms"], figures.get(f"{name}_torch_ms")
        measured = f"{theirs:10.2f}{figures[f'{name}_ratio']:8.2f}" if theirs else f"{'-':>18}"
        print(f"{name:8}{ours:10.2f}{measured}  {verdict(figures, f'{name}_ratio', aim)}")
    shares = figures["digits_accuracies"]
    word = "met" if min(shares) >= DIGITS_AIM else "MISSED"
    print(
        f"digits: {min(shares):.2%} to {max(shares):.2%} of unseen images right on "
        f"{len(shares)} split(s) after {figures['digits_seconds']:.1f} s of training each  {word} "
        f"(aim {DIGITS_AIM:.0%} on every split)"
    )


def main() -> None:
    """Measure, print the table, and end with one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less than a minute")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch, reason = load_torch()
    figures: dict[str, Any] = {
        "numpy": np.__version__,
        "torch": torch and torch.__version__,
        "quick": arguments.quick,
        "seed": arguments.seed,
    }
    for name, pair in (("fc", dense_pair), ("lenet", lenet_pair)):
        ours, theirs = pair(np.random.default_rng(arguments.seed), torch)
        figures |= (
            alone(name, ours, reason)
            if theirs is None
            else compared(name, ours, theirs, seconds=5.0 if arguments.quick else 30.0)
        )
    figures |= digits_figures(arguments.seed, splits=1 if arguments.quick else 7)
    print_table(figures)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
