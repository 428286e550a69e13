"""Ideas beyond the table, each under the row that it is nearest to.

All of them were tried by hand as root, as an ordinary user and in the container before they were
written down; what got through then is told by the row's comment.
"""

from __future__ import annotations

from tests.attacks.attack import CHECKED, Attack, at_import, each, forward, leaking
from tests.attacks.hall import Examined

_FORGE = """
import msgpack
def packed(message, body=b''):
    header = message if type(message) is bytes else msgpack.packb(message)
    return struct.pack('<IQ', len(header), len(body)) + header + body
def array(shape, dtype='<f8', count=0):
    return msgpack.ExtType(1, msgpack.packb([dtype, shape, 0, count]))
def returned(value):
    return {'outcome': 'returned', 'kind': 'ndarray', 'value': value}
def told(outcome):
    return {'outcome': outcome, 'message': 'x', 'exception': '', 'where': ''}
frame = sys._getframe()
while frame.f_code.co_name != 'handle':
    frame = frame.f_back
asked = frame.f_locals['message']['id']
def send(message, body=b''):
    left = packed(message, body)
    while left:
        left = left[os.write(4, left):]
    time.sleep(99)
"""


def _forged(row: int, replies: dict[str, str], told: str) -> list[Attack]:
    """Return an attack for each reply that is no reply of ours."""
    bodies = {name: f"{_FORGE}send({reply})" for name, reply in replies.items()}
    return each(row, bodies, out="crashed", told=told)


def _is_told_harmlessly(examined: Examined) -> None:
    from tests.attacks.sinks import assert_harmless

    assert "forged" in examined.flags
    assert_harmless(examined)


