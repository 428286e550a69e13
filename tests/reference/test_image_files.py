"""The loaders on small files in the published formats, whole, damaged and hostile."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct

import numpy as np
import pytest

from reference.image_files import (
    LIMIT,
    ImageFileError,
    cifar10,
    cifar10_batch,
    cifar10_classes,
    cifar10_split,
    idx_array,
    mnist,
    mnist_split,
)

BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")


class Python2Pickler:
    """Writes what Python 2's cPickle wrote at protocol 2: the published batches' own opcodes."""

    def __init__(self, core=b"numpy.core.multiarray"):
        self.core = core
        self.numbered = 0

    def dumps(self, thing):
        return b"\x80\x02" + self.write(thing) + b"."

    def write(self, thing):
        if isinstance(thing, bytes):
            short = len(thing) < 256
            length = bytes([len(thing)]) if short else struct.pack("<i", len(thing))
            return (b"U" if short else b"T") + length + thing + self.number()
        if isinstance(thing, int):
            return b"K" + bytes([thing]) if thing < 256 else b"J" + struct.pack("<i", thing)
        if isinstance(thing, list):
            return b"]" + self.number() + b"(" + b"".join(map(self.write, thing)) + b"e"
        if isinstance(thing, dict):
            pairs = b"".join(self.write(key) + self.write(thing[key]) for key in thing)
            return b"}" + self.number() + b"(" + pairs + b"u"
        return self.array(thing)

    def number(self):
        self.numbered += 1
        few = self.numbered < 256
        return b"q" + bytes([self.numbered]) if few else b"r" + struct.pack("<i", self.numbered)

    def array(self, X, raw=None):
        kind = X.dtype.str[1:].encode()
        empty = b"c" + self.core + b"\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        dtype = b"cnumpy\ndtype\nU\x02" + kind + b"K\x00K\x01\x87R"
        dtype += b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        shape = b"(" + b"".join(map(self.write, X.shape)) + b"t"
        return empty + b"(K\x01" + shape + dtype + b"\x89" + self.write(raw or X.tobytes()) + b"tb"


def images(N, seed=0):
    return np.random.default_rng(seed).integers(256, size=(N, 3072), dtype=np.uint8)


def batch(N=4, seed=0):
    labels = [(seed + k) % 10 for k in range(N)]
    return {b"batch_label": b"training batch", b"labels": labels, b"data": images(N, seed)}


@pytest.fixture
def cifar(tmp_path):
    """Make a folder of CIFAR-10 batches: five of 4 images, and a test batch of 3."""
    for seed, name in enumerate(BATCHES):
        (tmp_path / name).write_bytes(Python2Pickler().dumps(batch(4, seed)))
    (tmp_path / "test_batch").write_bytes(Python2Pickler().dumps(batch(3, seed=9)))
    meta = {b"num_cases_per_batch": 4, b"label_names": [b"airplane", b"automobile"]}
    (tmp_path / "batches.meta").write_bytes(Python2Pickler().dumps(meta))
    return tmp_path


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def mnist_files(N=6, N_test=3):
    rng = np.random.default_rng(1)
    return {
        "train-images-idx3-ubyte": rng.integers(256, size=(N, 28, 28)),
        "train-labels-idx1-ubyte": np.arange(N) % 10,
        "t10k-images-idx3-ubyte": rng.integers(256, size=(N_test, 28, 28)),
        "t10k-labels-idx1-ubyte": np.arange(N_test),
    }


@pytest.fixture
def digits(tmp_path):
    """Make a folder of MNIST files: 6 images to train on and 3 to test."""
    for name, array in mnist_files().items():
        (tmp_path / name).write_bytes(idx(array))
    return tmp_path


def test_cifar_batches_follow_one_another_and_keep_their_pixels(cifar):
    X, y, X_test, y_test = cifar10(cifar)
    assert (X.shape, X.dtype, X_test.shape) == ((20, 3, 32, 32), np.uint8, (3, 3, 32, 32))
    np.testing.assert_array_equal(X[5].ravel(), images(4, seed=1)[1])
    assert X[5, 2, 1, 3] == images(4, seed=1)[1][2 * 1024 + 32 + 3]
    assert y.tolist()[:6] == [0, 1, 2, 3, 1, 2]
    assert y_test.tolist() == [9, 0, 1]
    assert y.dtype == np.int64


@pytest.mark.parametrize("core", [b"numpy.core.multiarray", b"numpy._core.multiarray"])
def test_arrays_are_known_by_numpys_old_and_new_module_names(core):
    X, y = cifar10_batch(Python2Pickler(core).dumps(batch()), "data_batch_1")
    np.testing.assert_array_equal(X.reshape(4, 3072), images(4))
    assert y.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("turn", [np.ascontiguousarray, np.asfortranarray])
@pytest.mark.parametrize("bytes_keys", [True, False])
def test_batches_that_python_3_saved_again_are_read_too(protocol, turn, bytes_keys):
    data = {b"labels": [7, 8], b"data": turn(images(2))}
    if not bytes_keys:
        data = {key.decode(): data[key] for key in data}
    X, y = cifar10_batch(pickle.dumps(data, protocol=protocol), "test_batch")
    np.testing.assert_array_equal(X.reshape(2, 3072), images(2))
    assert y.tolist() == [7, 8]


def test_the_classes_are_named_by_the_meta_file(cifar):
    assert cifar10_classes(cifar) == ("airplane", "automobile")


def test_the_cifar_split_subtracts_the_mean_of_the_training_images_alone(cifar):
    X, y, X_test, y_test = cifar10(cifar)
    split = cifar10_split(cifar, train=15, validation=4, test=2)
    mean = X[:15].astype(float).mean(axis=0)
    np.testing.assert_allclose(split.X_train, X[:15] - mean, rtol=1e-13)
    np.testing.assert_allclose(split.X_val, X[15:19] - mean, rtol=1e-13)
    np.testing.assert_allclose(split.X_test, X_test[:2] - mean, rtol=1e-13)
    assert np.abs(split.X_train.mean(axis=0)).max() < 1e-12
    assert split.X_train.dtype == np.float64
    for part, labels in ((split.y_train, y[:15]), (split.y_val, y[15:19]), (split.y_test, y_test)):
        np.testing.assert_array_equal(part, labels[: len(part)])


def test_the_mnist_split_validates_on_the_first_images_and_scales_the_ink_to_1(digits):
    X, y, X_test, y_test = mnist(digits)
    split = mnist_split(digits, train=3, validation=2, test=2)
    np.testing.assert_array_equal(split.X_val, X[:2] / 255)
    np.testing.assert_array_equal(split.X_train, X[2:5] / 255)
    np.testing.assert_array_equal(split.X_test, X_test[:2] / 255)
    assert split.y_val.tolist() + split.y_train.tolist() == y[:5].tolist() == [0, 1, 2, 3, 4]
    assert split.y_test.tolist() == y_test[:2].tolist()
    assert split.X_train.shape == (3, 1, 28, 28)


@pytest.mark.parametrize(
    ("split", "folder", "complaint"),
    [
        (cifar10_split, "cifar", "expected at least 50000 training images, found 20"),
        (mnist_split, "digits", "expected at least 60000 training images, found 6"),
    ],
)
def test_the_courses_split_demands_the_whole_data_set(split, folder, complaint, request):
    with pytest.raises(ImageFileError, match=complaint):
        split(request.getfixturevalue(folder))


def test_too_few_test_images_are_told_apart_from_too_few_training_images(digits):
    with pytest.raises(ImageFileError, match="expected at least 4 test images, found 3"):
        mnist_split(digits, train=3, validation=2, test=4)


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_is_read_plain_or_gzipped(tmp_path, packed):
    for name, array in mnist_files().items():
        path = tmp_path / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    X, y, X_test, y_test = mnist(tmp_path)
    np.testing.assert_array_equal(X[:, 0], mnist_files()["train-images-idx3-ubyte"])
    np.testing.assert_array_equal(X_test[:, 0], mnist_files()["t10k-images-idx3-ubyte"])
    assert (y.tolist(), y_test.tolist()) == ([0, 1, 2, 3, 4, 5], [0, 1, 2])
    assert y.dtype == y_test.dtype == np.int64


def test_a_missing_file_is_named(cifar, digits):
    (cifar / "data_batch_3").unlink()
    with pytest.raises(ImageFileError, match="data_batch_3: there is no such file"):
        cifar10(cifar)
    (digits / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(ImageFileError, match=r"t10k-labels-idx1-ubyte: .*ubyte\.gz beside it"):
        mnist(digits)


def test_a_folder_in_place_of_a_file_is_no_file(cifar):
    (cifar / "test_batch").unlink()
    (cifar / "test_batch").mkdir()
    with pytest.raises(ImageFileError, match="test_batch: there is no such file"):
        cifar10(cifar)


@pytest.mark.parametrize("kept", [0, 1, 3, 40, 1000, 12_000, -1])
def test_a_truncated_batch_is_named_with_its_size(cifar, kept):
    content = (cifar / "data_batch_2").read_bytes()[:kept]
    (cifar / "data_batch_2").write_bytes(content)
    complaint = rf"data_batch_2: {len(content)} bytes that are no readable batch: \S"
    with pytest.raises(ImageFileError, match=complaint) as caught:
        cifar10(cifar)
    assert caught.value.__suppress_context__


def test_a_length_past_the_end_is_named_beside_what_is_there():
    whole = Python2Pickler().dumps(batch())
    lying = whole.replace(struct.pack("<i", 4 * 3072), struct.pack("<i", 2**31 - 1))
    assert lying != whole
    with pytest.raises(ImageFileError, match=r"expected 2147483647 bytes .* only \d+ remain"):
        cifar10_batch(lying, "data_batch_1")


def test_a_shape_that_promises_more_than_the_bytes_hold_is_rejected():
    pickler = Python2Pickler()
    pickler.array = lambda X: Python2Pickler.array(pickler, X, raw=X.tobytes()[:-1])
    with pytest.raises(ImageFileError, match="expected 12288 bytes of 4 images, found 12287"):
        cifar10_batch(pickler.dumps(batch()), "data_batch_1")


class Attack:
    """A pickle that calls a function when it is read."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_malicious_pickle_is_named_and_does_not_run(cifar, protocol):
    victim = cifar / "victim"
    victim.mkdir()
    hostile = {"data": Attack(os.rmdir, str(victim)), "labels": [0]}
    (cifar / "data_batch_1").write_bytes(pickle.dumps(hostile, protocol=protocol))
    with pytest.raises(ImageFileError, match=r"data_batch_1: .* asks for \w+\.rmdir"):
        cifar10(cifar)
    assert victim.exists()


