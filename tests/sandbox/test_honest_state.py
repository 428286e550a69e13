"""Can what honest code leaves behind in its process spoil an answer that is right?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.records import Outcome, Returned
from tests.sandbox.pupils import HandIn, failure_of, value_of

STATES = {
    "stdout replaced": "import sys, io\nsys.stdout = io.StringIO()",
    "stdout closed": "import sys\nsys.stdout.close()",
    "stdout and stderr gone": "import sys\nsys.stdout = sys.stderr = None",
    "stdout rewrapped": "import sys, io\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, 'utf-8')",
    "both rewrapped, twice": """
import sys, io, gc
for _ in range(2):
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, 'utf-8')
    sys.stderr = io.TextIOWrapper(sys.stderr.buffer, 'utf-8')
    gc.collect()
""",
    "stdout detached": "import sys\nsys.stdout.detach()",
    "stdin closed": "import sys\nsys.stdin.close()",
    "print replaced": "import builtins\nbuiltins.print = lambda *a, **k: None",
    "display replaced": "import builtins\nbuiltins.display = builtins.get_ipython = None",
    "errors raise": "import numpy as np\nnp.seterr(all='raise')",
    "errors call": "import numpy as np\nnp.seterrcall(lambda *a: 1 / 0)\nnp.seterr(all='call')",
    "warnings raise": "import warnings\nwarnings.simplefilter('error')",
    "warnings raise through NumPy": "import warnings, numpy as np\nwarnings.simplefilter('error', np.exceptions.VisibleDeprecationWarning)",
    "showwarning replaced": "import warnings\nwarnings.showwarning = lambda *a: 1 / 0",
    "environment cleared": "import os\nos.environ.clear()",
    "environment changed": "import os\nos.environ['PYTHONHASHSEED'] = 'x'; os.environ['OMP_NUM_THREADS'] = '8'",
    "random state used": "import random, numpy as np\nrandom.seed(3); np.random.seed(3); np.random.rand(3)",
    "random functions replaced": "import random, numpy as np\nrandom.seed = np.random.seed = None",
    "recursion limit raised": "import sys\nsys.setrecursionlimit(10**6)",
    "recursion limit low": "import sys\nsys.setrecursionlimit(120)",
    "locale": "import locale\ntry:\n    locale.setlocale(locale.LC_ALL, '')\nexcept locale.Error:\n    pass",
    "print options": "import numpy as np\nnp.set_printoptions(threshold=1, precision=1)",
    "collector off": "import gc\ngc.disable()",
    "collector strict": "import gc\ngc.set_threshold(1)",
    "decimal context": "import decimal\ndecimal.getcontext().prec = 2",
    "tracing": "import sys\nsys.settrace(lambda *a: None)",
    "profiling": "import sys\nsys.setprofile(lambda *a: None)",
    "excepthook": "import sys\nsys.excepthook = lambda *a: 1 / 0",
    "signal handlers": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)",
    "logging": "import logging\nlogging.basicConfig(level=0)\nlogging.disable(0)",
    "numpy's names replaced": """
