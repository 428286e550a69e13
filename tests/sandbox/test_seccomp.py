"""Does the filter's program say yes and no where it should? Run by a small interpreter of BPF."""

from __future__ import annotations

import fcntl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.seccomp import program
from grader.sandbox.syscalls import ALLOWED, ARCHITECTURES, LOOKS_AT_FILES, READS_FILES
from tests.sandbox.bpf import ALLOW, DENY, EMPTY, KILL, NOT_THERE, Call, answer_of

PID = 4321
HIGH = 1 << 32
MACHINES = sorted(ARCHITECTURES)
CLOCKS = ("clock_gettime", "clock_getres", "clock_nanosleep")
GUARDED = {"ioctl", "fcntl", "prlimit64", "tgkill", "clone3", "sched_getaffinity", *CLOCKS}
FILES = set(READS_FILES)

# From the kernel's tables, for the calls that must not get through.
FORBIDDEN = {
    "x86_64": {
        "open": 2, "stat": 4, "access": 21, "pipe": 22, "shmget": 29, "setitimer": 38,
        "sendfile": 40, "socket": 41, "connect": 42, "sendmsg": 46, "recvmsg": 47, "bind": 49,
        "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "wait4": 61,
        "kill": 62, "truncate": 76, "getdents": 78, "chdir": 80, "rename": 82, "mkdir": 83,
        "unlink": 87, "symlink": 88, "chmod": 90, "chown": 92, "ptrace": 101, "syslog": 103,
        "setuid": 105, "setsid": 112, "rt_sigqueueinfo": 129, "utime": 132, "mknod": 133,
        "prctl": 157, "arch_prctl": 158, "setrlimit": 160, "chroot": 161, "mount": 165,
        "tkill": 200, "timer_create": 222, "mq_open": 240, "keyctl": 250, "inotify_add_watch": 254,
        "openat": 257, "mkdirat": 258, "unlinkat": 263, "linkat": 265, "unshare": 272,
        "splice": 275, "vmsplice": 278, "timerfd_create": 283, "eventfd2": 290, "pipe2": 293,
        "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "open_by_handle_at": 304,
        "process_vm_readv": 310, "process_vm_writev": 311, "seccomp": 317, "memfd_create": 319,
        "bpf": 321, "execveat": 322, "userfaultfd": 323, "pidfd_send_signal": 424,
        "io_uring_setup": 425, "pidfd_open": 434, "openat2": 437, "pidfd_getfd": 438,
        "landlock_restrict_self": 446, "memfd_secret": 447,
    },
    "aarch64": {
        "eventfd2": 19, "inotify_add_watch": 27, "mknodat": 33, "mkdirat": 34, "unlinkat": 35,
        "symlinkat": 36, "linkat": 37, "mount": 40, "chdir": 49, "chroot": 51, "fchmodat": 53,
        "openat": 56, "pipe2": 59, "getdents64": 61, "sendfile": 71, "vmsplice": 75, "splice": 76,
        "utimensat": 88, "unshare": 97, "setitimer": 103, "timer_create": 107, "syslog": 116,
        "ptrace": 117, "kill": 129, "tkill": 130, "rt_sigqueueinfo": 138, "setuid": 146,
        "setsid": 157, "setrlimit": 164, "prctl": 167, "socket": 198, "socketpair": 199,
        "connect": 203, "sendmsg": 211, "keyctl": 219, "clone": 220, "execve": 221,
        "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "wait4": 260, "open_by_handle_at": 265,
        "process_vm_readv": 270, "process_vm_writev": 271, "seccomp": 277, "memfd_create": 279,
        "bpf": 280, "execveat": 281, "userfaultfd": 282, "pidfd_send_signal": 424,
        "io_uring_setup": 425, "pidfd_open": 434, "openat2": 437, "pidfd_getfd": 438,
    },
}  # fmt: skip


def judged(call: Call, reads_files: bool = False) -> int:
    """Return what our program answers to a call."""
    return answer_of(program(call.machine, PID, reads_files), call)


def named(machine: str, name: str, *arguments: int) -> Call:
    return Call(machine, ARCHITECTURES[machine].numbers[name], arguments)


on_both = pytest.mark.parametrize("machine", MACHINES)


@on_both
def test_every_call_on_the_list_is_allowed(machine: str) -> None:
    numbers = ARCHITECTURES[machine].numbers

    refused = [
        name for name in ALLOWED if name in numbers and judged(named(machine, name)) != ALLOW
    ]

    assert refused == []


