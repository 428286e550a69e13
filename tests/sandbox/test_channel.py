"""Does a frame come back as it was sent, and is every lie in one a ProtocolError and no more?"""

from __future__ import annotations

import tracemalloc
from typing import Any

import hypothesis.extra.numpy as numpies
import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.channel import (
    MAX_BODY,
    MAX_HEADER,
    PREFIX,
    ProtocolError,
    check_sizes,
    decode,
    encode,
)

DTYPES = ["?", "b", "B", "<i2", ">i4", "<i8", "<u8", ">u2", "<f2", "<f4", ">f8", "<c8", ">c16"]
SHAPES = numpies.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
ARRAYS = st.sampled_from(DTYPES).flatmap(lambda name: numpies.arrays(np.dtype(name), SHAPES))
TEXTS = st.text(st.characters(codec=None), max_size=20)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | TEXTS
    | st.binary(max_size=20)
    | ARRAYS
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=10
)


def there_and_back(message: dict[str, Any]) -> dict[str, Any]:
    header, body = taken_apart(encode(message))
    return decode(header, body)


def taken_apart(frame: bytes) -> tuple[bytes, bytes]:
    header, body = PREFIX.unpack(frame[: PREFIX.size])
    assert len(frame) == PREFIX.size + header + body
    return frame[PREFIX.size : PREFIX.size + header], frame[PREFIX.size + header :]


def with_array(*described: Any) -> bytes:
    """Return a header whose one value is an array of this description."""
    return msgpack.packb({"out": msgpack.ExtType(1, msgpack.packb(list(described)))})


def assert_same(sent: Any, got: Any) -> None:
    if isinstance(sent, np.ndarray):
        assert got.dtype == sent.dtype.newbyteorder("<")
        assert got.shape == sent.shape
        assert got.astype(got.dtype).tobytes() == sent.astype(got.dtype).tobytes()
    elif isinstance(sent, dict):
        assert sent.keys() == got.keys()
        for key in sent:
            assert_same(sent[key], got[key])
    elif isinstance(sent, list):
        assert len(sent) == len(got)
        for one, other in zip(sent, got, strict=True):
            assert_same(one, other)
    else:
        assert (type(got), got) == (type(sent), sent)


# --- what is sent arrives ------------------------------------------------------------------


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_a_message_comes_back_as_it_was_sent(message: dict[str, Any]) -> None:
    assert_same(message, there_and_back(message))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
        np.arange(10.0)[::-2],
        np.broadcast_to(np.float32(3.0), (3, 2)),
        np.array(1.5),
        np.zeros((0, 3)),
        np.array([np.nan, np.inf, -0.0]),
        np.frombuffer(b"\0" * 17, dtype="<f8", offset=1),
    ],
    ids=["transposed", "reversed", "stride 0", "0-d", "empty", "not finite", "unaligned"],
)
def test_an_array_of_any_layout_comes_back(array: np.ndarray) -> None:
    assert_same({"out": array}, there_and_back({"out": array}))


def test_what_arrives_cannot_be_written_to() -> None:
    got = there_and_back({"out": np.zeros(3)})["out"]

    with pytest.raises(ValueError, match="read-only"):
        got[0] = 1.0


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        np.array(["text"]),
        np.array(["2026-01-01"], dtype="datetime64[D]"),
        np.zeros(2, dtype="f8,i4"),
        np.longdouble(1) * np.ones(2),
        {1, 2},
        2**64,
        object(),
    ],
    ids=["object", "text", "date", "structured", "longdouble", "set", "huge int", "class"],
)
def test_what_has_no_plain_form_is_not_sent(value: Any) -> None:
    with pytest.raises(ProtocolError):
        encode({"out": value})


def test_a_notebook_of_ten_megabytes_can_be_sent() -> None:
    message = {"student": {"hw.ipynb": b"x" * (10 << 20)}}

    assert there_and_back(message) == message


# --- lies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (0, 0),
        (MAX_HEADER + 1, 0),
        (2**32 - 1, 0),
        (10, MAX_BODY + 1),
        (10, 2**60),
        (10, 2**64 - 1),
    ],
)
def test_a_frame_that_claims_too_much_is_refused_before_it_is_read(header: int, body: int) -> None:
    with pytest.raises(ProtocolError, match="too large"):
        check_sizes(header, body)


