"""The table of spellings, and how one row of it is tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import reference
from grader.formula import Vocabulary, vocabulary

TABLE = Path(__file__).with_name("spellings.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One spelling, and what is to come of it: right, wrong, unfit (shapes) or unreadable."""

    problem: str
    options: str
    answer: str
    verdict: str
    text: str

    @property
    def resolved(self) -> dict[str, str]:
        """All options of the problem."""
        chosen = dict(one.split("=") for one in self.options.replace("-", "").split())
        return reference.problem(self.problem).resolve_options(chosen)

    @property
    def words(self) -> Vocabulary:
        """What the formula may say."""
        return words_of(self.problem, self.options, self.answer)


@cache
def words_of(problem: str, options: str, answer: str) -> Vocabulary:
    """Return a vocabulary, made once for all rows that need it."""
    chosen = dict(one.split("=") for one in options.replace("-", "").split())
    resolved = reference.problem(problem).resolve_options(chosen)
    return vocabulary(problem, resolved, answer)


def rows() -> Iterator[Row]:
    """Yield the table's rows."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            problem, options, answer, verdict, text = line.split("\t")
            yield Row(
                problem=problem,
                options=options,
                answer=answer,
                verdict=verdict,
                text=text.replace("⏎", "\n"),
            )


def inputs_of(row: Row, index: int = 0, regime: str = "plain") -> dict[str, object]:
    """Return a draw of a row's problem, the same every time."""
    problem = reference.problem(row.problem)
    rng = np.random.default_rng([index, 11])
    return problem.inputs(rng, index=index, regime=regime, options=row.resolved)
