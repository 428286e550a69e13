"""Rows 72 to 91: hostile files, sources, notebooks and archives."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.attacks.attack import (
    BACKWARD,
    FORWARD,
    IMPORTS,
    RIGHT,
    Attack,
    Content,
    at_import,
    each,
    forward,
    notebook,
)
from tests.attacks.sinks import assert_harmless

_MARK = "open('@trap@/x', 'w').close()\n"
_NOTHING_LOADS = {"out": "load_failed", "dz": "load_failed"}
_UNREADABLE = {
    **_NOTHING_LOADS,
    "told": "not a readable notebook",
    "flag": "not a readable notebook",
}
_TOO_DEEP = r"act\.py: (MemoryError|RecursionError)"
_NESTED = r"act\.py:\d+: SyntaxError: too many nested parentheses"
_TOO_LONG = "your files cannot be loaded: it used more than 0.5 s of CPU time"


def _with(**files: Content) -> Mapping[str, Content]:
    """Return the right submission with more files; ``__`` stands for a dot."""
    return {"act.py": RIGHT, **{name.replace("__", "."): text for name, text in files.items()}}


def _pyc(source: str) -> bytes:
    """Return compiled code that is never checked against its source."""
    import importlib.util
    import marshal

    return (
        importlib.util.MAGIC_NUMBER
        + struct.pack("<I", 1)
        + bytes(8)
        + marshal.dumps(compile(source, "act.py", "exec"))
    )


_POISON = _pyc("def forward(z):\n    return 0 * z + 13\nbackward = forward\n")


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / "act.py")


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)
        try:
            server.bind("act.py")
        finally:
            os.chdir(here)


def _folder(folder: Path) -> None:
    (folder / "act.py").mkdir()
    (folder / "act.py" / "inner.py").write_text(RIGHT)


def _link(folder: Path) -> None:
    (folder / "elsewhere").write_text(RIGHT)
    (folder / "act.py").symlink_to(folder / "elsewhere")


def _cells(*sources: object) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": s} for s in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


_SHEETS = json.dumps(
    {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [
            {"cells": [{"cell_type": "code", "language": "python", "input": RIGHT, "outputs": []}]}
        ],
    }
).encode()
_UTF7 = "# coding: utf-7\n# +AAo-def forward(z): return 1\n" + RIGHT
_ESCAPED = "# coding: unicode_escape\n# \\u000adef forward(z): return 1\n" + RIGHT

ROWS = (
    # --- names and what lies beside ----------------------------------------------------------
    Attack(
        row=72,
        name="poisoned bytecode",
        files={
            "act.py": RIGHT,
            "__pycache__/act.cpython-311.pyc": _POISON,
            "act.pyc": _POISON,
        },
    ),
    Attack(
        row=73,
        name="module named like a library",
        files={
            **_with(random__py="seed = None\n", json__py="1 / 0\n", os__py="1 / 0\n"),
            "numpy.py": "tanh = None\n",
        },
        flag="numpy.py is hidden by Python's or a library's own module numpy",
    ),
    Attack(
        row=73,
        name="package named like a library",
        files={**_with(), "numpy/__init__.py": "1 / 0\n", "numpy/linalg.py": "1 / 0\n"},
    ),
    Attack(
        row=74,
        name="module named like the grader",
        files={
            **_with(grader__py="1 / 0\n", wire__py="1 / 0\n", msgpack__py="1 / 0\n"),
            "grader/sandbox/child.py": "1 / 0\n",
            "reference/__init__.py": "1 / 0\n",
        },
    ),
    Attack(
        row=74,
        name="own module named like the grader is its own",
        files={
            "act.py": f"from grader import answer\nassert answer == 3\n{RIGHT}",
            "grader.py": "answer = 3\n",
        },
    ),
    Attack(
        row=75,
        name="files that Python and pytest run by themselves",
        files=_with(
            sitecustomize__py=_MARK,
            usercustomize__py=_MARK,
            conftest__py=_MARK,
            setup__py=_MARK,
            x__pth="import os; os.mkdir('@trap@/x')\n",
            pytest__ini="[pytest]\naddopts = --pdb\n",
            setup__cfg="[metadata]\n",
            pyproject__toml="[tool.pytest.ini_options]\n",
        ),
    ),
    # --- encodings ---------------------------------------------------------------------------
    *(
        Attack(
            row=76,
            name=f"code hidden by {codec}",
            files={"act.py": source},
            told=f"the encoding {codec} is not accepted",
            **_NOTHING_LOADS,
        )
        for codec, source in (("utf-7", _UTF7), ("unicode_escape", _ESCAPED))
    ),
    *(
        Attack(
            row=76,
            name=f"cookie of {codec}",
            files={"act.py": f"# coding: {codec}\n{RIGHT}"},
            told=f"the encoding {codec} is not accepted",
            **_NOTHING_LOADS,
        )
        for codec in ("utf-16", "rot13", "punycode", "idna", "uu", "no-such-codec")
    ),
    *(
        Attack(row=76, name=f"cookie of {codec}", files={"act.py": f"# coding: {codec}\n{RIGHT}"})
        for codec in ("utf-8", "latin-1", "cp1252")
    ),
    *(
        Attack(row=77, name=name, files={"act.py": data}, told=told, **_NOTHING_LOADS)
        for name, data, told in (
            ("NUL bytes", RIGHT.encode() + b"\0", "NUL bytes"),
            ("NUL in the middle", b"x = 1\0\n" + RIGHT.encode(), "NUL bytes"),
            ("UTF-16", RIGHT.encode("utf-16"), "act.py.*(UTF-8|NUL|utf-8)"),
            ("UTF-32", RIGHT.encode("utf-32"), "act.py.*(UTF-8|NUL|utf-8)"),
            ("latin-1 without a cookie", RIGHT.encode() + b"s = 'caf\xe9'\n", "act.py.*utf-8"),
            ("random bytes", bytes(range(1, 256)), "act.py"),
        )
    ),
    Attack(
        row=77,
        name="latin-1 in a comment",
        files={"act.py": b"# caf\xe9\n" + RIGHT.encode()},
        # Python reads past it up to 3.11.
        **(_NOTHING_LOADS if sys.version_info >= (3, 12) else {}),
    ),
    Attack(row=78, name="byte order mark", files={"act.py": b"\xef\xbb\xbf" + RIGHT.encode()}),
    Attack(row=78, name="line ends of Windows", files={"act.py": RIGHT.replace("\n", "\r\n")}),
    Attack(row=78, name="line ends of old", files={"act.py": RIGHT.replace("\n", "\r")}),
    *(
        Attack(
            row=78,
            name=name,
            files={"act.py": f"{RIGHT}\n{source}"},
            told=told,
            **_NOTHING_LOADS,
        )
        for name, source, told in (
            ("print of Python 2", "print 'x'\n", "this is Python 2"),
            ("except of Python 2", "try:\n    1\nexcept IOError, e:\n    2\n", "this is Python 2"),
            ("tabs and spaces", "if 1:\n        x = 1\n\ty = 2\n", r"act\.py:\d+: TabError"),
        )
    ),
    # --- parsers -----------------------------------------------------------------------------
    *(
        Attack(
            row=79,
            name=name,
            files={"act.py": f"{RIGHT}\n{bomb}\n"},
            told=told,
            **_NOTHING_LOADS,
        )
        for name, bomb, told in (
            ("100000 signs", "x = " + "-" * 100_000 + "1", _TOO_DEEP),
            ("100000 sums", "x = 1" + "+1" * 100_000, _TOO_DEEP),
            ("100000 attributes", "x = y" + ".y" * 100_000, _TOO_DEEP),
            ("100000 parentheses", "x = " + "(" * 100_000 + ")" * 100_000, _NESTED),
            ("100000 brackets", "x = " + "[" * 100_000 + "]" * 100_000, _NESTED),
            ("20000 branches", "if x:\n    pass\n" + "elif x:\n    pass\n" * 20_000, _TOO_DEEP),
            ("100000 calls", "x = f" + "()" * 100_000, _TOO_DEEP),
            # Which of the two limits it meets first hangs on the machine.
            (
                "one line of 900 KB",
                "x = [" + "1," * 450_000 + "]",
                rf"{_TOO_LONG}|act\.py: MemoryError",
            ),
            ("huge number", "x = " + "9" * 900_000, r"act\.py:\d+: SyntaxError: Exceeds the limit"),
            ("huge power", "x = 9 ** 9 ** 9 ** 9", _TOO_LONG),
            (
                "many nested f-strings",
                "x = " + "f'{" * 200 + "1" + "}'" * 200,
                r"act\.py:\d+: SyntaxError: f-string",
            ),
        )
    ),
    Attack(
        row=79,
        name="90 indents",
        files={
            "act.py": RIGHT
            + "\n".join(" " * n + "if 1:" for n in range(90))
            + "\n"
            + " " * 90
            + "1\n"
        },
    ),
    Attack(
        row=79,
        name="source of 2 MB",
        files={"act.py": "x = [" + "1," * 10**6 + "]\n" + RIGHT},
        out="unsure",
        dz="unsure",
        flag="act.py: larger than 1024 KB",
    ),
    Attack(
        row=80,
        name="letters that look alike",
        files={"act.py": RIGHT.replace("np.tanh(z)", "ｎｐ.ｔａｎｈ(z)")},
        flag=r"act\.py:\d+: holds U\+FF4E",
    ),
    Attack(
        row=80,
        name="letters of another alphabet",
        files=at_import("np.tanh, np.t\u0430nh = np.tanh, np.sin"),
        flag=r"act\.py:\d+: holds U\+0430",
    ),
    Attack(
        row=80,
        name="direction overridden",
        files=at_import("# \u202e } \u2066if is_right\u2069 \u2066 begin\nx = 1"),
        flag=r"act\.py:\d+: .*U\+202E",
    ),
    Attack(
        row=80,
        name="invisible letters",
        files=at_import("s = 'a\u200bb\u2060c'"),
        flag=r"act\.py:4: holds U\+200B, which nobody sees",
    ),
    Attack(
        row=80,
        name="name of an invisible letter",
        files=at_import("np.tanh, \u3164 = np.tanh, np.sin"),
        flag=r"act\.py:4: holds U\+3164, which nobody sees",
    ),
    Attack(
        row=80,
        name="name with an invisible end",
        files=at_import("tanh, tanh\ufe00 = np.tanh, np.sin"),
        flag=r"act\.py:4: holds U\+FE00, which nobody sees",
    ),
    Attack(
        row=80,
        name="invisible letters in a message",
        files=forward("raise ValueError('ri\u200bght \u2060\ufeff\U000e0041\u3164')"),
        out="raised",
        told="ri\u200bght",
        flag=r"act\.py:5: holds U\+200B",
        after=assert_harmless,
    ),
    Attack(
        row=80,
        name="invisible letters in a file's name",
        files={"act.py": "raise ValueError\n", "o\u200bther\u202e.py": "1 / 0\n"},
        out="not_implemented",
        dz="not_implemented",
        after=assert_harmless,
    ),
    Attack(
        row=80,
        name="direction overridden by a notebook's escape",
        files={"act.ipynb": json.dumps(json.loads(notebook(f"# \u202e }} if x\n{RIGHT}")))},
        flag=r"act\.ipynb:\d+: holds U\+202E",
    ),
    # --- notebooks ---------------------------------------------------------------------------
    Attack(
        row=81,
        name="magics and shell lines",
        files={
            "act.ipynb": notebook(
                "!rm -rf @trap@\n%run @trap@/x.py\n%cd @trap@",
                "%%bash\ntouch @trap@/x",
                "%%script sh\ntouch @trap@/x",
                "%%writefile @trap@/x\nhello",
                "files = !touch @trap@/x",
                "get_ipython().system('touch @trap@/x')\nget_ipython().run_line_magic('run', 'x')",
                RIGHT,
            ).decode()
        },
        flag="magics or shell lines were left out",
    ),
    *each(82, {"input": "input()"}, out="raised", told=r"EOFError.*no input\(\) while grading"),
    *each(
        82, {"input of sys": "return float(sys.stdin.readline())"}, out="raised", told="ValueError"
    ),
    Attack(
        row=82,
        name="plots",
        files=at_import(
            "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2)\nplt.plot([1])\nplt.show()"
        ),
    ),
    *(
        Attack(row=83, name=name, files={"act.ipynb": data}, **_UNREADABLE)
        for name, data in (
            ("deep JSON", b"[" * 500_000 + b"]" * 500_000),
            ("deep mapping", b'{"cells":' * 200_000),
            ("deep outputs", _cells(RIGHT)[:-1] + b', "x": ' + b"[" * 10**5),
        )
    ),
    Attack(
        row=83,
        name="text of 12 MB",
        files={"act.ipynb": _cells(RIGHT, "#" + "x" * (12 << 20))},
        out="unsure",
        dz="unsure",
        flag="act.ipynb: larger than 10240 KB",
    ),
    Attack(
        row=83,
        name="30000 cells",
        files={"act.ipynb": _cells(*["x = 1"] * 30_000, RIGHT)},
        told=_TOO_LONG,
        **_NOTHING_LOADS,
    ),
    *(
        Attack(row=84, name=name, files={"act.ipynb": data}, **_UNREADABLE)
        for name, data in (
            ("no JSON", b"this is no notebook"),
            ("empty notebook file", b""),
            ("list", b"[]"),
            ("no cells", b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}}'),
            ("version 99", b'{"nbformat": 99, "cells": []}'),
            ("cells that are none", b'{"nbformat": 4, "cells": [3]}'),
        )
    ),
    Attack(row=84, name="version 3", files={"act.ipynb": _SHEETS}),
    Attack(row=84, name="source as a list", files={"act.ipynb": _cells(RIGHT.splitlines(True))}),
    Attack(
        row=84,
        name="one source that is a number",
        files={"act.ipynb": _cells(3, RIGHT)},
    ),
    Attack(
        row=84,
        name="no metadata at all",
        files={
            "act.ipynb": json.dumps(
                {"cells": [{"cell_type": "code", "source": RIGHT}], "nbformat": 4}
            ).encode()
        },
    ),
    Attack(
        row=85,
        name="training loop at import",
        files=at_import("x = 0\nwhile True:\n    x += 1"),
        flag="loading ended the process",
    ),
    Attack(
        row=85,
        name="training loop in a cell",
        files={"act.ipynb": notebook(IMPORTS, FORWARD, "while True:\n    pass", BACKWARD)},
        flag="loading ended the process",
    ),
    Attack(
        row=85,
        name="cells out of order",
        files={"act.ipynb": notebook("print(forward(np.zeros(3)))", IMPORTS, FORWARD, BACKWARD)},
        flag=r"act\.ipynb\[cell 1\]:1: NameError",
    ),
    # --- what is no file ---------------------------------------------------------------------
    *(
        Attack(row=90, name=name, make=make, flag=flag, out=out, dz=out)
        for name, make, flag, out in (
            ("fifo", _fifo, "act.py: not a regular file", "unsure"),
            ("socket", _socket, "act.py: cannot be read", "unsure"),
            ("link", _link, "act.py: a link, not followed", "unsure"),
            (
                "folder",
                _folder,
                "act.py/inner.py is taken for it",
                "correct",
            ),
        )
    ),
    Attack(row=90, name="changed between reading and running", files={"act.py": RIGHT}),
    *(
        Attack(
            row=91,
            name=name,
            files={"act.py": text},
            out="not_implemented",
            dz="not_implemented",
            flag=flag,
        )
        for name, text, flag in (
            ("empty file", "", "nothing to grade"),
            ("blank file", "\n\n   \n", "nothing to grade"),
            ("comment alone", "# nothing yet\n", ""),
            ("template", "@template@", ""),
        )
    ),
)
