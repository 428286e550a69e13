"""The warm process: NumPy is imported once, and every submission's child is a fork of it.

It is started by ``grader.sandbox.client`` in a process of its own, holds no secret, compiles no
student code, and speaks over a socket with the grader that started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgpack

from grader.sandbox import birth, warm
from grader.sandbox.process import adopt_orphans, die_with_parent, hide_memory
from grader.sandbox.walls import Bounds, Walls


def main(arguments: str) -> None:
    """Warm up, then start and reap children as asked, until the grader closes the socket.

    Parameters
    ----------
    arguments
        JSON: ``socket`` (a descriptor number), ``parent`` (process id of the grader),
        ``preload`` (modules that the rubric allows beside the standard ones), ``folder`` (with
        the files that student code may read, or None), ``is_locked_in`` (whether children see an
        empty folder alone), ``is_fresh`` (whether they must not be forks), ``path`` (where
        modules are found).
    """
    given = json.loads(arguments)
    # Before hide_memory, after which nothing of one's own in /proc may be written.
    _be_first_to_go()
    hide_memory()
    die_with_parent(given["parent"])
    adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=given["socket"])
    if given["is_fresh"]:
        missing = warm.not_installed(given["preload"])
    else:
        missing = warm.warm_up(given["preload"], given["folder"] is not None)
    if given["folder"] is not None:
        os.chdir(given["folder"])
    elif given["is_locked_in"]:
        _enter_an_empty_folder()
    start = birth.starting_afresh(dict(given)) if given["is_fresh"] else birth.forking()
    # A fork's stack leads back here: what it has no use for is not to be found.
    arguments = ""
    given.clear()
    # A grader that is gone needs no answer; its end is this process's, too.
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        control.send(msgpack.packb({"ready": True, "missing": missing}))
        _serve(control, start)


def _be_first_to_go() -> None:
    """Have the system take a child before anything else when memory runs out (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _enter_an_empty_folder() -> None:
    """Go to an empty folder that is in no other any more: nobody can put anything into it.

    It is gone by its name at once, so that a zygote which is killed leaves nothing behind, and
    nobody can have been there before.
    """
    path = tempfile.mkdtemp(prefix="grader-empty-")
    os.chdir(path)
    os.chmod(".", 0o555)
    os.rmdir(path)
    # The kernel has no name for it; students ask for it to find their own files.
    os.getcwd, os.getcwdb = lambda: "/", lambda: b"/"
    # pathlib of Python 3.10 keeps a copy of the function that it found when it was imported.
    if accessor := getattr(pathlib, "_NormalAccessor", None):
        accessor.getcwd = staticmethod(os.getcwd)
    if os.stat(".").st_uid != os.geteuid() or os.listdir(".") or not _is_closed():
        raise SystemExit(f"{path} was exchanged for another folder as it was made")


def _is_closed() -> bool:
    """Return whether nothing can be put into the current folder, not even by root."""
    try:
        os.mkdir("x")
    except FileNotFoundError:
        return True
    os.rmdir("x")
    return False


def _serve(control: socket.socket, start: birth.Start) -> None:
    """Start and reap as asked, until the socket is closed."""
    while request := control.recv(1 << 16):
        message = msgpack.unpackb(request)
        if message["op"] == "spawn":
            _spawn(control, message, start)
        else:
            _reap(control, message)


def _spawn(control: socket.socket, message: dict[str, Any], start: birth.Start) -> None:
    """Start a child, and hand its three pipe ends to the grader."""
    walls, bounds = Walls.of(message["walls"]), Bounds(**message["bounds"])
    pipes = [os.pipe() for _ in range(3)]
    (request_in, request_out), (reply_in, reply_out), (output_in, output_out) = pipes
    pid = start(walls, bounds, (request_in, reply_out, output_out))
    for inner in (request_in, reply_out, output_out):
        os.close(inner)
    outer = [request_out, reply_in, output_in]
    socket.send_fds(control, [msgpack.packb({"pid": pid})], outer)
    for end in outer:
        os.close(end)


def _reap(control: socket.socket, message: dict[str, Any]) -> None:
    """Wait for a child that was killed or has ended, and tell what the kernel accounted."""
    if message["uid"] is not None:
        _kill_all_of(message["uid"])
    _, status, usage = os.wait4(message["pid"], 0)
    # Orphans of the child have become ours; there is no other child while one is buried.
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    # macOS counts it in bytes.
    unit = 1 if sys.platform == "linux" else 1024
    told = {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_kb": usage.ru_maxrss / unit,
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
