"""Convolution and pooling by loops over pixels, as the homework's naive versions are written."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np


def conv_by_loops(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    """Window by window; the gradients are collected on the way."""
    x, w, b, dout, stride, pad = (inputs[n] for n in ("x", "w", "b", "dout", "stride", "pad"))
    (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
    image = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    image[:, :, pad : pad + H, pad : pad + W] = x
    out, dimage, dw = np.zeros(dout.shape), np.zeros(image.shape), np.zeros(w.shape)
    for n, i, j in product(range(N), *map(range, dout.shape[2:])):
        at = (
            n,
            slice(None),
            slice(i * stride, i * stride + HH),
            slice(j * stride, j * stride + WW),
        )
        for f in range(F):
            out[n, f, i, j] = np.vdot(image[at], w[f]) + b[f]
            dimage[at] += w[f] * dout[n, f, i, j]
            dw[f] += image[at] * dout[n, f, i, j]
    return {
        "out": out,
        "dx": dimage[:, :, pad : pad + H, pad : pad + W],
        "dw": dw,
        "db": [sum(dout[:, f].flat) for f in range(F)],
    }


def pool_by_loops(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    """Window by window; every pixel that equals the largest gets the gradient."""
    x, dout, stride = inputs["x"], inputs["dout"], inputs["stride"]
    height, width = inputs["pool_height"], inputs["pool_width"]
    out, dx = np.zeros(dout.shape), np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        at = (n, c, slice(top, top + height), slice(left, left + width))
        out[n, c, i, j] = np.max(x[at])
        dx[at] += (x[at] == out[n, c, i, j]) * dout[n, c, i, j]
    return {"out": out, "dx": dx}
