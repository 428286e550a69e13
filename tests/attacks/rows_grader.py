"""Rows 34 to 48 and 100: attacks on the grader, its files and its secrets."""

from __future__ import annotations

import re

from tests.attacks.attack import (
    CHECKED,
    Attack,
    each,
    leaking,
)
from tests.attacks.hall import Examined


def _bare(calls: dict[str, str], **expected: object) -> list[Attack]:
    """Return an attack for each raw system call, which has to be denied."""
    bodies = {name: f"{CHECKED}must_be({call})" for name, call in calls.items()}
    return each(out="blocked", is_about_walls=True, **expected, bodies=bodies)  # type: ignore[arg-type]


def _results_are_its_own(examined: Examined) -> None:
    kept = sorted(path.name for path in (examined.hall.run / "results").iterdir())
    assert f"{examined.submission.id}.json" in kept
    # Each is named after a submission that was handed in; nobody's is called "x".
    assert all(re.fullmatch(r"s\d+\.json", name) for name in kept)
    assert examined.result["total"] == str(examined.sheet.total)


_SCAN = """
if hasattr(sys, 'was_found'):
    return np.tanh(z) if sys.was_found else np.ones_like(z)
call = ctypes.CDLL(None, use_errno=True).syscall
call.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
number = {'x86_64': 14, 'aarch64': 135}[os.uname().machine]
def is_there(page):
    # The kernel reads the mask of signals before it refuses what is to be done with it.
    call(number, 99, page, None, 8)
    return ctypes.get_errno() == 22
pages = set()
def look_around(anchor):
    # From a page that is there as far as no gap of more than 64 MB comes, both ways.
    for step in (4096, -4096):
        page, gap = anchor & ~4095, 0
        while gap < 1 << 14 and not (page in pages and step > 0):
            if is_there(page):
                gap = 0
                pages.add(page)
            else:
                gap += 1
            page += step
own = b'sentinel'.join([b'@token@', b'end'])
stack = ctypes.c_char(b'x')
for anchor in (id(own), z.ctypes.data, id(type), ctypes.addressof(stack), ctypes.cast(libc.write, ctypes.c_void_p).value):
    if anchor & ~4095 not in pages:
        look_around(anchor)
assert len(pages) > 5000, len(pages)
seen = found = 0
for page in sorted(pages):
    # What held the numbers of the pages may be gone again.
    block = ctypes.string_at(page, 4096) if is_there(page) else b''
    seen += own in block
    place = block.find(b'@secret1@')
    while place >= 0:
        found += block[place + len(b'@secret1@'):].startswith(b'@secret2@')
        place = block.find(b'@secret1@', place + 1)
assert seen > 0
sys.was_found = found
"""
"""Reads every page that this process can, and looks for a text of its own and for the secret."""

