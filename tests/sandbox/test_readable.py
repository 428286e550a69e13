"""May student code read the files that a homework gives it, and these alone?"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader.errors import UsageError
from grader.records import Answer, Outcome
from grader.sandbox import landlock
from grader.sandbox.client import Zygote
from grader.sandbox.levels import available_level
from grader.sandbox.readable import laid_out
from grader.sandbox.replies import answers_of
from tests.sandbox.pupils import CPU_S, MEMORY_MB, WALL_S, failure_of, value_of

pytestmark = pytest.mark.skipif(
    available_level() < 2 or (available_level() == 2 and not landlock.version()),
    reason="files need level 3, or level 2 with Landlock",
)


def saved(**arrays: object) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


FILES = {
    "digits.npz": saved(images=np.arange(6.0)),
    "data/train/labels.csv": b"1,2\n3,4\n",
    "notes.txt": "für alle\n".encode(),
}


@pytest.fixture(scope="module")
def library() -> Iterator[Zygote]:
    with Zygote(readable=FILES) as warm:
        yield warm


def said(zygote: Zygote, code: str) -> Answer:
    child = zygote.spawn(MEMORY_MB, 10.0)
    call = {"op": "call", "code": code, "answers": {"out": "out"}, "inputs": {}, "constants": {}}
    try:
        reply, _ = child.ask({**call, "seed": 1}, CPU_S, WALL_S)
    finally:
        child.kill()
    return answers_of(reply, ["out"])["out"]


READING = {
    "an archive of arrays": ("np.load('digits.npz')['images'].sum()", 15),
    "an array mapped to memory": ("np.memmap('notes.txt', mode='r').size", 10),
    "a table": ("np.loadtxt('data/train/labels.csv', delimiter=',').sum()", 10),
    "text": ("len(open('notes.txt', encoding='utf-8').read())", 9),
    "a path": ("__import__('pathlib').Path('data/train/labels.csv').stat().st_size", 8),
    "a listing": ("len(__import__('os').listdir('data'))", 1),
    "a pattern": ("len(__import__('glob').glob('**/*.csv', recursive=True))", 1),
    "what is there": ("__import__('os').path.exists('digits.npz')", 1),
}


@pytest.mark.parametrize(("code", "right"), READING.values(), ids=READING.keys())
def test_a_homeworks_own_files_can_be_read(library: Zygote, code: str, right: float) -> None:
    assert value_of(said(library, f"out = {code}")) == right


def test_nothing_of_another_process_can_be_opened(library: Zygote) -> None:
    inner = ("mem", "environ", "maps", "fd/0", "fd/3", "cwd/act.py", "root/etc/passwd", "ns/net")
    others = (os.getpid(), library._process.pid, 1)
    paths = [f"/proc/{pid}/{name}" for pid in others for name in inner]
    # At level 2 its own pipes can be opened by their names there, which gains nothing.
    paths += ["/proc/self/mem", "/proc/self/maps", "/proc/self/root/etc/passwd", "/dev/tty"]
    code = f"""
    import os
    out = 0
    for path in {paths!r}:
        try:
            os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            out += 1
    """

    assert value_of(said(library, dedent(code))) == len(paths)


CLOSED = {
    "the passwords": "open('/etc/passwd')",
    "the passwords by a way round": "open('../../../../etc/passwd')",
    "a process": "open('/proc/self/maps')",
    "the grader's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "a listing of others": "os.listdir('/etc')",
    "writing": "open('notes.txt', 'w')",
    "adding": "open('notes.txt', 'a')",
    "changing": "open('notes.txt', 'r+')",
    "a new file": "open('new.txt', 'x')",
    "a nameless file": "os.open('.', os.O_TMPFILE | os.O_WRONLY)",
    "a handle on a path": "os.open('/', os.O_PATH)",
    "removing": "os.unlink('notes.txt')",
    "a link": "os.symlink('/etc/passwd', 'x')",
    "permissions": "os.chmod('notes.txt', 0o777)",
    "another folder": "os.chdir('data')",
    "a socket": "__import__('socket').socket()",
    "a process of its own": "os.fork()",
}


@pytest.mark.parametrize("code", CLOSED.values(), ids=CLOSED.keys())
def test_nothing_else_can_be_read_and_nothing_written(library: Zygote, code: str) -> None:
    told = failure_of(said(library, f"import os\nout = {code}"))

    assert told.outcome in (Outcome.BLOCKED, Outcome.RAISED)
    assert told.exception in ("PermissionError", "FileNotFoundError")


def test_the_walls_are_proven_with_readable_files_too(library: Zygote) -> None:
    child = library.spawn(MEMORY_MB, 10.0)
    child.kill()

    assert all(child.canaries.values())
    assert {"files", "processes", "network", "forks", "programs"} <= child.canaries.keys()


def test_the_files_are_gone_with_their_zygote() -> None:
    with Zygote(readable={"x.txt": b"1"}) as warm:
        assert warm._folder is not None
        folder = Path(warm._folder.name)
        assert (folder / "x.txt").read_bytes() == b"1"
        assert not os.stat(folder).st_mode & 0o222

    assert not folder.exists()


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "", "a\0b"])
def test_a_readable_file_may_not_lie_elsewhere(name: str) -> None:
    with pytest.raises(UsageError, match="must be relative"):
        laid_out({name: b""})
