"""Small data sets for training, drawn or embedded; none is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reference.problem import Array

Random = np.random.Generator | int
"""Where randomness comes from: a generator, or the integer seed that a course publishes."""


def _seed(rng: Random) -> int:
    """Return the seed for scikit-learn: the published one, or one that the generator draws."""
    return int(rng.integers(2**31)) if isinstance(rng, np.random.Generator) else int(rng)


def moons(rng: Random, n: int, noise: float = 0.2) -> tuple[Array, Array]:
    """Return two interleaved half circles, through scikit-learn.

    Parameters
    ----------
    rng : numpy.random.Generator or int
        ``moons(0, 200, noise=0.2)`` are the very points of ELEC/COMP 576.
    n : int
        Number of points, half of them in each class.
    noise : float
        Standard deviation of the noise on the coordinates, >= 0.

    Returns
    -------
    X : (n, 2) float64 array
    y : (n,) int64 array
        0 for the upper moon, 1 for the lower one.

    References
    ----------
    ELEC/COMP 576, assignment 1, part 1: ``generate_data``.

    >>> X, y = moons(0, 200)
    >>> X.shape, int(y.sum())
    ((200, 2), 100)
    """
    from sklearn.datasets import make_moons

    X, y = make_moons(n, noise=noise, random_state=_seed(rng))
    return X, y.astype(np.int64)


def gaussian_quantiles(rng: Random, n: int, D: int = 2, C: int = 4) -> tuple[Array, Array]:
    """Return one Gaussian cloud, cut into classes of equal size by the radius.

    Parameters
    ----------
    rng : numpy.random.Generator or int
    n : int
        Number of points.
    D, C : int
        Dimensions and classes.

    Returns
    -------
    X : (n, D) float64 array
    y : (n,) int64 array
        0 for the innermost class.

    References
    ----------
    ELEC/COMP 576, assignment 1, part 1: a second data set.

    >>> X, y = gaussian_quantiles(0, 8)
    >>> X.shape, sorted(y.tolist())
    ((8, 2), [0, 0, 1, 1, 2, 2, 3, 3])
    """
    from sklearn.datasets import make_gaussian_quantiles

    X, y = make_gaussian_quantiles(n_samples=n, n_features=D, n_classes=C, random_state=_seed(rng))
    return X, y.astype(np.int64)


def digits(rng: Random, n: int) -> tuple[Array, Array]:
    """Return n different images of scikit-learn's 1,797 handwritten digits.

    Parameters
    ----------
    rng : numpy.random.Generator or int
        Picks and orders the images. Disjoint sets come from one draw that is split.
    n : int
        Number of images, at most 1,797.

    Returns
    -------
    X : (n, 64) float64 array
        8×8 images between 0 and 1, row by row.
    y : (n,) int64 array

    Raises
    ------
    ValueError
        If there are fewer images than asked for, or if n is negative.

    >>> X, y = digits(0, 5)
    >>> X.shape, float(X.max()), y.dtype.name
    ((5, 64), 1.0, 'int64')
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    if not 0 <= n <= len(labels):
        raise ValueError(f"n={n}: the digits are only {len(labels)} images")
    chosen = np.random.default_rng(rng).permutation(len(labels))[:n]
    return images[chosen] / 16.0, labels[chosen].astype(np.int64)


def blob_centres(D: int, C: int) -> Array:
    """Return C fixed points on the axes, any two of them at least 1 apart.

    Parameters
    ----------
    D, C : int
        Dimensions and number of points.

    Returns
    -------
    (C, D) float64 array
        For each axis 1 and −1, then further out, at 2 and −2, and so on.

    >>> blob_centres(D=2, C=5)
    array([[ 1.,  0.],
           [-1.,  0.],
           [ 0.,  1.],
           [ 0., -1.],
           [ 2.,  0.]])
    """
    c = np.arange(C)
    centres = np.zeros((C, D))
    centres[c, c // 2 % D] = (1 + c // (2 * D)) * (-1.0) ** c
    return centres


def blobs(
    rng: Random, n: int, D: int = 2, C: int = 3, spread: float = 0.125
) -> tuple[Array, Array]:
    """Return Gaussian clouds around fixed centres, well separated as long as they are narrow.

    The centres do not depend on ``rng``, so a second draw is a test set for the first.

    Parameters
    ----------
    rng : numpy.random.Generator or int
    n : int
        Number of points; the classes differ by at most one in size.
    D, C : int
        Dimensions and classes.
    spread : float
        Standard deviation of a cloud, where the nearest centres are 1 to √2 apart.

    Returns
    -------
    X : (n, D) float64 array
    y : (n,) int64 array

    >>> X, y = blobs(0, 300)
    >>> bool((X[y == 0, 0] > X[y == 1, 0].max()).all())
    True
    """
    generator = np.random.default_rng(rng)
    y = generator.permutation(np.arange(n, dtype=np.int64) % C)
    return blob_centres(D, C)[y] + spread * generator.normal(size=(n, D)), y


DATASETS: Mapping[str, Callable[..., tuple[Array, Any]]] = {
    "moons": moons,
    "gaussian_quantiles": gaussian_quantiles,
    "digits": digits,
    "blobs": blobs,
}
"""From a data set's id to ``function(rng, n, **parameters)``, which returns X (n, D) and y (n,)."""