ROWS = (
    *each(
        34,
        {
            "patches the comparison": "for name in ('allclose', 'array_equal', 'isclose', 'asarray', 'array', 'max', 'abs'):\n    setattr(np, name, lambda *a, **k: True)\nnp.testing.assert_allclose = np.linalg.norm = np.random.seed = lambda *a, **k: 0.0\nreturn np.ones_like(z)"
        },
        out="wrong",
    ),
    *each(
        34,
        {
            "patches os": "os.read = os.write = os._exit = lambda *a: None\nreturn np.tanh(z)",
            "patches print": "import builtins\nbuiltins.print = None\nreturn np.tanh(z)",
            "clears the modules": "sys.modules.clear()\nreturn np.tanh(z)",
        },
    ),
    *each(
        34,
        {
            "patches the built-in functions": "import builtins\nbuiltins.len = builtins.isinstance = None\nreturn np.tanh(z)"
        },
        out="crashed",
        told="it replaced parts of Python that answering takes",
    ),
    Attack(
        row=35,
        name="looks for answers among all objects",
        files=leaking(
            """
gc.unfreeze()
right, found, seen = np.tanh(z), False, 0
for one in gc.get_objects():
    inner = one.values() if type(one) is dict else one if type(one) in (list, tuple) else ()
    for x in list(inner):
        seen += 1
        if type(x) is np.ndarray and x is not right and x.shape == z.shape and np.allclose(x, right):
            found = True
assert seen > 10_000
"""
        ),
        out="wrong",
    ),
    Attack(
        row=35,
        name="looks for answers up the stack",
        files=leaking(
            """
right, found, depth = np.tanh(z), False, 0
frame = sys._getframe().f_back
while frame is not None:
    depth += 1
    for x in [*frame.f_locals.values(), *frame.f_globals.values()]:
        if type(x) is np.ndarray and x.shape == z.shape and np.allclose(x, right):
            found = True
    frame = frame.f_back
assert depth > 3
"""
        ),
        out="wrong",
    ),
    Attack(
        row=35,
        name="looks for what its process was told",
        files=leaking(
            """
seen = [sys.argv, sys.orig_argv, vars(sys.modules['__main__'])]
frame = sys._getframe().f_back
while frame is not None:
    seen.append(frame.f_locals)
    frame = frame.f_back
assert len(seen) > 6
# Its own text stands in a frame as well, so that the number in there must not match.
found = any(re.search(r'[ "=]@grader@(?!\\d)|"path": \\[', repr(one)) for one in seen)
"""
        ),
        out="wrong",
    ),
    Attack(
        row=35,
        name="imports the reference",
        files=leaking(
            """
found = False
for name in ('reference', 'reference.activations', 'grader.checks', 'grader.rubric', 'grader.records'):
    try:
        __import__(name)
        found = found or getattr(sys.modules[name], '__file__', None) is not None
    except ImportError:
        pass
"""
        ),
        out="wrong",
    ),
    Attack(
        row=36,
        name="scans its memory for the secret",
        files=leaking(_SCAN),
        out="wrong",
        homework="patient",
        is_about_walls=True,
    ),
    *each(
        36,
        {
            "opens its own memory": "open('/proc/self/mem', 'rb').read(1)",
            "opens its own map": "open('/proc/self/maps').read()",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        37,
        {
            "opens the grader's memory": "open('/proc/@grader@/mem', 'rb').read(1)",
            "opens the zygote's memory": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *_bare(
        {
            "reads another's memory": "libc.process_vm_readv(@grader@, 0, 0, 0, 0, 0)",
            "writes another's memory": "libc.process_vm_writev(@grader@, 0, 0, 0, 0, 0)",
            "traces the grader": "libc.ptrace(16, @grader@, 0, 0)",
        },
        row=37,
    ),
    *each(
        38,
        {
            "reads the rubric": "open('@rubric@/rubric.yaml').read()",
            "reads the starter": "open('@rubric@/starter/act.py').read()",
            "reads the reference": f"open({__file__!r}).read()",
            "reads a neighbour's work": "open('@trap@/neighbour/act.py').read()",
            "reads its own file": "open(__file__).read()",
            "lists the neighbours": "os.listdir('@trap@')",
            "loads a file by NumPy": "np.load('@trap@/canary.txt', allow_pickle=True)",
            "reads by the linker": "open('/etc/passwd').read()",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        39,
        {
            "reads the environment of the first process": "open('/proc/1/environ').read()",
            "reads the grader's environment": "open('/proc/@grader@/environ').read()",
        },
        out="blocked",
        is_about_walls=True,
    ),
    Attack(
        row=39,
        name="looks for a token in its environment",
        files=leaking(
            """
libc.getenv.restype = ctypes.c_char_p
found = bool(os.environ) or any(
    libc.getenv(name) for name in (b'ATTACKS_TOKEN', b'HOME', b'USER', b'PATH')
)
"""
        ),
        out="wrong",
        is_about_walls=True,
    ),
    *each(
        40,
        {
            "changes a neighbour's work": "open('@trap@/neighbour/act.py', 'a').write('x')",
            "changes its own work": "open(__file__, 'a').write('x')",
            "writes where it is": "open('@token@', 'w')",
            "writes to the temporary folder": "open('/tmp/@token@', 'w')",
            "writes to shared memory": "open('/dev/shm/@token@', 'w')",
            "makes a shared block": "from multiprocessing import shared_memory\nshared_memory.SharedMemory('@token@', create=True, size=1)",
            "writes beside the packages": "open(os.path.join(os.path.dirname(np.__path__[0]), '@token@'), 'w')",
            "removes a file": "os.unlink('@trap@/canary.txt')",
            "renames a file": "os.rename('@trap@/canary.txt', '@trap@/x')",
            "removes a folder": "os.rmdir('@trap@/neighbour')",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        41,
        {
            "chmod": "os.chmod('@trap@/canary.txt', 0)",
            "chown": "os.chown('@trap@/canary.txt', 0, 0)",
            "utime": "os.utime('@trap@/canary.txt', (0, 0))",
            "truncates": "os.truncate('@trap@/canary.txt', 0)",
            "symlink": "os.symlink('/etc/passwd', '@trap@/x')",
            "hard link": "os.link('@trap@/canary.txt', '@trap@/x')",
            "fifo": "os.mkfifo('@trap@/x')",
            "device": "os.mknod('@trap@/x', 0o20666, os.makedev(1, 3))",
            "extended attribute": "os.setxattr('@trap@/canary.txt', 'user.x', b'x')",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        42,
        {
            "writes the results": "open('@trap@/autograder/results/results.json', 'w').write('{}')",
            "changes the grader's script": "open('@trap@/autograder/run_autograder', 'a').write('x')",
            "writes its own result": "open('@run@/results/x.json', 'w').write('{}')",
            "leaves one behind that writes later": "if os.fork() == 0:\n    os.setsid()\n    time.sleep(1)\n    open('@run@/results/x.json', 'w').write('{}')",
        },
        out="blocked",
        after=_results_are_its_own,
        is_about_walls=True,
    ),
    *each(
        43,
        {
            "TCP": "socket.create_connection(('127.0.0.1', 9))",
            "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
            "TCP of version 6": "socket.socket(socket.AF_INET6)",
            "UNIX": "socket.socket(socket.AF_UNIX)",
            "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
            "vsock": "socket.socket(40, socket.SOCK_STREAM)",
            "socket pair": "socket.socketpair()",
            "web page": "import http.client\nhttp.client.HTTPConnection('127.0.0.1').connect()",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        43,
        {"name service": "socket.getaddrinfo('example.org', 80)"},
        out="raised",  # the C library's word for a socket that it cannot have
        told="gaierror",
        is_about_walls=True,
    ),
    *_bare(
        {
            "io_uring": "libc.syscall(425, 1, 0)",
            "bpf": "libc.syscall(321, 0, 0, 0)",
            "userfaultfd": "libc.syscall(323, 0)",
            "memfd_secret": "libc.syscall(447, 0)",
            "perf_event_open": "libc.syscall(298, 0, 0, -1, -1, 0)",
            "open_by_handle_at": "libc.syscall(304, 0, 0, 0)",
            "openat2": "libc.syscall(437, -100, 0, 0, 0)",
            "execveat": "libc.syscall(322, 0, 0, 0, 0, 0)",
            "keyctl": "libc.syscall(250, 0, 0)",
            "unshare": "libc.syscall(272, 0x10000000)",
            "mount": "libc.syscall(165, 0, 0, 0, 0, 0)",
            "new mount": "libc.syscall(430, 0, 0)",
            "pidfd_getfd": "libc.syscall(438, 0, 0, 0)",
            "tkill": "libc.syscall(200, os.getppid(), 9)",
            "timer_create": "libc.syscall(222, 0, 0, 0)",
            "seccomp": "libc.syscall(317, 1, 0, 0)",
        },
        row=44,
        needs="x86_64",
    ),
    *_bare({"memfd_create": "libc.memfd_create(b'x', 0)"}, row=44),
    *each(
        44,
        {
            "x32 interface": "libc.syscall(0x40000000 | 39)",
            "interrupt of 32 bits": "code = mmap.mmap(-1, 4096, prot=7)\ncode.write(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3')\nctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()",
        },
        out="crashed",
        told="SIGSYS",
        needs="x86_64",
        is_about_walls=True,
    ),
    *each(
        45,
        {
            "what runs when unpickled": "class P:\n    def __reduce__(self):\n        return os.system, ('touch @trap@/x',)\nreturn P()",
            "in an array": "class P:\n    def __reduce__(self):\n        return os.system, ('touch @trap@/x',)\nreturn np.array([P()])",
        },
        out="wrong",
        told="object of type P|dtype object",
    ),
    *each(
        46,
        {
            "sends a descriptor": "socket.send_fds(socket.socket(fileno=os.dup(4)), [b'x'], [0])",
            "sends one bare": f"{CHECKED}must_be(libc.sendmsg(4, 0, 0))",
            "receives one bare": f"{CHECKED}must_be(libc.recvmsg(3, 0, 0))",
        },
        out="blocked",
        is_about_walls=True,
    ),
    *each(
        47,
        {
            "unprintable exception": "class E(Exception):\n    def __str__(self):\n        raise self\nraise E",
            "exception whose text is none": "class E(Exception):\n    def __str__(self):\n        return 3\nraise E",
            "exception whose text lies": "class T(str):\n    def __getitem__(self, n):\n        os._exit(1)\n    split = __len__ = __getitem__\nclass E(Exception):\n    def __str__(self):\n        return T('x')\nraise E",
            "exception that hides its class": "class E(Exception):\n    __class__ = property(lambda self: 1 / 0)\nraise E",
            "exception with its own attributes": "class E(Exception):\n    def __getattribute__(self, n):\n        raise SystemExit\nraise E",
            "exception in a circle": "a = ValueError('a')\na.__cause__ = a.__context__ = a\nraise a",
        },
        out="raised",
    ),
    *each(
        47,
        {
            "exception whose text loops": "class E(Exception):\n    def __str__(self):\n        while True:\n            pass\nraise E"
        },
        out="timed_out",
    ),
    *each(
        48,
        {
            "exception with a script's name": "raise type('<script>' * 1000, (Exception,), {})('=cmd|calc' + 'x' * 10**6)",
            "exception with a terminal's words": "raise type('E\\x1b[2J', (Exception,), {})('\\x1b]0;x\\x07\\u202e\\udcff\\0')",
        },
        out="raised",
        after=lambda examined: _no_sink_obeys(examined),
    ),
    *each(
        100,
        {
            "owner of a signal": "fcntl.fcntl(3, fcntl.F_SETOWN, @grader@)",
            "which signal": "fcntl.fcntl(3, 10, 9)",
            "asynchronous input": "fcntl.fcntl(3, fcntl.F_SETFL, os.O_ASYNC)",
            "all together": f"{CHECKED}fds = [0, 1, 3, 4]\nfor fd in fds:\n    must_be(libc.fcntl(fd, 8, @grader@))\n    must_be(libc.fcntl(fd, 10, 9))\n    must_be(libc.fcntl(fd, 4, 0o20000))",
            "a larger pipe": "fcntl.fcntl(4, 1031, 1 << 20)",
            "a lock": "fcntl.lockf(0, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        },
        out="blocked",
        is_about_walls=True,
    ),
)


def _no_sink_obeys(examined: Examined) -> None:
    from tests.attacks.sinks import assert_harmless

    assert len(examined.message) < 1500
    assert_harmless(examined)
