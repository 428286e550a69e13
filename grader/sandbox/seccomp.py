"""Which system calls may a student's process make: the allow-list, as a classic BPF program.

Everything that is not on it answers EPERM, so that student code sees a PermissionError and goes on.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import struct

from grader.sandbox.syscalls import ALLOWED, ARCHITECTURES, LOOKS_AT_FILES, READS_FILES

__all__ = ["ALLOWED", "ARCHITECTURES", "install", "program"]

_TCGETS = 0x5401
# O_DIRECTORY, O_NOFOLLOW, O_LARGEFILE (other bits on each machine), O_NONBLOCK and O_CLOEXEC.
_HARMLESS_OPENING = 0o2744000
_F_DUPFD_CLOEXEC = 1030
_KILL_PROCESS = 0x80000000
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
Instruction = tuple[int, int, int, int]


def _word(argument: int, high: bool = False) -> int:
    """Return the offset of an argument's low (or high) half; both machines are little-endian."""
    return _ARGUMENTS + 8 * argument + 4 * high


def _return(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


def _equals_or_deny(offset: int, value: int) -> list[Instruction]:
    return [(_LOAD, 0, 0, offset), (_JUMP_EQUAL, 1, 0, value), _return(_ERRNO | errno.EPERM)]


_OWN_CLOCKS: list[Instruction] = [
    (_LOAD, 0, 0, _word(0)),
    # The CPU time of a process or thread that is named by its number is a negative clock.
    (_JUMP_AT_LEAST, 0, 1, 0x80000000),
    _return(_ERRNO | errno.EPERM),
    _return(_ALLOW),
]


def _fcntl() -> list[Instruction]:
    """Admit duplication and flags, but F_SETFL only without O_ASYNC.

    F_SETOWN with F_SETSIG and O_ASYNC sends any signal to any process of the same user.
    """
    harmless = (fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_DUPFD, _F_DUPFD_CLOEXEC)
    program: list[Instruction] = [(_LOAD, 0, 0, _word(1))]
    for command in harmless:
        program += [(_JUMP_EQUAL, 0, 1, command), _return(_ALLOW)]
    o_async = 0o20000
    return [
        *program,
        (_JUMP_EQUAL, 1, 0, fcntl.F_SETFL),
        _return(_ERRNO | errno.EPERM),
        (_LOAD, 0, 0, _word(2)),
        (_JUMP_ANY_BIT, 0, 1, o_async),
        _return(_ERRNO | errno.EPERM),
        _return(_ALLOW),
    ]


def _guarded() -> dict[str, list[Instruction]]:
    """Return the calls that depend on their arguments, each with its little program."""
    return {
        "ioctl": [*_equals_or_deny(_word(1), _TCGETS), _return(_ALLOW)],
        "fcntl": _fcntl(),
        # The first argument of these may name another process: what its limits are, how busy it
        # is, whether there is one of that number.
        "prlimit64": [
            *_equals_or_deny(_word(0), 0),
            *_equals_or_deny(_word(2), 0),
            *_equals_or_deny(_word(2, high=True), 0),
            _return(_ALLOW),
        ],
        **dict.fromkeys(("clock_gettime", "clock_getres", "clock_nanosleep"), _OWN_CLOCKS),
        # Not there: the C library takes clone(2), which is denied, and sees why.
        "clone3": [_return(_ERRNO | errno.ENOSYS)],
    }


def _file_rules(reads_files: bool) -> dict[str, list[Instruction]]:
    """Return the calls that look for files or open them."""
    if not reads_files:
        # What is there under a path is nobody's business: everything looks empty, as it does
        # where the root folder is an empty one.
        return {name: [_return(_ERRNO | errno.ENOENT)] for name in LOOKS_AT_FILES}
    only_reading = [
        (_LOAD, 0, 0, _word(2)),
        (_JUMP_ANY_BIT, 0, 1, 0xFFFFFFFF ^ _HARMLESS_OPENING),
        _return(_ERRNO | errno.EPERM),
        _return(_ALLOW),
    ]
    free = {name: [_return(_ALLOW)] for name in READS_FILES}
    return {**free, "openat": only_reading}


def _for_number(number: int, block: list[Instruction]) -> list[Instruction]:
    """Return a block that is run for one system call and jumped over for the others."""
    return [(_JUMP_EQUAL, 0, len(block), number), *block]


def _assembled(code: list[Instruction]) -> bytes:
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


@functools.cache
def _for_any_process(machine: str, reads_files: bool) -> tuple[bytes, bytes]:
    """Return what stands before and behind the rules that name the process."""
    architecture = ARCHITECTURES[machine]
    head: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_JUMP_EQUAL, 1, 0, architecture.audit),
        _return(_KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if architecture.x32_bit:
        head += [(_JUMP_AT_LEAST, 0, 1, architecture.x32_bit), _return(_KILL_PROCESS)]
    tail: list[Instruction] = []
    for name, block in {**_guarded(), **_file_rules(reads_files)}.items():
        tail += _for_number(architecture.numbers[name], block)
    for name in ALLOWED:
        if name in architecture.numbers:
            tail += _for_number(architecture.numbers[name], [_return(_ALLOW)])
    return _assembled(head), _assembled([*tail, _return(_ERRNO | errno.EPERM)])


def program(machine: str, pid: int, reads_files: bool = False) -> bytes:
    """Return the filter as the kernel's array of ``struct sock_filter``.

    Parameters
    ----------
    machine
        A key of ``ARCHITECTURES``; calls of any other machine's interface kill the process.
    pid
        The process's own id, the only one that ``tgkill`` and ``sched_getaffinity`` may name.
    reads_files
        Whether files may be opened for reading: other walls tell which.

    Returns
    -------
    bytes
        Eight bytes an instruction.
    """
    head, tail = _for_any_process(machine, reads_files)
    numbers = ARCHITECTURES[machine].numbers
    own = [*_equals_or_deny(_word(0), pid), _return(_ALLOW)]
    # 0 stands for the process itself.
    own_too = [(_LOAD, 0, 0, _word(0)), (_JUMP_EQUAL, 0, 1, 0), _return(_ALLOW), *own]
    rules = [
        *_for_number(numbers["tgkill"], own),
        *_for_number(numbers["sched_getaffinity"], own_too),
    ]
    return head + _assembled(rules) + tail


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(filter_program: bytes, libc: ctypes.CDLL) -> None:
    """Put the filter on this process, for good. NO_NEW_PRIVS must be set.

    Raises
    ------
    OSError
        If the kernel refuses the program.
    """
    set_seccomp, mode_filter = 22, 2
    buffer = ctypes.create_string_buffer(filter_program, len(filter_program))
    described = _Program(len(filter_program) // 8, ctypes.cast(buffer, ctypes.c_void_p).value)
    if libc.prctl(set_seccomp, mode_filter, ctypes.byref(described), 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, "the kernel refused the system call filter")
