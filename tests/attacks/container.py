"""Run a program as root of a default Docker container is run: few powers, fewer system calls.

The powers are Docker's default fourteen. The filter denies what Docker's default profile leaves out
for these powers, by the numbers of x86_64; clone3 is answered with "no such call" as there. Without
namespaces and another root folder, which a launcher of the tests cannot make everywhere: what is
graded sees the machine's own files and processes, so the walls have more to keep closed, not less.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

# chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw,
# sys_chroot, mknod, audit_write, setfcap
POWERS = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
_POWERS = sum(1 << power for power in POWERS)
DENIED = {
    "acct": 163, "add_key": 248, "bpf": 321, "clock_settime": 227, "create_module": 174,
    "delete_module": 176, "fanotify_init": 300, "finit_module": 313, "fsconfig": 431,
    "fsmount": 432, "fsopen": 430, "fspick": 433, "get_mempolicy": 239, "init_module": 175,
    "io_uring_enter": 426, "io_uring_register": 427, "io_uring_setup": 425, "ioperm": 173,
    "iopl": 172, "kcmp": 312, "kexec_file_load": 320, "kexec_load": 246, "keyctl": 250,
    "lookup_dcookie": 212, "mbind": 237, "migrate_pages": 256, "mount": 165, "mount_setattr": 442,
    "move_mount": 429, "move_pages": 279, "nfsservctl": 180, "open_by_handle_at": 304,
    "open_tree": 428, "perf_event_open": 298, "pidfd_getfd": 438, "pivot_root": 155,
    "process_madvise": 440, "quotactl": 179, "quotactl_fd": 443, "reboot": 169,
    "request_key": 249, "set_mempolicy": 238, "set_mempolicy_home_node": 450,
    "setdomainname": 171, "sethostname": 170, "setns": 308, "settimeofday": 164, "swapoff": 168,
    "swapon": 167, "sysfs": 139, "syslog": 103, "umount2": 166, "unshare": 272, "uselib": 134,
    "userfaultfd": 323, "ustat": 136, "vhangup": 153,
}  # fmt: skip
_CLONE, _CLONE3, _SOCKET, _PERSONALITY = 56, 435, 41, 135
_NAMESPACES = 0x7E020000
_VSOCK = 40
_ARCH = 0xC000003E
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_FIRST_ARGUMENT = 16

Instruction = tuple[int, int, int, int]


def program() -> bytes:
    """Return the filter as the kernel reads it."""
    deny: Instruction = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    first: Instruction = (_LOAD, 0, 0, _FIRST_ARGUMENT)
    code: list[Instruction] = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, _ARCH),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
    ]
    for number in DENIED.values():
        code += [(_EQUAL, 0, 1, number), deny]
    code += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    allow: Instruction = (_RETURN, 0, 0, _ALLOW)
    code += [(_EQUAL, 0, 4, _CLONE), first, (_ANY_BIT, 0, 1, _NAMESPACES), deny, allow]
    code += [(_EQUAL, 0, 4, _SOCKET), first, (_EQUAL, 0, 1, _VSOCK), deny, allow]
    code += [(_EQUAL, 0, 4, _PERSONALITY), first, (_EQUAL, 1, 0, 0), deny, allow]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in [*code, allow])


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def is_inside() -> bool:
    """Tell whether this process is root of such a container already."""
    return _held() & ~_POWERS == 0 and bool(_held()) and _status("Seccomp:") == "2"


def _held() -> int:
    return int(_status("CapEff:"), 16)


def _status(key: str) -> str:
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        return next((line.split()[1] for line in status if line.startswith(key)), "0")


def enter() -> None:
    """Give up all other powers, for good, and put the filter on; inside, all that is done."""
    if is_inside():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    for power in range(64):
        if power not in POWERS:
            libc.prctl(24, power, 0, 0, 0)
    # The filter is put on while there is the power to do so without no-new-privileges, as
    # Docker does.
    code = program()
    buffer = ctypes.create_string_buffer(code, len(code))
    described = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p).value)
    _must_be(libc.prctl(22, 2, ctypes.byref(described), 0, 0), "the filter")
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    low, high = _POWERS & 0xFFFFFFFF, _POWERS >> 32
    _must_be(libc.capset(header, (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)), "the powers")


def _must_be(answer: int, what: str) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), f"{what} cannot be put on")


def lacks() -> str:
    """Return the capability that this machine lacks for such a container, or nothing."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "Linux on x86_64"
    needed = (*POWERS, 21)  # and sys_admin, to put on the filter
    has_all = all(_held() >> power & 1 for power in needed)
    return "" if has_all or is_inside() else "root's powers"


if __name__ == "__main__":
    enter()
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
