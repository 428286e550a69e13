"""What of a real-shaped submission can be asked, and what is told of the rest?"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from grader.records import Outcome, Returned
from tests.sandbox.pupils import HandIn, failure_of, notebook, value_of

NNDL = ("nndl/neural_net.py", "nndl/layers.py")
NET = "from .layers import *\ndef net(x):\n    return 2 * double(x)\n"
LAYERS = "def double(x):\n    return 2 * x\n"
ASK_NET = "from nndl.neural_net import net\nout = net(3)"


# --- the package root ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "root",
    [
        "",
        "hw3/",
        "HW 3 - code/",
        "a/b/c/d/e/f/",
        "Übung (final) [2]/",
        "student's hw; rm -rf/",
        "nndl/",
    ],
)
def test_the_package_root_is_found_at_any_depth(hand_in: HandIn, root: str) -> None:
    pupil = hand_in(
        {f"{root}nndl/neural_net.py": NET, f"{root}nndl/layers.py": LAYERS}, expected=NNDL
    )

    assert pupil.report.root == root
    assert value_of(pupil.out(ASK_NET)) == 12


def test_of_several_roots_the_fullest_is_taken_and_the_others_are_told(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "old/nndl/layers.py": "def double(x):\n    return 0\n",
            "new/work/nndl/neural_net.py": NET,
            "new/work/nndl/layers.py": LAYERS,
        },
        expected=NNDL,
    )

    assert pupil.report.root == "new/work/"
    assert pupil.report.notes == ("package root 'new/work/' taken, also found: 'old/'",)
    assert value_of(pupil.out(ASK_NET)) == 12


def test_of_equal_roots_the_shallowest_is_taken(hand_in: HandIn) -> None:
    files = {
        f"{root}nndl/{name}.py": "" for root in ("a/b/", "z/") for name in ("layers", "neural_net")
    }

    assert hand_in(files, expected=NNDL).report.root == "z/"


@pytest.mark.parametrize("init", ["from .layers import *", "", None])
def test_a_package_needs_no_init_file(hand_in: HandIn, init: str | None) -> None:
    files = {"nndl/neural_net.py": NET, "nndl/layers.py": LAYERS}
    pupil = hand_in(files if init is None else {**files, "nndl/__init__.py": init}, expected=NNDL)

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_NET)) == 12


@pytest.mark.parametrize(
    "line",
    [
        "from .layers import *",
        "from .layers import double",
        "from nndl.layers import *",
        "from nndl import layers; double = layers.double",
        "import nndl.layers; double = nndl.layers.double",
        "import nndl.layers as theirs; double = theirs.double",
        "from . import layers as theirs; double = theirs.double",
        "from ..nndl.layers import double",
        "import importlib; double = importlib.import_module('nndl.layers').double",
        "import importlib; double = importlib.import_module('.layers', __package__).double",
        "double = __import__('nndl.layers', fromlist=['double']).double",
    ],
)
def test_any_form_of_import_finds_the_other_module(hand_in: HandIn, line: str) -> None:
    if ".." in line:
        pytest.skip("a relative import beyond the top is an error in Python as well")
    pupil = hand_in(
        {
            "nndl/neural_net.py": f"{line}\ndef net(x):\n    return 2 * double(x)\n",
            "nndl/layers.py": LAYERS,
        },
        expected=NNDL,
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_NET)) == 12


def test_a_relative_import_goes_up_a_folder(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "nndl/neural_net.py": "from .parts.deep import net\n",
            "nndl/parts/deep.py": "from ..layers import double\ndef net(x):\n    return 2 * double(x)\n",
            "nndl/layers.py": LAYERS,
        },
        expected=NNDL,
    )

    assert value_of(pupil.out(ASK_NET)) == 12


def test_modules_that_import_each_other_are_loaded(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "nndl/neural_net.py": "import nndl.layers\ndef net(x):\n    return nndl.layers.four(x)\n",
            "nndl/layers.py": """
                from nndl import neural_net
                def four(x):
                    return 4 * x
                """,
        },
        expected=NNDL,
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_NET)) == 12


def test_a_name_that_a_circle_of_imports_lacks_is_told(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "nndl/neural_net.py": "from nndl.layers import four\ndef net(x):\n    return four(x)\n",
            "nndl/layers.py": """
                from nndl.neural_net import net
                def four(x):
                    return 4 * x
                """,
        },
        expected=NNDL,
    )

    assert "partially initialized module" in pupil.report.failures[0]
    assert value_of(pupil.out(ASK_NET)) == 12


def test_a_function_may_import_when_it_is_called(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "nndl/neural_net.py": """
                def net(x):
                    from .layers import double
                    return 2 * double(x)
                """,
            "nndl/layers.py": LAYERS,
        },
        expected=("nndl/neural_net.py",),
    )

    assert value_of(pupil.out(ASK_NET)) == 12


def test_a_module_can_be_reloaded(hand_in: HandIn) -> None:
    pupil = hand_in("import importlib\nvalue = 3\n")

    assert (
        value_of(pupil.out("import hw\nhw.value = 4\nhw.importlib.reload(hw)\nout = hw.value")) == 3
    )


# --- the starter's files -------------------------------------------------------------------


def test_starter_files_lie_beneath_the_students(hand_in: HandIn) -> None:
    pupil = hand_in(
        {"code/nndl/neural_net.py": NET},
        expected=NNDL,
        starter={"nndl/layers.py": LAYERS, "nndl/neural_net.py": "def net(x):\n    return None\n"},
    )

    assert value_of(pupil.out(ASK_NET)) == 12


def test_without_any_file_of_the_students_the_starter_answers(hand_in: HandIn) -> None:
    pupil = hand_in({}, expected=NNDL, starter={"nndl/neural_net.py": "def net(x): pass"})

    assert failure_of(pupil.out(ASK_NET)).outcome is Outcome.NOT_IMPLEMENTED


def test_a_file_outside_the_root_is_found_where_it_is_the_only_one(hand_in: HandIn) -> None:
    files = {
        "code/nndl/neural_net.py": "from helper import four\ndef net(x):\n    return four(x)\n",
        "helper.py": "def four(x):\n    return 4 * x\n",
    }
    pupil = hand_in(files, expected=("nndl/neural_net.py",))
    twice = hand_in({**files, "old/helper.py": ""}, expected=("nndl/neural_net.py",))

    assert value_of(pupil.out(ASK_NET)) == 12
    assert pupil.report.notes == ("helper was imported, which is helper.py here",)
    assert "helper" in failure_of(twice.out(ASK_NET)).message
    assert twice.report.notes == (
        "helper is not available while grading: a stand-in took its place",
    )


DEEP = ("course/models/net.py", "course/layers.py")


@pytest.mark.parametrize("root", ["", "my work/"])
@pytest.mark.parametrize(
    "line",
    [
        "from ..layers import *",
        "from course.layers import *",
        "from .. import layers; double = layers.double",
        "from layers import double",
        "from ..more import double",
        "from course.more import double",
        "from models.other import double",
        "from .other import double",
    ],
)
def test_a_package_without_its_own_folder_is_whole_all_the_same(
    hand_in: HandIn, root: str, line: str
) -> None:
    pupil = hand_in(
        {
            f"{root}models/net.py": f"{line}\n\ndef net(x):\n    return 2 * double(x)\n",
            f"{root}models/other.py": LAYERS,
            f"{root}layers.py": LAYERS,
            f"{root}more.py": LAYERS,
        },
        starter={
            "course/models/net.py": "def net(x):\n    pass\n",
            "course/layers.py": "def double(x):\n    pass\n",
            "course/more.py": "def double(x):\n    pass\n",
        },
        expected=DEEP,
    )

    assert value_of(pupil.out("from course.models.net import net\nout = net(3)")) == 12
    told = f"the files lie without their folder course/: {root or './'!r} is taken for it"
    assert pupil.report.notes[0] == told


def test_a_module_under_two_names_is_one(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "nndl/layers.py": "class Layer:\n    pass\n",
            "nndl/neural_net.py": "import layers\nfrom . import layers as same\ndef net(x):\n"
            "    return 4 * x if layers is same and layers.Layer is same.Layer else 0\n",
        },
        expected=NNDL,
    )

    assert value_of(pupil.out(ASK_NET)) == 12
    assert pupil.report.notes == ("layers was imported, which is nndl.layers here",)


def test_an_import_that_means_nothing_of_the_submission_is_a_stand_in(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "nndl/layers.py": "",
            "nndl/neural_net.py": "from keras.layers import Dense\ndef net(x):\n    return Dense(3)",
        },
        expected=NNDL,
    )

    assert "keras is not available" in failure_of(pupil.out(ASK_NET)).message


def test_a_probe_gets_nothing_by_another_name(hand_in: HandIn) -> None:
    pupil = hand_in({"nndl/layers.py": "x = 3", "nndl/neural_net.py": ""}, expected=NNDL)

    told = failure_of(pupil.out("import layers\nout = layers.x"))
    assert told.outcome is Outcome.NOT_IMPLEMENTED


def test_one_file_in_place_of_two_modules_is_run_once(hand_in: HandIn) -> None:
    pupil = hand_in(
        {"hw.ipynb": notebook("runs = []", "runs.append(1)", "def a(): pass\ndef b(): pass")},
        expected=NNDL,
        wanted={"nndl.layers": ["a"], "nndl.neural_net": ["b"]},
    )

    ask = "from nndl import layers, neural_net\nout = len(layers.runs)\nassert layers.a is neural_net.a"
    assert value_of(pupil.out(ask)) == 1


# --- files of another name -----------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["my_net.py", "HW.PY.py", "Assignment 1/three layer (1).py", "final/hw-copy.py"]
)
def test_a_file_of_another_name_is_taken_for_the_expected_one(hand_in: HandIn, path: str) -> None:
    pupil = hand_in({path: "def f():\n    return 3\n"}, wanted={"hw": ["f"]})

    assert value_of(pupil.out("from hw import f\nout = f()")) == 3
    assert pupil.report.notes == (f"hw.py is missing: {path} is taken for it",)


def test_a_file_of_the_same_name_elsewhere_is_taken_before_others(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "a.py": "def loss():\n    return 1\n",
            "solution/layers.py": "def loss():\n    return 2\n",
            "code/nndl/neural_net.py": "",
        },
        expected=NNDL,
        wanted={"nndl.layers": ["loss"]},
    )

    assert value_of(pupil.out("from nndl.layers import loss\nout = loss()")) == 2


def test_a_file_that_defines_nothing_wanted_is_not_taken(hand_in: HandIn) -> None:
    pupil = hand_in({"other.py": "def g():\n    return 3\n"}, wanted={"hw": ["f"]})

    told = failure_of(pupil.out("from hw import f\nout = f()"))
    assert told.outcome is Outcome.NOT_IMPLEMENTED
    assert "No module named 'hw'" in told.message


def test_an_absent_package_is_not_said_to_have_a_stand_in(hand_in: HandIn) -> None:
    pupil = hand_in({"readme.py": ""}, expected=NNDL, wanted={"nndl.neural_net": ["net"]})

    told = failure_of(pupil.out(ASK_NET))
    assert told.outcome is Outcome.NOT_IMPLEMENTED
    assert "No module named 'nndl" in told.message
    assert not any("stand-in" in note for note in pupil.report.notes)


# --- bytes ---------------------------------------------------------------------------------

ASK_F = "from hw import f\nout = f()"
RIGHT = "# größer als π\ndef f():\n    s = 'é'\n    return 3\n"


@pytest.mark.parametrize(
    "data",
    [
        RIGHT.encode(),
        codecs.BOM_UTF8 + RIGHT.encode(),
        RIGHT.replace("\n", "\r\n").encode(),
        codecs.BOM_UTF8 + RIGHT.replace("\n", "\r\n").encode(),
        RIGHT.replace("\n", "\r").encode(),
        RIGHT.replace("    ", "\t").encode(),
        RIGHT.rstrip("\n").encode(),
        RIGHT.replace("\n", "\n\f\n").encode(),
        b"# -*- coding: utf-8 -*-\n" + RIGHT.encode(),
        b"# coding: utf8\n" + RIGHT.encode(),
        b"# coding=UTF_8\n" + RIGHT.encode(),
        b"#!/usr/bin/env python\n# vim: set fileencoding=utf-8 :\n" + RIGHT.encode(),
        b"# -*- coding: latin-1 -*-\ndef f():\n    return 3  # \xe9\n",
        b"# coding: latin1\ndef f():\n    return 3  # \xe9\n",
        b"# coding: ISO-8859-1\ndef f():\n    return 3  # \xe9\n",
        b"# coding: cp1252\ndef f():\n    return 3  # \x80\n",
        b"# coding: windows-1252\ndef f():\n    return 3  # \x80\n",
        b"# coding: us-ascii\ndef f():\n    return 3\n",
        b"def f():\n    return 3\n# coding: utf-7\n",
        b"x = 1\n# coding: utf-7\ndef f():\n    return 3\n",
        b"\x1a\n".replace(b"\x1a", b"") + b"def f():\n    return 3\n",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_bytes_that_python_reads_are_read(hand_in: HandIn, data: bytes) -> None:
    pupil = hand_in({"hw.py": data})

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


UNREADABLE = {
    "utf-7": (b"# coding: utf-7\n+AGYAPQAx-\n", "the encoding utf-7 is not accepted"),
    "utf-7 in the second line": (b"#!python\n# coding: utf-7\n", "the encoding utf-7"),
    "unicode_escape": (
        b"# coding: unicode_escape\n\\u0066=1\n",
        "unicode_escape is not accepted; save",
    ),
    "rot13": (b"# coding: rot13\nvzcbeg bf\n", "the encoding rot13 is not accepted"),
    "unknown": (b"# coding: martian\n", "the encoding martian is not accepted"),
    "latin-1 without a cookie": (b"x = 1\ny = '\xe9'\n", "hw.py"),
    "NUL": (b"x = 1\0\n", "NUL bytes"),
    "utf-16": ("def f(): return 3".encode("utf-16"), "save it as UTF-8"),
    "utf-16 without a mark": ("def f(): return 3".encode("utf-16-le"), "save it as UTF-8"),
    "utf-32": ("def f(): return 3".encode("utf-32"), "save it as UTF-8"),
    "BOM and another cookie": (codecs.BOM_UTF8 + b"# coding: utf-7\n", "utf-7"),
    "tabs and spaces": (b"def f():\n\tx = 1\n        return x\n", "hw.py:3: TabError"),
    "an unfilled template": (b"def f():\n    x = [inset-code\n", "hw.py:2: SyntaxError"),
    "an empty body": (b"def f():\n\ndef g():\n    pass\n", "hw.py:3: IndentationError"),
    "Python 2 print": (b"x = 1\nprint 'done'\n", "hw.py:2: SyntaxError"),
    "many brackets": (b"(" * 5000 + b")" * 5000, "hw.py"),
    "many signs": (b"x = " + b"-" * 200_000 + b"1", "hw.py"),
    "bytes at random": (bytes(range(1, 256)), "hw.py"),
}


@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_is_told_with_its_place(
    hand_in: HandIn, data: bytes, words: str
) -> None:
    pupil = hand_in({"hw.py": data}, cpu_s=5.0)

    told = failure_of(pupil.out(ASK_F))
    assert told.outcome is Outcome.LOAD_FAILED
    assert words in told.message
    assert words in pupil.report.broken["hw"]
    assert len(pupil.report.failures) == 1


@pytest.mark.parametrize(
    "line", ["print 'done'", "print x, y", "except ValueError, error:", "raise E, 'x'"]
)
def test_python_2_is_called_by_its_name(hand_in: HandIn, line: str) -> None:
    body = f"try:\n    pass\n{line}\n    pass\n" if line.startswith("except") else f"{line}\n"

    assert hand_in(body).report.broken["hw"].endswith("(this is Python 2)")


def test_an_empty_file_is_loaded_and_has_nothing(hand_in: HandIn) -> None:
    pupil = hand_in({"hw.py": b""})

    told = failure_of(pupil.out(ASK_F))
    assert pupil.report.failures == ()
    assert told.outcome is Outcome.NOT_IMPLEMENTED
    assert "cannot import name 'f'" in told.message


def test_one_broken_file_leaves_the_others_whole(hand_in: HandIn) -> None:
    pupil = hand_in(
        {"nndl/neural_net.py": "def net(x)\n    return x\n", "nndl/layers.py": LAYERS},
        expected=NNDL,
    )

    assert failure_of(pupil.out(ASK_NET)).message == (
        "nndl/neural_net.py:1: SyntaxError: expected ':'"
    )
    assert value_of(pupil.out("from nndl.layers import double\nout = double(4)")) == 8


def test_what_leans_on_a_broken_file_names_that_file(hand_in: HandIn) -> None:
    pupil = hand_in({"nndl/neural_net.py": NET, "nndl/layers.py": "def double(x)\n"}, expected=NNDL)

    told = failure_of(pupil.out(ASK_NET))
    assert told.outcome is Outcome.LOAD_FAILED
    assert "nndl/layers.py:1: SyntaxError" in told.message


# --- statement by statement ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", "calls sys.exit()"),
        ("import sys; sys.exit()", "calls sys.exit()"),
        ("exit()", "calls sys.exit()"),
        ("quit()", "calls sys.exit()"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("input('Which data set? ')", "there is no input() while grading"),
        ("data = open('cifar/data_batch_1', 'rb')", "files, processes and the network are closed"),
        ("import numpy; numpy.load('data.npy')", "files, processes and the network are closed"),
        ("import os; os.makedirs('out')", "files, processes and the network are closed"),
        ("import os; os.chdir('..')", "files, processes and the network are closed"),
        ("undefined_name", "name 'undefined_name' is not defined"),
        ("assert False, 'check your shapes'", "AssertionError: check your shapes"),
        ("return 3", "'return' outside function"),
        ("import nothing.of.this.kind as x; x.call()", "nothing is not available while grading"),
        ("import argparse; argparse.ArgumentParser().parse_args(['--x'])", "calls sys.exit()"),
    ],
)
def test_a_statement_that_fails_is_told_and_the_next_ones_run(
    hand_in: HandIn, line: str, words: str
) -> None:
    pupil = hand_in(f"a = 1\n{line}\nb = 2\ndef f():\n    return a + b\n")

    assert value_of(pupil.out(ASK_F)) == 3
    (failure,) = pupil.report.failures
    assert failure.startswith("hw.py:2: ")
    assert words in failure


@pytest.mark.parametrize(
    "line",
    [
        "import matplotlib.pyplot as plt; plt.plot([1]); plt.show()",
        "from matplotlib import pyplot as plt; fig, axes = plt.subplots(2, 2); axes[0, 1].plot(1)",
        "import matplotlib; matplotlib.use('Agg'); matplotlib.rcParams['x'] = 1",
        "import sys; sys.path.append('..'); sys.path.insert(0, 'C:\\\\homework')",
        "import os; here = os.path.dirname(os.path.abspath(__file__))",
        "import os; here = os.getcwd(), os.path.realpath('.'), os.path.exists('data')",
        "import argparse; args = argparse.ArgumentParser().parse_args()",
        "import warnings; warnings.filterwarnings('ignore')",
        "import logging; logging.basicConfig(level=logging.INFO); logging.info('hello')",
        "print('x' * 100_000)",
        "import numpy as np; print(np.random.randn(3, 3)); np.set_printoptions(precision=3)",
        "'a string by itself'",
        "if __name__ == '__main__': raise SystemExit",
        "from __future__ import print_function, division",
        "import time, timeit, random, math, os, sys, copy, pickle, json, re, glob",
        "assert True",
        "x: int = 3",
        "lambda: 0",
        "[i for i in range(3)]",
        "del a; a = 1",
        "import numpy as np; x = np.float64(1) / 0",
        "pattern = '\\d+'",
        "x = 1 if 3 is 3 else 2",
    ],
)
def test_a_usual_statement_loads_without_complaint(hand_in: HandIn, line: str) -> None:
    future = "__future__" in line
    pupil = hand_in(
        f"{line if future else 'a = 1'}\n{'a = 1' if future else line}\ndef f():\n    return a + 2\n"
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


def test_a_name_lost_by_a_failed_statement_is_traced_to_it(hand_in: HandIn) -> None:
    pupil = hand_in("""
        W = open('weights.npy')
        def f():
            return W
        """)

    told = failure_of(pupil.out(ASK_F))
    assert told.outcome is Outcome.LOAD_FAILED
    assert told.message.startswith("name 'W' is not defined, since loading failed at hw.py:2: ")
    assert told.where == "hw.py:4"


def test_a_name_that_never_was_is_an_error_of_its_own(hand_in: HandIn) -> None:
    pupil = hand_in("""
        W = open('weights.npy')
        def f():
            return dW
        """)

    told = failure_of(pupil.out(ASK_F))
    assert told.outcome is Outcome.RAISED
    assert told.message == "NameError: name 'dW' is not defined"


def test_a_class_whose_body_fails_is_told_where_it_is_imported(hand_in: HandIn) -> None:
    pupil = hand_in("class Net:\n    size = undefined_name\n")

    told = failure_of(pupil.out("from hw import Net\nout = Net()"))
    assert told.outcome is Outcome.LOAD_FAILED
    assert told.message == "hw.py:1: NameError: name 'undefined_name' is not defined"


def test_many_failures_are_told_in_part(hand_in: HandIn) -> None:
    pupil = hand_in("".join(f"missing_{i}\n" for i in range(500)))

    assert len(pupil.report.failures) == 50


def test_a_module_that_leaves_sys_modules_stops_nothing(hand_in: HandIn) -> None:
    pupil = hand_in(
        {"nndl/neural_net.py": "import sys\ndel sys.modules[__name__]\n", "nndl/layers.py": LAYERS},
        expected=NNDL,
    )

    assert value_of(pupil.out("from nndl.layers import double\nout = double(4)")) == 8


def test_a_main_block_does_not_run(hand_in: HandIn) -> None:
    pupil = hand_in("f = lambda: 3\nif __name__ == '__main__':\n    f = lambda: 4\n")

    assert value_of(pupil.out(ASK_F)) == 3


# --- a top level that ends the process -----------------------------------------------------


def test_definitions_alone_can_be_loaded(hand_in: HandIn) -> None:
    pupil = hand_in(
        """
        '''My homework.'''
        from __future__ import annotations
        import os
        import numpy as np
        try:
            import cupy as xp
        except ImportError:
            import numpy as xp
        LEARNING_RATE = 2 * 1e-3
        SIZES = [4, 5, 3]
        EPS = np.finfo(float).eps
        TABLE = np.zeros((2, 3))
        LIMIT: float = -1.0
        if LIMIT < 0:
            LIMIT = 1.0
        def f(x=LEARNING_RATE):
            return x + len(SIZES) + xp.sum(TABLE) + LIMIT
        class Net:
            size = 3
        net = Net()
        while True:
            pass
        os._exit(0)
        """,
        definitions_only=True,
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 4.002
    assert value_of(pupil.out("from hw import Net\nout = Net().size")) == 3


def test_a_name_that_was_left_out_is_told_so(hand_in: HandIn) -> None:
    pupil = hand_in("net = train()\ndef f():\n    return net\n", definitions_only=True)

    told = failure_of(pupil.out(ASK_F))
    assert told.outcome is Outcome.LOAD_FAILED
    assert told.message == (
        "name 'net' is not defined, since loading failed at "
        "hw.py:1: left out, since running the whole file does not end"
    )


# --- what Python offers to modules ---------------------------------------------------------


def test_future_annotations_reach_every_statement(hand_in: HandIn) -> None:
    pupil = hand_in("""
        from __future__ import annotations
        def f(x: NoSuchType = 3) -> AlsoNone:
            return x
        """)

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_dataclasses_work(hand_in: HandIn, future: str) -> None:
    pupil = hand_in(
        f"""{future}
