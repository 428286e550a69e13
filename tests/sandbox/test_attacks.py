"""Does each hostile or broken behaviour end as it should, without harm to anything else?

These run at every isolation level that the machine offers; see test_as_an_ordinary_user.py.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np
import pytest

from grader.records import Outcome, Returned
from grader.sandbox.channel import MAX_BODY, MAX_HEADER, PREFIX
from grader.sandbox.client import Death, Zygote
from tests.sandbox.pupils import HandedIn, HandIn, failure_of, value_of

pytestmark = pytest.mark.usefixtures("unharmed")

RUBRIC = Path(__file__).parents[2] / "rubrics" / "ece247-hw3" / "rubric.yaml"
CALL = "import hw\nout = hw.f()"
CPU_S = 0.2
WALL_S = 0.3


def in_a_function(hand_in: HandIn, body: str, **options: Any) -> HandedIn:
    """Hand in a function ``f`` with this body."""
    imports = (
        "import ctypes, os, signal, socket, subprocess, sys, threading, time\nimport numpy as np\n"
    )
    return hand_in(f"{imports}def f(*given):\n{indent(body.strip(), '    ')}\n", **options)


def death_of(pupil: HandedIn, cpu_s: float = 5.0, wall_s: float = 20.0, **inputs: Any) -> Death:
    """Call ``f`` and return what its process died of."""
    with pytest.raises(Death) as death:
        pupil.out(CALL, cpu_s=cpu_s, wall_s=wall_s, **inputs)
    return death.value


def outcome_of(pupil: HandedIn, cpu_s: float) -> Outcome:
    """Call ``f`` and return what came of it, whether its process lived or died."""
    try:
        return failure_of(pupil.out(CALL, cpu_s=cpu_s)).outcome
    except Death as death:
        return death.outcome


# --- time ----------------------------------------------------------------------------------

ENDLESS = {
    "a loop": "while True:\n    pass",
    "a loop that catches everything": "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    "a loop in BLAS": "A = np.ones((400, 400))\nwhile True:\n    A @ A",
    "one product in BLAS": "A = np.ones((3000, 3000))\nfor _ in range(100):\n    A = A @ A",
    "a loop in C": "sum(range(10**12))",
    "a regular expression": "import re\nre.match('(a*)*b', 'a' * 40)",
    "a huge number as text": "sys.set_int_max_str_digits(0) if hasattr(sys, 'set_int_max_str_digits') else 0\nreturn str(7 ** (10**7))",
    "signals ignored": "for n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\nwhile True:\n    pass",
    "signals blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True:\n    pass",
    "prints": "while True:\n    print('x' * 1000)",
    "generated answers": "class Endless(list):\n    def __iter__(self):\n        while True:\n            yield from ()\nreturn Endless()",
    "the text of an exception": "class Slow(Exception):\n    def __str__(self):\n        while True:\n            pass\nraise Slow",
}


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS.keys())
def test_what_does_not_end_is_stopped_by_its_cpu_time(hand_in: HandIn, body: str) -> None:
    death = death_of(in_a_function(hand_in, body), cpu_s=CPU_S)

    assert death.outcome is Outcome.TIMED_OUT
    assert death.message == "it used more than 0.2 s of CPU time"
    assert not death.retry
    assert death.usage.cpu_s >= CPU_S


SLEEPING = {
    "sleep": "time.sleep(10**6)",
    "sleep without signals": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ntime.sleep(10**6)",
    "an event": "threading.Event().wait()",
    "its own pipe": "os.read(3, 1)",
    "stopped by itself": "signal.raise_signal(signal.SIGSTOP)",
}


@pytest.mark.parametrize("body", SLEEPING.values(), ids=SLEEPING.keys())
def test_what_sleeps_is_stopped_by_the_wall_clock(hand_in: HandIn, body: str) -> None:
    death = death_of(in_a_function(hand_in, body), wall_s=WALL_S)

    assert death.outcome is Outcome.TIMED_OUT
    assert death.message == "it used more than its share of wall time"
    assert not death.retry, "no machine is too slow for sleeping"


@pytest.mark.parametrize(
    ("source", "limits"),
    [
        ("while True:\n    pass", {"cpu_s": CPU_S}),
        ("import time\ntime.sleep(10**6)", {"wall_s": WALL_S}),
    ],
    ids=["loop", "sleep"],
)
def test_loading_has_limits_of_its_own(
    hand_in: HandIn, source: str, limits: dict[str, float]
) -> None:
    with pytest.raises(Death) as death:
        hand_in(source, **limits)

    assert death.value.outcome is Outcome.TIMED_OUT


def test_the_cpu_time_of_a_whole_life_is_limited_by_the_kernel(zygote: Zygote) -> None:
    child = zygote.spawn(600, 0.0)
    call = {"op": "call", "code": "while True: pass", "answers": {}, "inputs": {}, "constants": {}}

    with pytest.raises(Death) as death:
        child.ask({**call, "seed": 1}, 60.0, 60.0)

    assert death.value.outcome is Outcome.TIMED_OUT
    assert death.value.message == "it used up the CPU time of its submission"


def test_a_process_that_ignores_that_limits_warning_is_killed_for_time(zygote: Zygote) -> None:
    child = zygote.spawn(600, 0.0)
    code = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    call = {"op": "call", "code": code, "answers": {}, "inputs": {}, "constants": {}, "seed": 1}

    with pytest.raises(Death) as death:
        child.ask(call, 60.0, 60.0)

    assert death.value.outcome is Outcome.TIMED_OUT


# --- the end of the process ----------------------------------------------------------------

ENDINGS = {
    "os._exit": ("os._exit(3)", "it ended itself with exit code 3"),
    "os._exit as if all were well": ("os._exit(0)", "it ended itself with exit code 0"),
    "a segmentation fault": ("ctypes.string_at(1)", "it crashed with signal 11 (SIGSEGV)"),
    "a jump to nowhere": ("ctypes.CFUNCTYPE(None)(1)()", "it crashed with signal 11 (SIGSEGV)"),
    "abort": ("os.abort()", "it crashed with signal 6 (SIGABRT)"),
    "a signal to itself": ("signal.raise_signal(15)", "it crashed with signal 15 (SIGTERM)"),
    "a signal that looks like the systems own": (
        "signal.raise_signal(signal.SIGKILL)",
        "it crashed with signal 9 (SIGKILL)",
    ),
    "a real-time signal": (
        "signal.raise_signal(40)",
        "it crashed with signal 40 (a real-time signal)",
    ),
}


@pytest.mark.parametrize(("body", "told"), ENDINGS.values(), ids=ENDINGS.keys())
def test_a_process_that_ends_itself_has_crashed(hand_in: HandIn, body: str, told: str) -> None:
    death = death_of(in_a_function(hand_in, body))

    assert (death.outcome, death.message) == (Outcome.CRASHED, told)


def test_a_system_call_of_another_architecture_kills(hand_in: HandIn) -> None:
    body = "ctypes.CDLL(None).syscall(0x40000000 | 39)"
    if os.uname().machine != "x86_64":
        pytest.skip("the x32 interface is x86_64's")

    death = death_of(in_a_function(hand_in, body))

    assert death.outcome is Outcome.CRASHED
    assert "SIGSYS" in death.message


@pytest.mark.parametrize("source", ["import os\nos._exit(0)", "import ctypes\nctypes.string_at(1)"])
def test_a_process_that_ends_itself_while_loading_has_crashed(hand_in: HandIn, source: str) -> None:
    with pytest.raises(Death) as death:
        hand_in(source)

    assert death.value.outcome is Outcome.CRASHED


@pytest.mark.parametrize(
    "body",
    [
        "x = []\nfor _ in range(2 * 10**5):\n    x = [x]\nreturn len(repr(x))",
        "def deeper(n):\n    return deeper(n + 1)\nreturn deeper(0)",
        "import functools\nreturn functools.reduce(lambda g, _: functools.partial(g), range(10**6), len)()",
    ],
    ids=["repr", "function", "partial"],
)
def test_a_recursion_without_limit_ends_in_a_named_outcome(hand_in: HandIn, body: str) -> None:
    pupil = in_a_function(hand_in, f"sys.setrecursionlimit(2**31 - 1)\n{body}", memory_mb=350)

    outcome = outcome_of(pupil, cpu_s=1.0)

    assert outcome in {
        Outcome.CRASHED,
        Outcome.TIMED_OUT,
        Outcome.RAISED,
        Outcome.OUT_OF_MEMORY,
    }


# --- memory --------------------------------------------------------------------------------

BOMBS = {
    "lists": "x = []\nwhile True:\n    x.append([0] * 10**6)",
    "one array": "np.zeros((10**6, 10**6))",
    "arrays": "x = []\nwhile True:\n    x.append(np.ones(10**6))",
    "small objects": "x = None\nwhile True:\n    x = (x, 1.0)",
    "text": "x = 'x'\nwhile True:\n    x += x",
    "bytes": "bytearray(10**10)",
    "a map": "import mmap\nx = mmap.mmap(-1, 10**12)",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_too_much_memory_is_told_and_does_not_end_the_process(hand_in: HandIn, body: str) -> None:
    pupil = in_a_function(hand_in, f"{body}", memory_mb=350)

    told = failure_of(pupil.out(CALL, cpu_s=5.0))

    if body.startswith("import mmap"):
        assert "Cannot allocate memory" in told.message
    else:
        assert told.outcome is Outcome.OUT_OF_MEMORY
    assert value_of(pupil.out("out = np.ones(10**6).sum()")) == 10**6


def test_too_much_memory_in_an_answers_expression_is_told(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "x = None\nwhile True:\n    x = (x, 1.0)", memory_mb=350)

    answers = pupil.answers("import hw\nnet = hw.f", {"a": "net()", "b": "3"}, cpu_s=5.0)

    assert failure_of(answers["a"]).outcome is Outcome.OUT_OF_MEMORY
    assert value_of(answers["b"]) == 3


def test_memory_that_stays_full_ends_in_a_named_outcome(hand_in: HandIn) -> None:
    source = "kept = []\ndef f():\n    x = None\n    while True:\n        x = (x, 1.0)\n        kept.append(x)\n"
    pupil = hand_in(source, memory_mb=350)

    assert outcome_of(pupil, cpu_s=5.0) in {Outcome.CRASHED, Outcome.OUT_OF_MEMORY}


# --- what raises and goes on ---------------------------------------------------------------

RAISED = {
    "recursion": ("return f()", "RecursionError"),
    "recursion through a method": (
        "class A:\n    def __getattr__(self, n):\n        return getattr(self, n)\nreturn A().x",
        "RecursionError",
    ),
    "sys.exit": ("sys.exit(0)", "SystemExit"),
    "sys.exit with text": ("sys.exit('bye')", "SystemExit"),
    "an interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "a generator's end": ("raise GeneratorExit", "GeneratorExit"),
    "a thread": ("threading.Thread(target=print).start()", "RuntimeError"),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor().submit(print)",
        "RuntimeError",
    ),
    "input": ("input()", "EOFError"),
    "an unprintable exception": (
        "class E(Exception):\n    def __str__(self):\n        raise self\nraise E",
        "E",
    ),
    "an exception with a script's name": (
        "raise type('<script>' * 1000, (Exception,), {})('=cmd|calc')",
        "<script>" * 10,
    ),
    "a lying exception": (
        "class E(Exception):\n    __class__ = property(lambda self: 1 / 0)\nraise E",
        "E",
    ),
    "an exception that is none": ("raise 3", "TypeError"),
}


@pytest.mark.parametrize(("body", "exception"), RAISED.values(), ids=RAISED.keys())
def test_an_exception_fails_the_call_alone(hand_in: HandIn, body: str, exception: str) -> None:
    pupil = in_a_function(hand_in, body)

    told = failure_of(pupil.out(CALL))

    assert (told.outcome, told.exception) == (Outcome.RAISED, exception)
    assert value_of(pupil.out("out = 3")) == 3


# --- what the walls hold -------------------------------------------------------------------

FORBIDDEN = {
    "fork": "os.fork()",
    "fork in a loop": "while True:\n    os.fork()",
    "forkpty": "os.forkpty()",
    "posix_spawn": "os.posix_spawn('/bin/sh', ['sh'], {})",
    "subprocess": "subprocess.run(['/bin/true'])",
    "subprocess by shell": "subprocess.check_output('id', shell=True)",
    "popen": "os.popen('id').read()",
    "exec": "os.execv('/bin/sh', ['sh', '-c', 'touch /tmp/x'])",
    "multiprocessing": "import multiprocessing\nmultiprocessing.Pool(2)",
    "a TCP socket": "socket.socket()",
    "a UDP socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "a UNIX socket": "socket.socket(socket.AF_UNIX)",
    "a netlink socket": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "a socket pair": "socket.socketpair()",
    "a web page": "import urllib.request, http.client\nhttp.client.HTTPConnection('127.0.0.1').connect()",
    "reading the passwords": "open('/etc/passwd').read()",
    "reading the rubric": f"open({str(RUBRIC)!r}).read()",
    "reading itself": "open(__file__).read()",
    "reading the environment": "open('/proc/1/environ').read()",
    "reading the parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "reading its own memory": "open('/proc/self/mem', 'rb').read(1)",
    "listing": "os.listdir('/')",
    "listing where it is": "os.listdir('.')",
    "writing": "open('/tmp/x', 'w')",
    "writing where it is": "open('x', 'w')",
    "writing to shared memory": "open('/dev/shm/x', 'w')",
    "a shared memory block": "from multiprocessing import shared_memory\nshared_memory.SharedMemory(create=True, size=1)",
    "a temporary file": "os.open('/tmp/x', os.O_RDWR | os.O_CREAT | os.O_EXCL)",
    "a directory": "os.mkdir('/tmp/x')",
    "a link": "os.symlink('/etc/passwd', '/tmp/x')",
    "a hard link": "os.link('/etc/passwd', '/tmp/x')",
    "removing": "os.unlink('/etc/passwd')",
    "renaming": "os.rename('/etc/passwd', '/tmp/x')",
    "permissions": "os.chmod('/', 0o777)",
    "an owner": "os.chown('/', 0, 0)",
    "times": "os.utime('/')",
    "a FIFO": "os.mkfifo('/tmp/x')",
    "a pipe": "os.pipe()",
    "saving an array": "np.save('/tmp/x.npy', np.ones(3))",
    "loading an array": "np.load('/tmp/x.npy')",
    "killing its parent": "os.kill(os.getppid(), 9)",
    "killing everything": "os.kill(-1, 9)",
    "killing its group": "os.killpg(0, 9)",
    "a signal for nothing": "os.kill(os.getppid(), 0)",
    "becoming root": "os.setuid(0)",
    "leaving its session": "os.setsid()",
    "another root folder": "os.chroot('/')",
    "another folder": "os.chdir('/tmp')",
    "another priority": "os.nice(-5)",
    "other processors": "os.sched_setaffinity(0, {0})",
    "an own signal at new input": "import fcntl\nfcntl.fcntl(3, fcntl.F_SETOWN, os.getppid())",
    "asynchronous input": "import fcntl\nfcntl.fcntl(3, fcntl.F_SETFL, os.O_ASYNC)",
    "a larger pipe": "import fcntl\nfcntl.fcntl(4, 1031, 1 << 20)",
    "a descriptor of a process": "os.pidfd_open(os.getppid())",
    "an anonymous file": "os.memfd_create('x')",
    "a file by number": "os.open('/proc/self/fd/0', os.O_RDWR)",
    "waiting for children": "os.waitpid(-1, 0)",
}  # fmt: skip


@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_is_forbidden_raises_and_the_code_goes_on(hand_in: HandIn, body: str) -> None:
    pupil = in_a_function(hand_in, body)

    told = failure_of(pupil.out(CALL))

    assert told.outcome is Outcome.BLOCKED, told
    assert told.exception == "PermissionError"
    assert "files, processes and the network are closed while grading" in told.message
    assert value_of(pupil.out("out = 3")) == 3


def test_a_shell_line_has_no_effect(hand_in: HandIn, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    mark = tmp_path / "mark"

    pupil = in_a_function(hand_in, f"os.system('touch {mark}')\nreturn 3")

    assert value_of(pupil.out(CALL)) == 3
    assert not mark.exists()


RAW = {
    "ptrace": "16, parent, 0, 0",
    "process_vm_readv": "parent, 0, 0, 0, 0, 0",
    "prctl": "4, 1, 0, 0, 0",
    "seccomp": "1, 0, 0",
    "bpf": "0, 0, 0",
    "io_uring_setup": "1, 0",
    "userfaultfd": "0",
    "perf_event_open": "0, 0, -1, -1, 0",
    "unshare": "0x10000000",
    "clone": "17, 0, 0, 0, 0",
    "kill": "parent, 0",
    "tkill": "parent, 0",
    "rt_sigqueueinfo": "parent, 9, 0",
    "keyctl": "0, 0",
    "open_by_handle_at": "0, 0, 0",
    "execveat": "0, 0, 0, 0, 0",
    "timer_create": "0, 0, 0",
    "mount": "0, 0, 0, 0, 0",
}
NUMBERS = {
    "ptrace": 101, "process_vm_readv": 310, "prctl": 157, "seccomp": 317, "bpf": 321,
    "io_uring_setup": 425, "userfaultfd": 323, "perf_event_open": 298, "unshare": 272,
    "clone": 56, "kill": 62, "tkill": 200, "rt_sigqueueinfo": 129, "keyctl": 250,
    "open_by_handle_at": 304, "execveat": 322, "timer_create": 222, "mount": 165,
}  # fmt: skip


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86_64")
@pytest.mark.parametrize("name", RAW)
def test_a_raw_system_call_is_denied(hand_in: HandIn, name: str) -> None:
    body = f"""
