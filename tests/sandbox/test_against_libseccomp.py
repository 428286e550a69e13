"""Does libseccomp, told the same rules, answer every call as our filter does?

It resolves the names by tables of its own and writes a program of another shape. Its aarch64 program
cannot be run here either: both are interpreted.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import fcntl
import functools
import os
import tempfile
from collections.abc import Iterator

import pytest

from grader.sandbox.seccomp import program
from grader.sandbox.syscalls import ALLOWED, ARCHITECTURES, LOOKS_AT_FILES, READS_FILES
from tests.sandbox.bpf import ALLOW, DENY, EMPTY, KILL, NOT_THERE, Call, answer_of

PID = 4321
BAD_ARCHITECTURE = 2  # SCMP_FLTATR_ACT_BADARCH
NATIVE = 0  # SCMP_ARCH_NATIVE
EQUAL, MASKED_EQUAL = 4, 7  # SCMP_CMP_EQ, SCMP_CMP_MASKED_EQ
DUPLICATIONS_AND_FLAGS = (
    fcntl.F_DUPFD,
    fcntl.F_GETFD,
    fcntl.F_SETFD,
    fcntl.F_GETFL,
    fcntl.F_DUPFD_CLOEXEC,
)
SET_FLAGS, O_ASYNC, TCGETS = fcntl.F_SETFL, 0o20000, 0x5401
NOT_ONLY_READING = 0xFFFFFFFF ^ 0o2744000


class Comparison(ctypes.Structure):
    """``struct scmp_arg_cmp``: an argument, how it is compared, and with what."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


@functools.cache
def library() -> ctypes.CDLL:
    # Without a name, ctypes opens the program itself.
    for name in filter(None, ("libseccomp.so.2", ctypes.util.find_library("seccomp"))):
        try:
            found = ctypes.CDLL(name)
        except OSError:
            continue
        found.seccomp_init.restype = ctypes.c_void_p
        return found
    if "libseccomp" in os.environ.get("TESTS_MUST_HAVE", ""):
        pytest.fail("libseccomp is not installed, and CI must not go without (see .ci/run)")
    pytest.skip("this machine lacks libseccomp")


def resolved(machine: str, name: str) -> int:
    """Return a call's number by libseccomp's own table."""
    audit = ctypes.c_uint32(ARCHITECTURES[machine].audit)
    return int(library().seccomp_syscall_resolve_name_arch(audit, name.encode()))


def low(argument: int, value: int, mask: int = 0xFFFFFFFF) -> Comparison:
    """Compare the lower half of an argument, which is all that the kernel takes of an int."""
    return Comparison(argument, MASKED_EQUAL, mask, value)


def rules(reads_files: bool) -> Iterator[tuple[str, int, tuple[Comparison, ...]]]:
    """Yield the policy once more, as libseccomp is told it: name, answer, conditions."""
    yield from ((name, ALLOW, ()) for name in ALLOWED)
    yield "ioctl", ALLOW, (low(1, TCGETS),)
    yield from (("fcntl", ALLOW, (low(1, command),)) for command in DUPLICATIONS_AND_FLAGS)
    yield "fcntl", ALLOW, (low(1, SET_FLAGS), low(2, 0, O_ASYNC))
    yield "prlimit64", ALLOW, (low(0, 0), Comparison(2, EQUAL, 0, 0))
    yield "tgkill", ALLOW, (low(0, PID),)
    yield from (("sched_getaffinity", ALLOW, (low(0, own),)) for own in (0, PID))
    for clock in ("clock_gettime", "clock_getres", "clock_nanosleep"):
        yield clock, ALLOW, (low(0, 0, 0x80000000),)
    yield "clone3", NOT_THERE, ()
    if reads_files:
        yield from ((name, ALLOW, ()) for name in READS_FILES if name != "openat")
        yield "openat", ALLOW, (low(2, 0, NOT_ONLY_READING),)
    else:
        yield from ((name, EMPTY, ()) for name in LOOKS_AT_FILES)


