"""Whatever a child writes to the channel is a message or a ProtocolError, in bounded memory."""

from __future__ import annotations

import struct
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.sandbox.channel import (
    MAX_BODY,
    MAX_HEADER,
    PREFIX,
    ProtocolError,
    check_sizes,
    decode,
    encode,
)
from tests.fuzz.bounds import at_most, bounded

BOUNDED = bounded(200)
PLAIN = (str, int, float, bool, bytes, type(None), np.ndarray)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


def read(header: bytes, body: bytes) -> dict[str, Any] | None:
    """Return the message, or None where the frame is refused; all else fails the test."""
    try:
        message = decode(header, body)
    except ProtocolError:
        return None
    assert_plain(message)
    return message


def assert_plain(value: Any) -> None:
    """Check that a message holds exact plain types, text as keys, and arrays of numbers."""
    if type(value) is dict:
        assert all(type(key) is str for key in value)
        for inner in value.values():
            assert_plain(inner)
    elif type(value) is list:
        for inner in value:
            assert_plain(inner)
    else:
        assert type(value) in PLAIN
        assert type(value) is not np.ndarray or value.dtype.kind in "biufc"


@BOUNDED
@given(header=st.binary(max_size=200), body=st.binary(max_size=50))
def test_random_bytes_are_a_message_or_refused(header: bytes, body: bytes) -> None:
    read(header, body)


@BOUNDED
@given(message=st.dictionaries(st.text(), VALUES, max_size=5), body=st.binary(max_size=20))
def test_any_mapping_of_plain_values_is_read_or_refused(message: Any, body: bytes) -> None:
    read(msgpack.packb(message, unicode_errors="surrogatepass"), body)


@BOUNDED
@given(
    value=arrays.arrays(
        st.sampled_from([np.dtype(c) for c in "?bBhHiIqQefdFD"]),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    ),
    text=st.text(),
)
def test_what_is_sent_comes_back(value: Any, text: str) -> None:
    frame = encode({"value": value, "text": text})
    header, _ = PREFIX.unpack(frame[: PREFIX.size])
    inner = frame[PREFIX.size :]

    message = decode(inner[:header], inner[header:])

    assert message["text"] == text
    assert message["value"].shape == value.shape
    assert message["value"].tobytes() == value.tobytes()


@BOUNDED
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 60),
)
def test_a_true_frame_with_bytes_changed_is_read_or_refused(
    changes: list[tuple[int, int]], cut: int
) -> None:
    answers = {"out": {"value": np.ones((3, 4)), "kind": "ndarray", "outcome": "returned"}}
    frame = encode({"id": 7, "answers": answers, "output": b"x" * 20, "peak_kb": 10})
    header, _ = PREFIX.unpack(frame[: PREFIX.size])
    inner = bytearray(frame[PREFIX.size :])
    for place, byte in changes:
        inner[place % len(inner)] = byte

    read(bytes(inner[:header]), bytes(inner[header : len(inner) - cut]))


DESCRIBED = st.one_of(
    st.tuples(
        st.sampled_from(["<f8", "|b1", "<i4", "|O", "<U4", "|V8", ">f8", "<M8[s]", "f8", ""]),
        st.lists(st.integers(-1, 2**62) | st.just(0), max_size=20),
        st.integers(-1, 2**62),
        st.integers(-1, 2**62),
    ),
    st.lists(SCALARS, max_size=5),
    SCALARS,
)


@BOUNDED
@given(
    described=DESCRIBED, code=st.sampled_from([1, 1, 1, 0, 5, -1, 127]), body=st.binary(max_size=64)
)
def test_no_description_of_an_array_reaches_beyond_the_body(
    described: Any, code: int, body: bytes
) -> None:
    extension = msgpack.ExtType(code, msgpack.packb(described)) if code >= 0 else described

    message = read(msgpack.packb({"a": extension}, unicode_errors="surrogatepass"), body)

    if message is not None and isinstance(message["a"], np.ndarray):
        assert message["a"].nbytes <= len(body)


@BOUNDED
@given(st.binary(min_size=PREFIX.size, max_size=PREFIX.size))
def test_no_length_is_believed(prefix: bytes) -> None:
    header, body = PREFIX.unpack(prefix)
    try:
        check_sizes(header, body)
    except ProtocolError:
        assert not 0 < header <= MAX_HEADER or body > MAX_BODY
    else:
        assert 0 < header <= MAX_HEADER
        assert 0 <= body <= MAX_BODY


FILLERS = {
    "empty mappings": b"\x80",
    "empty lists": b"\x90",
    "empty texts": b"\xa0",
    "nothings": b"\xc0",
    "numbers": b"\xca\x7f\xc0\x00\x00",
    "extensions": b"\xc7\x00\x01",
    "times": b"\xd6\xff\x00\x00\x00\x00",
    "lists in lists": b"\x91",
    "small bytes": b"\xc4\x01x",
}


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS.keys())
def test_a_header_full_of_small_things_takes_bounded_memory(filler: bytes) -> None:
    count = (MAX_HEADER - 20) // len(filler)
    header = b"\x81\xa1a\xdd" + struct.pack(">I", count) + filler * count

    with at_most(150):
        assert read(header, b"") is None


@pytest.mark.parametrize("start", [b"\xdd", b"\xdf", b"\xc6", b"\xdb", b"\xc9"])
def test_a_count_that_lies_takes_no_memory(start: bytes) -> None:
    with at_most(1):
        assert read(b"\x81\xa1a" + start + struct.pack(">I", 2**32 - 1) + b"\x01", b"") is None