import numpy as np
np.array = np.asarray = np.ascontiguousarray = np.ndarray = np.float64 = np.errstate = None
np.matrix = np.generic = np.frombuffer = None
""",
    "numpy forgotten": "import sys\ndel sys.modules['numpy']",
    "modules forgotten": "import sys\nfor name in list(sys.modules):\n    if name.partition('.')[0] in ('traceback', 'ast', 'random', 'msgpack'):\n        del sys.modules[name]",
    "import paths": "import sys\nsys.path.clear()\nsys.meta_path.reverse()",
    "argv": "import sys\nsys.argv.clear()",
    "int as a name": "import builtins\nmax = min = sum = list = len = 3",
    "umask": "import os\nos.umask(0)",
    "a thread-local and an atexit hook": "import atexit\natexit.register(lambda: 1 / 0)",
    "descriptors open": "import os\nkept = [os.dup(0) for _ in range(20)]",
    "big globals": "import numpy as np\nX = np.zeros(10**7)",
    "a broken repr": "class Net:\n    def __repr__(self):\n        raise ValueError\nnet = Net()\n",
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_state_that_code_leaves_behind_does_not_change_its_answers(
    hand_in: HandIn, state: str
) -> None:
    pupil = hand_in(
        {"first.py": state, "hw.py": "def f(x):\n    return x * 2\n"},
        expected=["first.py", "hw.py"],
    )

    answers = pupil.answers(
        "import hw\nout = hw.f(X)",
        {"array": "out", "list": "[1.0, 2.0]", "number": "3.5", "nothing": "hw.g()"},
        X=np.array([1.0, 2.0]),
    )

    assert pupil.report.failures == ()
    assert isinstance(answers["array"], Returned)
    np.testing.assert_array_equal(answers["array"].value, [2.0, 4.0])
    assert isinstance(answers["list"], Returned)
    assert value_of(answers["number"]) == 3.5
    assert failure_of(answers["nothing"]).outcome is Outcome.NOT_IMPLEMENTED


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_state_that_one_call_leaves_behind_does_not_spoil_the_next_answer(
    hand_in: HandIn, state: str
) -> None:
    pupil = hand_in({"hw.py": "def f(x):\n    return x * 2\n"})
    pupil.answers(f"{state}\nout = 1")

    answer = pupil.out("import hw\nout = hw.f(X)", X=np.array([1.0, 2.0]))

    assert isinstance(answer, Returned)
    np.testing.assert_array_equal(answer.value, [2.0, 4.0])


@pytest.mark.parametrize(
    "state",
    [
        "np.seterr(all='raise')",
        "np.seterrcall(lambda *a: 1 / 0); np.seterr(all='call')",
        "warnings.simplefilter('error')",
    ],
)
def test_a_wide_float_out_of_range_is_sent_whatever_the_error_mode(
    hand_in: HandIn, state: str
) -> None:
    pupil = hand_in(f"import numpy as np, warnings\n{state}")

    answer = pupil.out("out = np.longdouble('1e400') * np.ones(1)")

    assert isinstance(answer, Returned)
    assert np.isinf(answer.value[0])


def test_a_probe_is_compiled_whatever_the_code_did_to_warnings(hand_in: HandIn) -> None:
    pupil = hand_in("import warnings\nwarnings.simplefilter('error')")

    assert value_of(pupil.out("pattern = '\\d'\nout = 3")) == 3


def test_an_error_mode_is_the_students_own_to_be_judged_by(hand_in: HandIn) -> None:
    pupil = hand_in(
        "import numpy as np\nnp.seterr(all='raise')\ndef f():\n    return np.log(np.zeros(2))"
    )

    told = failure_of(pupil.out("import hw\nout = hw.f()"))

    assert told.outcome is Outcome.RAISED
    assert told.exception == "FloatingPointError"


def test_random_numbers_depend_on_the_calls_seed_alone(hand_in: HandIn) -> None:
    source = "import random, numpy as np\ndef f():\n    return [random.random(), np.random.rand()]"
    expressions = {"out": "hw.f()"}
    one, other = hand_in(source), hand_in(f"{source}\nf()")

    def drawn(pupil: object, seed: int) -> list[float]:
        answer = pupil.answers("import hw", expressions, seed=seed)["out"]  # type: ignore[attr-defined]
        assert isinstance(answer, Returned)
        return [float(number) for number in answer.value]

    assert drawn(one, 1) == drawn(other, 1) == drawn(one, 1)
    assert drawn(one, 1) != drawn(one, 2)


def test_inputs_are_fresh_in_every_call(hand_in: HandIn) -> None:
    pupil = hand_in(
        "def f(X, params):\n    X *= 0\n    params['W'] *= 0\n    params.clear()\n    return 1"
    )
    inputs = {"X": np.ones(2), "params": {"W": np.ones(2)}}
    code = "import hw\nbefore = X.sum() + params['W'].sum()\nhw.f(X, params)"

    first = pupil.answers(code, {"out": "before"}, **inputs)["out"]
    second = pupil.answers(code, {"out": "before"}, **inputs)["out"]

    assert value_of(first) == value_of(second) == 4
    assert inputs["X"].sum() == 2


def test_constants_are_fresh_in_every_call(hand_in: HandIn) -> None:
    pupil = hand_in("")
    constants = {"sizes": [1, 2, 3]}

    for _ in range(2):
        answer = pupil.out("sizes.append(4)\nout = len(sizes)", constants=constants)
        assert value_of(answer) == 4


def test_answers_are_taken_at_once_and_do_not_change_with_a_buffer(hand_in: HandIn) -> None:
    pupil = hand_in(
        "import numpy as np\nbuffer = np.zeros(())\ndef f():\n    buffer[...] += 1\n    return buffer"
    )

    answers = pupil.answers("import hw", {"first": "hw.f()", "second": "hw.f()"})

    assert [value_of(answers[name]) for name in ("first", "second")] == [1, 2]


def test_a_single_answer_that_fails_leaves_the_others(hand_in: HandIn) -> None:
    pupil = hand_in("")

    answers = pupil.answers(
        "a = 1\ngrads = {}", {"a": "a", "b": "grads['W1']", "c": "1 / 0", "d": "None"}
    )

    assert value_of(answers["a"]) == 1
    assert failure_of(answers["b"]).message == "grads is None: this part returns nothing yet"
    assert failure_of(answers["c"]).outcome is Outcome.RAISED
    assert failure_of(answers["d"]).outcome is Outcome.NOT_IMPLEMENTED


def test_a_key_that_is_not_there_is_told_with_those_that_are(hand_in: HandIn) -> None:
    pupil = hand_in(
        "class Key(str):\n    def __eq__(self, other):\n        raise SystemExit\n"
        "    __hash__ = str.__hash__\n"
        "grads = {'w1': 1, 7: 2, 'b1': 3, 'n' * 99: 4, Key('c1'): 5}\nmany = dict.fromkeys(map(str, range(20)))"
    )

    answers = pupil.answers(
        "from hw import grads, many",
        {"a": "grads['W1']", "b": "many['x']", "c": "many['1'] or grads['W1'] + {}['y']"},
    )

    told = [failure_of(answers[name]) for name in "abc"]
    assert [one.outcome for one in told] == [Outcome.NOT_IMPLEMENTED] * 3
    held = f"'w1', 'b1', '{'n' * 20}'"
    assert told[0].message == f"there is no 'W1' in grads, which holds {held}"
    assert told[1].message.endswith("'10', '11', …")
    assert told[2].message == told[0].message


def test_answers_too_large_together_leave_those_that_fit(hand_in: HandIn) -> None:
    pupil = hand_in("")

    answers = pupil.answers("a = np.zeros(5 * 10**6)", {"a": "a", "b": "a + 1", "c": "1.0"})

    assert isinstance(answers["a"], Returned)
    assert "too large" in failure_of(answers["b"]).message
    assert value_of(answers["c"]) == 1


def test_the_head_of_what_is_printed_is_kept(hand_in: HandIn) -> None:
    pupil = hand_in("import sys\nprint('hello')\nprint('grün \\ud800', file=sys.stderr)")

    assert pupil.printed == "hello\ngrün \\ud800\n"


@pytest.mark.parametrize(
    "code",
    [
        "sys.stdout.write('x\\n')",
        "print('x', file=sys.__stdout__)",
        "sys.stdout.buffer.write(b'x\\n')",
        "sys.stderr.write('x\\n')",
        "print('x', end='\\n', flush=True)",
        "__import__('warnings').showwarning('x', UserWarning, '', 0, sys.stdout, '') if 0 else print('x')",
    ],
)
def test_what_is_printed_by_any_of_pythons_streams_is_kept(hand_in: HandIn, code: str) -> None:
    pupil = hand_in("")

    pupil.out(f"import sys\n{code}\nout = 1")

    assert pupil.printed == "x\n"


def test_each_call_has_its_own_output(hand_in: HandIn) -> None:
    pupil = hand_in("print('loading')")

    pupil.out("print('first')\nout = 1")
    pupil.out("out = 1")

    assert pupil.printed == ""
