"""A small interpreter of the kernel's classic BPF, for any machine type's filter."""

from __future__ import annotations

import errno
import operator
import struct
from collections.abc import Callable
from dataclasses import dataclass

from grader.sandbox.syscalls import ARCHITECTURES

ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY, NOT_THERE, EMPTY = (0x00050000 | code for code in (errno.EPERM, errno.ENOSYS, errno.ENOENT))

_JUMPS: dict[int, Callable[[int, int], object]] = {
    0x15: operator.eq,
    0x25: operator.gt,
    0x35: operator.ge,
    0x45: operator.and_,
}


@dataclass(frozen=True)
class Call:
    """One system call as the kernel shows it to a filter: ``struct seccomp_data``."""

    machine: str
    number: int
    arguments: tuple[int, ...] = ()
    audit: int | None = None

    def packed(self) -> bytes:
        audit = ARCHITECTURES[self.machine].audit if self.audit is None else self.audit
        arguments = (*self.arguments, *[0] * (6 - len(self.arguments)))
        return struct.pack("<IIQ6Q", self.number, audit, 0, *arguments)


def answer_of(program: bytes, call: Call) -> int:
    """Return what a filter's program answers to a call.

    Parameters
    ----------
    program
        Eight bytes an instruction: ``struct sock_filter``.
    call
        What is asked.
    """
    code = list(struct.iter_unpack("<HBBI", program))
    data, accumulator, at = call.packed(), 0, 0
    while True:
        operation, if_true, if_false, value = code[at]
        at += 1
        if operation in _JUMPS:
            at += if_true if _JUMPS[operation](accumulator, value) else if_false
            continue
        match operation:
            case 0x20:
                assert value % 4 == 0
                assert value <= len(data) - 4
                (accumulator,) = struct.unpack_from("<I", data, value)
            case 0x05:
                at += value
            case 0x54:
                accumulator &= value
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(f"unknown operation {operation:#x}")
