"""What of a notebook can be asked, and what of it is made inert?"""

from __future__ import annotations

import ast
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Outcome
from grader.sandbox.notebooks import code_cells, without_magics
from tests.sandbox.pupils import HandedIn, HandIn, failure_of, notebook, value_of

ASK_F = "from hw import f\nout = f()"
F = "def f():\n    return 3"


def handed_in(hand_in: HandIn, data: bytes, **options: Any) -> HandedIn:
    return hand_in({"My homework.ipynb": data}, wanted={"hw": ["f"]}, **options)


# --- magics --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "cleaned"),
    [
        ("x = 1", "x = 1"),
        ("", ""),
        ("%matplotlib inline", "pass"),
        ("  %matplotlib inline", "  pass"),
        ("%load_ext autoreload\n%autoreload 2\nx = 1", "pass\npass\nx = 1"),
        ("!bash get_datasets.sh", "pass"),
        ("!pip install -q \\\n  numpy \\\n  scipy\nx = 1", "pass\n\n\nx = 1"),
        ("if x:\n    !ls\nelse:\n    %cd ..", "if x:\n    pass\nelse:\n    pass"),
        ("files = !ls *.py", "files = None"),
        ("a, b = %sql select", "a, b = None"),
        ("x[0] = !ls", "x[0] = None"),
        ("np.dot?", "pass"),
        ("np.dot??", "pass"),
        ("?np.dot", "pass"),
        ("%time x = f(1)", "x = f(1)"),
        ("  %run nndl/layers.py", "  from nndl.layers import *"),
        (
            "%run -i ../a b/net.py --x 1",
            "globals().update(vars(__import__('a b.net', fromlist=['*'])))",
        ),
        ("%run setup", "pass"),
        ("    %time x = f(1)", "    x = f(1)"),
        ("%time", "pass"),
        ("%timeit -n 10 f(1)", "pass"),
        ("%time f(1,\n   2)", "f(1,\n   2)"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%time\n%matplotlib inline\nx = 1", "\n\npass\nx = 1"),
        ("%%timeit -n 3\nx = 1", "\nx = 1"),
        ("%%capture out\nx = 1", "\nx = 1"),
        ("%%bash\necho 'x'\nrm -rf /", "\n\n"),
        ("%%html\n<script>", "\n"),
        ("%%writefile hw.py\nx = 1", "\n"),
        ("%%javascript\nalert(1)", "\n"),
        ("cd ..\nls -la data\nx = 1", "pass\npass\nx = 1"),
        ("pip install numpy", "pass"),
        ("matplotlib inline", "pass"),
        ("!echo it's (\nx = 1", "pass\nx = 1"),
        ("!echo '''\nx = 1", "pass\nx = 1"),
        ("!echo $HOME `date`\nx = '''\n!ls\n'''", "pass\nx = '''\n!ls\n'''"),
        ("%cd x\ny = (7\n%   4)", "pass\ny = (7\n%   4)"),
        ("%cd x\ny = 7 \\\n% 4", "pass\ny = 7 \\\n% 4"),
        ("y = (7\n% 4)", "y = (7\n% 4)"),
        ("%cd x\ns = '''\n%d items\n'''", "pass\ns = '''\n%d items\n'''"),
        ("%cd x\nx = a if b else c; y != 3", "pass\nx = a if b else c; y != 3"),
        ("print 'x'\n%cd y", "print 'x'\n%cd y"),
        ("x = (", "x = ("),
        ("x = '\\d'\n%cd y", "x = '\\d'\npass"),
        ("x = 1\0\n%cd", "x = 1\0\n%cd"),
        ("W = ???\n%cd y", "W = ???\n%cd y"),
        ("?? np.dot\n%cd y", "?? np.dot\n%cd y"),
        ("??np.dot\n%cd y", "pass\npass"),
    ],
)
def test_magics_are_made_inert_line_by_line(source: str, cleaned: str) -> None:
    assert without_magics(source) == cleaned


MAGICS = ["%matplotlib inline", "!ls 'x", "%cd (", "np.dot?", "!pip install x", "%%notfirst"]
PYTHON = ["x = (7\n% 4)", "y = '''\n!no\n%no\n'''", "def f():\n    return 3", "if x:\n    y = 1"]


@given(st.lists(st.sampled_from(MAGICS + PYTHON), min_size=1, max_size=8))
def test_a_cell_of_python_and_magics_is_python_of_as_many_lines(pieces: list[str]) -> None:
    source = "\n".join(["z = 0", *pieces])

    cleaned = without_magics(source)

    ast.parse(cleaned)
    assert cleaned.count("\n") == source.count("\n")
    assert all(piece in cleaned for piece in pieces if piece in PYTHON)


@given(st.text(max_size=60))
def test_any_text_keeps_its_number_of_lines(source: str) -> None:
    assert without_magics(source).count("\n") == source.count("\n")