LIES = {
    "more bytes than the body": ("<f8", [3], 0, 24),
    "fewer bytes than the shape": ("<f8", [3], 0, 8),
    "more bytes than the shape": ("<f8", [1], 0, 16),
    "an offset behind the body": ("<f8", [1], 16, 8),
    "an empty array behind the body": ("<f8", [0], 17, 0),
    "a negative offset": ("<f8", [1], -8, 8),
    "a negative count": ("<f8", [1], 0, -8),
    "a negative length": ("<f8", [-1], 0, 8),
    "two negative lengths": ("<f8", [-1, -2], 0, 16),
    "a length that is a bool": ("<f8", [True], 0, 8),
    "a length that is a float": ("<f8", [1.0], 0, 8),
    "a length that is a list": ("<f8", [[1]], 0, 8),
    "a length beyond the address space": ("<f8", [0, 2**63], 0, 0),
    "lengths whose product overflows": ("<f8", [0, 2**62, 2**62], 0, 0),
    "lengths whose product wraps to 0": ("<f8", [2**32, 2**32], 0, 0),
    "the largest length": ("<f8", [0, 2**64 - 1], 0, 0),
    "too many dimensions": ("<f8", [1] * 17, 0, 8),
    "a thousand dimensions": ("<f8", [1] * 1000, 0, 8),
    "no shape": ("<f8", None, 0, 8),
    "a shape that is a map": ("<f8", {"0": 1}, 0, 8),
    "an offset that is a bool": ("<f8", [1], False, 8),
    "an offset that is text": ("<f8", [1], "0", 8),
    "an offset beyond 64 bits of sign": ("<f8", [1], 2**64 - 1, 8),
    "objects": ("|O", [1], 0, 8),
    "text": ("<U2", [1], 0, 8),
    "bytes": ("|S8", [1], 0, 8),
    "records": ("f8,f8", [1], 0, 16),
    "nothing": ("|V0", [0], 0, 0),
    "void": ("|V8", [1], 0, 8),
    "dates": ("<M8[s]", [1], 0, 8),
    "a subarray": ("(2,)<f8", [1], 0, 16),
    "a big-endian dtype": (">f8", [1], 0, 8),
    "a dtype by another name": ("float64", [1], 0, 8),
    "a dtype that is no dtype": ("no such thing", [1], 0, 8),
    "a dtype that is code": ("__import__('os')", [1], 0, 8),
    "a dtype with a NUL": ("<f8\0", [1], 0, 8),
    "an empty dtype": ("", [1], 0, 8),
    "a dtype that is bytes": (b"<f8", [1], 0, 8),
    "a dtype that is a number": (8, [1], 0, 8),
    "a dtype of many parts": ("f8," * 30_000, [1], 0, 8),
    "a dtype of many brackets": ("(" * 30_000, [1], 0, 8),
    "too few words": ("<f8", [1], 0),
    "too many words": ("<f8", [1], 0, 8, 0),
    "no words": (),
}


@pytest.mark.parametrize("described", LIES.values(), ids=LIES.keys())
def test_an_array_described_falsely_is_refused(described: tuple[Any, ...]) -> None:
    with pytest.raises(ProtocolError):
        decode(with_array(*described), b"\0" * 16)


