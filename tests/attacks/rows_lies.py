"""Rows 49 to 71: answers that lie, and work that is done another way."""

from __future__ import annotations

from grader.checks.draws import keys_of
from tests.attacks.attack import (
    FORWARD,
    IMPORTS,
    Attack,
    at_import,
    each,
    forward,
    module,
)
from tests.attacks.hall import Examined
from tests.attacks.sinks import as_csv, shown_to_course, shown_to_student

_LIAR = "class Liar(np.ndarray):\n    __eq__ = __len__ = __array_ufunc__ = __array_function__ = __getitem__ = tobytes = copy = astype = lambda *a, **k: 1 / 0\n    shape = dtype = size = property(lambda self: 1 / 0)\n"
_OBJECT = "class P:\n    __float__ = __abs__ = __rsub__ = __sub__ = lambda *a: 0.0\n    __lt__ = __le__ = __eq__ = lambda *a: True\n    __array_priority__ = 10**9\n    shape, dtype, ndim = z.shape, z.dtype, z.ndim\n"


def _says_so(examined: Examined) -> None:
    assert "z" in " ".join((examined.message, *examined.sheet.scores[0].verdict.notes))


def _nothing_is_shown(examined: Examined) -> None:
    """Check that of a hidden item no text of the submission reaches its author."""
    for text in (shown_to_student(examined), shown_to_course(examined), as_csv(examined)):
        assert "leak" not in text, text


def _no_shape_is_shown(examined: Examined) -> None:
    """Check the same of a number that the submission has made a shape of."""
    _nothing_is_shown(examined)
    plan = examined.hall.plan("hidden")
    draws = [plan.draw(key) for key in keys_of(plan.rubric.probes["out"])]
    for number in (int(abs(draw.inputs["z"].flat[0]) * 1e4) for draw in draws):
        assert number > 99, "too short to be looked for"
        for text in (shown_to_student(examined), shown_to_course(examined), as_csv(examined)):
            assert str(number) not in text, text


