"""What is a submission tried on? The names of draws, and of the conventions they are judged by."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from grader.records import DrawKey, Probe

UNSEEN, OVERFIT = "y_test", "y_train"
"""Which labels a training is judged by."""

Convention = Mapping[str, str]


def convention_name(options: Convention) -> str:
    """Return a combination of options as one word, ``"scaling=sum"``.

    >>> convention_name({"scaling": "sum", "penalty": "half"})
    'penalty=half scaling=sum'
    """
    return " ".join(f"{name}={options[name]}" for name in sorted(options))


def combinations(accepted: Mapping[str, tuple[str, ...]]) -> list[Convention]:
    """Return every combination of accepted options, the first-named ones first.

    >>> combinations({"scaling": ("sum", "mean")})
    [{'scaling': 'sum'}, {'scaling': 'mean'}]
    >>> combinations({})
    [{}]
    """
    return [
        dict(zip(accepted, chosen, strict=True)) for chosen in itertools.product(*accepted.values())
    ]


def keys_of(probe: Probe) -> Iterator[DrawKey]:
    """Yield the draws that a probe is called on at first, case by case."""
    for case in probe.cases:
        for index in range(case.draws):
            yield DrawKey(probe.id, case.name, index)
