"""The published files of CIFAR-10 and MNIST, read from a folder that the user names.

A file is not trusted to be what its name says: a pickle runs nothing and builds no array of its
own, lengths are compared with what is there, and nothing is unpacked past ``LIMIT``.
"""

from __future__ import annotations

import gzip
import io
import math
import pickle
import pickletools
import zlib
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from reference.problem import Array

Folder = str | PathLike[str]

LIMIT = 64 * 2**20
"""Most bytes that are read of a file, unpacked; MNIST's training images, the most, are 45 MiB."""

ADMITTED = frozenset(
    {
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
        "numpy.ndarray",
        "numpy.dtype",
    }
)
"""The only names that a pickle may ask for: what a published batch says of its one array."""

MOST_TUPLES = 16
"""Most tuples in a pickle: a batch has some six, for its array. A tuple in a tuple in a tuple, as a
key, is hashed to its bottom, which takes for ever or overflows the stack."""

BROKEN_PICKLE = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
    DeprecationWarning,
)
"""What reading a damaged pickle raises; a warning only where warnings are errors."""


class ImageFileError(ValueError):
    """A file of images is missing, damaged, or something else than its name says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Images and labels: to train on, to choose by, and to report.

    Parameters
    ----------
    X_train, X_val, X_test
        (N, C, H, W) float64 arrays.
    y_train, y_val, y_test
        (N,) int64 arrays.
    """

    X_train: Array
    y_train: Array
    X_val: Array
    y_val: Array
    X_test: Array
    y_test: Array


class _Recorded:
    """What stands in for an array or its type: it keeps what the pickle says, and does nothing."""

    arguments: tuple[Any, ...] = ()
    state: Any = ()

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _BatchUnpickler(pickle.Unpickler):
    """Reads plain containers, and records what is said of an array."""

    def find_class(self, module: str, name: str, /) -> Any:
        if f"{module}.{name}" not in ADMITTED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no batch needs")
        return _Recorded


