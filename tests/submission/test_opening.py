"""Is no link followed on the way to what a student has handed in, even one that came late?

Whoever lists files refuses the links that it sees; these are the ones that come after it has looked.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from grader.submission.opening import opened_below


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A student's folder, beside another one's."""
    for place in ("own/hw/src", "other/src"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "net.py").write_text(place)
    return tmp_path / "own"


def content(base: Path, path: str) -> str:
    with os.fdopen(opened_below(base, path)) as stream:
        return stream.read()


def test_a_file_is_opened_through_its_folders(base: Path) -> None:
    assert content(base, "hw/src/net.py") == "own/hw/src"
    assert content(base / "hw", "src/net.py") == "own/hw/src"


def test_the_folder_that_a_person_named_may_be_a_link(base: Path) -> None:
    (base.parent / "named").symlink_to(base)

    assert content(base.parent / "named", "hw/src/net.py") == "own/hw/src"


def test_a_file_that_has_become_a_link_is_not_opened(base: Path) -> None:
    path = base / "hw" / "src" / "net.py"
    path.unlink()
    path.symlink_to(base.parent / "other" / "src" / "net.py")

    with pytest.raises(OSError, match="symbolic link") as refused:
        opened_below(base, "hw/src/net.py")
    assert refused.value.errno == errno.ELOOP


@pytest.mark.parametrize(("folder", "target"), [("hw", "other"), ("hw/src", "other/src")])
def test_nothing_is_opened_below_a_folder_that_has_become_a_link(
    base: Path, folder: str, target: str
) -> None:
    (base / folder).rename(base / "moved")
    (base / folder).symlink_to(base.parent / target)
    assert (base / "hw/src/net.py").read_text() == "other/src"

    with pytest.raises(OSError, match=r"Not a directory|symbolic link") as refused:
        opened_below(base, "hw/src/net.py")
    assert refused.value.errno in (errno.ENOTDIR, errno.ELOOP)


def test_a_pipe_in_a_files_place_holds_nobody_up(base: Path) -> None:
    path = base / "hw" / "src" / "net.py"
    path.unlink()
    os.mkfifo(path)

    os.close(opened_below(base, "hw/src/net.py"))


def test_no_descriptor_stays_open_when_something_is_missing(base: Path) -> None:
    before = len(os.listdir("/dev/fd"))

    for path in ("hw/src/missing.py", "hw/missing/net.py", "missing/src/net.py"):
        with pytest.raises(FileNotFoundError):
            opened_below(base, path)

    assert len(os.listdir("/dev/fd")) == before
