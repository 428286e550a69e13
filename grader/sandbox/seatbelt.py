"""Seatbelt: macOS refuses what its profile does not allow. Written, not tested: no Mac at hand.

``sandbox_init`` is what ``sandbox-exec`` calls; both are called deprecated and are what browsers
use. It is called after everything has been imported, so nothing of the library need be allowed.
"""

from __future__ import annotations

import ctypes
import platform

_LIBRARY = "/usr/lib/libSystem.B.dylib"
_PROFILE = """(version 1)
(deny default)
(allow process-info* (target self))
(allow signal (target self))
(allow sysctl-read)
"""


def is_there() -> bool:
    """Return whether this system has Seatbelt."""
    if platform.system() != "Darwin":
        return False
    return hasattr(ctypes.CDLL(_LIBRARY), "sandbox_init")


def profile(readable_folder: str | None) -> str:
    """Return the profile: computing, and reading what lies in a folder if there is one.

    >>> '(allow file-read* (subpath "/data"))' in profile("/data")
    True
    >>> "file-read" in profile(None)
    False
    """
    if readable_folder is None:
        return _PROFILE
    quoted = readable_folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'{_PROFILE}(allow file-read* (subpath "{quoted}"))\n'


def install(readable_folder: str | None) -> None:
    """Put the profile on this process, for good.

    Raises
    ------
    OSError
        If the system refuses it.
    """
    error = ctypes.c_char_p()
    system = ctypes.CDLL(_LIBRARY)
    if system.sandbox_init(profile(readable_folder).encode(), 0, ctypes.byref(error)) != 0:
        raise OSError((error.value or b"refused").decode("utf-8", "replace"))
