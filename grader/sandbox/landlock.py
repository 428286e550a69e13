"""Landlock: the kernel itself refuses files, whatever system call asks for them.

It needs no root and no other wall, and is there from Linux 5.13 on where the system has it
switched on. It does not stop ``stat``, ``chmod`` or ``utime``: these are the system call filter's.

References
----------
``Documentation/userspace-api/landlock.rst`` and ``include/uapi/linux/landlock.h`` of the kernel.
"""

from __future__ import annotations

import ctypes
import functools
import os
import struct
import sys

from grader.sandbox.process import libc

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_ASK_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From which version of the interface on there are how many rights on files."""
_NETWORK_FROM, _SCOPES_FROM = 4, 6
_ALL_NETWORK = 0b11  # binding and connecting TCP
_ALL_SCOPES = 0b11  # abstract UNIX sockets and signals to processes outside


@functools.cache
def version() -> int:
    """Return the version of Landlock's interface in this kernel; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    return max(found, 0)


def holds_signals() -> bool:
    """Return whether Landlock also stops signals to processes outside, in this kernel."""
    return version() >= _SCOPES_FROM


def ruleset(interface: int) -> bytes:
    """Return ``struct landlock_ruleset_attr``: everything that this version can refuse.

    Parameters
    ----------
    interface
        Version of the interface, 1 or more; what it does not know must not be named.

    >>> [len(ruleset(interface)) for interface in (1, 3, 4, 6, 7)]
    [8, 8, 16, 24, 24]
    >>> hex(int.from_bytes(ruleset(1), "little"))
    '0x1fff'
    """
    rights = max(count for since, count in _FILE_RIGHTS if interface >= since)
    words = [(1 << rights) - 1]
    if interface >= _NETWORK_FROM:
        words.append(_ALL_NETWORK)
    if interface >= _SCOPES_FROM:
        words.append(_ALL_SCOPES)
    return struct.pack(f"<{len(words)}Q", *words)


def restrict(may_read_here: bool) -> None:
    """Refuse this process all files for good. NO_NEW_PRIVS must be set.

    Parameters
    ----------
    may_read_here
        Whether what lies in the current folder, at any depth, may be read and listed.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    described = ruleset(version())
    rules = _call(_CREATE_RULESET, described, ctypes.c_size_t(len(described)), 0)
    try:
        if may_read_here:
            _allow_reading(rules)
        _call(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow_reading(rules: int) -> None:
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("<Qi", _READ_FILE | _READ_DIR, here), 0)
    finally:
        os.close(here)


def _call(number: int, *arguments: object) -> int:
    answer: int = libc().syscall(number, *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "the kernel refused Landlock")
    return answer
