"""Which of a submission's files stands for which module that the rubric expects?

Students rename files, hand in several versions, or leave the template beside their work. Names
decide first, then whether a file differs from the template, then how deep it lies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_EXACT, _ALIKE, _OTHER = range(3)


def is_untouched(data: bytes, template: bytes | None) -> bool:
    """Return whether a file is the template but for its line ends.

    >>> is_untouched(b"x = 1\\r\\n", b"x = 1\\n"), is_untouched(b"x = 2", None)
    (True, False)
    """
    return template is not None and data.split() == template.split()


def package_roots(
    student: Mapping[str, bytes], starter: Mapping[str, bytes], expected: Sequence[str]
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

    Returns
    -------
    list of str
        Prefixes that end in ``/``, or ``""``. Most files that differ from the template come
        first, then most files, then the shallowest.

    >>> package_roots({"a/hw/nndl/x.py": b"1"}, {}, ["nndl/x.py"])
    ['a/hw/']
    """
    votes: dict[str, tuple[int, int]] = {}
    for path, data in student.items():
        for wanted in expected:
            if path == wanted or path.endswith("/" + wanted):
                root = path.removesuffix(wanted)
                own, all_ = votes.get(root, (0, 0))
                is_own = not is_untouched(data, starter.get(wanted))
                votes[root] = (own + is_own, all_ + 1)
    return sorted(votes, key=lambda r: (-votes[r][0], -votes[r][1], r.count("/"), r))


def replacements(
    gaps: Sequence[str],
    spare: Sequence[str],
    is_fit: Callable[[str, str], bool],
    only_alike: frozenset[str] = frozenset(),
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

    >>> replacements(["layers.py"], ["b/nets.py", "layers (1).py"], lambda spare, gap: True)
    {'layers.py': 'layers (1).py'}
    """
    pairs = sorted(
        (_likeness(other, gap), not other.endswith(".py"), other.count("/"), other, gap)
        for gap in gaps
        for other in spare
    )
    chosen: dict[str, str] = {}
    for likeness, _, _, other, gap in pairs:
        if gap in chosen or other in chosen.values():
            continue
        if (likeness < _OTHER or gap not in only_alike) and is_fit(other, gap):
            chosen[gap] = other
    return chosen


def _likeness(other: str, wanted: str) -> int:
    """Rank how much a file's name is like the expected one's."""
    ours, theirs = (path.rpartition("/")[2].casefold() for path in (wanted, other))
    if ours == theirs:
        return _EXACT
    stem = _NOT_LETTERS.sub("", ours.rpartition(".")[0])
    return _ALIKE if stem in _NOT_LETTERS.sub("", theirs.rpartition(".")[0]) else _OTHER
