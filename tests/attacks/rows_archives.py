"""Rows 86 to 89 and 99: hostile archives, and names that lead elsewhere."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.submission import discover, read
from tests.attacks.attack import RIGHT, Attack
from tests.attacks.hall import Examined
from tests.submission.packed import DEVICE, FIFO, LINK, encrypted_zip, lying_zip, tarred, zipped

_WORK = ("act.py", RIGHT.encode())
_EVIL = b"open('/tmp/x', 'w')"
_OPEN = {"out": "unsure", "dz": "unsure"}
_NAMES = (
    "../../evil.py",
    "/tmp/evil.py",
    "..\\..\\evil.py",
    "\\evil.py",
    "C:\\evil.py",
    "a/../../evil.py",
)


def _put(name: str, pack: Callable[..., bytes], *given: object) -> Callable[[Path], None]:
    """Pack only when it is handed in: all rows are made whenever one is to be run."""
    return lambda folder: (folder / name).write_bytes(pack(*given)) and None


def _zip(name: str, *content: tuple[str, bytes], mode: int = 0) -> Callable[[Path], None]:
    return _put(name, zipped, content, mode)


def _nested() -> bytes:
    inner = zipped([_WORK])
    for _ in range(3):
        inner = zipped([("inner.zip", inner)])
    return inner


def _damaged() -> bytes:
    return zipped([_WORK])[:-40]


def _ids_are_safe(examined: Examined) -> None:
    """Check that students whose names lead elsewhere are kept under generated names."""
    folder = examined.hall.folder / "strange"
    folder.mkdir()
    names = (
        "x\\..\\..\\y.py",
        "-rf.py",
        "a;b.py",
        "a\nb.py",
        "x" * 200 + ".py",
        "\udcff.py",
        "=1+1.py",
    )
    for name in names:
        (folder / name).write_text(RIGHT, errors="surrogateescape")
    (folder / "CON").mkdir()
    (folder / "CON" / "act.py").write_text(RIGHT)
    found = discover(folder, ("act.py",))
    assert len({one.id.casefold() for one in found}) == len(names) + 1
    for one in found:
        assert one.id == os.path.basename(one.id)
        assert one.id.isascii()
        assert not one.id.startswith(("-", "."))
        assert set(one.id) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
        )
        assert len(one.id) <= 80
        examined.hall.examiner("usual").examine(read(one))
    kept = {path.name for path in (examined.hall.run / "results").iterdir()}
    assert {f"{one.id}.json" for one in found} <= kept


def _all_of_them_stay_inside(examined: Examined) -> None:
    """Check an archive of all whose students' names lead elsewhere."""
    path = examined.hall.folder / "all.zip"
    path.write_bytes(zipped([("../x/act.py", b""), ("/root/act.py", b""), ("fox/act.py", b"")]))
    (fox,) = discover(path, ("act.py",))
    assert (fox.id, fox.files) == ("fox", ("act.py",))
    path.write_bytes(zipped([("../../x/act.py", b"")]))
    with pytest.raises(UsageError, match="the archive is empty"):
        discover(path, ("act.py",))


ROWS = (
    *(
        Attack(
            row=86,
            name=f"{kind} with {name!r}".replace("/", "|"),
            make=_put(f"hw.{kind}", pack, [_WORK, (name, _EVIL)]),
            flag="its name leads out of the archive",
        )
        for name in _NAMES
        for kind, pack in (("zip", zipped), ("tar.gz", tarred))
    ),
    *(
        Attack(
            row=87,
            name=f"{what} in a zip file",
            make=_zip("hw.zip", ("act.py", b"/etc/passwd"), mode=mode),
            flag=f"hw.zip: act.py: {told}",
            **_OPEN,
        )
        for what, mode, told in (
            ("link", LINK, "a link, not followed"),
            ("device", DEVICE, "not a regular file"),
            ("fifo", FIFO, "not a regular file"),
        )
    ),
    *(
        Attack(
            row=87,
            name=f"{what} in a tar file",
            make=_put("hw.tar.gz", tarred, [("act.py", b"")], kind),
            flag=f"hw.tar.gz: act.py: {told}",
            **_OPEN,
        )
        for what, kind, told in (
            ("link", tarfile.SYMTYPE, "a link, not followed"),
            ("hard link", tarfile.LNKTYPE, "a link, not followed"),
            ("device", tarfile.CHRTYPE, "not a regular file"),
            ("fifo", tarfile.FIFOTYPE, "not a regular file"),
        )
    ),
    Attack(
        row=88,
        name="bomb beside the work",
        make=_zip("hw.zip", _WORK, ("data.bin", bytes(200 << 20))),
    ),
    Attack(
        row=88,
        name="bomb in place of a module",
        make=_zip("hw.zip", _WORK, ("more.py", bytes(50 << 20))),
        flag="more.py: larger than 1024 KB",
    ),
    Attack(
        row=88,
        name="bomb in a tar file",
        make=_put("hw.tgz", tarred, [("data.bin", bytes(100 << 20)), _WORK]),
        flag="hw.tgz: it unpacks to more than 32 MB",
        **_OPEN,
    ),
    Attack(
        row=88,
        name="archives in archives",
        make=_put("hw.zip", _nested),
        flag="inner.zip: an archive, which was not opened",
        **_OPEN,
    ),
    Attack(
        row=88,
        name="60000 entries",
        make=_zip("hw.zip", *((f"{n}.txt", b"") for n in range(60_000)), _WORK),
        flag="it holds more than 50000 files",
        **_OPEN,
    ),
    Attack(
        row=88,
        name="size that lies",
        make=_put("hw.zip", lying_zip, "act.py", bytes(3 << 20), 10),
        flag=r"act\.py: damaged",
        **_OPEN,
    ),
    Attack(
        row=88,
        name="password",
        make=_put("hw.zip", encrypted_zip, *_WORK),
        flag="protected by a password",
        **_OPEN,
    ),
    Attack(
        row=88,
        name="damaged archive",
        make=_put("hw.zip", _damaged),
        flag="not a readable archive",
        **_OPEN,
    ),
    Attack(
        row=89,
        name="name twice",
        make=_zip("hw.zip", ("act.py", b"1 / 0"), _WORK),
        flag="act.py: twice in the archive, the last was taken",
    ),
    Attack(
        row=89,
        name="names that differ by case",
        make=_zip("hw.zip", ("ACT.PY", b"1 / 0"), _WORK),
    ),
    Attack(
        row=89,
        name="names that differ by normal form",
        make=_zip("hw.zip", _WORK, ("caf\u00e9.py", b"1 / 0"), ("cafe\u0301.py", b"1 / 0")),
    ),
    Attack(
        row=89,
        name="strange names",
        make=_zip(
            "hw.zip",
            _WORK,
            ("x" * 255 + ".py", b"x = 1"),
            ("a\nb;c.py", b"x = 1"),
            ("-rf.py", b"x = 1"),
            ("\x1b[2J.py", b"x = 1"),
        ),
    ),
    Attack(
        row=99,
        name="students with strange names",
        files={"act.py": RIGHT},
        after=_ids_are_safe,
    ),
    Attack(
        row=99,
        name="students that lead out of an archive",
        files={"act.py": RIGHT},
        after=_all_of_them_stay_inside,
    ),
)