parent = os.getppid()
libc = ctypes.CDLL(None, use_errno=True)
answer = libc.syscall({NUMBERS[name]}, {RAW[name]})
return [answer, ctypes.get_errno()]
"""
    answer = in_a_function(hand_in, body).out(CALL)

    assert isinstance(answer, Returned)
    assert answer.value.tolist() == [-1, 1]


def test_which_paths_there_are_cannot_be_found_out(hand_in: HandIn) -> None:
    """At every level: where the root folder is the machine's own, the filter hides what is in it."""
    body = f"""
libc = ctypes.CDLL(None, use_errno=True)
stat, statx = ((262, 332) if os.uname().machine == "x86_64" else (79, 291))
room = ctypes.create_string_buffer(4096)
found = 0
for path in ("/etc", "/etc/passwd", "/proc/self", {str(RUBRIC)!r}, "/", ".", ".."):
    found += os.path.exists(path) + os.path.lexists(path) + os.path.isdir(path)
    # An empty path may be asked for with the flag 0x1000; nothing says that the path is empty.
    for flags in (0, 0x100, 0x1000):
        found += libc.syscall(stat, -100, path.encode(), room, flags) == 0
        found += libc.syscall(statx, -100, path.encode(), flags, 0xfff, room) == 0
return found
"""
    pupil = in_a_function(hand_in, body)

    assert value_of(pupil.out(CALL)) == 0