@on_both
def test_every_number_is_a_call_on_the_list_or_one_with_rules(machine: str) -> None:
    assert ARCHITECTURES[machine].numbers.keys() - set(ALLOWED) == GUARDED | FILES


@on_both
def test_no_two_calls_share_a_number(machine: str) -> None:
    numbers = list(ARCHITECTURES[machine].numbers.values())

    assert len(numbers) == len(set(numbers))


@on_both
def test_what_opens_starts_or_signals_is_denied(machine: str) -> None:
    let_through = [
        name for name, number in FORBIDDEN[machine].items() if judged(Call(machine, number)) != DENY
    ]

    assert let_through == []


@on_both
def test_all_other_numbers_are_denied(machine: str) -> None:
    numbers = ARCHITECTURES[machine].numbers
    known = {number for name, number in numbers.items() if name not in ("openat", "getdents64")}

    answers = {judged(Call(machine, number)) for number in range(600) if number not in known}

    assert answers == {DENY}


@given(
    machine=st.sampled_from(MACHINES),
    number=st.integers(0, 2**32 - 1),
    arguments=st.tuples(*[st.integers(0, 2**64 - 1)] * 6),
)
def test_a_random_call_is_allowed_only_if_it_is_on_the_list(
    machine: str, number: int, arguments: tuple[int, ...]
) -> None:
    is_listed = number in ARCHITECTURES[machine].numbers.values()

    answer = judged(Call(machine, number, arguments))

    assert answer in (ALLOW, DENY, NOT_THERE, EMPTY) if is_listed else answer in (DENY, KILL)


@on_both
@pytest.mark.parametrize("audit", [0x40000003, 0x40000028, 0xC000003E, 0xC00000B7, 0])
def test_a_call_by_another_architectures_interface_kills(machine: str, audit: int) -> None:
    own = ARCHITECTURES[machine].audit == audit
    read = ARCHITECTURES[machine].numbers["read"]

    assert judged(Call(machine, read, audit=audit)) == (ALLOW if own else KILL)


@pytest.mark.parametrize("number", [0, 1, 9, 60, 519, 520, 0x3FFFFFFF])
def test_a_call_by_the_x32_interface_kills(number: int) -> None:
    assert judged(Call("x86_64", 0x40000000 | number)) == KILL


@on_both
@pytest.mark.parametrize(
    "command",
    [fcntl.F_DUPFD, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_DUPFD_CLOEXEC],
)
def test_fcntl_may_duplicate_and_read_flags(machine: str, command: int) -> None:
    assert judged(named(machine, "fcntl", 4, command, 0o20000)) == ALLOW


@on_both
@pytest.mark.parametrize(
    ("flags", "answer"),
    [(0, ALLOW), (0o4000, ALLOW), (0o20000, DENY), (0o24000, DENY), (2**32 - 1, DENY)],
)
def test_fcntl_may_set_flags_but_not_that_a_signal_is_sent(
    machine: str, flags: int, answer: int
) -> None:
    assert judged(named(machine, "fcntl", 4, fcntl.F_SETFL, flags)) == answer


@on_both
@pytest.mark.parametrize("command", [*range(5, 40), 1024, 1025, 1026, 1031, 1032, 1033, 1034])
def test_fcntl_may_do_nothing_else(machine: str, command: int) -> None:
    assert judged(named(machine, "fcntl", 4, command, PID)) == DENY


@on_both
@pytest.mark.parametrize(
    ("request_", "answer"), [(0x5401, ALLOW), (0x5412, DENY), (0x541B, DENY), (0x5421, DENY)]
)
def test_ioctl_may_only_ask_whether_this_is_a_terminal(
    machine: str, request_: int, answer: int
) -> None:
    assert judged(named(machine, "ioctl", 1, request_)) == answer


@on_both
@pytest.mark.parametrize(
    ("new_limit", "answer"), [(0, ALLOW), (1, DENY), (HIGH, DENY), (0x7FFE00001000, DENY)]
)
def test_prlimit64_may_only_read(machine: str, new_limit: int, answer: int) -> None:
    assert judged(named(machine, "prlimit64", 0, 7, new_limit, 0x7FFE00002000)) == answer