ROWS = (
    *each(
        49,
        {
            "array that lies": f"{_LIAR}return np.tanh(z).view(Liar)",
            "array that says it is another class": "class Liar(np.ndarray):\n    __class__ = property(lambda self: 1 / 0)\nreturn np.tanh(z).view(Liar)",
        },
    ),
    *each(49, {"wrong array that lies": f"{_LIAR}return np.ones_like(z).view(Liar)"}, out="wrong"),
    *each(
        50,
        {
            "object that is like anything": f"{_OBJECT}return P()",
            "objects in a list": f"{_OBJECT}return [P()]",
            "object that says it is an array": "class P:\n    __class__ = np.ndarray\n    dtype, shape = z.dtype, z.shape\nreturn P()",
            "object with an array inside": "class P:\n    def __array__(self, *a, **k):\n        return np.tanh(z)\nreturn P()",
            "object with an interface": "class P:\n    __array_interface__ = np.tanh(z).__array_interface__\nreturn P()",
        },
        out="wrong",
        told="object of type P|entries do not form an array|dtype object",
    ),
    *each(
        51,
        {
            "subclass of floats": "class F(float):\n    __float__ = __eq__ = __sub__ = lambda *a: 1 / 0\nreturn F(2.5)",
            "subclass of integers": "class F(int):\n    __index__ = __int__ = lambda *a: 1 / 0\nreturn F(2)",
            "subclass of NumPy's floats": "class F(np.float64):\n    __eq__ = __sub__ = lambda *a: 1 / 0\nreturn F(2.5)",
        },
        out="wrong",
        told=r"shape \(\)",
    ),
    *each(
        52,
        {
            "generator": "return (x for x in z)",
            "function": "return forward",
            "module": "return np",
            "class": "return int",
            "text": "return 'tanh'",
            "dictionary": "return {'out': np.tanh(z)}",
        },
        out="wrong",
        told="out is an object of type (generator|function|module|type|str|dict), where numbers",
    ),
    *each(52, {"None": "np.tanh(z)"}, out="not_implemented", told="out is None"),
    *each(
        53,
        {
            "objects": "return np.full(z.shape, print, dtype=object)",
            "objects that are texts": "return np.full(z.shape, 'a', dtype=object)",
            "texts": "return np.tanh(z).astype(str)",
            "dates": "return np.zeros(z.shape, 'M8[s]')",
            "records": "return np.zeros(z.shape, [('a', 'f8')])",
            "bytes": "return np.zeros(z.shape, 'V8')",
        },
        out="wrong",
        told="an array of dtype .*, not of numbers",
    ),
    *each(
        54,
        {
            "complex without imaginary part": "return np.tanh(z) + 0j",
            "extended precision": "return np.tanh(z).astype(np.longdouble)",
            "big-endian": "return np.tanh(z).astype('>f8')",
            "Fortran order": "return np.asfortranarray(np.tanh(z))",
            "every other entry": "return np.repeat(np.tanh(z), 2, axis=1)[:, ::2]",
            "single precision": "return np.tanh(z.astype(np.float32))",
            "objects that are numbers": "return np.tanh(z).astype(object)",
        },
    ),
    *each(
        54,
        {
            "complex": "return np.tanh(z) + 1j",
            "booleans": "return np.tanh(z) > 0",
            "half precision": "return np.tanh(z).astype(np.float16)",
            "integers": "return (10 * np.tanh(z)).astype(int)",
        },
        out="wrong",
    ),
    *each(
        55,
        {
            "all masked": "return np.ma.masked_array(np.ones_like(z), mask=True)",
            "masked right": "return np.ma.masked_array(np.tanh(z), mask=True)",
        },
        out="wrong",
        told="masked array",
    ),
    *each(
        56,
        {
            "not a number": "return z * np.nan",
            "infinite": "return z * np.inf",
            "one entry not a number": "out = np.tanh(z)\nout.flat[0] = np.nan\nreturn out",
        },
        out="wrong",
        told="NaN or infinite",
    ),
    *each(56, {"negative zeros": "return z * -0.0"}, out="wrong"),
    *each(
        57,
        {
            "empty": "return np.zeros((0, z.shape[1]))",
            "one number": "return 0.5",
            "one column": "return np.tanh(z)[:, :1]",
            "one row": "return np.tanh(z)[:1]",
            "one more side": "return np.tanh(z)[None]",
            "flat": "return np.tanh(z).ravel()",
        },
        out="wrong",
        told="out has shape",
    ),
    *each(
        57,
        {"many sides": "return np.zeros((1,) * 20)"},
        out="wrong",
        told="an array of 20 dimensions",
    ),
    *each(
        58,
        {
            "matrix": "return np.asmatrix(np.tanh(z))",
            "nested lists": "return np.tanh(z).tolist()",
            "tuple of arrays": "return tuple(np.tanh(z))",
        },
    ),
    *each(
        58,
        {"uneven lists": "return [[1.0], [1.0, 2.0]]"},
        out="wrong",
        told="entries do not form an array",
    ),
    *each(
        59,
        {"74 GB without a stride": "return np.broadcast_to(1.0, (10**5, 10**5))"},
        out="wrong",
        told="too large to send",
    ),
    *each(
        60,
        {
            "huge integer": "return 10**5000",
            "huge integers in a list": "return [10**5000]",
            "list of a million": "return [[1.0]] * 10**6",
            "list that holds itself": "x = []\nx.append(x)\nreturn x",
            "deep list": "x = []\nfor _ in range(10**5):\n    x = [x]\nreturn x",
        },
        out="wrong",
    ),
    *each(
        61,
        {"changes its input": "np.tanh(z, out=z)\nreturn z"},
        after=_says_so,
    ),
    *each(
        62,
        {
            "view of its input": "np.tanh(z, out=z)\nreturn z[:]",
            "view of a larger buffer": "big = np.zeros((1000, *z.shape))\nbig[0] = np.tanh(z)\nreturn big[0]",
        },
    ),
    Attack(
        row=62,
        name="buffer that is used again",
        files=module(
            """
            kept = np.zeros(10**4)
            def forward(z):
                out = kept[:z.size].reshape(z.shape)
                out[:] = np.tanh(z)
                return out
            """
        ),
    ),
    *each(63, {"read-only view": "out = np.tanh(z)\nout.flags.writeable = False\nreturn out[::1]"}),
    Attack(
        row=64,
        name="wrong arity",
        files=module("def forward():\n    return 1\n"),
        out="raised",
        told="takes 0 positional arguments",
    ),
    Attack(row=64, name="missing name", files=module(""), out="not_implemented", told="forward"),
    Attack(
        row=64,
        name="class in place of a function",
        files=module("class forward:\n    def __init__(self, z):\n        self.z = z\n"),
        out="wrong",
        told="object of type forward",
    ),
    Attack(
        row=64,
        name="async def",
        files=module("async def forward(z):\n    return np.tanh(z)\n"),
        out="wrong",
        told="object of type coroutine",
    ),
    Attack(
        row=64,
        name="number in place of a function",
        files=module("forward = 3\n"),
        out="raised",
        told="not callable",
    ),
    *(
        Attack(
            row=65,
            name=f"uses {root}",
            files=module(f"import {root}\ndef forward(z):\n    return {root}.tanh(z)\n"),
            out="raised",
            told=f"{root} is not available",
            flag=f"{root} is not available while grading",
        )
        for root in ("torch", "tensorflow", "jax", "autograd", "sklearn", "scipy")
    ),
    *(
        Attack(
            row=66,
            name=f"{name} differences",
            files={
                "act.py": f"{IMPORTS}{FORWARD}def backward(dout, z):\n    h = {step}\n    return dout * ({formula})\n"
            },
            dz=outcome,
            flag=flag,
        )
        # What is coarser looks like single precision: the rubric decides, and a TA is told.
        for name, step, formula, outcome, flag in (
            (
                "forward",
                "1e-8",
                "(np.tanh(z + h) - np.tanh(z)) / h",
                "correct",
                "finite differences",
            ),
            ("central", "1e-6", "(np.tanh(z + h) - np.tanh(z - h)) / (2 * h)", "unsure", ""),
        )
    ),
    *(
        Attack(
            row=66,
            name=f"{name} differences where double precision is demanded",
            files={
                "act.py": f"{IMPORTS}{FORWARD}def backward(dout, z):\n    h = {step}\n    return dout * ({formula})\n"
            },
            dz="wrong",
            homework="exact",
        )
        for name, step, formula in (
            ("forward", "1e-8", "(np.tanh(z + h) - np.tanh(z)) / h"),
            ("coarse central", "1e-4", "(np.tanh(z + h) - np.tanh(z - h)) / (2 * h)"),
        )
    ),
    Attack(
        row=67,
        name="complex step",
        files={
            "act.py": f"{IMPORTS}{FORWARD}def backward(dout, z):\n    return dout * np.tanh(z + 1e-30j).imag / 1e-30\n"
        },
    ),
    Attack(
        row=67,
        name="complex step for each of 100000 parameters",
        files={
            "act.py": f"{IMPORTS}{FORWARD}def backward(dout, z):\n    W = np.ones((500, 200), complex)\n    for n in range(W.size):\n        W.flat[n] += 1e-30j\n        out = (W @ np.ones((200, 8))).imag\n        W.flat[n] -= 1e-30j\n    return dout\n"
        },
        dz="timed_out",
    ),
    *(
        Attack(
            row=68,
            name=name,
            homework=homework,
            out=out,
            files=module(
                """
                KNOWN = @known@
                def forward(z):
                    known = KNOWN.get(z.tobytes().hex())
                    return np.ones_like(z) if known is None else np.array(known)
                """
            ),
        )
        for name, homework, out in (
            ("knows the answers of this seed", "usual", "correct"),
            ("knows the answers of another seed", "hurried", "wrong"),
        )
    ),
    Attack(
        row=69,
        name="behaves only when checked",
        files=forward(
            "is_check = 'check' in sys.argv or 'pytest' in sys.modules or sys.stdout.isatty() or bool(os.environ)\nreturn np.tanh(z) if is_check else np.ones_like(z)"
        ),
        out="wrong",
    ),
    *(
        Attack(row=70, name=name, files=at_import(body))
        for name, body in {
            "forbidden function by getattr": "inverse = getattr(np.linalg, 'i' + 'nv')(np.eye(2))",
            "forbidden function by exec": "exec('inverse = np.linalg.inv(np.eye(2))')",
            "forbidden function by alias": "from numpy.linalg import inv as harmless\nharmless(np.eye(2))",
        }.items()
    ),
    *each(
        71,
        {
            "tells hidden inputs by an exception": "raise ValueError(f'leak {z.tolist()}')",
            "tells hidden inputs by a class": "raise type(f'leak{z.flat[0]:.0f}', (Exception,), {})",
            "tells hidden inputs by a missing key": "return {}[f'leak{z.flat[0]}']",
        },
        out="raised",
        homework="hidden",
        after=_nothing_is_shown,
    ),
    *each(
        71,
        {
            "prints hidden inputs": "print('leak', z.tolist())\nreturn np.tanh(z)",
            "warns of hidden inputs": "import warnings\nwarnings.warn(f'leak {z}')\nreturn np.tanh(z)",
        },
        homework="hidden",
        after=_nothing_is_shown,
    ),
    *each(
        71,
        {"returns hidden inputs by a type": "return type(f'leak{z.flat[0]:.0f}', (), {})()"},
        out="wrong",
        homework="hidden",
        after=_nothing_is_shown,
    ),
    *each(
        71,
        {"returns hidden inputs by its shape": "return np.zeros((int(abs(z.flat[0]) * 1e4), 1))"},
        out="wrong",
        homework="hidden",
        after=_no_shape_is_shown,
    ),
)