def test_a_signal_to_a_thread_of_another_process_is_denied(hand_in: HandIn) -> None:
    body = """
libc = ctypes.CDLL(None, use_errno=True)
number = 234 if os.uname().machine == "x86_64" else 131
return [libc.syscall(number, os.getppid(), os.getppid(), 9), ctypes.get_errno()]
"""
    answer = in_a_function(hand_in, body).out(CALL)

    assert isinstance(answer, Returned)
    assert answer.value.tolist() == [-1, 1]


def test_only_five_descriptors_are_open(hand_in: HandIn) -> None:
    body = """
import fcntl
found = []
for number in range(1024):
    try:
        fcntl.fcntl(number, fcntl.F_GETFD)
        found.append(number)
    except OSError:
        pass
return found
"""
    answer = in_a_function(hand_in, body).out(CALL)

    assert isinstance(answer, Returned)
    assert answer.value.tolist() == [0, 1, 2, 3, 4]


def test_limits_cannot_be_raised(hand_in: HandIn) -> None:
    body = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))"

    told = failure_of(in_a_function(hand_in, body).out(CALL))

    assert told.outcome is Outcome.RAISED


def test_descriptors_run_out_in_the_child_alone(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "kept = []\nwhile True:\n    kept.append(os.dup(0))")

    told = failure_of(pupil.out(CALL))

    assert told.exception == "OSError"
    assert "Too many open files" in told.message


