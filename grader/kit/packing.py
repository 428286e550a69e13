"""How do records and arrays become bytes and come back? Plain data throughout; nothing is pickled.

A file begins with a line that names the format; behind it lies a compressed msgpack message of two
parts, the arrays and what refers to them by number, since many draws share arrays.
"""

from __future__ import annotations

import dataclasses
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

import msgpack
import numpy as np

from grader.records import Array

MAGIC = b"backprop-grader kit "
FORMAT = b"2"
_ARRAY, _TUPLE, _RECORD, _DECIMAL, _SCALAR = 1, 2, 3, 4, 5
_KINDS = frozenset("biuf")
_MOST_BYTES = 1 << 30
_MOST_DIMENSIONS = 32


class PackingError(ValueError):
    """Bytes that are not what ``packed`` has written; the text says what is wrong with them."""


def packed(value: Any) -> bytes:
    """Return a value as bytes, the same for equal values.

    Parameters
    ----------
    value
        Frozen records, mappings, lists and tuples of texts, bytes, numbers, decimals and real
        arrays.

    Raises
    ------
    TypeError
        If it holds anything else.
    """
    arrays: list[list[Any]] = []
    places: dict[bytes, int] = {}

    def place_of(array: Array) -> int:
        if array.dtype.kind not in _KINDS:
            raise TypeError(f"an array of dtype {array.dtype} cannot be packed")
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        described = [plain.dtype.str, list(array.shape), plain.tobytes()]
        digest = hashlib.sha256(msgpack.packb(described)).digest()
        if digest not in places:
            places[digest] = len(arrays)
            arrays.append(described)
        return places[digest]

    def told(inner: Any) -> bytes:
        data: bytes = msgpack.packb(inner, default=default, strict_types=True)
        return data

    def default(inner: Any) -> Any:
        if isinstance(inner, np.ndarray):
            return msgpack.ExtType(_ARRAY, told(place_of(inner)))
        if isinstance(inner, np.generic) and inner.dtype.kind not in _KINDS:
            return inner.item()
        if isinstance(inner, np.generic):
            # What is judged with it asks a number of NumPy's for its shape, as it does an array.
            return msgpack.ExtType(_SCALAR, told(place_of(np.asarray(inner))))
        if isinstance(inner, tuple):
            return msgpack.ExtType(_TUPLE, told(list(inner)))
        if dataclasses.is_dataclass(inner) and not isinstance(inner, type):
            fields = {f.name: getattr(inner, f.name) for f in dataclasses.fields(inner) if f.init}
            return msgpack.ExtType(_RECORD, told([type(inner).__name__, fields]))
        if isinstance(inner, Decimal):
            return msgpack.ExtType(_DECIMAL, str(inner).encode())
        if isinstance(inner, Enum):
            return inner.value
        if isinstance(inner, Mapping):
            return dict(inner)
        raise TypeError(f"a {type(inner).__name__} cannot be packed")

    content = told(value)
    return MAGIC + FORMAT + b"\n" + zlib.compress(msgpack.packb([arrays, content]), 9)


def unpacked(data: bytes, records: Sequence[type]) -> Any:
    """Return what was packed; its arrays are read-only.

    Parameters
    ----------
    data
        Bytes of ``packed``.
    records
        The classes of records that may be in it.

    Raises
    ------
    PackingError
        If the bytes are something else, of another format, or damaged.
    """
    known = {record.__name__: record for record in records}
    head, newline, _ = data[:64].partition(b"\n")
    if not head.startswith(MAGIC) or not newline:
        raise PackingError("it is no kit")
    if head != MAGIC + FORMAT:
        given = head.removeprefix(MAGIC).decode("ascii", "replace")
        raise PackingError(f"it is of format {given}, and this program reads {FORMAT.decode()}")
    try:
        whole = zlib.decompressobj().decompress(data[len(head) + 1 :], _MOST_BYTES)
        described, content = msgpack.unpackb(whole, max_bin_len=_MOST_BYTES)
        arrays = [_array(*one) for one in described]

        def read(inner: bytes) -> Any:
            return msgpack.unpackb(inner, ext_hook=extension, strict_map_key=False)

        def extension(code: int, inner: bytes) -> Any:
            if code == _ARRAY:
                return arrays[read(inner)]
            if code == _SCALAR:
                return arrays[read(inner)][()]
            if code == _TUPLE:
                return tuple(read(inner))
            if code == _DECIMAL:
                return Decimal(inner.decode())
            name, fields = read(inner)
            return known[name](**fields)

        return read(content)
    except (
        zlib.error,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        ArithmeticError,
        RecursionError,
        msgpack.exceptions.UnpackException,
    ) as error:
        raise PackingError(f"it is damaged ({type(error).__name__})") from None


def _array(name: str, shape: list[int], data: bytes) -> Array:
    dtype = np.dtype(name)
    if dtype.kind not in _KINDS or len(shape) > _MOST_DIMENSIONS:
        raise ValueError("no array of numbers")
    array: Array = np.frombuffer(data, dtype=dtype).reshape(shape)
    return array