@pytest.mark.parametrize(
    "asked",
    [
        "builtins.eval",
        "builtins.getattr",
        "os.system",
        "numpy.load",
        "numpy.core.multiarray.scalar",
        "numpy.core.multiarray.fromfile",
        "_codecs.encode",
        "reference.image_files._content",
    ],
)
def test_nothing_but_the_parts_of_an_array_may_be_asked_for(asked):
    module, name = asked.rsplit(".", 1)
    content = f"c{module}\n{name}\n.".encode()
    with pytest.raises(ImageFileError, match=f"it asks for {asked}, which no batch needs"):
        cifar10_batch(content, "test_batch")


def test_a_dotted_name_does_not_lead_past_the_admitted_ones():
    content = b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93."
    with pytest.raises(ImageFileError, match=r"it asks for numpy\.ndarray\.tofile"):
        cifar10_batch(content, "test_batch")


def doubled_tuples(count):
    """Return what builds tuples number 1 to count − 1, each of its predecessor twice."""
    return b"".join(
        b"h%ch%c\x86q%c0" % (number - 1, number - 1, number) for number in range(1, count)
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x02Nr\xff\xff\xff\x7f.",  # object number 2³¹ − 1, for which there would be no room
        b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"abc.",  # 4 EiB of bytes
        b"\x80\x02Pevil\n.",  # an object from elsewhere
        b"\x80\x02\x82\x01.",  # a registered extension
        b"\x80\x05\x97.",  # a buffer from elsewhere
        b"\x80\x02cnumpy\ndtype\n)R}b.",  # an array's type alone
        b"\x80\x02cnumpy\ndtype\n}b.",  # a state for a class
        b"\x80\x02}(}Nu.",  # a key that cannot be one
        b"\x80\x02" + b"(" * 100_000 + b"t" * 99_999 + b".",
        b"\x80\x02})" + b"\x85" * 300_000 + b"K\x01s.",  # a key that is hashed 300,000 deep
        b"\x80\x02)q\x000" + doubled_tuples(60) + b"}h\x3bK\x01s.",  # and one hashed 2⁵⁹ times
        b"\x80\x02]q\x00.",
        b"\x80\x02N.",
        b"\x1f\x8b not a pickle",
    ],
)
def test_pickles_that_are_no_batches_are_errors_of_their_own(content):
    with pytest.raises(ImageFileError, match="test_batch: "):
        cifar10_batch(content, "test_batch")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({b"data": images(4).astype("i2")}, "expected data of N × 3072 unsigned bytes"),
        ({b"data": images(4)[:, :3000]}, "expected data of N × 3072 unsigned bytes"),
        ({b"data": images(4).ravel()}, "expected data of N × 3072 unsigned bytes"),
        ({b"data": [1, 2]}, "expected data of N × 3072 unsigned bytes"),
        ({b"labels": [0, 1, 2]}, "expected 4 labels, one for each image, found 3"),
        ({b"labels": [0, 1, 2, 10]}, "expected labels from 0 to 9"),
        ({b"labels": [0, 1, 2, b"cat"]}, "expected a list of integers as labels"),
        ({b"labels": b"0123"}, "expected a list of integers as labels"),
    ],
)
def test_data_or_labels_of_another_kind_are_errors(change, complaint):
    with pytest.raises(ImageFileError, match=f"data_batch_1: {complaint}"):
        cifar10_batch(Python2Pickler().dumps(batch() | change), "data_batch_1")