def test_the_environment_is_empty(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "return len(os.environ) + (os.getenv('PATH') is not None)")

    assert value_of(pupil.out(CALL)) == 0


def test_nothing_of_the_graders_memory_is_in_the_child(hand_in: HandIn) -> None:
    secret = f"expected answer {os.getpid()}"
    body = f"""
import gc
wanted = {secret[:8]!r} + {secret[8:]!r}
return sum(isinstance(o, dict) and any(type(v) is str and v == wanted for v in list(o.values())) for o in gc.get_objects())
"""
    assert value_of(in_a_function(hand_in, body).out(CALL)) == 0


# --- output --------------------------------------------------------------------------------


def test_much_that_is_printed_is_dropped_but_for_its_head(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "for _ in range(200):\n    print('x' * 10**5)\nreturn 3")

    assert value_of(pupil.out(CALL)) == 3
    assert pupil.printed == "x" * (16 << 10)


def test_much_that_is_printed_while_loading_is_dropped(hand_in: HandIn) -> None:
    pupil = hand_in("for _ in range(50):\n    print('x' * 10**5)\ndef f():\n    return 3\n")

    assert value_of(pupil.out(CALL)) == 3


@pytest.mark.parametrize("descriptor", [1, 2])
def test_a_flood_past_pythons_streams_is_stopped(hand_in: HandIn, descriptor: int) -> None:
    death = death_of(
        in_a_function(hand_in, f"while True:\n    os.write({descriptor}, b'x' * 65536)")
    )

    assert (death.outcome, death.message) == (Outcome.CRASHED, "it printed more than 1024 KB")


