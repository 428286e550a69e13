"""Whatever bytes a notebook has, its reader gives cells or a ValueError that says why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.cells import cells_of
from grader.sandbox.notebooks import code_cells, without_magics
from grader.submission.reading import _unescaped
from tests.fuzz.bounds import at_most, bounded

BOUNDED = bounded(150)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
LINES = st.sampled_from(
    [
        "x = 1", "if x:", "    y = 2", "%matplotlib inline", "%%bash", "%%time", "%time f(x)",
        "!ls \\", "files = !ls", "np.tanh?", "?np", "x = (7", "% 4)", '"""', "ls -l", "\\", "",
        "\tz = 3", "def f():", "\f", "\0", "é = '\ud800'", "  !pip install y", "pip install z",
    ]
)  # fmt: skip
SOURCES = st.lists(LINES, max_size=8).map("\n".join) | st.text(max_size=60)
CELLS = st.lists(
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading", 3])},
        optional={
            "source": SOURCES | st.lists(SOURCES, max_size=3) | ANYTHING,
            "input": SOURCES,
            "outputs": ANYTHING,
            "metadata": ANYTHING,
            "attachments": ANYTHING,
            "language": st.just("python"),
            "level": SCALARS,
        },
    )
    | ANYTHING,
    max_size=4,
)
NOTEBOOKS = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([1, 2, 3, 4, 5, 99, "4", None, 4.0])},
    optional={
        "cells": CELLS,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": CELLS}), max_size=2) | ANYTHING,
        "metadata": ANYTHING,
        "nbformat_minor": st.sampled_from([0, 4, 5, 99, None, "x"]),
    },
)


def read(data: bytes) -> None:
    """Read a notebook; only a ValueError with a sentence may come of it."""
    told, cells = "", []
    try:
        cells = code_cells("a.ipynb", data)
    except ValueError as error:
        told = str(error)
    assert not told or told.startswith("not a readable notebook: ")
    for number, cell in enumerate(cells, start=1):
        assert cell.label == f"a.ipynb[cell {number}]"
        assert type(cell.source) is str


@BOUNDED
@given(st.binary(max_size=300))
def test_random_bytes_are_no_notebook_or_an_empty_one(data: bytes) -> None:
    read(data)


@BOUNDED
@given(ANYTHING)
def test_any_json_is_read_or_refused(value: Any) -> None:
    read(json.dumps(value).encode())


@BOUNDED
@given(NOTEBOOKS)
def test_any_notebook_is_read_or_refused(notebook: Any) -> None:
    read(json.dumps(notebook).encode())


@BOUNDED
@given(NOTEBOOKS, st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=4))
def test_a_notebook_with_bytes_changed_is_read_or_refused(
    notebook: Any, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(json.dumps(notebook).encode())
    for place, byte in changes:
        data[place % len(data)] = byte

    read(bytes(data))


@BOUNDED
@given(SOURCES)
def test_lines_keep_their_numbers_when_magics_are_taken_out(source: str) -> None:
    assert without_magics(source).count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 10**6,
        b'{"a":' * 10**5,
        b'{"nbformat": 4, "cells": ' + b"[" * 10**5 + b"]" * 10**5 + b"}",
        b'{"nbformat": 4, "cells": [' + b"{}," * 10**5 + b"{}]}",
        b'{"nbformat": ' + b"9" * 5000 + b"}",
        b'{"nbformat": 4e999, "cells": []}',
        b"\xff\xfe" + '{"nbformat": 4}'.encode("utf-16-le"),
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"NaN",
    ],
    ids=range(9),
)
def test_a_notebook_made_to_do_harm_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not a readable notebook: "):
        code_cells("a.ipynb", data)


def test_a_notebook_of_backslashes_takes_no_memory_to_be_looked_through() -> None:
    data = rb'"\u202e' + b"\\" * (2 << 20) + b'x"'

    with at_most(16):
        shown = _unescaped(data)

    assert shown == '"\u202e'.encode() + data.removeprefix(rb'"\u202e')


@pytest.mark.parametrize("end", ['"}]}', ""], ids=["ended", "cut off"])
def test_a_cell_of_backslashes_takes_no_more_memory_than_its_text_to_be_shown(end: str) -> None:
    source = "\\\\" * (1 << 20)
    data = ('{"cells":[{"cell_type":"code","source":"' + source + end).encode()

    with at_most(24):
        texts = [cell.text for cell in cells_of(data)]

    assert texts == (["\\" * (1 << 20)] if end else [])


@bounded(300)
@given(
    pieces=st.lists(
        st.sampled_from([*"\\\\\\u04x", r"\u0041", r"\ud835\udc31", r"\ud835", r"\\u0041", r"\n"]),
        max_size=12,
    ),
    times=st.sampled_from([1, 60]),
)
def test_letters_are_read_out_of_a_notebook_as_json_reads_them(
    pieces: list[str], times: int
) -> None:
    text = "".join(pieces) * times
    try:
        read = json.loads(f'"{text}"')
    except ValueError:
        _unescaped(text.encode())
        return

    shown = _unescaped(text.encode())

    # Escapes that are left are read as they were: nothing was taken for a letter by mistake.
    assert json.loads(f'"{shown.decode()}"') == read.encode("utf-8", "replace").decode()
