"""Which of a submission's files stands for which module that the rubric expects?

Students rename files, hand in several versions, or leave the template beside their work. Names
decide first, then whether a file differs from the template, then how deep it lies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_COPY = re.compile(r"(?P<stem>.+?)[ _-]*\((?P<number>\d+)\)")
_NUMBER = re.compile(r"(\d+)\W*$")
_EXACT, _ALIKE, _OTHER = range(3)


def is_untouched(data: bytes, template: bytes | None) -> bool:
    """Return whether a file is the template but for its line ends.

    >>> is_untouched(b"x = 1\\r\\n", b"x = 1\\n"), is_untouched(b"x = 2", None)
    (True, False)
    """
    return template is not None and data.split() == template.split()


def package_roots(
    student: Mapping[str, bytes],
    starter: Mapping[str, bytes],
    expected: Sequence[str],
    modified: Mapping[str, int] = MappingProxyType({}),
) -> list[str]:
    """Return the folders under which expected files lie, the best one first.

    Parameters
    ----------
    student
        The submission's paths with their bytes.
    starter
        The template's; its paths are relative to the package root.
    expected
        Paths that the rubric names, relative to the package root.
    modified
        Path -> when the file was changed, as far as that is known.

    Returns
    -------
    list of str
        Prefixes that end in ``/``, or ``""``. Most files that differ from the template come
        first, then most files, then the newest, then the shallowest.

    >>> package_roots({"a/hw/nndl/x.py": b"1"}, {}, ["nndl/x.py"])
    ['a/hw/']
    """
    votes: dict[str, tuple[int, int, int]] = {}
    for path, data in student.items():
        for wanted in expected:
            if path == wanted or path.endswith("/" + wanted):
                root = path.removesuffix(wanted)
                own, all_, newest = votes.get(root, (0, 0, 0))
                is_own = not is_untouched(data, starter.get(wanted))
                votes[root] = (own + is_own, all_ + 1, max(newest, modified.get(path, 0)))
    return sorted(votes, key=lambda r: (*(-count for count in votes[r]), r.count("/"), r))


def only_package(expected: Sequence[str]) -> str:
    """Return the outermost package that all expected files lie in, or nothing.

    >>> only_package(["nndl/layers.py", "nndl/optim.py"]), only_package(["net.py", "nndl/a.py"])
    ('nndl', '')
    """
    packages = {path.partition("/")[0] if "/" in path else "" for path in expected}
    return packages.pop() if len(packages) == 1 else ""


def newest_version(
    path: str, others: Sequence[str], modified: Mapping[str, int] = MappingProxyType({})
) -> str:
    """Return the newest of a file and its other versions.

    The times decide where an archive tells them of all; else the number of the copy, which a
    browser gives to a file that it saves once more, and at last the file itself.

    >>> newest_version("layers.py", ["layers (1).py", "my_layers.py"])
    'layers (1).py'
    >>> newest_version("layers.py", ["layers (1).py"], {"layers.py": 20, "layers (1).py": 10})
    'layers.py'
    """
    listed = [path, *others]
    times = [modified.get(one, 0) for one in listed]
    if all(times) and len(set(times)) > 1:
        return listed[times.index(max(times))]
    return max(listed, key=lambda one: _copy_number(one, path))


def are_versions(other: str, path: str) -> bool:
    """Tell whether a file is called like another one in the same folder, but for a mark.

    >>> are_versions("a/layers_final.py", "a/layers.py"), are_versions("b/layers.py", "a/layers.py")
    (True, False)
    """
    is_beside = other.rpartition("/")[0] == path.rpartition("/")[0]
    is_alike = other.rpartition(".")[2] == path.rpartition(".")[2]
    return is_beside and is_alike and other != path and _likeness(other, path) < _OTHER


def _copy_number(other: str, path: str) -> int:
    """Return the number of a copy that a browser has made, 0 for the file itself."""
    stem, own = (name.rpartition("/")[2].rpartition(".")[0] for name in (other, path))
    copy = _COPY.fullmatch(stem)
    return int(copy["number"]) if copy and copy["stem"].casefold() == own.casefold() else 0


def replacements(
    gaps: Sequence[str],
    spare: Sequence[str],
    is_fit: Callable[[str, str], bool],
    only_alike: frozenset[str] = frozenset(),
    modified: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, str]:
    """Return which spare file stands for which expected one; no file stands for two.

    Parameters
    ----------
    gaps
        Expected files that are missing or untouched.
    spare
        The submission's other files.
    is_fit
        Whether a spare file (first) defines what an expected one (second) should.
    only_alike
        Those of ``gaps`` that only a file of a similar name may stand for.
    modified
        Path -> when the file was changed, as far as that is known: of files that are alike in
        their names the newest is taken, or the one with the highest number.

    >>> replacements(["layers.py"], ["b/nets.py", "layers (1).py"], lambda spare, gap: True)
    {'layers.py': 'layers (1).py'}
    """
    pairs = sorted(
        (*_rank(other, gap, modified), other.count("/"), other, gap)
        for gap in gaps
        for other in spare
    )
    chosen: dict[str, str] = {}
    for likeness, *_, other, gap in pairs:
        if gap in chosen or other in chosen.values():
            continue
        if (likeness < _OTHER or gap not in only_alike) and is_fit(other, gap):
            chosen[gap] = other
    return chosen


def _rank(other: str, gap: str, modified: Mapping[str, int]) -> tuple[int, bool, int, int]:
    """Return how well a spare file's name fits, the best the least."""
    likeness = _likeness(other, gap)
    number = _NUMBER.search(other.rpartition(".")[0]) if likeness == _ALIKE else None
    age = modified.get(other, 0) if likeness < _OTHER else 0
    return likeness, not other.endswith(".py"), -age, -int(number[1]) if number else 0


def _likeness(other: str, wanted: str) -> int:
    """Rank how much a file's name is like the expected one's."""
    ours, theirs = (path.rpartition("/")[2].casefold() for path in (wanted, other))
    if ours == theirs:
        return _EXACT
    stem = _NOT_LETTERS.sub("", ours.rpartition(".")[0])
    return _ALIKE if stem in _NOT_LETTERS.sub("", theirs.rpartition(".")[0]) else _OTHER