def test_a_little_past_pythons_streams_is_let_pass(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "os.write(1, b'x' * 300_000)\nos.write(2, b'x')\nreturn 3")

    assert value_of(pupil.out(CALL)) == 3


def test_output_may_be_any_bytes(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "sys.stdout.buffer.write(bytes(range(256)))\nreturn 3")

    assert value_of(pupil.out(CALL)) == 3
    assert pupil.printed.endswith("\\xfe\\xff")


# --- the channel ---------------------------------------------------------------------------

FORGE = """
import msgpack
def frame(message):
    header = msgpack.packb(message)
    return struct.pack("<IQ", len(header), 0) + header
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("os.write(4, b'x' * 100)", "it broke the protocol"),
        ("os.write(4, bytes(100))", "it broke the protocol"),
        (f"os.write(4, {PREFIX.pack(2**32 - 1, 0)!r})", "is too large"),
        (f"os.write(4, {PREFIX.pack(MAX_HEADER + 1, 0)!r})", "is too large"),
        (f"os.write(4, {PREFIX.pack(10, 2**60)!r})", "is too large"),
        (f"os.write(4, {PREFIX.pack(10, MAX_BODY + 1)!r})", "is too large"),
        (f"os.write(4, {PREFIX.pack(5, 0)!r} + b'\\x81\\xa1a\\xc1x')", "it broke the protocol"),
        (f"os.write(4, {PREFIX.pack(3, 0)!r} + b'\\x81\\xa1a')", "it broke the protocol"),
        (f"os.write(4, {PREFIX.pack(50_000, 0)!r} + b'\\x91' * 50_000)", "it broke the protocol"),
        (f"os.write(4, {PREFIX.pack(1, 0)!r} + b'\\x80')", "a question that was not asked"),
        ("while True:\n    os.write(4, b'x' * 65536)", "it broke the protocol"),
        ("for fd in range(1024):\n    try:\n        os.write(fd, b'garbage' * 10)\n    except OSError:\n        pass", "it broke the protocol"),
    ],
)  # fmt: skip
def test_what_is_no_frame_breaks_the_protocol(hand_in: HandIn, body: str, told: str) -> None:
    death = death_of(in_a_function(hand_in, body))

    assert death.outcome is Outcome.CRASHED
    assert told in death.message


def test_a_frame_that_is_never_finished_is_stopped_by_the_wall_clock(hand_in: HandIn) -> None:
    body = f"os.write(4, {PREFIX.pack(100, 100)!r} + b'x')\ntime.sleep(10**6)"

    death = death_of(in_a_function(hand_in, body), wall_s=WALL_S)

    assert death.outcome is Outcome.TIMED_OUT


def test_a_frame_sent_drop_by_drop_is_stopped_by_the_wall_clock(hand_in: HandIn) -> None:
    body = f"os.write(4, {PREFIX.pack(10**6, 0)!r})\nwhile True:\n    os.write(4, b'x')\n    time.sleep(0.01)"

    death = death_of(in_a_function(hand_in, body), wall_s=WALL_S)

    assert death.outcome is Outcome.TIMED_OUT


def test_a_frame_sent_before_the_reply_is_no_answer(hand_in: HandIn) -> None:
    source = f"import os, struct{FORGE}\ndef f():\n    os.write(4, frame({{'id': 10**9}}))"

    death = death_of(hand_in(source))

    assert death.outcome is Outcome.CRASHED
    assert death.message == "it answered a question that was not asked"


@pytest.mark.parametrize(
    "number", ["np.ones(2)", "np.ones(())", "True", "'1'", "None", "[1]", "1e400"]
)
def test_the_id_of_a_reply_is_only_ever_compared_as_a_number(hand_in: HandIn, number: str) -> None:
    source = f"""