ROWS = (
    # --- the process itself ------------------------------------------------------------------
    *each(
        17,
        {
            "a fault that is caught for ever": "signal.signal(signal.SIGSEGV, lambda *a: None)\nctypes.string_at(1)"
        },
        out="timed_out",
    ),
    *each(
        17,
        {"a signal in real time": "signal.raise_signal(40)"},
        out="crashed",
        told="signal 40",
    ),
    *each(17, {"kills itself": "signal.raise_signal(9)"}, out="crashed", told="SIGKILL"),
    *each(
        17,
        {
            "every signal that it can ignore": "for n in range(1, 65):\n    if n not in (9, 19, 32, 33):\n        signal.signal(n, signal.SIG_IGN)\n        signal.raise_signal(n)\nreturn np.tanh(z)",
            "stops like at a keyboard": "signal.raise_signal(signal.SIGTSTP)\nreturn np.tanh(z)",
        },
    ),
    *each(
        26,
        {"claims to have used its time": "signal.raise_signal(signal.SIGXCPU)"},
        out="timed_out",
    ),
    Attack(
        row=24,
        name="writes over NumPy",
        files=forward("ctypes.memset(id(np.tanh) + 16, 0, 64)\nreturn np.tanh(z)"),
        out="raised",
        dz="raised",
    ),
    *each(
        24,
        {
            "writes over the C library": "place = ctypes.cast(libc.getpid, ctypes.c_void_p).value & ~4095\nassert libc.mprotect(ctypes.c_void_p(place), 8192, 7) == 0\nctypes.memset(place, 0xf4, 8192)\nlibc.getpid()",
        },
        out="crashed",
        told="SIGSEGV",
        needs="x86_64",
    ),
    *each(
        25,
        {
            "a robust list that leads nowhere": "libc.syscall(273, ctypes.c_void_p(8), 24)\nreturn np.tanh(z)",
            "hooks on every step": "sys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\nreturn np.tanh(z)",
            "no hooks at all": "sys.excepthook = sys.displayhook = sys.unraisablehook = None\nreturn np.tanh(z)",
        },
        needs="x86_64",
    ),
    *each(
        6,
        {
            "large pages": "p = libc.mmap(0, ctypes.c_size_t(1 << 31), 3, 0x40022, -1, 0)\nassert p == -1\nreturn np.tanh(z)",
        },
        needs="x86_64",
    ),
    *each(6, {"shared pages": "mmap.mmap(-1, 1 << 31)"}, out="raised", told="allocate memory"),
    # --- what others do ----------------------------------------------------------------------
    # Let through until it was tried: how busy the grader is, and which processes there are.
    *each(
        37,
        {
            "reads the grader's clock": "return float(time.clock_gettime(~@grader@ << 3 | 2))",
            "reads the zygote's clock": "return float(time.clock_gettime(~os.getppid() << 3 | 2))",
            "waits for the grader's clock": f"{CHECKED}answer = libc.clock_nanosleep(~@grader@ << 3 | 2, 0, struct.pack('qq', 0, 1), 0)\nraise OSError(answer, 'refused')",
            "asks for the grader's processors": "os.sched_getaffinity(@grader@)",
            "asks for the zygote's limits": "import resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
        },
        out="blocked",
        is_about_walls=True,
    ),
    Attack(
        row=44,
        name="every other call there is",
        files=leaking(
            """
allowed = @allowed@
call = libc.syscall
call.argtypes = [ctypes.c_long] * 7
refused = {1: range(600), 2: (4, 262, 332), 38: (435,)}
found = []
# The kernel lets 335 and 336 past every filter: they are probes' own, and kill whoever else calls.
for number in sorted(set(range(600)) - {335, 336} - set(allowed)):
    ctypes.set_errno(0)
    answer = call(number, 0, 0, 0, 0, 0, 0)
    if answer != -1 or number not in refused.get(ctypes.get_errno(), ()):
        found.append(number)
print(found)
"""
        ),
        out="wrong",
        needs="x86_64",
        is_about_walls=True,
    ),
    *each(
        44,
        {
            "a pipe": "os.pipe()",
            "a watch on files": "libc.inotify_init1.restype = ctypes.c_int\nfd = libc.inotify_init1(0)\nif fd < 0:\n    raise OSError(ctypes.get_errno(), 'refused')",
            "a nice value": "os.nice(-1)",
            "another processor": "os.sched_setaffinity(0, {0})",
            "another scheduler": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
            "another root folder": "os.chroot('..')",
            "a file by a descriptor": "os.open('x', os.O_RDONLY, dir_fd=3)",
            "a descriptor by its path": "open('/dev/fd/3')",
            "its own threads by their path": "os.listdir('/proc/self/task')",
            "file to file": "os.sendfile(1, 3, 0, 10)",
        },
        out="blocked",
    ),
    *each(
        44,
        {
            name: f"{CHECKED}must_be(libc.syscall({call}))"
            for name, call in {
                "message queue": "240, b'x', 0o102, 0o600, 0",
                "block of shared memory": "29, 0, 4096, 0o1600",
                "semaphores": "64, 0, 1, 0o1600",
                "key": "248, b'user', b'x', b'x', 1, -3",
                "event": "290, 0, 0",
                "timer": "283, 1, 0",
                "locked memory": "151, 3",
                "fixed addresses": "135, 0x40000",
                "table of segments": "154, 1, 0, 0",
                "domain of Landlock": "446, 0, 0",
                "memory into a pipe": "278, 1, 0, 0, 0",
                "another's descriptor": "434, @grader@, 0",
            }.items()
        },
        out="blocked",
        needs="x86_64",
    ),
    # --- the channel -------------------------------------------------------------------------
    *each(
        32,
        {
            "a reply drop by drop": "os.write(4, struct.pack('<IQ', 10, 1 << 20))\nwhile True:\n    os.write(4, b'0')\n    time.sleep(0.02)",
            "waits in the kernel": "while True:\n    libc.syscall(324, 1, 0, 0)",
        },
        out="timed_out",
        homework="hurried",
        needs="x86_64",
    ),
    # Whoever reads less than a packet loses the rest of it; replies are read by the pipeful.
    *each(
        32,
        {
            "a reply in packets": "fcntl.fcntl(4, fcntl.F_SETFL, os.O_DIRECT)\nreturn np.tanh(z)",
        },
        homework="hurried",
    ),
    *each(
        32,
        {
            "a channel that does not wait": "fcntl.fcntl(3, fcntl.F_SETFL, os.O_NONBLOCK)\nfcntl.fcntl(4, fcntl.F_SETFL, os.O_NONBLOCK)\nreturn np.ones(10**6)"
        },
        out="crashed",
        told="it closed the grader's channel",
    ),
    *each(
        32,
        {
            "answers where it prints": "os.dup2(1, 4)\nreturn np.tanh(z)",
            "answers nowhere": "os.dup2(0, 4)\nreturn np.tanh(z)",
        },
        out="crashed",
        told="it closed the grader's channel",
    ),
    *each(
        32,
        {"prints where it answers": "os.dup2(4, 1)\nos.write(1, b'hello')\nreturn np.tanh(z)"},
        out="crashed",
        told="it broke the protocol",
    ),
    *_forged(
        29,
        {
            "an id twice": "b'\\x83' + b''.join(map(msgpack.packb, ['id', asked, 'answers', {}, 'id', asked + 1]))",
            "an id as a fraction": "{'id': float(asked), 'answers': {}}",
            "an id as a truth": "{'id': True, 'answers': {}}",
            "a huge id": "{'id': 2**64 - 1, 'answers': {}}",
        },
        told="it answered a question that was not asked",
    ),
    *_forged(
        30,
        {
            "4 billion entries": "b'\\xdd\\xff\\xff\\xff\\xff\\x00'",
            "a text of 4 GB": "b'\\xdb\\xff\\xff\\xff\\xff\\x00'",
            "a million lists": "b'\\xdd' + struct.pack('>I', 1_000_000) + b'\\x90' * 1_000_000",
            "5000 arrays": "{'id': asked, 'x': [array([0])] * 5000}",
            "less than nothing": "{'id': asked, 'answers': {'out': returned(array([-1, -2], count=16))}}, bytes(16)",
            "nothing times a lot": "{'id': asked, 'answers': {'out': returned(array([0, 2**62]))}}",
            "nothing times a lot, often": "{'id': asked, 'answers': {'out': returned(array([0] + [60_000_000] * 15))}}",
            "17 dimensions": "{'id': asked, 'answers': {'out': returned(array([1] * 17, count=8))}}, bytes(8)",
            "more than there is": "{'id': asked, 'answers': {'out': returned(array([9], count=72))}}, bytes(8)",
        },
        told="it broke the protocol",
    ),
    *_forged(
        31,
        {
            "objects": "{'id': asked, 'answers': {'out': returned(array([1], '|O', 8))}}, bytes(8)",
            "numbers of another machine": "{'id': asked, 'answers': {'out': returned(array([1], '>f8', 8))}}, bytes(8)",
            "an array in an array": "{'id': asked, 'x': msgpack.ExtType(1, msgpack.packb(['<f8', [array([0])], 0, 0]))}",
            "a time": "{'id': asked, 'x': msgpack.Timestamp(1, 2)}",
            "keys that are bytes": "{b'id': asked}",
            "text that is none": "msgpack.packb({'id': asked}).replace(b'id', b'\\xff\\xfe')",
            "an answer in a circle of names": "{'id': asked, 'answers': [['out', 1]]}",
        },
        told="it broke the protocol",
    ),
    *_forged(
        33,
        {
            f"an outcome that it must not tell, {outcome}": f"{{'id': asked, 'answers': {{'out': told({outcome!r})}}}}"
            for outcome in (
                "partial",
                "unsure",
                "waived",
                "awaiting_mark",
                "grader_fault",
                "not_submitted",
            )
        },
        told="it broke the protocol",
    ),
    *each(
        56,
        {
            "strange numbers that are none": f"{_FORGE}send({{'id': asked, 'answers': {{'out': returned(array(list(z.shape), '<f8', z.size * 8))}}}}, b'\\x01\\0\\0\\0\\0\\0\\xf0\\xff' * z.size)",
        },
        out="wrong",
        homework="hurried",
    ),
    Attack(
        row=33,
        name="a forged report on loading",
        files=at_import(
            _FORGE.replace("time.sleep(99)", "os._exit(0)")
            + """
send({'id': asked, 'root': '../../', 'loaded': ['act.py'], 'failures': ['\\x1b[2Jforged\\u202e'],
      'notes': ['=forged', '<script>'] * 1000, 'broken': {'\\u200b': '**x**'}})
"""
        ),
        out="crashed",
        dz="crashed",
        after=_is_told_harmlessly,
    ),
    # --- what is printed ---------------------------------------------------------------------
    *each(
        92,
        {
            "many small pieces": "for _ in range(20_000):\n    os.write(1, b'x')\nreturn np.tanh(z)",
            "what Python tells of its collector": "gc.set_debug(gc.DEBUG_STATS)\ngc.collect()\nreturn np.tanh(z)",
            "on a closed output": "os.closerange(1, 3)\nprint('x')\nreturn np.tanh(z)",
        },
    ),
    *each(
        60,
        {"a number of 5000 digits": "return 10**5000"},
        out="wrong",
        told="more than 64 bits",
    ),
    *each(
        47,
        {"an exception of too many digits": "raise ValueError(10**5000)"},
        out="raised",
        told="<unprintable>",
    ),
    Attack(
        row=93,
        name="escapes in the names of what fails",
        files=forward("exec(compile('raise ValueError', '\\x1b[2J\\u202e\\u200b.py', 'exec'))"),
        out="raised",
    ),
)
