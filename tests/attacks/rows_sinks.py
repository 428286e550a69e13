"""Rows 92 to 99: what leaves the toolkit."""

from __future__ import annotations

from dataclasses import replace

from grader.records import Person
from tests.attacks.attack import Attack, each
from tests.attacks.hall import Examined
from tests.attacks.sinks import assert_harmless

_TERMINAL = "\\x1b[2J\\x1b]0;owned\\x07\\x9b31m\\x08\\x00\\u202e"


_PAGE = "<script>alert(1)</script><img src=x onerror=alert(1)><a href=javascript:alert(1)>x</a>"
_MARKUP = (
    "**x** [x](javascript:alert(1)) ![x](http://localhost/x) <b>x</b> $\\\\input{/etc/passwd}$"
)


def _no_reader_obeys(examined: Examined) -> None:
    """Check all that leaves, also where the student bears such a name."""
    assert_harmless(examined)
    for text in (_PAGE, _MARKUP, "=cmd|calc", "\x1b[2J"):
        person = Person(student_id=text, name=text, email=text, section=text)
        sheet = replace(examined.sheet, people=(person,))
        assert_harmless(replace(examined, sheet=sheet))


def _no_number_is_infinite(examined: Examined) -> None:
    """Check that the result, which was read back as strict JSON, tells of no such number."""
    evidence = examined.result["items"][0]["evidence"]
    assert [seen["deviation_units"] for seen in evidence] == [None, None]


ROWS = (
    *each(
        92,
        {
            "prints 100 MB": "for _ in range(100):\n    print('x' * 10**6)\nreturn np.tanh(z)",
            "prints without end for a while": "for _ in range(3000):\n    sys.stdout.write('x' * 999)\nreturn np.tanh(z)",
        },
    ),
    *each(92, {"prints without end": "while True:\n    print('x' * 10**6)"}, out="timed_out"),
    *each(
        92,
        {
            "writes without end": "while True:\n    os.write(1, b'x' * 65536)",
            "writes errors without end": "while True:\n    os.write(2, b'x' * 65536)",
            "C prints without end": "while True:\n    libc.printf(b'x' * 4095)",
        },
        out="crashed",
        told="it printed more than 256 KB",
    ),
    *each(
        93,
        {
            "prints bytes": "sys.stdout.buffer.write(bytes(range(256)))\nreturn np.tanh(z)",
            "prints escapes": f"print('{_TERMINAL}')\nreturn np.tanh(z)",
        },
        after=assert_harmless,
    ),
    *each(
        93,
        {"raises escapes": f"raise ValueError('{_TERMINAL}')"},
        out="raised",
        after=assert_harmless,
    ),
    *each(
        95,
        {
            f"raises {name}": f"raise ValueError({text!r})"
            for name, text in {
                "a formula": "=cmd|' /C calc'!A0",
                "a plus": "+1+1",
                "a minus": "-1+1",
                "an at sign": "@SUM(A1)",
                "a tab": "\t=1+1",
                "a line of its own": "\r\n=1+1",
                "a wide formula": "＝1+1",
            }.items()
        },
        out="raised",
        after=assert_harmless,
    ),
    Attack(
        row=95,
        name="file named like a formula",
        files={"=cmd|calc.py": "x = 1\n", "+1.ipynb": "no notebook"},
        out="load_failed",
        dz="load_failed",
        after=assert_harmless,
    ),
    *each(
        94,
        {
            "raises a script": f"raise type('<script>alert(1)</script>', (Exception,), {{}})({_PAGE!r})",
            "prints a script": f"print({_PAGE!r})\nraise ValueError",
        },
        out="raised",
        after=_no_reader_obeys,
    ),
    *each(
        94,
        {"returns what is named like a script": "return type('<script>', (), {})()"},
        out="wrong",
        after=_no_reader_obeys,
    ),
    Attack(
        row=94,
        name="file named like a tag",
        files={"act.py": "raise ValueError\n", "<img src=x onerror=alert(1)>.py": "1 / 0\n"},
        out="not_implemented",
        dz="not_implemented",
        after=_no_reader_obeys,
    ),
    *each(
        96,
        {
            "raises markup": f"raise ValueError({_MARKUP!r})",
            "raises a format": 'raise ValueError(\'", "output_format": "html", "x": "\')',
            "prints markup": f"print({_MARKUP!r})\nraise ValueError",
        },
        out="raised",
        after=_no_reader_obeys,
    ),
    *each(
        97,
        {
            "raises lone surrogates": "raise ValueError('\\udcff\\ud800\\0')",
            "raises them by its class": "raise type('E\\udcff', (Exception,), {})('x')",
            "prints them": "print('\\udcff')\nraise ValueError",
            "returns what is named so": "return type('E\\udcff\\0'.replace('\\0', ''), (), {})()",
        },
        out="raised",
        after=assert_harmless,
    ),
    *each(
        98,
        {"not a number": "return z * np.nan", "infinite": "return z / 0"},
        out="wrong",
        after=_no_number_is_infinite,
    ),
)
