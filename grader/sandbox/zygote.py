"""The warm process: NumPy is imported once, and every submission's child is a fork of it.

It is started by ``grader.sandbox.client`` in a process of its own, holds no secret, compiles no
student code, and speaks over a socket with the grader that started it.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import platform
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack

from grader.sandbox import child, notebooks, seccomp
from grader.sandbox.endings import OUR_FAULT, TAMPERED, exit_code
from grader.sandbox.tampering import Originals, is_tampered, originals
from grader.sandbox.walls import Bounds, Walls, adopt_orphans, die_with_parent, hide_memory

STANDARD_LIBRARY = (
    "__future__ _strptime abc argparse array ast atexit base64 bisect builtins bz2 cProfile "
    "calendar cmath codecs collections collections.abc concurrent.futures "
    "concurrent.futures.process concurrent.futures.thread configparser contextlib copy copyreg "
    "csv ctypes dataclasses datetime decimal difflib dis doctest enum errno fractions functools "
    "gc getpass glob gzip hashlib heapq html importlib importlib.metadata importlib.resources "
    "importlib.util inspect io itertools json keyword linecache locale logging logging.handlers "
    "lzma math mimetypes mmap multiprocessing multiprocessing.pool multiprocessing.queues "
    "multiprocessing.shared_memory numbers operator os os.path pathlib pickle pkgutil platform "
    "pprint queue random re reprlib secrets select shelve shutil signal socket sqlite3 stat "
    "statistics string struct subprocess sys tarfile tempfile textwrap threading time timeit "
    "token tokenize traceback tracemalloc types typing unicodedata unittest unittest.mock urllib "
    "urllib.error urllib.parse urllib.request uuid warnings weakref xml.etree.ElementTree zipfile "
    "zlib encodings.utf_8_sig encodings.latin_1 encodings.ascii encodings.cp1252 encodings.idna"
).split()
NUMPY = (
    "numpy numpy.fft numpy.lib.stride_tricks numpy.lib.scimath numpy.linalg numpy.ma "
    "numpy.matlib numpy.polynomial numpy.random numpy.testing numpy.exceptions numpy.rec "
    "numpy.char numpy.ctypeslib numpy.typing"
).split()


# Looked up before student code can put another in its place: what stops a child must end it.
_leave = os._exit


def main(arguments: str) -> None:
    """Warm up, then fork and reap children as asked, until the grader closes the socket.

    Parameters
    ----------
    arguments
        JSON: ``socket`` (a descriptor number), ``parent`` (process id of the grader),
        ``preload`` (modules that the rubric allows beside the standard ones), ``is_locked_in``
        (whether children see an empty folder alone).
    """
    given = json.loads(arguments)
    # Before hide_memory, after which nothing of one's own in /proc may be written.
    _be_first_to_go()
    hide_memory()
    die_with_parent(given["parent"])
    adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=given["socket"])
    missing = _warm(given["preload"])
    if given["is_locked_in"]:
        _enter_an_empty_folder()
    own_modules = [name for name in sys.modules if name.partition(".")[0] == "grader"]
    untouched = originals()
    # A grader that is gone needs no answer; its end is this process's, too.
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        control.send(msgpack.packb({"ready": True, "missing": missing}))
        _serve(control, own_modules, untouched)


def _be_first_to_go() -> None:
    """Have the system take a child before anything else when memory runs out (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _serve(control: socket.socket, own_modules: list[str], untouched: Originals) -> None:
    """Fork and reap as asked, until the socket is closed."""
    while request := control.recv(1 << 16):
        message = msgpack.unpackb(request)
        if message["op"] == "spawn":
            _spawn(control, message, own_modules, untouched)
        else:
            _reap(control, message)


def _warm(preload: list[str]) -> list[str]:
    """Import what student code may use; return the modules of the rubric that are not there."""
    for name in (*NUMPY, *STANDARD_LIBRARY):
        # Which of them there are differs between versions and builds of Python.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    missing = []
    for name in preload:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if "nbformat" in preload:
        _warm_notebooks()
    if platform.machine() in seccomp.ARCHITECTURES:
        # What is the same in every child's filter is kept, and inherited by the fork.
        seccomp.program(platform.machine(), 0)
    gc.collect()
    gc.freeze()
    return missing


def _enter_an_empty_folder() -> None:
    """Go to an empty folder of root's that nobody may write to.

    All zygotes of a machine share it, so that one which is killed leaves nothing behind.
    """
    folder = os.path.join(tempfile.gettempdir(), "grader-empty")
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o555)
    os.chdir(folder)
    found = os.stat(".")
    if found.st_uid != os.geteuid() or found.st_mode & 0o222 or os.listdir("."):
        raise SystemExit(f"{folder} is not the empty folder that it should be: remove it")


def _warm_notebooks() -> None:
    """Read an empty notebook of every version: what nbformat loads late is there then."""
    for major in (2, 3, 4):
        with contextlib.suppress(ValueError):
            empty = f'{{"cells": [], "worksheets": [], "nbformat": {major}}}'
            notebooks.code_cells("", empty.encode())


def _spawn(
    control: socket.socket, message: dict[str, Any], own_modules: list[str], untouched: Originals
) -> None:
    """Fork a child, and hand its three pipe ends to the grader."""
    walls, bounds = Walls(**message["walls"]), Bounds(**message["bounds"])
    pipes = [os.pipe() for _ in range(3)]
    (request_in, request_out), (reply_in, reply_out), (output_in, output_out) = pipes
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become_child(
            (request_in, reply_out, output_out),
            lambda: child.serve(walls, bounds, parent, own_modules),
            untouched,
        )
    for inner in (request_in, reply_out, output_out):
        os.close(inner)
    outer = [request_out, reply_in, output_in]
    socket.send_fds(control, [msgpack.packb({"pid": pid})], outer)
    for end in outer:
        os.close(end)


def _become_child(
    ends: tuple[int, int, int], serve: Callable[[], None], untouched: Originals
) -> None:
    """Arrange the descriptors and serve; whatever goes wrong here ends the process."""
    requests, replies, output = ends
    # Where not even the words below can be said, it was not for a mistake of ours.
    code = TAMPERED
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        # First out of the way, so that no end is overwritten before it has been moved.
        wanted = (null, output, output, requests, replies)
        moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 16) for end in wanted]
        for target, end in enumerate(moved):
            os.dup2(end, target, inheritable=False)
        os.closerange(len(moved), 1024)
        serve()
    except BaseException as error:  # noqa: BLE001 - a child must never return into the zygote's loop
        code = exit_code(error)
        if code == OUR_FAULT and is_tampered(untouched):
            code = TAMPERED
        with contextlib.suppress(OSError):
            os.write(2, f"the child failed: {type(error).__name__}: {error}\n".encode())
    finally:
        _leave(code)


def _reap(control: socket.socket, message: dict[str, Any]) -> None:
    """Wait for a child that was killed or has ended, and tell what the kernel accounted."""
    if message["uid"] is not None:
        _kill_all_of(message["uid"])
    _, status, usage = os.wait4(message["pid"], 0)
    # Orphans of the child have become ours; there is no other child while one is buried.
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    told = {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_kb": usage.ru_maxrss,
    }
    control.send(msgpack.packb(told))


def _kill_all_of(uid: int) -> None:
    """Kill every process of a private user id, from a helper that has become that user."""
    helper = os.fork()
    if helper == 0:
        try:
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            os._exit(0)  # nobody was left
        finally:
            os._exit(0)
    os.waitpid(helper, 0)


if __name__ == "__main__":
    main(sys.argv[1])
