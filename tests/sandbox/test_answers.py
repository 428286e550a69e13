"""What is told of whatever a student's function may return or raise?"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.sandbox import answers
from grader.sandbox.channel import encode
from grader.sandbox.standins import Inert

Make = Callable[[], Any]
"""Makes the object that is told of: pytest itself must not meet it."""


def named(value: Any) -> str | None:
    """Return the name of a parameter of a test, or nothing where pytest knows one."""
    return value[:30] if type(value) is str else None


def told_of(value: Any) -> dict[str, Any]:
    """Return what is told of an answer, after trying that it can be sent."""
    told = answers.answered("dW", value)
    encode({"answers": {"dW": told}})
    return told


class Liar(np.ndarray):
    """An array whose every method tells of other numbers, or raises."""

    def __array_ufunc__(self, *arguments: Any, **keywords: Any) -> Any:
        raise AssertionError("asked")

    __array_function__ = __array_finalize__ = __array__ = __array_ufunc__  # type: ignore[assignment]
    __len__ = __iter__ = __getitem__ = __eq__ = __float__ = __bool__ = __array_ufunc__  # type: ignore[assignment]
    tobytes = copy = astype = view = __reduce__ = __array_ufunc__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]
    shape = property(lambda self: (1, 1))  # type: ignore[assignment]
    dtype = property(lambda self: np.dtype("f8"))  # type: ignore[assignment]
    ndim = size = itemsize = nbytes = property(lambda self: 1)  # type: ignore[assignment]


def a_liar() -> np.ndarray:
    honest = np.arange(6, dtype=np.int32).reshape(2, 3)
    honest.flags.writeable = False
    finalize = Liar.__array_finalize__
    try:
        Liar.__array_finalize__ = lambda self, parent: None  # type: ignore[method-assign]
        return honest.view(Liar)
    finally:
        Liar.__array_finalize__ = finalize  # type: ignore[method-assign]


class LyingFloat(float):
    def __float__(self) -> float:
        raise AssertionError("asked")

    __array__ = __eq__ = __repr__ = __str__ = __add__ = __float__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class LyingInt(int):
    def __index__(self) -> int:
        return 99

    __int__ = __float__ = __eq__ = __index__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class LyingComplex(complex):
    real = imag = 99.0  # type: ignore[assignment]

    def __complex__(self) -> complex:
        return 99j


class NotANumber:
    """An object with everything that a number has, but for being one."""

    dtype, shape, ndim, size = np.dtype("f8"), (2,), 1, 2

    def __float__(self) -> float:
        return 1.0

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.ones(2)

    def __len__(self) -> int:
        return 2


class FalseClass:
    """An object that says that it is an array."""

    __class__ = np.ndarray  # type: ignore[assignment]


def without_a_mask(values: list[float]) -> Any:
    """Return a masked array that holds something else where its mask should be."""
    masked = np.ma.masked_array(values)
    masked.__dict__["_mask"] = "no mask"
    return masked


def count_up() -> Iterator[float]:
    yield 1.0


# --- numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "right", "kind"),
    [
        (lambda: np.arange(3.0), np.arange(3.0), "ndarray"),
        (lambda: np.arange(3)[::-1], np.arange(3)[::-1], "ndarray"),
        (lambda: np.array(2.5), np.array(2.5), "ndarray"),
        (lambda: np.float32(2.5), np.float32(2.5), "scalar"),
        (lambda: np.bool_(True), np.array(True), "scalar"),
        (lambda: True, np.array(True), "bool"),
        (lambda: 7, np.array(7), "int"),
        (lambda: -(2**63), np.array(-(2**63)), "int"),
        (lambda: 2.5, np.array(2.5), "float"),
        (lambda: 1 + 2j, np.array(1 + 2j), "complex"),
        (lambda: [1, 2.5], np.array([1, 2.5]), "list"),
        (lambda: ([1, 2], (3, 4)), np.array([[1, 2], [3, 4]]), "tuple"),
        (lambda: [np.ones(2), np.zeros(2)], np.array([[1.0, 1.0], [0.0, 0.0]]), "list"),
        (list, np.zeros(0), "list"),
        (lambda: np.ones((2, 2), dtype=">f4"), np.ones((2, 2), dtype=np.float32), "ndarray"),
        (lambda: np.ones(2, dtype=np.longdouble), np.ones(2), "ndarray"),
        (lambda: np.ones(2, dtype=np.clongdouble), np.ones(2, dtype=complex), "ndarray"),
        (
            lambda: np.ma.masked_array([1.0, 2.0], mask=[True, False]),
            np.array([1.0, 2.0]),
            "masked",
        ),
        (lambda: np.ma.masked, np.array(0.0), "masked"),
        (lambda: np.ma.masked_array([1.0, 2.0]), np.array([1.0, 2.0]), "subclass"),
        (lambda: np.ma.masked_less([1.0, 2.0], 0.0), np.array([1.0, 2.0]), "subclass"),
        (lambda: without_a_mask([1.0, 2.0]), np.array([1.0, 2.0]), "masked"),
        (lambda: np.array(2.5, dtype=object), np.array(2.5), "ndarray"),
        (lambda: a_liar(), np.arange(6, dtype=np.int32).reshape(2, 3), "subclass"),
        (lambda: LyingFloat(2.5), np.array(2.5), "float"),
        (lambda: LyingInt(7), np.array(7), "int"),
        (lambda: LyingComplex(1 + 2j), np.array(1 + 2j), "complex"),
    ],
    ids=named,
)
def test_numbers_are_told_by_their_base_data(make: Make, right: Any, kind: str) -> None:
    told = told_of(make())

    assert told["outcome"] == "returned"
    assert type(told["value"]) is np.ndarray
    assert told["kind"] == kind
    assert told["value"].dtype.newbyteorder("<") == right.dtype.newbyteorder("<")
    np.testing.assert_array_equal(told["value"], right)


def test_a_matrix_is_told_as_such() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix = np.matrix([[1.0, 2.0]])

    assert told_of(matrix)["kind"] == "matrix"


@pytest.mark.parametrize("mode", ["raise", "call", "print"])
def test_a_long_double_out_of_range_is_told_as_infinite_whatever_numpys_error_mode(
    mode: str,
) -> None:
    huge = np.longdouble("1e400") * np.ones(1, dtype=np.longdouble)

    with np.errstate(all=mode):  # type: ignore[call-overload]
        told = told_of(huge)

    assert np.isinf(told["value"][0])


def test_an_array_of_objects_that_are_numbers_is_told_as_numbers() -> None:
    told = told_of(np.array([[1, 2.5], [np.float64(3), True]], dtype=object))

    assert told["kind"] == "ndarray"
    assert told["value"].dtype == np.float64
    assert told["value"].tolist() == [[1.0, 2.5], [3.0, 1.0]]


# --- no numbers ----------------------------------------------------------------------------

_ITSELF: list[Any] = []
_ITSELF.append(_ITSELF)
_TWICE: list[Any] = [1.0]
for _ in range(40):
    _TWICE = [_TWICE, _TWICE]
_DEEP: list[Any] = []
for _ in range(50_000):
    _DEEP = [_DEEP]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: np.array([object()]), "dtype object"),
        (lambda: np.array([[1.0, None]]), "dtype object"),
        (lambda: np.broadcast_to(np.array(1.0, dtype=object), (10**5, 10**5)), "too large"),
        (lambda: np.array(["a"]), "dtype <U1"),
        (lambda: np.zeros(1, dtype="f8,f8"), "dtype"),
        (lambda: np.array(["2026-01-01"], dtype="datetime64[D]"), "datetime64"),
        (lambda: np.datetime64("2026-01-01"), "datetime64"),
        (lambda: np.broadcast_to(np.float64(1), (10**5, 10**5)), "too large"),
        (lambda: 10**400, "64 bits"),
        (lambda: 2**63, "64 bits"),
        (lambda: LyingInt(10**400), "64 bits"),
        (lambda: [10**400], "dtype object"),
        (lambda: [1.0] * 200_000, "too large"),
        (lambda: _ITSELF, "contains itself"),
        (lambda: _TWICE, "too large"),
        (lambda: _DEEP, "list"),
        (lambda: [[1.0], [1.0, 2.0]], "do not form an array"),
        (lambda: [object()], "dtype object"),
        (lambda: [None], "dtype object"),
        (lambda: ["text"], "dtype <U4"),
        (lambda: "text", "type str"),
        (lambda: b"bytes", "type bytes"),
        (lambda: {"dW": 1.0}, "type dict"),
        (lambda: {1.0}, "type set"),
        (lambda: count_up(), "type generator"),
        (lambda: count_up, "type function"),
        (lambda: np, "type module"),
        (lambda: int, "type type"),
        (lambda: range(3), "type range"),
        (lambda: NotANumber(), "type NotANumber"),
        (lambda: type("<script>" * 100, (), {})(), "type <script>"),
    ],
    ids=named,
)
def test_what_is_no_number_is_named(make: Make, words: str) -> None:
    told = told_of(make())

    assert told["outcome"] == "wrong"
    assert told["message"].startswith("dW is ")
    assert words in told["message"]
    assert len(told["message"]) < 300


def test_nothing_returned_means_not_implemented() -> None:
    told = told_of(None)

    assert told["outcome"] == "not_implemented"
    assert told["message"] == "dW is None: this part returns nothing yet"


def test_what_comes_from_a_stand_in_is_told_as_such() -> None:
    told = told_of(Inert("torch.tensor", False))

    assert told["outcome"] == "raised"
    assert "a module that grading does not offer" in told["message"]


def test_an_object_that_only_says_that_it_is_an_array_is_named() -> None:
    told = told_of(FalseClass())

    assert told["outcome"] == "wrong"
    assert "type FalseClass" in told["message"]


# --- exceptions ----------------------------------------------------------------------------


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt

    __repr__ = __str__


class PrintsNoTextError(Exception):
    def __str__(self) -> str:
        return 7  # type: ignore[return-value]


class LyingText(str):
    def __getitem__(self, key: Any) -> Any:
        return object()

    split = strip = encode = __getitem__  # type: ignore[assignment]


class PrintsALieError(Exception):
    def __str__(self) -> str:
        return LyingText("words")


class FalseClassError(Exception):
    @property
    def __class__(self) -> Any:  # type: ignore[override]
        raise SystemExit


class FalsePathError(ImportError):
    @property
    def path(self) -> Any:  # type: ignore[override]
        raise SystemExit


def described(error: BaseException) -> dict[str, str]:
    told = answers.described(error, {})
    encode({"answers": {"out": told}})
    return told


@pytest.mark.parametrize(
    ("make", "outcome", "words"),
    [
        (lambda: ValueError("shapes do not fit"), "raised", "ValueError: shapes do not fit"),
        (lambda: ValueError(), "raised", "ValueError"),
        (lambda: ValueError("x" * 10_000), "raised", "ValueError: " + "x" * 500),
        (lambda: ValueError("two\nlines\x1b[2J"), "raised", "ValueError: two lines\x1b[2J"),
        (lambda: ValueError("\ud800"), "raised", "ValueError: \ud800"),
        (lambda: MemoryError("9 TB"), "out_of_memory", "ran out of memory: 9 TB"),
        (lambda: MemoryError(), "out_of_memory", "ran out of memory"),
        (lambda: np.exceptions.AxisError(3, 2), "raised", "AxisError: axis 3 is out of bounds"),
        (lambda: NotImplementedError(), "not_implemented", "NotImplementedError"),
        (
            lambda: PermissionError(1, "no"),
            "blocked",
            "files, processes and the network are closed",
        ),
        (lambda: SystemExit(0), "raised", "calls sys.exit()"),
        (lambda: KeyboardInterrupt(), "raised", "KeyboardInterrupt"),
        (lambda: GeneratorExit(), "raised", "GeneratorExit"),
        (
            lambda: EOFError("EOF when reading a line"),
            "raised",
            "there is no input() while grading",
        ),
        (lambda: RecursionError("too deep"), "raised", "RecursionError: too deep"),
        (lambda: UnprintableError(), "raised", "UnprintableError: <unprintable>"),
        (lambda: PrintsNoTextError(), "raised", "PrintsNoTextError: <unprintable>"),
        (lambda: PrintsALieError(), "raised", "PrintsALieError: <unprintable>"),
        (lambda: FalseClassError("words"), "raised", "FalseClassError"),
        (lambda: FalsePathError("words"), "not_implemented", "FalsePathError: words"),
        (
            lambda: type("<script>" * 1000, (Exception,), {})("=cmd|calc"),
            "raised",
            "<script><script>",
        ),
        (lambda: AttributeError("no attribute 'loss'"), "not_implemented", "no attribute 'loss'"),
        (lambda: KeyError("W1"), "not_implemented", "KeyError: 'W1'"),
        (
            lambda: TypeError("'NoneType' object is not subscriptable"),
            "not_implemented",
            "NoneType",
        ),
        (lambda: TypeError("takes 2 arguments"), "raised", "takes 2 arguments"),
    ],
    ids=named,
)
def test_an_exception_is_told_in_its_own_words_as_far_as_it_has_any(
    make: Make, outcome: str, words: str
) -> None:
    told = described(make())

    assert told["outcome"] == outcome
    assert words in told["message"]
    assert len(told["message"]) < 700
    assert len(told["exception"]) <= 80


def test_where_names_the_innermost_line_of_the_students_own() -> None:
    source = "def loss(X):\n    return inner(X)\n\ndef inner(X):\n    return len(X)\n"
    names: dict[str, Any] = {}
    exec(compile(source, "nndl/net.py", "exec"), names)

    with pytest.raises(TypeError) as raised:
        names["loss"](3)

    told = answers.described(raised.value, {"nndl/net.py": {}})
    assert told["where"] == "nndl/net.py:5"


def test_a_permission_error_of_the_students_own_is_no_blocked_access() -> None:
    own = answers.described(PermissionError("my own check"), {})
    kernels = answers.described(PermissionError(1, "Operation not permitted"), {})
    assert (own["outcome"], kernels["outcome"]) == ("raised", "blocked")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ((1, 2, 3), "net.backprop returns 3 values, where 4 are asked for (dW1, dW2, db1, db2)"),
        ([1], "net.backprop returns one value, where 4 are asked for (dW1, dW2, db1, db2)"),
        (
            (1, 2, 3, 4, 5),
            f"net.backprop returns {'5' if sys.version_info >= (3, 14) else 'more than 4'} values, "
            "where 4 are asked for (dW1, dW2, db1, db2)",
        ),
        (
            1.5,
            "net.backprop returns one value, of type float, "
            "where 4 are asked for (dW1, dW2, db1, db2)",
        ),
        ((1, 2, 3, 4), "nothing of the kind"),
    ],
)
def test_a_function_that_returns_too_many_values_or_too_few_is_named(
    value: object, told: str
) -> None:
    code = (
        "out = 1\ndW1, dW2, db1, db2 = net.backprop(\n    out)\nraise ValueError('something else')"
    )
    names = {"net": SimpleNamespace(backprop=lambda _: value)}
    with pytest.raises((ValueError, TypeError)) as raised:
        exec(compile(code, "<probe>", "exec"), names)
    assert answers.unpacked_wrongly(raised.value, code, "<probe>") == told.replace(
        "nothing of the kind", ""
    )


def test_a_students_own_unpacking_is_no_probes() -> None:
    code = "one, two = backprop()"

    def backprop() -> tuple[int, int]:
        one, two = iter([1])
        return one, two

    with pytest.raises(ValueError, match="not enough values") as raised:
        exec(compile(code, "<probe>", "exec"), {"backprop": backprop})
    assert not answers.unpacked_wrongly(raised.value, code, "<probe>")
