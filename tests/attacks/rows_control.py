"""Rows 1 to 27: resources, control flow, and the end of the process."""

from __future__ import annotations

import sys
from typing import Any

from tests.attacks.attack import CHECKED, RIGHT, Attack, at_import, each, module, notebook

_NO_LIMIT = "sys.setrecursionlimit(10**9)\n"
_STACK_FULL: dict[str, Any] = {
    "homework": "patient",
    # From 3.12 on Python counts its own calls in C, whatever limit was asked for.
    **(
        {"out": "raised", "told": "RecursionError"}
        if sys.version_info >= (3, 12)
        else {"out": "crashed", "told": r"it crashed with signal 11 \(SIGSEGV\)"}
    ),
}

ROWS = (
    *each(
        1,
        {"endless loop": "while True:\n    pass", "endless loop in C": "sum(range(10**12))"},
        out="timed_out",
        told="it used more than 0.3 s of CPU time",
    ),
    *each(
        2,
        {
            "loop of products": "A = np.ones((400, 400))\nwhile True:\n    A @ A",
            "one long call of BLAS": "A = np.ones((2000, 2000))\nfor _ in range(9):\n    A = A @ A",
        },
        out="timed_out",
    ),
    *each(
        3,
        {"recursion": "return forward(z)"},
        out="raised",
        told="RecursionError: maximum recursion",
    ),
    *each(
        4,
        {
            "recursion without limit": f"{_NO_LIMIT}def forward(z):\n    sum(range(1000))\n    return forward(z)\nreturn forward(z)"
        },
        out="timed_out",
        told="it used more than 0.3 s of CPU time",
    ),
    *each(
        4,
        {
            "recursion without limit that keeps much": f"{_NO_LIMIT}def forward(z):\n    kept = bytearray(10**6)\n    return forward(z) + len(kept)\nreturn forward(z)"
        },
        out="out_of_memory",
        homework="patient",
    ),
    *each(
        4,
        {
            "recursion through C": f"{_NO_LIMIT}def forward(z):\n    return list(map(forward, [z]))\nreturn forward(z)"
        },
        **_STACK_FULL,
    ),
    *each(
        5,
        {
            "repr of nested lists": f"{_NO_LIMIT}gc.disable()\nx = []\nfor _ in range(10**6):\n    x = [x]\nreturn len(repr(x))"
        },
        # repr looks for a list among all those that it is in the middle of.
        **(_STACK_FULL if sys.version_info >= (3, 12) else {"out": "timed_out"}),
    ),
    *each(
        5,
        {
            "comparison of nested lists": f"{_NO_LIMIT}gc.disable()\nx, y = [], []\nfor _ in range(10**6):\n    x, y = [x], [y]\nreturn x == y",
        },
        **_STACK_FULL,
    ),
    *each(
        6,
        {
            "list of arrays": "x = []\nwhile True:\n    x.append(np.ones(10**6))",
            "list of lists": "x = []\nwhile True:\n    x.append([0] * 10**6)",
            "doubled text": "x = 'x'\nwhile True:\n    x += x",
        },
        out="out_of_memory",
        homework="patient",
    ),
    *each(
        6,
        {
            "kept for ever": "global kept\nkept = []\nwhile True:\n    kept.append(bytearray(10**7))",
        },
        out="out_of_memory",
        homework="patient",
    ),
    *each(
        7,
        {"huge array": "return np.zeros((10**6, 10**6))"},
        out="out_of_memory",
        told="ran out of memory",
    ),
    *each(
        8,
        {
            "fork bomb": "while True:\n    os.fork()",
            "raw fork": "while True:\n    if libc.fork() == -1:\n        raise OSError(ctypes.get_errno(), 'fork')",
        },
        out="blocked",
        told="PermissionError",
        is_about_walls=True,
    ),
    *each(
        9,
        {"thread bomb": "while True:\n    threading.Thread(target=time.sleep, args=(99,)).start()"},
        out="raised",
        told="RuntimeError: can't start new thread",
        is_about_walls=True,
    ),
    *each(
        10,
        {"descriptors by dup": "kept = []\nwhile True:\n    kept.append(os.dup(0))"},
        out="raised",
        told="Too many open files",
        is_about_walls=True,
    ),
    *each(
        10,
        {"descriptors by open": "kept = []\nwhile True:\n    kept.append(open('/dev/null'))"},
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        11,
        {
            "huge file": "open('@trap@/huge', 'wb').write(bytes(10**8))",
            "huge temporary file": "import tempfile\ntempfile.TemporaryFile().write(bytes(10**8))",
            "huge anonymous file": "os.ftruncate(os.memfd_create('x'), 10**9)",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        12,
        {
            "many files": "for n in range(10**5):\n    open(f'@trap@/{n}', 'w').close()",
            "many folders": "for n in range(10**5):\n    os.mkdir(f'@trap@/{n}')",
            "many links": "for n in range(10**5):\n    os.symlink('x', f'@trap@/{n}')",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        13,
        {"exit with 0": "os._exit(0)", "raw exit with 0": "libc._exit(0)"},
        out="crashed",
        told="it ended itself with exit code 0",
    ),
    Attack(
        row=14,
        name="exit at import",
        files=at_import("os._exit(0)"),
        flag="loading ended the process",
    ),
    Attack(
        row=14,
        name="exit in every definition",
        files={"act.py": "import os\ndef forward(z, x=os._exit(0)):\n    return z\n"},
        out="load_failed",
        dz="load_failed",
        told="it ended itself with exit code 0",
    ),
    Attack(
        row=14,
        name="sys.exit at import",
        files=at_import("sys.exit(0)"),
        flag=r"act\.py:\d+: calls sys\.exit\(\)",
    ),
    *each(15, {"SystemExit": "raise SystemExit(0)"}, out="raised", told=r"calls sys\.exit\(\)"),
    *each(
        15, {"KeyboardInterrupt": "raise KeyboardInterrupt"}, out="raised", told="KeyboardInterrupt"
    ),
    *each(15, {"GeneratorExit": "raise GeneratorExit"}, out="raised", told="GeneratorExit"),
    *each(
        16,
        {
            "catches everything": "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
        },
        out="timed_out",
    ),
    *each(
        17,
        {
            "signals ignored": "for n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\nwhile True:\n    pass",
            "signals blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True:\n    pass",
        },
        out="timed_out",
    ),
    *each(
        18,
        {
            "daemon": "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)\nreturn np.tanh(z)",
            "own session": "os.setsid()",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        19,
        {
            "subprocess": "subprocess.run(['/usr/bin/touch', '@trap@/x'])",
            "subprocess by shell": "subprocess.check_output('touch @trap@/x', shell=True)",
            "popen": "os.popen('touch @trap@/x').read()",
            "exec": "os.execv('/bin/sh', ['sh', '-c', 'touch @trap@/x'])",
            "posix_spawn": "os.posix_spawn('/bin/sh', ['sh', '-c', 'touch @trap@/x'], {})",
            "multiprocessing": "import multiprocessing\nmultiprocessing.Pool(2)",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        19,
        {
            "os.system": "os.system('touch @trap@/x')\nreturn np.tanh(z)",
            "get_ipython": "get_ipython().system('touch @trap@/x')\nreturn np.tanh(z)",
        },
        is_about_walls=True,
    ),
    Attack(
        row=19,
        name="shell line of a notebook",
        files={"act.ipynb": notebook("!touch @trap@/x", RIGHT).decode()},
        flag="magics or shell lines were left out",
    ),
    *each(
        20,
        {
            "kills its parent": "os.kill(os.getppid(), 9)",
            "kills everything": "os.kill(-1, 9)",
            "kills its group": "os.killpg(0, 9)",
            "kills the grader": "os.kill(@grader@, 9)",
            "queues a signal": f"{CHECKED}must_be(libc.sigqueue(@grader@, 9, 0))",
            "signals by descriptor": "signal.pidfd_send_signal(os.pidfd_open(@grader@), 9)",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        21,
        {
            "sleeps": "time.sleep(10**6)",
            "waits for itself": "threading.Event().wait()",
            "stops itself": "signal.raise_signal(signal.SIGSTOP)",
        },
        out="timed_out",
        homework="hurried",
        told="more than its share of wall time",
    ),
    Attack(
        row=21,
        name="sleeps at import",
        files=at_import("time.sleep(10**6)"),
        homework="hurried",
        flag="loading ended the process",
    ),
    *each(22, {"regular expression": "re.match('(a*)*b', 'a' * 40)"}, out="timed_out"),
    *each(
        22,
        {
            "huge number as text": "if hasattr(sys, 'set_int_max_str_digits'):\n    sys.set_int_max_str_digits(0)\nprint(7 ** (10**7))"
        },
        out="timed_out",
    ),
    *each(
        23,
        {
            "raises them bare": f"{CHECKED}must_be(libc.prlimit(0, 9, struct.pack('QQ', 2**62, 2**62), 0))",
            "undoes no-new-privileges": f"{CHECKED}must_be(libc.prctl(38, 0, 0, 0, 0))",
            "becomes dumpable": f"{CHECKED}must_be(libc.prctl(4, 1, 0, 0, 0))",
            "outlives its parent": f"{CHECKED}must_be(libc.prctl(1, 0, 0, 0, 0))",
            "takes the filter off": f"{CHECKED}must_be(libc.prctl(22, 0, 0, 0, 0))",
            "traces its parent": f"{CHECKED}must_be(libc.ptrace(16, os.getppid(), 0, 0))",
            "becomes root": "os.setuid(0)",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        23,
        {"raises its limits": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))"},
        out="raised",  # Python's own word for the refusal
        told="not allowed to raise maximum limit",
        is_about_walls=True,
    ),
    *each(
        24,
        {"reads nowhere": "ctypes.string_at(1)", "jumps nowhere": "ctypes.CFUNCTYPE(None)(1)()"},
        out="crashed",
        told=r"it crashed with signal 11 \(SIGSEGV\)",
    ),
    *each(24, {"aborts": "os.abort()"}, out="crashed", told=r"signal 6 \(SIGABRT\)"),
    Attack(
        row=25,
        name="hangs at exit",
        files=at_import("import atexit\n@atexit.register\ndef wait():\n    time.sleep(10**6)\n"),
    ),
    Attack(
        row=25,
        name="endless finaliser",
        files=at_import(
            "class Wait:\n    def __del__(self):\n        time.sleep(10**6)\nkept = Wait()\n"
        ),
    ),
    *each(
        26,
        {
            "warning of the limit ignored": "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True:\n    pass"
        },
        out="timed_out",
    ),
    Attack(
        row=27,
        name="counts its calls",
        files=module(
            """
            calls = []
            def forward(z):
                calls.append(1)
                return np.tanh(z) * (len(calls) < 3)
            """
        ),
        out="unstable",
    ),
    Attack(
        row=27,
        name="answers from its memory",
        files=module(
            """
            kept = []
            def forward(z):
                kept.append(np.tanh(z))
                return kept[0]
            """
        ),
        out="wrong",
    ),
)