def _content(folder: Folder, name: str) -> bytes:
    """Return what the file, or the file with ``.gz`` behind its name, holds."""
    plain = Path(folder, name)
    packed = plain.with_name(f"{name}.gz")
    path = packed if packed.is_file() and not plain.is_file() else plain
    if not path.is_file():
        raise ImageFileError(f"{plain}: there is no such file, nor {packed.name} beside it")
    try:
        with gzip.open(path) if path == packed else path.open("rb") as stream:
            content = stream.read(LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ImageFileError(f"{path}: it cannot be read: {error}") from None
    if len(content) > LIMIT:
        raise ImageFileError(f"{path}: expected at most {LIMIT} bytes, found more")
    return content


def _check_opcodes(content: bytes) -> None:
    """Raise a ValueError for what could crash or stall even an unpickler that calls nothing."""
    tuples = 0
    for opcode, argument, _ in pickletools.genops(content):
        # The unpickler makes room up to the highest number, however few there are.
        if opcode.name.endswith("PUT") and int(argument or 0) > len(content):
            raise ValueError(f"it numbers an object {argument}")
        tuples += "TUPLE" in opcode.name
        if tuples > MOST_TUPLES:
            raise ValueError(f"it builds more than {MOST_TUPLES} tuples")


def _unpickled(content: bytes, name: str) -> dict[Any, Any]:
    """Return the dictionary of a batch, its keys as Python 2 and Python 3 write them."""
    try:
        _check_opcodes(content)
        batch = _BatchUnpickler(io.BytesIO(content), encoding="bytes").load()
    except BROKEN_PICKLE as error:
        what = f"{name}: {len(content)} bytes that are no readable batch"
        raise ImageFileError(f"{what}: {error or type(error).__name__}") from None
    if not isinstance(batch, dict):
        raise ImageFileError(f"{name}: expected a dictionary, found {type(batch).__name__}")
    return {key.decode("latin1") if isinstance(key, bytes) else key: batch[key] for key in batch}


def _batch_images(data: Any, name: str) -> Array:
    """Return the images of a recorded array, once its type, shape and length are as expected."""
    match getattr(data, "state", ()):
        case (_, (int(N), 3072), _Recorded(arguments=("u1" | b"u1", *_)), turned, bytes(raw)):
            if len(raw) != N * 3072:
                raise ImageFileError(
                    f"{name}: expected {N * 3072} bytes of {N} images, found {len(raw)}"
                )
            rows = np.frombuffer(raw, np.uint8).reshape((N, 3072), order="F" if turned else "C")
            return rows.reshape(N, 3, 32, 32)
    raise ImageFileError(f"{name}: expected data of N × 3072 unsigned bytes, found something else")


def _checked_labels(labels: Any, name: str, N: int) -> Array:
    """Return N labels, once they are that many and each a class from 0 to 9."""
    if not isinstance(labels, list) or not all(isinstance(label, int) for label in labels):
        raise ImageFileError(f"{name}: expected a list of integers as labels, found something else")
    if len(labels) != N:
        raise ImageFileError(
            f"{name}: expected {N} labels, one for each image, found {len(labels)}"
        )
    if not all(0 <= label <= 9 for label in labels):
        raise ImageFileError(f"{name}: expected labels from 0 to 9, found others")
    return np.array(labels, dtype=np.int64)


def cifar10_batch(content: bytes, name: str) -> tuple[Array, Array]:
    """Return the images and labels of one CIFAR-10 python batch.

    Parameters
    ----------
    content : bytes
        A pickled dictionary with ``data``, an (N, 3072) array of unsigned bytes, and ``labels``.
    name : str
        What an error calls it.

    Returns
    -------
    X : (N, 3, 32, 32) uint8 array
        Red, green and blue, each 32 rows of 32 pixels.
    y : (N,) int64 array

    Raises
    ------
    ImageFileError
        If it is damaged, or asks for anything that the published batches do not contain.

    References
    ----------
    Krizhevsky, "Learning multiple layers of features from tiny images", 2009, "python version".

    >>> batch = {b"data": np.full((2, 3072), 7, np.uint8), b"labels": [9, 0]}
    >>> X, y = cifar10_batch(pickle.dumps(batch, protocol=3), "test_batch")
    >>> X.shape, y
    ((2, 3, 32, 32), array([9, 0]))
    """
    batch = _unpickled(content, name)
    X = _batch_images(batch.get("data"), name)
    return X, _checked_labels(batch.get("labels"), name, len(X))


def cifar10_classes(folder: Folder) -> tuple[str, ...]:
    """Return the names of the classes, from ``batches.meta``.

    Parameters
    ----------
    folder : path
        Holds the files of ``cifar-10-batches-py``.

    Returns
    -------
    tuple of str
        The name of class k is its entry k.

    Raises
    ------
    ImageFileError

    >>> cifar10_classes("no/such")
    Traceback (most recent call last):
    reference.image_files.ImageFileError: no/such/batches.meta: there is no such file, nor ...
    """
    name = "batches.meta"
    names = _unpickled(_content(folder, name), str(Path(folder, name))).get("label_names")
    if not isinstance(names, list) or not all(isinstance(each, (bytes, str)) for each in names):
        raise ImageFileError(f"{Path(folder, name)}: expected a list label_names, found none")
    return tuple(each.decode("latin1") if isinstance(each, bytes) else each for each in names)


def cifar10(folder: Folder) -> tuple[Array, Array, Array, Array]:
    """Return all images and labels of CIFAR-10, in the order of its files.

    Parameters
    ----------
    folder : path
        Holds ``data_batch_1`` … ``data_batch_5`` and ``test_batch``.

    Returns
    -------
    X : (N, 3, 32, 32) uint8 array
    y : (N,) int64 array
    X_test, y_test : the same for the test batch

    Raises
    ------
    ImageFileError

    >>> cifar10("no/such")
    Traceback (most recent call last):
    reference.image_files.ImageFileError: no/such/data_batch_1: there is no such file, nor ...
    """
    names = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]
    read = [cifar10_batch(_content(folder, name), str(Path(folder, name))) for name in names]
    X, y = (np.concatenate(parts) for parts in zip(*read[:-1], strict=True))
    return (X, y, *read[-1])


def idx_array(content: bytes, name: str, item: tuple[int, ...] = ()) -> Array:
    """Return the unsigned bytes of an IDX file.

    Parameters
    ----------
    content : bytes
        A magic number (2048 + the number of dimensions), each dimension, and the entries.
    name : str
        What an error calls it.
    item : tuple of int
        The dimensions behind the first: (28, 28) for images, () for labels.

    Returns
    -------
    (N, *item) read-only uint8 array

    Raises
    ------
    ImageFileError
        If the magic number, the dimensions or the length are not as expected.

    References
    ----------
    LeCun, Cortes and Burges, "The MNIST database of handwritten digits", "The IDX file format".

    >>> idx_array(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), "t10k-labels-idx1-ubyte")
    array([7, 9], dtype=uint8)
    """
    header = 4 * (2 + len(item))
    if len(content) < header:
        raise ImageFileError(f"{name}: expected a header of {header} bytes, found {len(content)}")
    magic, N, *rest = (int(word) for word in np.frombuffer(content[:header], ">u4"))
    if magic != 2049 + len(item):
        raise ImageFileError(f"{name}: expected magic number {2049 + len(item)}, found {magic}")
    if tuple(rest) != item:
        raise ImageFileError(f"{name}: expected {N} items of {item}, found {tuple(rest)}")
    if len(content) != header + N * math.prod(item):
        size = f"{header + N * math.prod(item)} bytes with {N} items"
        raise ImageFileError(f"{name}: expected {size}, found {len(content)}")
    return np.frombuffer(content[header:], np.uint8).reshape(N, *item)