@pytest.mark.parametrize("missing", [b"data", b"labels"])
def test_a_batch_without_data_or_labels_is_an_error(missing):
    content = batch()
    del content[missing]
    with pytest.raises(ImageFileError, match="found something else"):
        cifar10_batch(Python2Pickler().dumps(content), "data_batch_1")


def test_an_array_of_objects_is_not_built():
    objects = np.array([["x"] * 3072], dtype=object)
    with pytest.raises(ImageFileError, match="unsigned bytes"):
        cifar10_batch(pickle.dumps({"data": objects, "labels": [0]}, protocol=4), "data_batch_1")


def test_a_meta_file_without_names_is_an_error(cifar):
    (cifar / "batches.meta").write_bytes(Python2Pickler().dumps({b"label_names": 3}))
    with pytest.raises(ImageFileError, match=r"batches\.meta: expected a list label_names"):
        cifar10_classes(cifar)


def test_no_damage_ends_in_another_error():
    rng = np.random.default_rng(0)
    whole = np.frombuffer(Python2Pickler().dumps(batch(1)), np.uint8)
    structure = np.r_[0:400, len(whole) - 20 : len(whole)]
    read = 0
    for _ in range(2_000):
        damaged = whole.copy()
        places = rng.choice(structure, size=rng.integers(1, 4))
        damaged[places] = rng.integers(256, size=len(places))
        try:
            X, y = cifar10_batch(damaged.tobytes(), "data_batch_1")
        except ImageFileError:
            continue
        assert X.shape == (len(y), 3, 32, 32)
        read += 1
    assert 0 < read < 2_000