import sys
import numpy as np
def f():
    caller = sys._getframe()
    while caller.f_code.co_name != 'serve':
        caller = caller.f_back
    caller.f_globals['_send']({{'id': {number}}})
"""
    death = death_of(hand_in(source))

    assert death.outcome is Outcome.CRASHED
    assert death.message == "it answered a question that was not asked"


def test_a_frame_behind_the_reply_is_found_at_the_next_question(hand_in: HandIn) -> None:
    source = """
import sys
def f():
    caller = sys._getframe()
    while caller.f_code.co_name != 'serve':
        caller = caller.f_back
    send = caller.f_globals['_send']
    def twice(message):
        send(message)
        send(message)
    caller.f_globals['_send'] = twice
    return 1
"""
    pupil = hand_in(source)
    for _ in range(2):
        assert value_of(pupil.out(CALL)) == 1

    death = death_of(pupil)

    assert death.outcome is Outcome.CRASHED


def test_a_forged_reply_is_only_the_answer_of_who_forged_it(hand_in: HandIn) -> None:
    source = f"""
import os, struct, sys
{FORGE}
def f():
    caller = sys._getframe()
    while caller.f_code.co_name != 'handle':
        caller = caller.f_back
    asked = caller.f_locals['message']['id']
    told = {{'outcome': 'wrong', 'message': 'forged', 'exception': '', 'where': ''}}
    os.write(4, frame({{'id': asked, 'answers': {{'out': told}}}}))
    os._exit(0)