def mnist(folder: Folder) -> tuple[Array, Array, Array, Array]:
    """Return all images and labels of MNIST.

    Parameters
    ----------
    folder : path
        Holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte``
        and ``t10k-labels-idx1-ubyte``, each as it is or gzipped with ``.gz`` behind its name.

    Returns
    -------
    X : (N, 1, 28, 28) uint8 array
        0 is the background, 255 the ink.
    y : (N,) int64 array
    X_test, y_test : the same for the test set

    Raises
    ------
    ImageFileError

    >>> mnist("no/such")
    Traceback (most recent call last):
    reference.image_files.ImageFileError: no/such/train-images-idx3-ubyte: there is no such file...
    """
    read: list[Array] = []
    for part in ("train", "t10k"):
        images, labels = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
        X = idx_array(_content(folder, images), str(Path(folder, images)), (28, 28))
        y = idx_array(_content(folder, labels), str(Path(folder, labels)))
        read += [X[:, None], _checked_labels(y.tolist(), str(Path(folder, labels)), len(X))]
    X, y, X_test, y_test = read
    return X, y, X_test, y_test


def _demand(folder: Folder, kind: str, wanted: int, found: int) -> None:
    if found < wanted:
        raise ImageFileError(f"{folder}: expected at least {wanted} {kind} images, found {found}")


def cifar10_split(
    folder: Folder, train: int = 49_000, validation: int = 1_000, test: int = 1_000
) -> Split:
    """Return CIFAR-10 as the courses use it: split in three, the mean image subtracted.

    Parameters
    ----------
    folder : path
        Holds the files of ``cifar-10-batches-py``.
    train, validation : int
        The first images of the training batches, and those after them.
    test : int
        The first images of the test batch.

    Returns
    -------
    Split
        Pixels from 0 to 255, less the mean of the training images. The default is 1.25 GB.

    Raises
    ------
    ImageFileError
        As of ``cifar10``, and if there are fewer images than asked for.

    References
    ----------
    ECE C147/C247 homework 3 and CS231n assignments 1 and 2, ``get_CIFAR10_data``.

    >>> cifar10_split("no/such")
    Traceback (most recent call last):
    reference.image_files.ImageFileError: no/such/data_batch_1: there is no such file, nor ...
    """
    X, y, X_test, y_test = cifar10(folder)
    _demand(folder, "training", train + validation, len(X))
    _demand(folder, "test", test, len(X_test))
    end = train + validation
    mean = X[:train].mean(axis=0, dtype=np.float64)
    return Split(
        X_train=X[:train] - mean,
        y_train=y[:train],
        X_val=X[train:end] - mean,
        y_val=y[train:end],
        X_test=X_test[:test] - mean,
        y_test=y_test[:test],
    )


def mnist_split(
    folder: Folder, train: int = 55_000, validation: int = 5_000, test: int = 10_000
) -> Split:
    """Return MNIST as the course uses it: split in three, ink as 1.

    Parameters
    ----------
    folder : path
        Holds the four files, as for ``mnist``.
    train, validation : int
        The first ``validation`` training images are for validation, the ``train`` after them to
        train on, as TensorFlow's ``input_data`` splits them.
    test : int
        The first images of the test set.

    Returns
    -------
    Split
        Pixels from 0 to 1. The default is 0.44 GB.

    Raises
    ------
    ImageFileError
        As of ``mnist``, and if there are fewer images than asked for.

    References
    ----------
    ELEC/COMP 576, assignment 1, part 2.

    >>> mnist_split("no/such")
    Traceback (most recent call last):
    reference.image_files.ImageFileError: no/such/train-images-idx3-ubyte: there is no such file...
    """
    X, y, X_test, y_test = mnist(folder)
    _demand(folder, "training", train + validation, len(X))
    _demand(folder, "test", test, len(X_test))
    end = validation + train
    return Split(
        X_train=X[validation:end] / 255.0,
        y_train=y[validation:end],
        X_val=X[:validation] / 255.0,
        y_val=y[:validation],
        X_test=X_test[:test] / 255.0,
        y_test=y_test[:test],
    )