def test_labels_in_place_of_images_are_known_by_their_magic_number(digits):
    labels = (digits / "train-labels-idx1-ubyte").read_bytes() + bytes(10)
    (digits / "train-images-idx3-ubyte").write_bytes(labels)
    complaint = "train-images-idx3-ubyte: expected magic number 2051, found 2049"
    with pytest.raises(ImageFileError, match=complaint):
        mnist(digits)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "expected a header of 16 bytes, found 0"),
        (bytes([0, 0, 8, 3, 0, 0]), "expected a header of 16 bytes, found 6"),
        (idx(np.zeros((2, 28, 28)))[:-1], "expected 1584 bytes with 2 items, found 1583"),
        (idx(np.zeros((2, 28, 28))) + b"x", "expected 1584 bytes with 2 items, found 1585"),
        (idx(np.zeros((2, 28, 27))), r"expected 2 items of \(28, 28\), found \(28, 27\)"),
        (
            bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**32 - 1, 28, 28),
            "expected 3367254359296 bytes with 4294967295 items, found 16",
        ),
        (bytes([0, 0, 13, 3]) + bytes(12), "expected magic number 2051, found 3331"),
    ],
)
def test_a_damaged_idx_file_is_told_by_what_was_expected_and_found(content, complaint):
    with pytest.raises(ImageFileError, match=f"images: {complaint}"):
        idx_array(content, "images", (28, 28))


def test_labels_must_be_as_many_as_the_images_and_be_digits(digits):
    (digits / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(5)))
    with pytest.raises(ImageFileError, match="expected 6 labels, one for each image, found 5"):
        mnist(digits)
    (digits / "train-labels-idx1-ubyte").write_bytes(idx(np.full(6, 10)))
    with pytest.raises(ImageFileError, match="expected labels from 0 to 9"):
        mnist(digits)


def zipped(content, cut=None):
    return gzip.compress(content, mtime=0)[:cut]


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip",
        zipped(idx(np.zeros((6, 28, 28))), cut=-9),
        zipped(idx(np.zeros((6, 28, 28))), cut=20),
        zipped(idx(np.zeros((6, 28, 28))))[:-8] + bytes(8),
        zipped(b"")[:10] + b"\xff" * 20,
    ],
)
def test_a_damaged_gzip_file_cannot_be_read_and_is_named(digits, content):
    (digits / "train-images-idx3-ubyte").unlink()
    (digits / "train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(ImageFileError, match=r"train-images-idx3-ubyte\.gz: it cannot be read: \S"):
        mnist(digits)


def test_a_gzip_bomb_is_unpacked_no_further_than_the_limit(digits):
    (digits / "train-images-idx3-ubyte").unlink()
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=1) as stream:
        for _ in range(LIMIT // 2**20 + 1):
            stream.write(bytes(2**20))
    (digits / "train-images-idx3-ubyte.gz").write_bytes(bomb.getvalue())
    with pytest.raises(ImageFileError, match=f"expected at most {LIMIT} bytes, found more"):
        mnist(digits)
