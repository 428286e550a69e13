"""A process that has imported the toolkit already, and forks for each command that it is given.

Most of a small command's time goes into importing pandas and the toolkit, the same each time. The
fork runs ``python -m grader`` from there on: its own environment, folder, streams and exit code.
Run as a program it is that process; ``Warm`` is its handle.
"""

from __future__ import annotations

import array
import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

_REQUEST = 1 << 20
"""Most bytes of a command's arguments and environment."""
_LEFT_TO_THE_COMMAND = ("grader.__main__", "grader.gradescope.image", "grader.grading.cluster")
"""What the command runs, what runs elsewhere, and what starts threads, which forks do not get."""


class Warm:
    """One such process, which ends with the socket to it.

    Parameters
    ----------
    environment
        It is started with it; what Python itself reads of it counts for all commands.
    folder
        Where it is started.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._channel, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.warm", str(its.fileno())],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                pass_fds=[its.fileno()],
            )

    def run(
        self, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout_s: float
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, or kill it after a time."""
        told = json.dumps([list(arguments), str(cwd), dict(environment)]).encode()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            streams = array.array("i", [out.fileno(), err.fileno()])
            ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)]
            self._channel.settimeout(timeout_s)
            self._channel.sendmsg([told], ancillary)
            pid = int(self._channel.recv(64))
            try:
                code = int(self._channel.recv(64))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._channel.recv(64)
                raise subprocess.TimeoutExpired(list(arguments), timeout_s) from None
            return subprocess.CompletedProcess(
                list(arguments), code, stdout=_text(out), stderr=_text(err)
            )

    def close(self) -> None:
        """End it."""
        self._channel.close()
        self._process.wait()


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    with io.TextIOWrapper(io.BytesIO(stream.read()), newline=None) as text:
        return text.read()


# --- the process itself ------------------------------------------------------------------------


def _import_all() -> None:
    import grader

    for module in pkgutil.walk_packages(grader.__path__, "grader."):
        if not module.name.startswith(_LEFT_TO_THE_COMMAND):
            importlib.import_module(module.name)
    assert threading.active_count() == 1


def _serve(channel: socket.socket) -> bool:
    """Fork for each command; return True in the fork, when it is to run, and False at the end."""
    while True:
        told, ancillary, _, _ = channel.recvmsg(_REQUEST, socket.CMSG_SPACE(8))
        if not told:
            return False
        streams = array.array("i", ancillary[0][2])
        pid = os.fork()
        if pid == 0:
            _become(*json.loads(told), *streams)
            return True
        for stream in streams:
            os.close(stream)
        channel.send(str(pid).encode())
        channel.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def _become(
    arguments: list[str], cwd: str, environment: dict[str, str], out: int, err: int
) -> None:
    """Take on what ``python -m grader`` has when it starts."""
    for stream, number in ((out, 1), (err, 2)):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.path[0] = cwd
    sys.argv = ["grader", *arguments]


def _run() -> NoReturn:
    """Run the command as ``python -m grader`` does, and end as an interpreter does, but sooner.

    To take apart all that was imported would take longer than most commands.
    """
    code = 0
    try:
        runpy.run_module("grader", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - an interpreter that ends so tells it as well
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _import_all()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as to_the_tests:
        is_a_command = _serve(to_the_tests)
    if is_a_command:
        _run()