@functools.cache
def theirs(machine: str, reads_files: bool) -> bytes:
    """Return libseccomp's program for a machine type."""
    lib = library()
    audit = ctypes.c_uint32(ARCHITECTURES[machine].audit)
    context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(DENY)))
    assert context.value
    try:
        lib.seccomp_arch_remove(context, ctypes.c_uint32(NATIVE))
        assert lib.seccomp_arch_add(context, audit) == 0
        assert lib.seccomp_attr_set(context, BAD_ARCHITECTURE, ctypes.c_uint32(KILL)) == 0
        for name, answer, conditions in rules(reads_files):
            if name not in ARCHITECTURES[machine].numbers:
                continue
            # Rules name calls as this machine numbers them; it translates for others.
            number = lib.seccomp_syscall_resolve_name(name.encode())
            array = (Comparison * len(conditions))(*conditions)
            added = lib.seccomp_rule_add_exact_array(
                context, ctypes.c_uint32(answer), number, len(conditions), array
            )
            assert added == 0, f"{name}: {errno.errorcode[-added]}"
        with tempfile.TemporaryFile() as file:
            assert lib.seccomp_export_bpf(context, file.fileno()) == 0
            file.seek(0)
            return file.read()
    finally:
        lib.seccomp_release(context)


MACHINES = pytest.mark.parametrize("machine", sorted(ARCHITECTURES))
PROFILES = pytest.mark.parametrize("reads_files", [False, True], ids=["closed", "data"])


@MACHINES
def test_every_name_has_the_number_that_libseccomp_knows(machine: str) -> None:
    numbers = ARCHITECTURES[machine].numbers

    assert {name: resolved(machine, name) for name in numbers} == dict(numbers)


@MACHINES
def test_a_name_is_left_out_only_where_the_machine_lacks_it(machine: str) -> None:
    left_out = set(ALLOWED) - set(ARCHITECTURES[machine].numbers)

    assert {name for name in left_out if resolved(machine, name) >= 0} == set()


def calls(machine: str) -> Iterator[Call]:
    """Yield every number without arguments, and those with rules on telling arguments."""
    yield from (Call(machine, number) for number in range(700))
    high = 1 << 32
    values = (0, 1, 2, 3, 4, 5, 8, 9, 10, 1030, 1031, TCGETS, 0x5412, PID, PID + 1, O_ASYNC)
    values += (0o4000, 0o24000, 0o2000000, 0o200000, 0o40000, 0o100, 0o1000, 0xFFFFFFFF)
    values += (high, high | PID, high | TCGETS, high | SET_FLAGS, 2**64 - 1)
    for name in ("ioctl", "fcntl", "prlimit64", "tgkill", "clone3", "openat", "read", "statx"):
        number = ARCHITECTURES[machine].numbers[name]
        for first in values:
            yield Call(machine, number, (first, first, first))
            yield Call(machine, number, (0, SET_FLAGS, first))
            yield Call(machine, number, (first, 0, 0))


@MACHINES
@PROFILES
def test_libseccomp_answers_every_call_as_our_filter_does(machine: str, reads_files: bool) -> None:
    ours, other = program(machine, PID, reads_files), theirs(machine, reads_files)

    asked = list(calls(machine))
    differ = [
        (call, answer_of(ours, call), answer_of(other, call))
        for call in asked
        if answer_of(ours, call) != answer_of(other, call)
    ]

    assert len(asked) > 1000
    assert ours != other
    assert differ == []


@MACHINES
@pytest.mark.parametrize("audit", [0x40000003, 0x40000028, 0xC000003E, 0xC00000B7, 0])
def test_libseccomp_kills_what_calls_by_another_interface_too(machine: str, audit: int) -> None:
    call = Call(machine, ARCHITECTURES[machine].numbers["read"], audit=audit)

    assert answer_of(program(machine, PID), call) == answer_of(theirs(machine, False), call)


@pytest.mark.parametrize("number", [0, 1, 59, 520, 0x3FFFFFFF])
def test_libseccomp_kills_what_calls_by_the_x32_interface_too(number: int) -> None:
    call = Call("x86_64", 0x40000000 | number)

    assert (
        answer_of(theirs("x86_64", False), call) == KILL == answer_of(program("x86_64", PID), call)
    )
