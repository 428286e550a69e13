"""Convolution and max pooling over images, each as one matrix product or one argument of a max.

ECE C147/C247 homework 5, CS231n assignment 2 and ELEC/COMP 576 assignment 1, part 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Sizes


def windows(x: Array, height: int, width: int, stride: int) -> Array:
    """Return a view of every window of the images, without copying a pixel.

    Parameters
    ----------
    x : (N, C, H, W) array
    height, width : int
        Of a window.
    stride : int
        Between neighbouring windows, both ways. Pixels that fill no window are left out.

    Returns
    -------
    (N, C, HO, WO, height, width) read-only array
        HO = 1 + (H − height) // stride, WO = 1 + (W − width) // stride.

    >>> windows(np.arange(12.0).reshape(1, 1, 3, 4), 2, 2, stride=2)[0, 0, 0, 1]
    array([[2., 3.],
           [6., 7.]])
    """
    view: Array = sliding_window_view(x, (height, width), axis=(2, 3))
    return view[:, :, ::stride, ::stride]


def taps(height: int, width: int, stride: int, HO: int, WO: int) -> Iterator[Any]:
    """Yield, for each pixel (i, j) of a window, where that pixel of all windows lies in the image.

    >>> [tap[-1] for tap in taps(1, 2, stride=3, HO=4, WO=5)]
    [slice(0, 13, 3), slice(1, 14, 3)]
    """
    for i, j in product(range(height), range(width)):
        rows = slice(i, i + stride * (HO - 1) + 1, stride)
        columns = slice(j, j + stride * (WO - 1) + 1, stride)
        yield (slice(None), slice(None), rows, columns)


def padded(x: Array, pad: int) -> Array:
    """Return the images with ``pad`` zeros on each side.

    >>> padded(np.ones((1, 1, 1, 1)), 1)[0, 0]
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def conv(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    """Return every filter's product with every window of the images.

    Parameters
    ----------
    x : (N, C, H, W) float array
        N images of C channels.
    w : (F, C, HH, WW) float array
        F filters. They are not flipped: what the field calls a convolution is a correlation.
    b : (F,) float array
    stride : int
        Between neighbouring windows, both ways.
    pad : int
        Zeros on each side of the image.

    Returns
    -------
    (N, F, HO, WO) float array
        ``out[n, f, i, j] = Σ w[f] ⊙ window(x[n], i, j) + b[f]``, with
        HO = 1 + (H + 2 pad − HH) // stride and WO likewise.

    References
    ----------
    CS231n assignment 2 and ECE C147/C247 homework 5, ``conv_layers.conv_forward_naive``.

    >>> conv(np.ones((1, 2, 3, 3)), np.ones((1, 2, 2, 2)), np.array([0.5]))[0, 0]
    array([[8.5, 8.5],
           [8.5, 8.5]])
    """
    seen = windows(padded(x, pad), w.shape[2], w.shape[3], stride)
    out = np.tensordot(seen, w, axes=([1, 4, 5], [1, 2, 3]))
    return np.moveaxis(out + b, -1, 1)


def conv_gradients(
    dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0
) -> tuple[Array, Array, Array]:
    """Return the gradients of ``sum(dout * conv(x, w, b, stride, pad))`` in x, w and b.

    Parameters
    ----------
    dout : (N, F, HO, WO) float array
    x : (N, C, H, W) float array
    w : (F, C, HH, WW) float array
    stride, pad : int

    Returns
    -------
    dx : (N, C, H, W) float array
        Each window gets ``Σ_f dout[n, f, i, j] w[f]``; windows that overlap add up.
    dw : (F, C, HH, WW) float array
        ``Σ dout[n, f, i, j] window(x[n], i, j)`` over images and positions.
    db : (F,) float array
        ``Σ dout`` over images and positions.

    References
    ----------
    CS231n assignment 2 and ECE C147/C247 homework 5, ``conv_layers.conv_backward_naive``.

    >>> dx, dw, db = conv_gradients(np.ones((1, 1, 1, 2)), np.array([[[[1.0, 2.0, 4.0]]]]),
    ...                             np.array([[[[3.0, 5.0]]]]))
    >>> dx[0, 0], dw[0, 0], db
    (array([[3., 8., 5.]]), array([[3., 6.]]), array([2.]))
    """
    dw, db = conv_parameter_gradients(dout, x, w.shape, stride, pad)
    return conv_input_gradient(dout, w, x.shape, stride, pad), dw, db


def conv_parameter_gradients(
    dout: Array, x: Array, shape: tuple[int, ...], stride: int = 1, pad: int = 0
) -> tuple[Array, Array]:
    """Return the gradients of ``sum(dout * conv(x, w, b, stride, pad))`` in w and b alone.

    Parameters
    ----------
    dout : (N, F, HO, WO) float array
    x : (N, C, H, W) float array
    shape : (F, C, HH, WW)
        Of w.
    stride, pad : int

    Returns
    -------
    dw : (F, C, HH, WW) float array
    db : (F,) float array

    >>> dw, db = conv_parameter_gradients(
    ...     np.ones((1, 1, 1, 2)), np.array([[[[1.0, 2.0, 4.0]]]]), (1, 1, 1, 2))
    >>> dw[0, 0], db
    (array([[3., 6.]]), array([2.]))
    """
    seen = windows(padded(x, pad), shape[2], shape[3], stride)
    dw = np.tensordot(dout, seen, axes=([0, 2, 3], [0, 2, 3]))
    return dw, dout.sum(axis=(0, 2, 3))


def conv_input_gradient(
    dout: Array, w: Array, shape: tuple[int, ...], stride: int = 1, pad: int = 0
) -> Array:
    """Return the gradient of ``sum(dout * conv(x, w, b, stride, pad))`` in x alone.

    Parameters
    ----------
    dout : (N, F, HO, WO) float array
    w : (F, C, HH, WW) float array
    shape : (N, C, H, W)
        Of x.
    stride, pad : int

    Returns
    -------
    (N, C, H, W) float array

    >>> conv_input_gradient(np.ones((1, 1, 1, 2)), np.array([[[[3.0, 5.0]]]]), (1, 1, 1, 3))[0, 0]
    array([[3., 8., 5.]])
    """
    N, C, H, W = shape
    (_, _, HH, WW), (HO, WO) = w.shape, dout.shape[2:]
    pixels = np.tensordot(w, dout, axes=(0, 1)).reshape(C, HH * WW, N, HO, WO)
    dimage = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for pixel, tap in enumerate(taps(HH, WW, stride, HO, WO)):
        dimage[tap] += pixels[:, pixel].swapaxes(0, 1)
    return dimage[:, :, pad : pad + H, pad : pad + W]


def max_pool(x: Array, height: int, width: int, stride: int) -> Array:
    """Return the largest pixel of every window.

    Parameters
    ----------
    x : (N, C, H, W) float array
    height, width : int
        Of a window.
    stride : int
        Between neighbouring windows, both ways.

    Returns
    -------
    (N, C, HO, WO) float array
        HO = 1 + (H − height) // stride, WO = 1 + (W − width) // stride.

    References
    ----------
    CS231n assignment 2 and ECE C147/C247 homework 5, ``conv_layers.max_pool_forward_naive``.

    >>> max_pool(np.arange(12.0).reshape(1, 1, 3, 4), 2, 2, stride=2)[0, 0]
    array([[5., 7.]])
    """
    largest: Array = windows(x, height, width, stride).max(axis=(4, 5))
    return largest


def max_pool_gradient(dout: Array, x: Array, height: int, width: int, stride: int) -> Array:
    """Return the gradient of ``sum(dout * max_pool(x, height, width, stride))`` in x.

    Parameters
    ----------
    dout : (N, C, HO, WO) float array
    x : (N, C, H, W) float array
    height, width, stride : int

    Returns
    -------
    (N, C, H, W) float array
        Each window sends its dout to its largest pixel, to the first of them where several tie.

    References
    ----------
    CS231n assignment 2 and ECE C147/C247 homework 5, ``conv_layers.max_pool_backward_naive``.

    >>> max_pool_gradient(np.array([[[[9.0]]]]), np.array([[[[1.0, 3.0, 2.0]]]]), 1, 3, 1)[0, 0]
    array([[0., 9., 0.]])
    """
    HO, WO = dout.shape[2:]
    seen = windows(x, height, width, stride)
    winner = seen.reshape(*dout.shape, height * width).argmax(axis=-1)
    dx = np.zeros(x.shape)
    for pixel, tap in enumerate(taps(height, width, stride, HO, WO)):
        dx[tap] += dout * (winner == pixel)
    return dx


def pool_lead(x: Array, height: int, width: int, stride: int) -> float:
    """Return the least lead of a window's largest pixel, relative to the image's largest.

    >>> pool_lead(np.array([[[[1.0, 4.0, 3.0]]]]), 1, 3, 1)
    0.25
    """
    seen = windows(x, height, width, stride)
    pixels = np.sort(seen.reshape(*seen.shape[:4], height * width), axis=-1)
    if pixels.shape[-1] == 1:
        return float("inf")
    return float((pixels[..., -1] - pixels[..., -2]).min() / np.abs(x).max())


def output_sizes(
    H: int, W: int, height: int, width: int, stride: int, pad: int = 0
) -> dict[str, int]:
    """Return by name how many windows fit into an image, up and down.

    >>> output_sizes(H=5, W=7, height=3, width=3, stride=2, pad=1)
    {'HO': 3, 'WO': 4}
    """
    return {
        "HO": 1 + (H + 2 * pad - height) // stride,
        "WO": 1 + (W + 2 * pad - width) // stride,
    }


def draw_conv(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw images, filters, biases and dout, and report the output's size HO × WO."""
    N, C, H, W, F, HH, WW = (sizes[name] for name in ("N", "C", "H", "W", "F", "HH", "WW"))
    stride, pad = int(settings["stride"]), int(settings["pad"])
    out = output_sizes(H, W, HH, WW, stride, pad)
    return {
        "x": rng.normal(size=(N, C, H, W)),
        "w": rng.normal(size=(F, C, HH, WW)) / np.sqrt(C * HH * WW),
        "b": rng.normal(scale=0.5, size=F),
        "dout": rng.normal(size=(N, F, *out.values())),
        "stride": stride,
        "pad": pad,
        **out,
    }


def solve_conv(inputs: Inputs, options: Options) -> Answers:
    """Return the convolution and its three gradients along dout."""
    x, w, b, dout, stride, pad = (inputs[name] for name in ("x", "w", "b", "dout", "stride", "pad"))
    dx, dw, db = conv_gradients(dout, x, w, stride, pad)
    return {"out": conv(x, w, b, stride, pad), "dx": dx.copy(), "dw": dw, "db": db}


def plain_conv(x: Array, w: Array, b: Array, stride: int, pad: int) -> Array:
    """Return the convolution as a sum over the filters' pixels, for real or complex arrays.

    Each of x, w and b may have further axes in front of its own, which the result then has too.

    >>> plain_conv(np.ones((1, 2, 3, 3)), np.ones((1, 2, 2, 2)), np.array([0.5]), 1, 0)[0, 0]
    array([[8.5, 8.5],
           [8.5, 8.5]])
    """
    image = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(pad, pad)] * 2)
    (H, W), (HH, WW) = image.shape[-2:], w.shape[-2:]
    HO, WO = output_sizes(H, W, HH, WW, stride).values()
    pixels = w.reshape(*w.shape[:-2], HH * WW)
    out: Array = b[..., None, :, None]
    for pixel, (*_, rows, columns) in enumerate(taps(HH, WW, stride, HO, WO)):
        seen = image[..., rows, columns].reshape(*image.shape[:-2], HO * WO)
        out = out + pixels[..., None, :, :, pixel] @ seen
    return out.reshape(*out.shape[:-1], HO, WO)


