"""A submission in its own process, as the tests hand it in and ask it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

from grader.records import Answer, Failed, LoadReport, Returned
from grader.sandbox.client import Child
from grader.sandbox.replies import answers_of, output_of

MEMORY_MB = 600
CPU_S = 1.0
WALL_S = 20.0


@dataclass
class HandedIn:
    """A submission in its own process."""

    child: Child
    report: LoadReport
    last: Mapping[str, Any] = field(default_factory=dict)
    """The last reply as it came through the channel."""

    def answers(
        self,
        code: str,
        answers: Mapping[str, str] | None = None,
        *,
        cpu_s: float = CPU_S,
        wall_s: float = WALL_S,
        seed: int = 1,
        constants: Mapping[str, Any] | None = None,
        **inputs: Any,
    ) -> dict[str, Answer]:
        """Run a probe's code; without named answers the answer is the variable ``out``."""
        wanted = {"out": "out"} if answers is None else answers
        message = {
            "op": "call",
            "code": dedent(code),
            "answers": wanted,
            "inputs": inputs,
            "constants": constants or {},
            "seed": seed,
        }
        self.last, _ = self.child.ask(message, cpu_s, wall_s)
        return answers_of(self.last, wanted)

    def out(self, code: str, **options: Any) -> Answer:
        """Run a probe's code and return its one answer, the variable ``out``."""
        return self.answers(code, **options)["out"]

    @property
    def printed(self) -> str:
        """What the last call printed, its head at least."""
        return output_of(self.last)


HandIn = Callable[..., HandedIn]


def as_bytes(files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """Return files with their text dedented and encoded."""
    return {
        path: dedent(text).encode() if isinstance(text, str) else text
        for path, text in files.items()
    }


def notebook(*cells: str, major: int = 4, minor: int = 4, **more: Any) -> bytes:
    """Return a notebook with these code cells."""
    shown = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": dedent(cell),
        }
        for cell in cells
    ]
    document = {"cells": shown, "metadata": {}, "nbformat": major, "nbformat_minor": minor}
    return json.dumps({**document, **more}).encode()


def value_of(answer: Answer) -> float:
    """Return the one number that an answer is."""
    assert isinstance(answer, Returned), answer
    return float(answer.value)


def failure_of(answer: Answer) -> Failed:
    """Return an answer that has to be a failure."""
    assert isinstance(answer, Failed), answer
    return answer
