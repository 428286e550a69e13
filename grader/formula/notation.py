"""How is a homework's problem written on paper? What its formulas call things, problem by problem.

A problem that is not here has its inputs, its sizes and its intermediates under their own names.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reference.problem import Problem

Options = Mapping[str, str]


def _none(options: Options) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """How one problem is written.

    Parameters
    ----------
    steps
        From the options to intermediates by their formulas, in order.
    functions
        From the options to letters that stand for a function.
    aliases
        Other name -> name: derivatives that have a letter, layers from 0.
    more
        Names beside the problem's intermediates that ``given`` works out.
    hidden
        Intermediates that would give an answer away.
    latex
        How a name is written back, where that is not plain.
    batch
        Side that counts examples; empty where none does.
    """

    steps: Callable[[Options], Mapping[str, str]] = _none
    functions: Callable[[Options], Mapping[str, str]] = _none
    aliases: Mapping[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    latex: Mapping[str, str] = field(default_factory=dict)
    batch: str = "N"


def _autoencoder(options: Options) -> Mapping[str, str]:
    """Return the layers, for one example or a batch of columns."""
    if options["nonlinearity"] == "linear":
        one = {"h": "W x", "e": "W^T W x - x", "y": "W^T W x"}
    else:
        one = {"a": "W x", "h": "f(a)", "c": "W^T h", "y": "f(c)", "e": "y - x"}
    if options["examples"] == "one":
        return one
    # A batch has the same letters, large ones.
    return {
        name.upper(): re.sub(r"(?<!\w)[acehxy](?!\w)", lambda letter: letter[0].upper(), text)
        for name, text in one.items()
    }


def names_of_steps(problem_id: str, problem: Problem) -> frozenset[str]:
    """Return the intermediates that a problem's formulas may use, under whatever options."""
    notation = NOTATIONS.get(problem_id)
    if notation is None:
        return frozenset()
    names: set[str] = set(notation.more)
    for chosen in itertools.product(*problem.options.values()):
        names.update(notation.steps(dict(zip(problem.options, chosen, strict=True))))
    return frozenset(names)


NOTATIONS: Mapping[str, Notation] = {
    "autoencoder": Notation(
        steps=_autoencoder,
        functions=lambda options: {"f": options["nonlinearity"], "phi": options["nonlinearity"]},
        aliases={"xhat": "y", "hatx": "y", "Xhat": "Y", "hatX": "Y"},
    ),
    # N counts points there, but neither X nor Y is a batch over which a loss is summed.
    "gplvm": Notation(
        steps=lambda options: {"K": r"\alpha X X^T + \beta^{-1} I"},
        aliases={"∂L1/∂X": "dL1_dX", "∂L2/∂X": "dL2_dX"},
        latex={
            "dL1_dX": r"\frac{\partial L_1}{\partial X}",
            "dL2_dX": r"\frac{\partial L_2}{\partial X}",
        },
        batch="",
    ),
    "rbm": Notation(batch="n"),
    "swish_net": Notation(
        functions=lambda options: {"f": "swish", "phi": "swish"},
        aliases={"∂L/∂z2": "g", "a1": "h1", "delta2": "g"},
        more=("g",),
    ),
    "sigmoid_mlp": Notation(
        functions=lambda options: dict.fromkeys(("phi", "f", "varphi"), options["activation"]),
        aliases={
            "x0": "x",
            "∂L/∂z2": "delta2",
            "∂L/∂z1": "delta1",
            "a1": "x1",
            "h1": "x1",
            "a2": "x2",
            "haty": "x2",
        },
    ),
}