HEADERS = {
    "nothing": b"",
    "a list": msgpack.packb([1]),
    "a number": msgpack.packb(1),
    "an array alone": msgpack.packb(msgpack.ExtType(1, msgpack.packb(["<f8", [1], 0, 8]))),
    "keys that are numbers": msgpack.packb({1: 2}),
    "keys that are bytes": msgpack.packb({b"id": 2}),
    "keys that are bytes inside": msgpack.packb({"a": [{b"id": 2}]}),
    "keys that are lists": b"\x81\x91\x01\x01",
    "keys that are maps": b"\x81\x80\x01",
    "keys that are arrays": b"\x81" + msgpack.packb(msgpack.ExtType(1, b"\x90")) + b"\x01",
    "text that is no UTF-8": b"\x81\xa1a\xa2\xff\xfe",
    "an unknown extension": msgpack.packb({"a": msgpack.ExtType(5, b"x")}),
    "a time stamp": b"\x81\xa1a\xd6\xff\0\0\0\0",
    "a broken time stamp": b"\x81\xa1a\xc7\x05\xff\0\0\0\0\0",
    "a time stamp out of range": b"\x81\xa1a\xd7\xff" + b"\xff" * 8,
    "an extension that is no msgpack": msgpack.packb({"a": msgpack.ExtType(1, b"\xc1")}),
    "an extension of nothing": msgpack.packb({"a": msgpack.ExtType(1, b"")}),
    "an extension that is a number": msgpack.packb({"a": msgpack.ExtType(1, b"\x01")}),
    "an extension inside another": msgpack.packb(
        {"a": msgpack.ExtType(1, msgpack.packb([msgpack.ExtType(1, b""), [1], 0, 8]))}
    ),
    "more behind the message": msgpack.packb({"a": 1}) + b"\x01",
    "a byte that means nothing": b"\x81\xa1a\xc1",
    "a list that claims four thousand million entries": b"\x81\xa1a\xdd\xff\xff\xff\xff",
    "a map that claims as many": b"\x81\xa1a\xdf\xff\xff\xff\xff",
    "a map of maps that claims as many": b"\xdf\xff\xff\xff\xff",
    "bytes that claim as many": b"\x81\xa1a\xc6\xff\xff\xff\xff",
    "text that claims as many": b"\x81\xa1a\xdb\xff\xff\xff\xff",
    "an extension that claims as many": b"\x81\xa1a\xc9\xff\xff\xff\xff\x01",
    "a thousand lists in each other": b"\x81\xa1a" + b"\x91" * 1000 + b"\xc0",
    "a million lists in each other": b"\x81\xa1a" + b"\x91" * 10**6 + b"\xc0",
    "a million maps in each other": b"\x81\xa1a" * 10**6 + b"\xc0",
    "more arrays than anybody needs": msgpack.packb(
        {"a": [msgpack.ExtType(1, msgpack.packb(["<f8", [], 0, 8]))] * 1001}
    ),
    "a description of many lists": msgpack.packb(
        {"a": msgpack.ExtType(1, b"\x91" * 10_000 + b"\xc0")}
    ),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_a_header_of_another_form_is_refused(header: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(header, b"\0" * 16)


@given(st.data())
def test_a_frame_that_was_cut_short_is_refused(data: st.DataObject) -> None:
    header, body = taken_apart(encode({"id": 1, "out": np.arange(3.0), "text": "words"}))
    kept = data.draw(st.integers(0, len(header) - 1))
    left = data.draw(st.integers(0, len(body) - 1))

    with pytest.raises(ProtocolError):
        decode(header[:kept], body)
    with pytest.raises(ProtocolError):
        decode(header, body[:left])


@settings(max_examples=300)
@given(st.binary(max_size=60), st.binary(max_size=16))
def test_random_bytes_are_a_message_or_refused(header: bytes, body: bytes) -> None:
    try:
        message = decode(header, body)
    except ProtocolError:
        return
    assert all(type(key) is str for key in message)


@settings(max_examples=300)
@given(st.data())
def test_a_frame_with_bytes_changed_is_a_message_or_refused(data: st.DataObject) -> None:
    header, body = taken_apart(encode({"id": 1, "out": {"dW": np.ones((2, 3)), "kind": "list"}}))
    changed = bytearray(header)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))

    try:
        message = decode(bytes(changed), body)
    except ProtocolError:
        return
    assert isinstance(message, dict)


@settings(max_examples=300)
@given(
    st.sampled_from([np.dtype(name).str for name in DTYPES]),
    st.lists(st.integers(-2, 6) | st.integers(-(2**63), 2**64 - 1), max_size=5),
    st.integers(-9, 70) | st.integers(-(2**63), 2**64 - 1),
    st.integers(-9, 70) | st.integers(-(2**63), 2**64 - 1),
)
def test_any_numbers_in_a_description_give_an_array_of_that_shape_or_are_refused(
    name: str, shape: list[int], offset: int, count: int
) -> None:
    try:
        array = decode(with_array(name, shape, offset, count), b"\1" * 64)["out"]
    except ProtocolError:
        return
    assert (array.dtype.str, list(array.shape), array.nbytes) == (name, shape, count)


@pytest.mark.parametrize(
    "filling",
    [b"\x80", msgpack.packb(msgpack.ExtType(1, msgpack.packb(["<f8", [], 0, 8])))],
    ids=["maps", "arrays"],
)
def test_the_fullest_header_takes_little_memory(filling: bytes) -> None:
    count = (MAX_HEADER - 10) // len(filling)
    header = b"\x81\xa1a\xdd" + count.to_bytes(4, "big") + filling * count

    tracemalloc.start()
    try:
        decode(header, b"\0" * 8)
    except ProtocolError:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert most < 100 << 20
