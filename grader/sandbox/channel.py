"""How do the grader and a student's process talk: framed messages of plain data and raw arrays.

A frame is a u32 header length, a u64 body length (both little-endian), a msgpack header, and the
arrays' buffers one after the other. In the header an array is an extension that holds its dtype,
shape and place in the body. Nothing is ever pickled, and the reader trusts no length, type or
nesting that it is told. Only what a child sends is limited in size: a submission's files, which
the grader sends, may be large.
"""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

PREFIX = struct.Struct("<IQ")
MAX_HEADER = 1 << 20
MAX_BODY = 64 << 20
_ARRAY = 1
_DTYPES = {
    dtype.str: dtype for dtype in (np.dtype(code).newbyteorder("<") for code in "?bBhHiIlLqQefdFD")
}
_MAX_DIMENSIONS = 16
_MAX_NODES = 100_000
_MAX_ARRAYS = 1000
_MAX_DEPTH = 16
_PLAIN = frozenset({str, int, float, bool, bytes, type(None), np.ndarray})
# Looked up here, before any student code runs beside this module and puts another in its place.
_contiguous, _from_buffer, _ndarray = np.ascontiguousarray, np.frombuffer, np.ndarray


class ProtocolError(Exception):
    """What came through the channel is no frame of ours."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Return the frame of a message.

    Parameters
    ----------
    message
        Strings, numbers, booleans, None, bytes, lists, dicts with string keys, and arrays of
        booleans, integers, or real or complex numbers of at most double precision.

    Raises
    ------
    ProtocolError
        If it holds anything else.
    """
    buffers: list[bytes] = []
    size = 0

    def default(value: Any) -> msgpack.ExtType:
        nonlocal size
        if not isinstance(value, _ndarray):
            raise ProtocolError(f"a {type(value).__name__} cannot be sent")
        name = value.dtype.newbyteorder("<").str
        if name not in _DTYPES:
            raise ProtocolError(f"an array of dtype {name} cannot be sent")
        data = _contiguous(value, dtype=_DTYPES[name]).tobytes()
        described = [name, list(value.shape), size, len(data)]
        size += len(data)
        buffers.append(data)
        return msgpack.ExtType(_ARRAY, msgpack.packb(described))

    try:
        header = msgpack.packb(message, default=default, unicode_errors="surrogatepass")
    except (OverflowError, ValueError) as error:
        raise ProtocolError(f"the message cannot be sent: {error}") from None
    return b"".join([PREFIX.pack(len(header), size), header, *buffers])


def check_sizes(header: int, body: int) -> None:
    """Raise ProtocolError unless a child's frame of these lengths may be read into memory."""
    if not 0 < header <= MAX_HEADER or not 0 <= body <= MAX_BODY:
        raise ProtocolError(f"a frame of {header} + {body} bytes is too large")


def decode(header: bytes, body: bytes) -> dict[str, Any]:
    """Return the message of a frame's header and body.

    The arrays are read-only views of ``body``.

    Raises
    ------
    ProtocolError
        If the header is no msgpack mapping with string keys, is nested too deeply, holds too much,
        or an array's dtype, shape and byte count do not agree with each other and with the body.
    """

    number = itertools.count(1)

    def extension(code: int, data: bytes) -> NDArray[Any]:
        if code != _ARRAY:
            raise ProtocolError(f"unknown extension {code}")
        if next(number) > _MAX_ARRAYS:
            raise ProtocolError("the message holds too many arrays")
        return _array(msgpack.unpackb(data), body)

    try:
        message = msgpack.unpackb(header, ext_hook=extension, unicode_errors="surrogatepass")
    except ProtocolError:
        raise
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise ProtocolError(f"the header cannot be read: {type(error).__name__}") from None
    if type(message) is not dict:
        raise ProtocolError("the header is no mapping")
    _check_contents(message)
    return message


def frames(data: bytes) -> Iterator[dict[str, Any]]:
    """Yield the messages of frames that lie one after another, each within a child's limits.

    Raises
    ------
    ProtocolError
        If one is cut off, too large or damaged; those before it have been yielded by then.
    """
    rest = memoryview(data)
    while rest:
        if len(rest) < PREFIX.size:
            raise ProtocolError("a frame is cut off")
        header, body = PREFIX.unpack_from(rest)
        check_sizes(header, body)
        begin, end = PREFIX.size + header, PREFIX.size + header + body
        if len(rest) < end:
            raise ProtocolError("a frame is cut off")
        yield decode(bytes(rest[PREFIX.size : begin]), bytes(rest[begin:end]))
        rest = rest[end:]


def _check_contents(message: dict[Any, Any]) -> None:
    """Raise ProtocolError unless a message holds only what may be sent, level by level."""
    seen = 0
    level: list[Any] = [message]
    for _ in range(_MAX_DEPTH):
        inner: list[Any] = []
        for value in level:
            if type(value) is dict:
                if not all(type(key) is str for key in value):
                    raise ProtocolError("a key is no text")
                inner.extend(value.values())
            elif type(value) is list:
                inner.extend(value)
            elif type(value) not in _PLAIN:
                raise ProtocolError("the message holds what may not be sent")
        seen += len(inner)
        if seen > _MAX_NODES:
            raise ProtocolError("the message holds too much")
        level = inner
    if level:
        raise ProtocolError("the message is nested too deeply")


def _array(described: Any, body: bytes) -> NDArray[Any]:
    """Return the array that an extension describes, after checking every word of it."""
    match described:
        case [str(name), list(shape), offset, count] if name in _DTYPES:
            dtype, numbers = _DTYPES[name], [offset, count, *shape]
        case _:
            raise ProtocolError("an array is not described rightly")
    if len(shape) > _MAX_DIMENSIONS or not all(
        type(number) is int and 0 <= number <= MAX_BODY for number in numbers
    ):
        raise ProtocolError("an array has an impossible shape or place")
    if math.prod(shape) * dtype.itemsize != count or offset + count > len(body):
        raise ProtocolError("an array's shape and byte count do not agree")
    flat = _from_buffer(body, dtype=dtype, count=count // dtype.itemsize, offset=offset)
    return flat.reshape(shape)


class Request:
    """A message to a child, made ready once and sent as often as it is needed.

    Parameters
    ----------
    message
        The request; an id of its own is added, which the reply must repeat.
    """

    _ids = itertools.count(1)

    def __init__(self, message: Mapping[str, Any]) -> None:
        self.id = next(self._ids)
        self.frame = encode({**message, "id": self.id})