# --- in the child --------------------------------------------------------------------------


@pytest.mark.parametrize("minor", [*range(6), 9, -1])
def test_any_minor_version_is_read(hand_in: HandIn, minor: int) -> None:
    pupil = handed_in(hand_in, notebook(F, minor=minor))

    assert pupil.report.loaded == ("hw",)
    assert value_of(pupil.out(ASK_F)) == 3


CELL = {"cell_type": "code", "metadata": {}, "source": F, "outputs": [], "execution_count": None}


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "code", "source": F},
        {**CELL, "source": ["def f():\n", "    return 3"]},
        {**CELL, "id": "not a valid id!"},
        {**CELL, "metadata": {"id": "abc", "colab": {"base_uri": "x"}, "outputId": 3}},
        {**CELL, "execution_count": "3"},
        {**CELL, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x"]}]},
        {**CELL, "outputs": [{"output_type": "execute_result", "data": {"image/png": "AAAA"}}]},
        {
            **CELL,
            "outputs": [{"output_type": "error", "ename": "E", "evalue": "x", "traceback": []}],
        },
        {**CELL, "unknown": True},
        {**CELL, "source": F.replace("\n", "\r\n")},
    ],
    ids=lambda cell: repr(cell)[-60:],
)
def test_a_notebook_that_breaks_its_own_rules_is_read(
    hand_in: HandIn, cell: dict[str, Any]
) -> None:
    document = {"cells": [cell, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    pupil = handed_in(hand_in, json.dumps(document).encode())

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("more", [{}, {"metadata": {}}, {"odd": 1}])
def test_an_old_notebook_is_read(hand_in: HandIn, major: int, more: dict[str, Any]) -> None:
    cell = {"cell_type": "code", "input": F, "language": "python", "outputs": [], **more}
    sheets = [{"cells": [cell]}, {"cells": [{"cell_type": "markdown", "source": "x"}]}]
    document = {"worksheets": sheets, "metadata": {"name": ""}, "nbformat": major}
    pupil = handed_in(hand_in, json.dumps({**document, "nbformat_minor": 0}).encode())

    assert value_of(pupil.out(ASK_F)) == 3


def test_a_notebook_with_a_byte_order_mark_is_read(hand_in: HandIn) -> None:
    pupil = handed_in(hand_in, b"\xef\xbb\xbf" + notebook(F))

    assert value_of(pupil.out(ASK_F)) == 3


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"3",
    "nothing in JSON": b"null",
    "no cells": b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}}',
    "cells that are text": b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": "x"}',
    "a cell that is text": b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": ["x"]}',
    "an unknown version": b'{"nbformat": 7, "cells": []}',
    "a version that is text": b'{"nbformat": "4", "cells": []}',
    "deep lists": b"[" * 100_000,
    "deep maps": b'{"a":' * 100_000,
    "utf-16": notebook(F).decode().encode("utf-16"),
    "latin-1": '{"größe": 1}'.encode("latin-1"),
    "Python": F.encode(),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_notebook_is_told(hand_in: HandIn, data: bytes) -> None:
    pupil = handed_in(hand_in, data)

    told = failure_of(pupil.out(ASK_F))
    assert told.outcome is Outcome.LOAD_FAILED
    assert pupil.report.failures[0].startswith("My homework.ipynb: not a readable notebook: ")


def test_cells_run_in_order_in_one_namespace(hand_in: HandIn) -> None:
    cells = ["import numpy as np\nx = 1", "x += 1", "def f():\n    return np.sum([x, 1])"]

    assert value_of(handed_in(hand_in, notebook(*cells)).out(ASK_F)) == 3


def test_a_cell_that_fails_does_not_stop_the_next(hand_in: HandIn) -> None:
    cells = ["x = 1", "y = 1\n1 / 0\nz = 1", F]
    pupil = handed_in(hand_in, notebook(*cells))

    assert pupil.report.failures == (
        "My homework.ipynb[cell 2]:2: ZeroDivisionError: division by zero",
    )
    assert value_of(pupil.out(ASK_F)) == 3
    assert value_of(pupil.out("import hw\nout = hw.z")) == 1


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("def g(:\n    pass", ":1: SyntaxError: "),
        ("x = 1\nprint 'x'", ":2: SyntaxError: "),
        ("x = '\0'", ": "),
        ("x = '\ud800'", ": UnicodeEncodeError"),
        ("x = " + "-" * 200_000 + "1", ": "),
        ("(" * 5000, ":1: SyntaxError: "),
    ],
    ids=["syntax", "Python 2", "NUL", "surrogate", "deep", "brackets"],
)
def test_a_cell_that_cannot_be_read_does_not_stop_the_next(
    hand_in: HandIn, cell: str, words: str
) -> None:
    pupil = handed_in(hand_in, notebook("x = 2", cell, F), cpu_s=5.0)

    (failure,) = pupil.report.failures
    assert failure.startswith(f"My homework.ipynb[cell 2]{words}")
    assert value_of(pupil.out(ASK_F)) == 3


