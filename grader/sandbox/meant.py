"""Which module of the submission does an import mean that is right on the student's machine alone?

There the working folder, ``sys.path`` and the folder above the homework are other ones: a module is
imported as if it lay in the same folder, or by the name of a folder above.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def meant(
    name: str, asker: str, root: str, packages: Iterable[str], is_there: Callable[[str], bool]
) -> str:
    """Return the module that is meant, by its name under the package root, or nothing.

    Parameters
    ----------
    name
        As it is imported; there is no such module.
    asker
        File that imports it, relative to the package root.
    root
        The package root in the submission, with its slash, or nothing.
    packages
        Outermost packages of the homework.
    is_there
        Whether a module or package of a name lies under the root.

    >>> modules = {"nndl", "nndl.layers"}
    >>> meant("layers", "nndl/net.py", "", ["nndl"], modules.__contains__)
    'nndl.layers'
    >>> meant("hw3.nndl.layers", "a.ipynb", "x/HW 3/", ["nndl"], modules.__contains__)
    'nndl.layers'
    >>> meant("nndl.mine", "hw/layers.py", "", ["nndl"], {"hw.mine"}.__contains__)
    'hw.mine'
    >>> meant("keras.layers", "a.ipynb", "x/", ["nndl"], modules.__contains__)
    ''
    """
    beside = ".".join([*asker.split("/")[:-1], name])
    if beside != name and is_there(beside):
        return beside
    folders = asker.split("/")[:-1]
    above = {_letters(folder) for folder in root.split("/")}
    parts = name.split(".")
    for cut in range(1, len(parts)):
        rest = ".".join(parts[cut:])
        is_ours = parts[cut] in packages or all(_letters(part) in above for part in parts[:cut])
        if is_ours and is_there(rest):
            return rest
        # A package whose modules were handed in without its folder.
        alone = ".".join([*folders, rest])
        if parts[0] in packages and is_there(alone):
            return alone
    return ""


def only_file(name: str, root: str, paths: Iterable[str]) -> str:
    """Return the one file that a module of this name can be, wherever it lies, or nothing.

    Only where there is no module, a notebook may be one.

    >>> only_file("part1", "", ["hw/part1.ipynb"])
    'hw/part1.ipynb'
    >>> only_file("data_utils", "hw/", ["hw/utils/data_utils.py", "hw/net.py"])
    'hw/utils/data_utils.py'
    """
    listed = list(paths)
    for suffix in (".py", ".ipynb"):
        found = [path for path in listed if path.rpartition("/")[2] == name + suffix]
        inner = [path for path in found if path.startswith(root)]
        for chosen in (inner, found):
            if len(chosen) == 1:
                return chosen[0]
        if found:
            return ""
    return ""


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.casefold())
