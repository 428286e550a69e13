"""What is imported before any student code comes? Behind the walls nothing can be."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import platform
import tempfile
from collections.abc import Iterable

from grader.sandbox import notebooks, seccomp

STANDARD_LIBRARY = (
    "__future__ _strptime abc argparse array ast atexit base64 bisect builtins bz2 cProfile "
    "calendar cmath codecs collections collections.abc concurrent.futures "
    "concurrent.futures.process concurrent.futures.thread configparser contextlib copy copyreg "
    "csv ctypes dataclasses datetime decimal difflib dis doctest enum errno fractions functools "
    "gc getpass glob gzip hashlib heapq html importlib importlib.metadata importlib.resources "
    "importlib.util inspect io itertools json keyword linecache locale logging logging.handlers "
    "lzma math mimetypes mmap multiprocessing multiprocessing.pool multiprocessing.queues "
    "multiprocessing.shared_memory numbers operator os os.path pathlib pickle pkgutil platform "
    "pprint queue random re reprlib secrets select shelve shutil signal socket sqlite3 stat "
    "statistics string struct subprocess sys tarfile tempfile textwrap threading time timeit "
    "token tokenize traceback tracemalloc types typing unicodedata unittest unittest.mock urllib "
    "urllib.error urllib.parse urllib.request uuid warnings weakref xml.etree.ElementTree zipfile "
    "zlib encodings.utf_8_sig encodings.latin_1 encodings.ascii encodings.cp1252 encodings.idna "
    "encodings.cp437"  # names in archives, such as NumPy's .npz
).split()
NUMPY = (
    "numpy numpy.fft numpy.lib.stride_tricks numpy.lib.scimath numpy.linalg numpy.ma "
    "numpy.matlib numpy.polynomial numpy.random numpy.testing numpy.exceptions numpy.rec "
    "numpy.char numpy.ctypeslib numpy.typing"
).split()


def warm_up(preload: Iterable[str], reads_files: bool) -> list[str]:
    """Import what student code may use.

    Parameters
    ----------
    preload
        Modules that the rubric allows beside the standard ones.
    reads_files
        Whether student code may read files, which is another system call filter.

    Returns
    -------
    list of str
        The modules of ``preload`` that are not there.
    """
    for name in (*NUMPY, *STANDARD_LIBRARY):
        # Which of them there are differs between versions and builds of Python.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # Asked for later, where there is one could not be tried: nobody could tell "closed" from that.
    with contextlib.suppress(OSError):
        tempfile.gettempdir()
    missing = [name for name in preload if not _can_import(name)]
    if "nbformat" in preload:
        _warm_notebooks()
    if platform.machine() in seccomp.ARCHITECTURES:
        # What is the same in every child's filter is kept, and inherited by the fork.
        seccomp.program(platform.machine(), 0, reads_files)
    gc.collect()
    gc.freeze()
    return missing


def not_installed(preload: Iterable[str]) -> list[str]:
    """Return the modules that ``warm_up`` would not find, without importing any.

    >>> not_installed(["json", "no_such_module.part"])
    ['no_such_module.part']
    """
    return [name for name in preload if importlib.util.find_spec(name.partition(".")[0]) is None]


def _can_import(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _warm_notebooks() -> None:
    """Read an empty notebook of every version: what nbformat loads late is there then."""
    for major in (2, 3, 4):
        with contextlib.suppress(ValueError):
            empty = f'{{"cells": [], "worksheets": [], "nbformat": {major}}}'
            notebooks.code_cells("", empty.encode())