@on_both
@pytest.mark.parametrize(
    ("pid", "answer"), [(0, ALLOW), (PID, DENY), (PID + 1, DENY), (2**32 - 1, DENY)]
)
def test_prlimit64_may_only_ask_of_the_process_itself(machine: str, pid: int, answer: int) -> None:
    assert judged(named(machine, "prlimit64", pid, 7, 0, 0x7FFE00002000)) == answer


@on_both
@pytest.mark.parametrize(
    ("pid", "answer"), [(0, ALLOW), (PID, ALLOW), (1, DENY), (PID + 1, DENY), (2**32 - 1, DENY)]
)
def test_nobody_elses_processors_can_be_asked_for(machine: str, pid: int, answer: int) -> None:
    assert judged(named(machine, "sched_getaffinity", pid, 128, 0)) == answer


@on_both
@pytest.mark.parametrize("name", CLOCKS)
@pytest.mark.parametrize(
    ("clock", "answer"),
    [(0, ALLOW), (1, ALLOW), (2, ALLOW), (3, ALLOW), (11, ALLOW), ((~PID << 3) | 2, DENY)],
)
def test_nobody_elses_cpu_time_can_be_read(
    machine: str, name: str, clock: int, answer: int
) -> None:
    assert judged(named(machine, name, clock & 0xFFFFFFFF, 0, 0, 0)) == answer
    assert judged(named(machine, name, clock & (2**64 - 1), 0, 0, 0)) == answer


@on_both
@pytest.mark.parametrize(
    ("group", "answer"), [(PID, ALLOW), (1, DENY), (PID + 1, DENY), (2**32 - 1, DENY)]
)
def test_tgkill_may_only_name_the_own_process(machine: str, group: int, answer: int) -> None:
    assert judged(named(machine, "tgkill", group, group, 9)) == answer


@on_both
def test_clone3_is_not_there_so_that_the_c_library_takes_another_way(machine: str) -> None:
    assert judged(named(machine, "clone3")) == NOT_THERE


@on_both
@pytest.mark.parametrize("reads_files", [False, True])
def test_the_program_fits_into_the_kernels_limit(machine: str, reads_files: bool) -> None:
    assert len(program(machine, PID, reads_files)) // 8 <= 4096


# --- files -----------------------------------------------------------------------------------

O_DIRECTORY = {"x86_64": 0o200000, "aarch64": 0o40000}
O_NOFOLLOW = {"x86_64": 0o400000, "aarch64": 0o100000}
O_CLOEXEC, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND = 0o2000000, 1, 2, 0o100, 0o1000, 0o2000
O_PATH, O_TMPFILE = 0o10000000, 0o20000000


@on_both
@pytest.mark.parametrize("name", LOOKS_AT_FILES)
@pytest.mark.parametrize("flags", [0, 0x100, 0x1000, 2**32 - 1])
def test_nothing_seems_to_be_there(machine: str, name: str, flags: int) -> None:
    assert judged(named(machine, name, 0, 0, flags, flags)) == EMPTY


@on_both
@pytest.mark.parametrize("name", READS_FILES)
def test_where_files_may_be_read_they_may_be_looked_for_and_opened(machine: str, name: str) -> None:
    assert judged(named(machine, name), reads_files=True) == ALLOW


@on_both
@pytest.mark.parametrize("flags", [0, O_CLOEXEC, 0o4000, "directory", "nofollow"])
def test_a_file_may_be_opened_for_reading(machine: str, flags: int | str) -> None:
    own = {"directory": O_DIRECTORY[machine], "nofollow": O_NOFOLLOW[machine] | O_CLOEXEC}
    value = own[flags] if isinstance(flags, str) else flags

    assert judged(named(machine, "openat", HIGH - 100, 1, value), reads_files=True) == ALLOW


@on_both
@pytest.mark.parametrize(
    "flags", [O_WRONLY, O_RDWR, 3, O_CREAT, O_TRUNC, O_APPEND, O_PATH, O_TMPFILE, 2**32 - 1]
)
def test_a_file_may_be_opened_for_nothing_else(machine: str, flags: int) -> None:
    call = named(machine, "openat", HIGH - 100, 1, flags | O_CLOEXEC)

    assert judged(call, reads_files=True) == DENY


@on_both
def test_reading_files_changes_no_other_answer(machine: str) -> None:
    numbers = {ARCHITECTURES[machine].numbers[name] for name in FILES}
    calls = [Call(machine, number, (3, 1, 0)) for number in range(600) if number not in numbers]

    assert [judged(call) for call in calls] == [judged(call, True) for call in calls]
