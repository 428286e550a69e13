"""The system calls that computing takes, and their numbers on each machine type.

The list ran NumPy's linear algebra, FFT, random numbers, sorting and tracebacks in measurements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALLOWED = (
    "read write readv writev pread64 pwrite64 lseek close fstat mmap munmap "
    "mprotect mremap madvise brk futex rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack "
    "restart_syscall exit exit_group gettid getpid getppid getuid geteuid getgid getegid "
    "getrandom gettimeofday time times getrusage "
    "nanosleep sched_yield getcpu poll ppoll select pselect6 dup dup2 dup3 uname "
    "sysinfo set_robust_list rseq membarrier mbind get_mempolicy getcwd getrlimit umask"
).split()
LOOKS_AT_FILES = "newfstatat statx".split()
"""Ask what there is under a path; student code that may read no file is told that nothing is."""
READS_FILES = [*LOOKS_AT_FILES, "openat", "getdents64"]
"""Where student code may read files; ``openat`` then only for reading."""

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
    "getdents64": 217, "exit_group": 231, "tgkill": 234, "mbind": 237, "get_mempolicy": 239,
    "openat": 257, "newfstatat": 262,
    "pselect6": 270, "ppoll": 271, "set_robust_list": 273, "dup3": 292, "prlimit64": 302,
    "getcpu": 309, "getrandom": 318, "membarrier": 324, "statx": 332, "rseq": 334, "clone3": 435,
}  # fmt: skip
_AARCH64 = {
    "getcwd": 17, "dup": 23, "dup3": 24, "fcntl": 25, "ioctl": 29, "openat": 56, "close": 57,
    "getdents64": 61, "lseek": 62, "read": 63,
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