def value_conv(inputs: Inputs, options: Options) -> Answers:
    """Return the convolution as a sum over the filters' pixels."""
    return {"out": plain_conv(*(inputs[name] for name in ("x", "w", "b", "stride", "pad")))}


def draw_max_pool(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw images and dout, and report the output's size HO × WO."""
    N, C, H, W = (sizes[name] for name in "NCHW")
    window = {name: int(settings[name]) for name in ("pool_height", "pool_width", "stride")}
    out = output_sizes(H, W, *window.values())
    return {
        "x": rng.normal(size=(N, C, H, W)),
        "dout": rng.normal(size=(N, C, *out.values())),
        **window,
        **out,
    }


def _pool(inputs: Inputs) -> tuple[int, int, int]:
    return inputs["pool_height"], inputs["pool_width"], inputs["stride"]


def solve_max_pool(inputs: Inputs, options: Options) -> Answers:
    """Return the pooled images and the gradient along dout."""
    x, pool = inputs["x"], _pool(inputs)
    return {"out": max_pool(x, *pool), "dx": max_pool_gradient(inputs["dout"], x, *pool)}


def plain_max_pool(x: Array, height: int, width: int, stride: int) -> Array:
    """Return the largest pixel of every window by comparing real parts, pixel after pixel.

    There may be further axes in front of those of the images.

    >>> plain_max_pool(np.array([[[[1 + 1j, 3 + 2j, 2 + 9j]]]]), 1, 3, 1)[0, 0]
    array([[3.+2.j]])
    """
    H, W = x.shape[-2:]
    HO, WO = output_sizes(H, W, height, width, stride).values()
    places = taps(height, width, stride, HO, WO)
    candidates = [x[..., rows, columns] for *_, rows, columns in places]
    largest: Array = candidates[0]
    for candidate in candidates[1:]:
        largest = np.where(candidate.real > largest.real, candidate, largest)
    return largest


PROBLEMS = {
    "conv": Problem(
        id="conv",
        title="Convolution of images and its backward pass",
        source="ECE C147/C247 homework 5; CS231n assignment 2: conv_forward_naive",
        shapes=lambda options: {
            "x": ("N", "C", "H", "W"),
            "w": ("F", "C", "HH", "WW"),
            "b": ("F",),
            "dout": ("N", "F", "HO", "WO"),
            "stride": (),
            "pad": (),
        },
        sizes=(
            {"N": 4, "C": 2, "H": 11, "W": 9, "F": 3, "HH": 6, "WW": 5},  # HO = 8, WO = 7
            {"N": 3, "C": 2, "H": 9, "W": 10, "F": 5, "HH": 4, "WW": 6},  # HO = 8, WO = 7
        ),
        settings={"stride": 1, "pad": 1},
        regimes={
            "single": {"N": 1},
            "square": {"N": 3, "C": 3, "H": 5, "W": 5, "F": 3, "HH": 3, "WW": 3},
            "strided": {"stride": 2},
            "unpadded": {"pad": 0},
        },
        draw=draw_conv,
        solve=solve_conv,
        value=value_conv,
        stacks=True,
        gradients={f"d{name}": Gradient(of="out", wrt=name, along="dout") for name in "xwb"},
    ),
    "max_pool": Problem(
        id="max_pool",
        title="Max pooling of images and its backward pass",
        source="ECE C147/C247 homework 5; CS231n assignment 2: max_pool_forward_naive",
        shapes=lambda options: {
            "x": ("N", "C", "H", "W"),
            "dout": ("N", "C", "HO", "WO"),
            "pool_height": (),
            "pool_width": (),
            "stride": (),
        },
        sizes=({"N": 4, "C": 2, "H": 10, "W": 6}, {"N": 3, "C": 7, "H": 4, "W": 10}),
        settings={"pool_height": 2, "pool_width": 2, "stride": 2},
        regimes={
            "single": {"N": 1},
            "square": {"N": 4, "C": 4, "H": 4, "W": 4},
            "overlapping": {"pool_height": 3, "pool_width": 2, "stride": 1},
        },
        draw=draw_max_pool,
        solve=solve_max_pool,
        value=lambda inputs, options: {"out": plain_max_pool(inputs["x"], *_pool(inputs))},
        stacks=True,
        gradients={"dx": Gradient(of="out", wrt="x", along="dout")},
        margin=lambda inputs, options: pool_lead(inputs["x"], *_pool(inputs)),
    ),
}
