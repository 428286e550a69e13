"""Which system calls may a student's process make: the allow-list, as a classic BPF program.

The list ran NumPy's linear algebra, FFT, random numbers, sorting and tracebacks in measurements;
everything else answers EPERM, so that student code sees a PermissionError and goes on.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import struct
from collections.abc import Mapping
from dataclasses import dataclass

ALLOWED = (
    "read write readv writev pread64 pwrite64 lseek close fstat newfstatat statx mmap munmap "
    "mprotect mremap madvise brk futex rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack "
    "restart_syscall exit exit_group gettid getpid getppid getuid geteuid getgid getegid "
    "getrandom clock_gettime clock_getres gettimeofday time times getrusage clock_nanosleep "
    "nanosleep sched_yield sched_getaffinity getcpu poll ppoll select pselect6 dup dup2 dup3 uname "
    "sysinfo set_robust_list rseq membarrier mbind get_mempolicy getcwd getrlimit umask"
).split()

# Numbers from the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl, and
# include/uapi/asm-generic/unistd.h for aarch64. A name that an architecture lacks is left out.
_X86_64 = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9,
    "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
    "rt_sigreturn": 15, "ioctl": 16, "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20,
    "select": 23, "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32, "dup2": 33,
    "nanosleep": 35, "getpid": 39, "exit": 60, "uname": 63, "fcntl": 72, "getcwd": 79, "umask": 95,
    "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100,
    "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110,
    "sigaltstack": 131, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204,
    "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230,
    "exit_group": 231, "tgkill": 234, "mbind": 237, "get_mempolicy": 239, "newfstatat": 262,
    "pselect6": 270, "ppoll": 271, "set_robust_list": 273, "dup3": 292, "prlimit64": 302,
    "getcpu": 309, "getrandom": 318, "membarrier": 324, "statx": 332, "rseq": 334, "clone3": 435,
}  # fmt: skip
_AARCH64 = {
    "getcwd": 17, "dup": 23, "dup3": 24, "fcntl": 25, "ioctl": 29, "close": 57, "lseek": 62,
    "read": 63,
    "write": 64, "readv": 65, "writev": 66, "pread64": 67, "pwrite64": 68, "pselect6": 72,
    "ppoll": 73, "newfstatat": 79, "fstat": 80, "exit": 93, "exit_group": 94, "futex": 98,
    "set_robust_list": 99, "nanosleep": 101, "clock_gettime": 113, "clock_getres": 114,
    "clock_nanosleep": 115, "sched_getaffinity": 123, "sched_yield": 124, "restart_syscall": 128,
    "tgkill": 131, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
    "rt_sigreturn": 139, "times": 153, "uname": 160, "getrlimit": 163, "getrusage": 165,
    "umask": 166, "getcpu": 168, "gettimeofday": 169, "getpid": 172, "getppid": 173,
    "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178, "sysinfo": 179,
    "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222, "mprotect": 226, "madvise": 233,
    "mbind": 235, "get_mempolicy": 236, "prlimit64": 261, "getrandom": 278, "membarrier": 283,
    "statx": 291, "rseq": 293, "clone3": 435,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Architecture:
    """One machine type: its AUDIT_ARCH word and its system call numbers."""

    name: str
    audit: int
    numbers: Mapping[str, int]
    x32_bit: int = 0
    """On x86_64 the bit that marks a call of the x32 interface, whose numbers mean other calls."""


ARCHITECTURES = {
    "x86_64": Architecture("x86_64", 0xC000003E, _X86_64, 0x40000000),
    "aarch64": Architecture("aarch64", 0xC00000B7, _AARCH64),
}

_TCGETS = 0x5401
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
        "prlimit64": [
            *_equals_or_deny(_word(2), 0),
            *_equals_or_deny(_word(2, high=True), 0),
            _return(_ALLOW),
        ],
        "clone3": [_return(_ERRNO | errno.ENOSYS)],
    }


def _for_number(number: int, block: list[Instruction]) -> list[Instruction]:
    """Return a block that is run for one system call and jumped over for the others."""
    return [(_JUMP_EQUAL, 0, len(block), number), *block]


def _assembled(code: list[Instruction]) -> bytes:
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


@functools.cache
def _for_any_process(machine: str) -> tuple[bytes, bytes]:
    """Return what stands before and behind the one rule that names the process."""
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
    for name, block in _guarded().items():
        tail += _for_number(architecture.numbers[name], block)
    for name in ALLOWED:
        if name in architecture.numbers:
            tail += _for_number(architecture.numbers[name], [_return(_ALLOW)])
    return _assembled(head), _assembled([*tail, _return(_ERRNO | errno.EPERM)])


def program(machine: str, pid: int) -> bytes:
    """Return the filter as the kernel's array of ``struct sock_filter``.

    Parameters
    ----------
    machine
        A key of ``ARCHITECTURES``; calls of any other machine's interface kill the process.
    pid
        The process's own id, the only one that ``tgkill`` may name.

    Returns
    -------
    bytes
        Eight bytes an instruction.
    """
    head, tail = _for_any_process(machine)
    own_threads = [*_equals_or_deny(_word(0), pid), _return(_ALLOW)]
    number = ARCHITECTURES[machine].numbers["tgkill"]
    return head + _assembled(_for_number(number, own_threads)) + tail


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