from dataclasses import dataclass, field
from typing import ClassVar, List, NamedTuple
@dataclass(frozen=True)
class Layer:
    kind: ClassVar[int] = 1
    size: int = 3
    sizes: List[int] = field(default_factory=list)
class Pair(NamedTuple):
    a: int = 1
def f():
    return Layer().size
"""
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


def test_objects_can_be_pickled_and_copied(hand_in: HandIn) -> None:
    pupil = hand_in("""
        import copy, pickle
        import enum
        class Net:
            def __init__(self):
                self.size = 3
        class Kind(enum.Enum):
            RELU = 1
        def f():
            assert pickle.loads(pickle.dumps(Kind.RELU)) is Kind.RELU
            assert pickle.loads(pickle.dumps(f)) is f
            return copy.deepcopy(pickle.loads(pickle.dumps(Net()))).size
        """)

    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize(
    "code",
    [
        "np.linalg.svd(np.ones((3, 3)))",
        "np.fft.fft(np.ones(8))",
        "np.einsum('ij,jk->ik', np.ones((2, 3)), np.ones((3, 2)))",
        "np.random.default_rng(0).normal(size=3)",
        "np.random.RandomState(3).permutation(5)",
        "np.testing.assert_allclose(1, 1)",
        "np.ma.masked_array([1.0], mask=[False])",
        "np.polyfit([0, 1, 2], [0, 1, 2], 1)",
        "np.unique(np.sort(np.ones(4)))",
        "np.vectorize(abs)(np.ones(2))",
        "np.lib.stride_tricks.sliding_window_view(np.ones(4), 2)",
        "np.array2string(np.ones(3)), str(np.eye(2)), repr(np.float32(1))",
        "np.ones((100, 100)) @ np.ones((100, 100))",
        "__import__('datetime').datetime.strptime('2026-01-02', '%Y-%m-%d')",
        "__import__('datetime').datetime.now().strftime('%A')",
        "__import__('time').strftime('%c')",
        "__import__('traceback').format_exc()",
        "__import__('tracemalloc').is_tracing()",
        "__import__('cProfile').Profile()",
        "__import__('unicodedata').name('x')",
        "'grün'.encode('cp1252'), 'x'.encode('latin-1'), 'x'.encode('ascii'), 'x'.encode('utf-16')",
        "__import__('decimal').Decimal('1.5').sqrt()",
        "__import__('json').dumps({'a': 1})",
        "__import__('statistics').mean([1, 2])",
        "__import__('concurrent.futures').futures",
        "__import__('os').cpu_count(), __import__('platform').platform()",
        "__import__('functools').lru_cache(abs)(1)",
        "__import__('warnings').warn('careful')",
        "__import__('inspect').signature(abs)",
        "__import__('base64').b64encode(__import__('zlib').compress(b'x'))",
    ],
)
def test_numpy_and_the_standard_library_work_behind_the_walls(hand_in: HandIn, code: str) -> None:
    pupil = hand_in(f"import numpy as np\ndef f():\n    {code}\n    return 3\n")

    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize("name", ["int", "float", "object"])
def test_a_name_that_numpy_has_removed_fails_with_a_clear_message(
    hand_in: HandIn, name: str
) -> None:
    pupil = hand_in(f"import numpy as np\ndef f():\n    return np.zeros(3, dtype=np.{name})\n")

    told = failure_of(pupil.out(ASK_F))
    assert told.outcome is Outcome.RAISED
    assert told.exception == "AttributeError"
    assert f"module 'numpy' has no attribute '{name}'" in told.message
    assert told.where == "hw.py:3"


# --- names that are taken ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expression"),
    [
        ("numpy.py", "__import__('numpy').sum([1, 2])"),
        ("random.py", "__import__('random').seed(1) or 3"),
        ("json.py", "__import__('json').loads('3')"),
        ("msgpack.py", "3"),
        ("builtins.py", "__import__('builtins').len('abc')"),
        ("sys.py", "__import__('sys').getrecursionlimit() and 3"),
        ("numpy/__init__.py", "__import__('numpy').sum([1, 2])"),
        ("numpy/linalg.py", "__import__('numpy.linalg').linalg.norm([3.0])"),
    ],
)
def test_a_file_named_like_a_library_does_not_take_its_place(
    hand_in: HandIn, path: str, expression: str
) -> None:
    pupil = hand_in({path: "raise SystemExit", "hw.py": f"def f():\n    return {expression}\n"})

    assert value_of(pupil.out(ASK_F)) == 3
    assert pupil.report.failures == ()


def test_a_file_that_a_library_hides_is_told_of(hand_in: HandIn) -> None:
    pupil = hand_in({"code/random.py": "x = 3", "code/hw.py": "import random"})

    assert pupil.report.notes == (
        "code/random.py is hidden by Python's or a library's own module random",
    )


def test_an_expected_file_may_be_named_like_a_library(hand_in: HandIn) -> None:
    pupil = hand_in({"queue.py": "def f():\n    return 3\n"}, expected=["queue.py"])

    assert value_of(pupil.out("from queue import f\nout = f()")) == 3


@pytest.mark.parametrize(
    "name", ["grader", "wire", "child", "zygote", "reference", "sandbox", "probe"]
)
def test_a_file_named_like_a_part_of_the_grader_is_the_students(hand_in: HandIn, name: str) -> None:
    pupil = hand_in(
        {f"{name}.py": "x = 3", "hw.py": f"import {name}\ndef f():\n    return {name}.x\n"}
    )

    assert value_of(pupil.out(ASK_F)) == 3


def test_the_graders_own_modules_are_not_there(hand_in: HandIn) -> None:
    pupil = hand_in("import sys\nnames = [n for n in sys.modules if n.startswith('grader')]\n")

    assert value_of(pupil.out("import hw\nout = len(hw.names)")) == 0


# --- absent modules ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "from regex import E",
        "from fsspec.core import conf",
        "from turtle import clear",
        "from audioop import cross",
        "from sklearn import datasets, linear_model",
        "import tensorflow as tf",
        "import torch, torch.nn as nn, torch.nn.functional as F",
        "from torch.utils.data import *",
        "from mpl_toolkits.mplot3d import Axes3D",
        "from cs231n.fast_layers import *",
        "from .im2col_cython import col2im_cython",
        "from nndl.not_there import anything",
        "import pandas as pd, scipy.io as sio, cv2",
        "from google.colab import drive; drive.mount('/content/drive')",
        "from IPython.display import Image; Image('x.png')",
        "import tensorflow as tf; print(tf.__version__.split('.'))",
    ],
)
def test_a_module_that_is_absent_and_not_needed_stops_nothing(hand_in: HandIn, line: str) -> None:
    pupil = hand_in(
        {"nndl/neural_net.py": f"{line}\ndef net(x):\n    return 4 * x\n"},
        expected=("nndl/neural_net.py",),
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_NET)) == 12


def test_a_stand_in_that_is_really_called_says_so(hand_in: HandIn) -> None:
    pupil = hand_in("import torch.nn as nn\ndef f():\n    return nn.functional.relu(3)\n")

    told = failure_of(pupil.out(ASK_F))
    assert told.outcome is Outcome.RAISED
    assert told.message == (
        "StandInError: torch.nn.functional.relu was called, but torch is not available "
        "while grading: solve this with NumPy"
    )
    assert told.where == "hw.py:3"


def test_the_rubric_can_make_a_stand_in_quiet(hand_in: HandIn) -> None:
    pupil = hand_in(
        "import wandb\ndef f():\n    wandb.init(project='x').log(1)\n    return 3\n",
        stand_in=["wandb"],
    )

    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np\n",
        "try:\n    import cupy as np\nexcept ModuleNotFoundError:\n    import numpy as np\n",
        "try:\n    import cupy as np\nexcept:\n    import numpy as np\n",
        "try:\n    from cupy import (\n        zeros,\n        ones)\nexcept ImportError:\n    import numpy as np\n",
        "def choose():\n    try:\n        import jax.numpy as np\n    except ImportError:\n        import numpy as np\n    return np\nnp = choose()\n",
    ],
)
def test_a_module_that_the_code_can_do_without_is_really_absent(
    hand_in: HandIn, source: str
) -> None:
    pupil = hand_in(f"{source}def f():\n    return np.sum([1, 2])\n")

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


def test_only_the_import_that_is_guarded_fails(hand_in: HandIn) -> None:
    pupil = hand_in(
        {
            "nndl/layers.py": "try:\n    import torch\nexcept ImportError:\n    torch = None\n",
            "nndl/neural_net.py": "import torch\ndef net(x):\n    return 4 * x\n",
        },
        expected=("nndl/layers.py", "nndl/neural_net.py"),
    )

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_NET)) == 12


def test_a_library_that_asks_for_what_is_absent_gets_no_stand_in(hand_in: HandIn) -> None:
    pupil = hand_in("def f():\n    'x'.encode('cp1250')\n")

    told = failure_of(pupil.out(ASK_F))
    assert told.message == "LookupError: unknown encoding: cp1250"


@pytest.mark.parametrize(
    "line",
    [
        "from past.builtins import xrange",
        "from six.moves import xrange",
        "try:\n    from past.builtins import xrange\nexcept ImportError:\n    pass",
    ],
)
def test_python_2_names_work(hand_in: HandIn, line: str) -> None:
    pupil = hand_in(f"{line}\ndef f():\n    return sum(xrange(3))\n")

    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize(
    "body",
    [
        "from tqdm import tqdm\n    return sum(tqdm(range(3), desc='x'))",
        "from tqdm import trange\n    return sum(trange(3))",
        "import tqdm\n    return sum(tqdm.tqdm(range(3)))",
        "from tqdm.notebook import tqdm\n    return sum(i for i in tqdm(range(3)))",
        "from tqdm.auto import tqdm\n    bar = tqdm(range(3))\n    for i in bar:\n        bar.set_postfix(loss=i)\n    return len(bar)",
        "from tqdm import tqdm\n    with tqdm(total=3) as bar:\n        bar.update(1)\n    return 3",
        "from tqdm import tqdm\n    tqdm.write('x')\n    return sum(tqdm(iterable=[1, 2]))",
    ],
)
def test_progress_bars_are_silent_and_loop(hand_in: HandIn, body: str) -> None:
    pupil = hand_in(f"def f():\n    {body}\n")

    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize(
    "source",
    [
        "import torch.nn as nn\nclass Net(nn.Module):\n    def loss(self):\n        return 3\n",
        "import torch.nn as nn\nclass Net(nn.Module, object):\n    loss = lambda self: 3\n",
        "from torch import nn, optim\nclass Net(nn.Module, optim.Adam):\n    loss = lambda self: 3\n",
        "import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        super(Net, self).__init__()\n        self.x = 3\n    def loss(self):\n        return self.x\n",
    ],
)
def test_a_class_on_a_stand_in_is_a_class_of_its_own(hand_in: HandIn, source: str) -> None:
    pupil = hand_in(f"{source}def f():\n    return Net().loss()\n")

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize(
    "decorator", ["from numba import njit\n@njit", "import tensorflow as tf\n@tf.function"]
)
def test_a_decorator_of_a_stand_in_leaves_the_function_as_it_is(
    hand_in: HandIn, decorator: str
) -> None:
    pupil = hand_in(f"{decorator}\ndef f():\n    return 3\n")

    assert value_of(pupil.out(ASK_F)) == 3


@pytest.mark.parametrize("decorator", ["jit(nopython=True)", "njit(cache=True)", "njit('f8(f8)')"])
def test_a_compiler_that_is_absent_leaves_python_as_it_is(hand_in: HandIn, decorator: str) -> None:
    pupil = hand_in(f"""
        from numba import jit, njit, prange
        @{decorator}
        def f():
            return sum(i for i in prange(3))
        """)

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


def test_annotations_may_name_what_is_absent(hand_in: HandIn) -> None:
    pupil = hand_in("""
        import torch
        from typing import Optional, List
        def f(x: torch.Tensor | None = None, y: Optional[torch.Tensor] = None) -> List[torch.Tensor]:
            return 3
        """)

    assert pupil.report.failures == ()
    assert value_of(pupil.out(ASK_F)) == 3


# --- several files at once -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"nndl/__init__.py": "1 / 0", "nndl/layers.py": LAYERS}, ["nndl/layers.py"]),
        ({"nndl/__init__.py": "def (", "nndl/layers.py": LAYERS}, ["nndl/layers.py"]),
        ({"nndl/__init__.py": "from .gone import *", "nndl/layers.py": LAYERS}, ["nndl/layers.py"]),
    ],
)
def test_a_bad_init_file_does_not_take_the_package_with_it(
    hand_in: HandIn, files: Mapping[str, str], expected: Sequence[str]
) -> None:
    pupil = hand_in(files, expected=expected)

    assert value_of(pupil.out("from nndl.layers import double\nout = double(4)")) == 8


def test_arrays_that_are_nested_in_inputs_can_be_changed(hand_in: HandIn) -> None:
    pupil = hand_in(
        "def f(params, more):\n    params['W'] *= 2\n    more[0] += 1\n    return params['W'] + more[0]\n"
    )
    inputs = {"params": {"W": np.ones(2)}, "more": [np.zeros(2)]}

    answer = pupil.out("from hw import f\nout = f(params, more)", **inputs)

    assert isinstance(answer, Returned)
    np.testing.assert_array_equal(answer.value, [3.0, 3.0])