def test_a_name_that_an_earlier_cell_lost_is_traced_to_it(hand_in: HandIn) -> None:
    cells = ["W = open('weights.npy')", "def f():\n    return W"]

    told = failure_of(handed_in(hand_in, notebook(*cells)).out(ASK_F))
    assert told.outcome is Outcome.LOAD_FAILED
    assert "loading failed at My homework.ipynb[cell 1]:1: PermissionError" in told.message
    assert told.where == "My homework.ipynb[cell 2]:2"


def test_magics_are_left_out_and_told_once(hand_in: HandIn) -> None:
    cells = [
        "%load_ext autoreload\n%autoreload 2",
        "from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive\n!ls",
        "%%bash\nrm -rf /",
        "%%time\ndef f():\n    return 3",
        "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('ls')",
        "display(f())\nf()\nhelp?",
    ]
    pupil = handed_in(hand_in, notebook(*cells))

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3
    told = "My homework.ipynb: magics or shell lines were left out"
    assert [note for note in pupil.report.notes if "magics" in note] == [told]


def test_a_notebook_of_another_kind_of_cells_has_nothing(hand_in: HandIn) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": F},
        {"cell_type": "raw", "source": F},
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    pupil = handed_in(hand_in, json.dumps(document).encode())

    assert failure_of(pupil.out(ASK_F)).outcome is Outcome.NOT_IMPLEMENTED


def test_a_module_is_taken_before_a_notebook(hand_in: HandIn) -> None:
    pupil = hand_in(
        {"hw.ipynb": notebook("def f():\n    return 1"), "my hw.py": F}, wanted={"hw": ["f"]}
    )

    assert value_of(pupil.out(ASK_F)) == 3


def test_what_a_module_did_to_warnings_does_not_stop_a_notebook(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "first.py": "import warnings\nwarnings.simplefilter('error')",
            "work.ipynb": notebook("%cd ..\npattern = '\\d'", F, minor=5),
            "second.py": "pattern = '\\d'\nx = 1 is 1\n",
        },
        expected=["first.py", "hw.py", "second.py"],
        wanted={"hw": ["f"]},
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


def test_definitions_alone_can_be_loaded_from_a_notebook(hand_in: HandIn) -> None:
    cells = ["import os\nos._exit(0)", F, "while True:\n    pass"]

    pupil = handed_in(hand_in, notebook(*cells), definitions_only=True)

    assert value_of(pupil.out(ASK_F)) == 3


def test_a_large_notebook_with_outputs_is_read(hand_in: HandIn) -> None:
    picture = random.Random(1).randbytes(3 << 20).hex()
    output = {"output_type": "display_data", "data": {"image/png": picture}, "metadata": {}}
    document = {"cells": [{**CELL, "outputs": [output]}], "metadata": {}, "nbformat": 4}
    pupil = handed_in(hand_in, json.dumps({**document, "nbformat_minor": 4}).encode(), cpu_s=5.0)

    assert value_of(pupil.out(ASK_F)) == 3


def test_labels_count_the_code_cells() -> None:
    cells = code_cells("hw.ipynb", notebook("x = 1", "", "y = 2"))

    assert [cell.label for cell in cells] == [f"hw.ipynb[cell {number}]" for number in (1, 2, 3)]


# --- modules that are written --------------------------------------------------------------


def test_a_module_that_was_handed_in_is_not_written_over(hand_in: HandIn) -> None:
    pupil = hand_in(
        {"hw.py": F, "run.ipynb": notebook("%%writefile hw.py\ndef f():\n    return 4")},
        wanted={"hw": ["f"]},
    )

    assert value_of(pupil.out(ASK_F)) == 3


def test_the_last_cell_that_writes_a_module_wins_and_one_that_appends_adds(
    hand_in: HandIn,
) -> None:
    pupil = hand_in(
        {
            "a/run.ipynb": notebook(
                "%%writefile hw.py\ndef f():\n    return 4",
                '%%writefile "./hw.py"\ndef g():\n    return 3',
                "%%file --append hw.py\n\ndef f():\n    return g()",
                "%%writefile notes.txt\nnothing of Python",
            )
        },
        wanted={"hw": ["f"]},
    )

    assert value_of(pupil.out(ASK_F)) == 3
    assert pupil.report.notes == ("a/hw.py: what a/run.ipynb[cell 3] writes is taken for it",)


def test_a_template_gives_way_to_a_module_that_a_notebook_writes(hand_in: HandIn) -> None:
    template = "def f():\n    pass\n"
    pupil = hand_in(
        {"w/hw.py": template, "w/run.ipynb": notebook(f"%%writefile /content/w/hw.py\n{F}")},
        starter={"hw.py": template},
        wanted={"hw": ["f"]},
    )

    assert value_of(pupil.out(ASK_F)) == 3