"""
    told = failure_of(hand_in(source).out(CALL))

    assert (told.outcome, told.message) == (Outcome.WRONG, "forged")


CLOSED = {
    "and returns": "return 3",
    "and sleeps": "time.sleep(10**6)",
    "and loops": "while True:\n    pass",
    "and exits": "os._exit(0)",
}


@pytest.mark.parametrize("after", CLOSED.values(), ids=CLOSED.keys())
def test_who_closes_the_channel_has_crashed(hand_in: HandIn, after: str) -> None:
    death = death_of(in_a_function(hand_in, f"os.closerange(0, 64)\n{after}"))

    assert death.outcome is Outcome.CRASHED


def test_who_closes_the_output_alone_is_answered(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "os.close(1)\nos.close(2)\nreturn 3")

    assert value_of(pupil.out(CALL)) == 3
    assert value_of(pupil.out(CALL.replace("hw.f()", "4"))) == 4


def test_who_closes_what_questions_come_through_has_crashed(hand_in: HandIn) -> None:
    pupil = in_a_function(hand_in, "os.close(3)\nreturn 3")
    assert value_of(pupil.out(CALL)) == 3

    death = death_of(pupil, big=np.zeros(10**6))

    assert (death.outcome, death.message) == (
        Outcome.CRASHED,
        "it closed the grader's channel",
    )


def test_who_never_reads_a_large_question_is_stopped_by_the_wall_clock(hand_in: HandIn) -> None:
    source = """
import sys, time
def f():
    caller = sys._getframe()
    while caller.f_code.co_name != 'serve':
        caller = caller.f_back
    caller.f_globals['_receive'] = lambda count: time.sleep(10**6)
    return 1
