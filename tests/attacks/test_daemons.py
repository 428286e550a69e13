"""Row 18 where no filter stops it: does a process that outlives its parent live on?"""

from __future__ import annotations

import subprocess
from dataclasses import replace

import psutil
import pytest

from grader.sandbox.client import Zygote
from grader.sandbox.levels import available_level
from tests.sandbox.pupils import CPU_S, WALL_S

_DAEMON = "sleep 600 >/dev/null 2>&1 & echo $!"
_FORKS = "import os\nout = os.fork()\nif out == 0:\n    os._exit(0)"


@pytest.mark.skipif(available_level() < 3, reason="needs root for a private user")
def test_018_without_the_filter_no_process_of_the_private_user_is_left() -> None:
    with Zygote() as warm:
        warm.walls = replace(warm.walls, level=0, syscall_filter=False, landlock=False)
        uid = warm.walls.uid
        child = warm.spawn(600, 10.0)
        question = {"op": "call", "inputs": {}, "constants": {}, "answers": {"out": "out"}}
        reply, _ = child.ask({**question, "code": _FORKS, "id": 1, "seed": 1}, CPU_S, WALL_S)
        # The kernel's limit refuses what the filter would have.
        assert "BlockingIOError" in reply["answers"]["out"]["message"]
        # A daemon that is somehow there all the same.
        with subprocess.Popen(
            ["/bin/sh", "-c", _DAEMON],
            user=uid,
            group=uid,
            start_new_session=True,
            stdout=subprocess.PIPE,
            text=True,
        ) as daemon:
            assert daemon.stdout is not None
            pid = int(daemon.stdout.readline())
        left = psutil.Process(pid)
        assert left.uids().real == uid

        child.kill()

        psutil.wait_procs([left], timeout=10)
        assert not left.is_running()
        assert [p for p in psutil.process_iter(["uids"]) if p.info["uids"].real == uid] == []
        warm.spawn(600, 1.0).kill()
