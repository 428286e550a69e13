"""How do the grader and a student's process talk: framed messages of plain data and raw arrays.

A frame is a u32 header length, a u64 body length (both little-endian), a msgpack header, and the
arrays' buffers one after the other. In the header an array is an extension that holds its dtype,
shape and place in the body. Nothing is ever pickled, and the reader trusts no length, type or
nesting that it is told.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

PREFIX = struct.Struct("<IQ")
MAX_HEADER = 4 << 20
MAX_BODY = 64 << 20
_ARRAY = 1
_KINDS = frozenset("biufc")
_MAX_DIMENSIONS = 16


class ProtocolError(Exception):
    """What came through the channel is no frame of ours."""


def encode(message: Mapping[str, Any]) -> bytes:
    """Return the frame of a message.

    Parameters
    ----------
    message
        Strings, numbers, booleans, None, bytes, lists, dicts with string keys, and arrays of
        dtype kind b, i, u, f or c.

    Raises
    ------
    ProtocolError
        If an array has another dtype, or the frame would be larger than a reader accepts.
    """
    buffers: list[bytes] = []
    size = 0

    def default(value: Any) -> msgpack.ExtType:
        nonlocal size
        if not isinstance(value, np.ndarray) or value.dtype.kind not in _KINDS:
            raise ProtocolError(f"a {type(value).__name__} cannot be sent")
        plain = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        data = plain.tobytes()
        described = [plain.dtype.str, list(value.shape), size, len(data)]
        size += len(data)
        buffers.append(data)
        return msgpack.ExtType(_ARRAY, msgpack.packb(described))

    header = msgpack.packb(message, default=default, unicode_errors="surrogatepass")
    check_sizes(len(header), size)
    return b"".join([PREFIX.pack(len(header), size), header, *buffers])


def check_sizes(header: int, body: int) -> None:
    """Raise ProtocolError unless a frame of these lengths may be read into memory."""
    if not 0 < header <= MAX_HEADER or not 0 <= body <= MAX_BODY:
        raise ProtocolError(f"a frame of {header} + {body} bytes is too large")


def decode(header: bytes, body: bytes) -> dict[str, Any]:
    """Return the message of a frame's header and body.

    The arrays are read-only views of ``body``.

    Raises
    ------
    ProtocolError
        If the header is no msgpack mapping with string keys, is nested too deeply, or an array's
        dtype, shape and byte count do not agree with each other and with the body.
    """

    def extension(code: int, data: bytes) -> NDArray[Any]:
        if code != _ARRAY:
            raise ProtocolError(f"unknown extension {code}")
        return _array(msgpack.unpackb(data), body)

    try:
        message = msgpack.unpackb(
            header, ext_hook=extension, strict_map_key=True, unicode_errors="surrogatepass"
        )
    except ProtocolError:
        raise
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise ProtocolError(f"the header cannot be read: {type(error).__name__}") from None
    if not isinstance(message, dict):
        raise ProtocolError("the header is no mapping")
    return message


def _array(described: Any, body: bytes) -> NDArray[Any]:
    """Return the array that an extension describes, after checking every word of it."""
    match described:
        case [str(name), [*shape], int(offset), int(count)] if len(shape) <= _MAX_DIMENSIONS:
            pass
        case _:
            raise ProtocolError("an array is not described rightly")
    dtype = _dtype(name)
    if not all(type(length) is int and length >= 0 for length in shape):
        raise ProtocolError("an array has an impossible shape")
    expected = dtype.itemsize
    for length in shape:
        expected *= length
    if expected != count or offset < 0 or offset + count > len(body):
        raise ProtocolError("an array's shape and byte count do not agree")
    flat = np.frombuffer(body, dtype=dtype, count=count // dtype.itemsize, offset=offset)
    return flat.reshape(shape)


def _dtype(name: str) -> np.dtype[Any]:
    try:
        dtype = np.dtype(name)
    except (TypeError, ValueError, SyntaxError):
        raise ProtocolError("an array has an unknown dtype") from None
    if dtype.kind not in _KINDS or dtype.str != name or dtype.hasobject or dtype.subdtype:
        raise ProtocolError("an array has a dtype that is not accepted")
    return dtype
