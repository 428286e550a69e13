"""Live children: submissions handed in as text, loaded and asked as the grader does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import psutil
import pytest

from grader.records import Returned
from grader.sandbox.client import Child, Zygote
from grader.sandbox.files import module_name
from grader.sandbox.replies import answers_of, load_report_of
from tests.sandbox.pupils import CPU_S, MEMORY_MB, WALL_S, HandedIn, HandIn, as_bytes


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """A warm process at the best isolation level of this machine."""
    with Zygote(preload=("nbformat",)) as warm:
        yield warm


@pytest.fixture
def hand_in(zygote: Zygote) -> Iterator[HandIn]:
    """Load files in a fresh child: text or bytes by path, or the text of ``hw.py`` alone."""
    children: list[Child] = []

    def load(
        files: str | Mapping[str, str | bytes],
        *,
        expected: Sequence[str] = ("hw.py",),
        wanted: Mapping[str, Sequence[str]] | None = None,
        starter: Mapping[str, str] | None = None,
        stand_in: Sequence[str] = (),
        definitions_only: bool = False,
        cpu_s: float = CPU_S,
        wall_s: float = WALL_S,
        memory_mb: int = MEMORY_MB,
        output_limit: int = 1 << 20,
    ) -> HandedIn:
        child = zygote.spawn(memory_mb, 60.0)
        children.append(child)
        child.output_limit = output_limit
        message = {
            "op": "load",
            "student": as_bytes({"hw.py": files} if isinstance(files, str) else files),
            "starter": as_bytes(starter or {}),
            "expected": list(expected),
            "wanted": wanted or {module_name(path): [] for path in expected},
            "stand_in": list(stand_in),
            "definitions_only": definitions_only,
        }
        reply, _ = child.ask(message, cpu_s, wall_s)
        return HandedIn(child, load_report_of(reply), reply)

    yield load
    for child in children:
        child.kill()


@pytest.fixture
def unharmed(zygote: Zygote) -> Iterator[None]:
    """Afterwards: the zygote lives, no other process is left, and the next child answers."""
    pid = zygote._process.pid
    yield
    assert zygote.is_alive
    assert zygote._process.pid == pid
    next_child = zygote.spawn(MEMORY_MB, 10.0)
    call = {"op": "call", "code": "out = 6 * 7", "answers": {"out": "out"}, "inputs": {}}
    reply, _ = next_child.ask({**call, "constants": {}, "seed": 1}, CPU_S, WALL_S)
    next_child.kill()
    answer = answers_of(reply, ["out"])["out"]
    assert isinstance(answer, Returned)
    assert answer.value == 42
    assert psutil.Process(pid).children(recursive=True) == []