"""
    pupil = hand_in(source)
    assert value_of(pupil.out(CALL)) == 1

    death = death_of(pupil, wall_s=WALL_S, big=np.zeros(10**6))

    assert death.outcome is Outcome.TIMED_OUT


def test_who_reads_the_questions_itself_only_harms_itself(hand_in: HandIn) -> None:
    death = death_of(in_a_function(hand_in, "while True:\n    os.read(3, 1 << 20)"), wall_s=WALL_S)

    assert death.outcome is Outcome.TIMED_OUT


def test_a_blocking_mode_set_by_the_child_is_its_own(hand_in: HandIn) -> None:
    pupil = in_a_function(
        hand_in, "import fcntl\nfcntl.fcntl(1, fcntl.F_SETFL, os.O_NONBLOCK)\nreturn 1"
    )

    assert value_of(pupil.out(CALL)) == 1
    assert value_of(pupil.out("out = 2")) == 2


def test_a_large_question_and_a_large_answer_pass(hand_in: HandIn) -> None:
    big = np.arange(10**6, dtype=np.float64)

    answer = hand_in("").out("out = big + 1", big=big, cpu_s=5.0)

    assert isinstance(answer, Returned)
    np.testing.assert_array_equal(answer.value, big + 1)


# --- lying answers -------------------------------------------------------------------------

LIES = {
    "a subclass of arrays": ("class Liar(np.ndarray):\n    __eq__ = __len__ = __array_ufunc__ = __array_function__ = __getitem__ = tobytes = copy = astype = lambda *a, **k: 1 / 0\n    shape = dtype = size = property(lambda self: 1 / 0)\nreturn np.arange(2.0).view(Liar)", [0.0, 1.0]),
    "a masked array": ("return np.ma.masked_all(2)", None),
    "a matrix": ("return np.asmatrix([[1.0, 2.0]])", [[1.0, 2.0]]),
    "a subclass of floats": ("class F(float):\n    __float__ = __eq__ = __array__ = lambda *a: 1 / 0\nreturn F(2.5)", 2.5),
    "a subclass of NumPy's floats": ("class F(np.float64):\n    __eq__ = __add__ = lambda *a: 1 / 0\nreturn F(2.5)", 2.5),
    "a read-only view": ("x = np.ones(2)\nx.flags.writeable = False\nreturn x[::-1]", [1.0, 1.0]),
    "a boolean": ("return np.True_", True),
    "a big-endian array": ("return np.ones(2, '>f4')", [1.0, 1.0]),
    "not a number": ("return float('nan')", float("nan")),
    "an empty array": ("return np.zeros((0, 3))", np.zeros((0, 3))),
}  # fmt: skip


@pytest.mark.parametrize(("body", "right"), LIES.values(), ids=LIES.keys())
def test_what_is_a_number_at_bottom_is_judged_by_its_data(
    hand_in: HandIn, body: str, right: Any
) -> None:
    answer = in_a_function(hand_in, body).out(CALL)

    assert isinstance(answer, Returned)
    assert type(answer.value) is np.ndarray
    if right is not None:
        np.testing.assert_array_equal(answer.value, right)


NO_NUMBERS = {
    "objects": ("return np.array([object()])", Outcome.WRONG),
    "a huge integer": ("return 10**5000", Outcome.WRONG),
    "a list that holds itself": ("x = []\nx.append(x)\nreturn x", Outcome.WRONG),
    "a list of a million": ("return [[1.0]] * 10**6", Outcome.WRONG),
    "a deep list": ("x = []\nfor _ in range(10**5):\n    x = [x]\nreturn x", Outcome.WRONG),
    "74 GB without a stride": ("return np.broadcast_to(1.0, (10**5, 10**5))", Outcome.WRONG),
    "a generator": ("return (x for x in range(3))", Outcome.WRONG),
    "a function": ("return f", Outcome.WRONG),
    "a coroutine": ("async def g(): pass\nc = g()\nc.close()\nreturn c", Outcome.WRONG),
    "text": ("return 'rm -rf'", Outcome.WRONG),
    "nothing": ("return None", Outcome.NOT_IMPLEMENTED),
    "what runs when unpickled": ("class P:\n    def __reduce__(self):\n        return os.system, ('touch /tmp/x',)\nreturn P()", Outcome.WRONG),
    "what runs when looked at": ("class P:\n    def __getattribute__(self, n):\n        os._exit(1)\nreturn P()", Outcome.WRONG),
    "what says it is an array": ("class P:\n    __class__ = np.ndarray\n    dtype, shape = np.dtype('f8'), ()\nreturn P()", Outcome.WRONG),
    "what raises when listed": ("class P:\n    def __len__(self):\n        return 1 / 0\nreturn [P()]", Outcome.WRONG),
}  # fmt: skip


@pytest.mark.parametrize(("body", "outcome"), NO_NUMBERS.values(), ids=NO_NUMBERS.keys())
def test_what_is_no_number_is_named(hand_in: HandIn, body: str, outcome: Outcome) -> None:
    told = failure_of(in_a_function(hand_in, body).out(CALL))

    assert told.outcome is outcome
    assert told.message.startswith("out is ")


# --- tampering with what runs beside it ----------------------------------------------------

TAMPERED = {
    "numpy": "for name in ('allclose', 'array', 'asarray', 'ndarray', 'testing', 'linalg', 'random'):\n    setattr(np, name, None)",
    "the seeds": "np.random.seed = lambda *a: 1 / 0\n__import__('random').seed = lambda *a: 1 / 0",
    "os": "os.read = os.write = os._exit = lambda *a: None",
    "print": "import builtins\nbuiltins.print = None",
    "msgpack": "import msgpack\nmsgpack.packb, msgpack.unpackb",
    "modules": "sys.modules.clear()",
}


@pytest.mark.parametrize("body", TAMPERED.values(), ids=TAMPERED.keys())
def test_tampering_changes_its_own_answers_at_most(hand_in: HandIn, body: str) -> None:
    before = np.allclose, np.asarray, np.random.seed, os.read
    pupil = in_a_function(hand_in, f"{body}\nreturn 3")

    assert value_of(pupil.out(CALL)) == 3
    assert value_of(pupil.out("out = 4")) == 4
    assert before == (np.allclose, np.asarray, np.random.seed, os.read)


def test_what_one_submission_leaves_behind_is_not_there_for_the_next(hand_in: HandIn) -> None:
    hand_in("import builtins, numpy as np\nbuiltins.left = np.left = 1\nimport hw")

    pupil = hand_in(
        "import builtins, numpy as np\nfound = hasattr(builtins, 'left') + hasattr(np, 'left')"
    )

    assert value_of(pupil.out("import hw\nout = hw.found")) == 0


def test_the_grader_keeps_its_own_limits(hand_in: HandIn) -> None:
    before = resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_AS)

    hand_in("x = 1")

    assert before == (
        resource.getrlimit(resource.RLIMIT_CPU),
        resource.getrlimit(resource.RLIMIT_AS),
    )
