"""What the courses compile with Cython, in NumPy: windows of images as columns, and back.

Here for whoever hands in fast layers of the course without the compiled module that they need.
"""
import numpy as np


def im2col_cython(x, field_height, field_width, padding, stride):
    """Return the windows of x (N, C, H, W) as columns, (C HH WW, HO WO N)."""
    pad, stride = int(padding), int(stride)
    N, C = x.shape[:2]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    HO = (padded.shape[2] - field_height) // stride + 1
    WO = (padded.shape[3] - field_width) // stride + 1
    cols = np.empty((C, field_height, field_width, HO, WO, N), dtype=x.dtype)
    for i in range(field_height):
        for j in range(field_width):
            pixels = padded[:, :, i:i + stride * HO:stride, j:j + stride * WO:stride]
            cols[:, i, j] = pixels.transpose(1, 2, 3, 0)
    return cols.reshape(C * field_height * field_width, HO * WO * N)


def col2im_cython(cols, N, C, H, W, field_height, field_width, padding, stride):
    """Return the sum over windows, (N, C, H, W), of columns as im2col_cython makes them."""
    HO = (H + 2 * int(padding) - field_height) // int(stride) + 1
    WO = (W + 2 * int(padding) - field_width) // int(stride) + 1
    six = cols.reshape(C, field_height, field_width, HO, WO, N).transpose(0, 1, 2, 5, 3, 4)
    return col2im_6d_cython(six, N, C, H, W, field_height, field_width, padding, stride)


def col2im_6d_cython(cols, N, C, H, W, HH, WW, pad, stride):
    """Return the sum over windows, (N, C, H, W), of cols (C, HH, WW, N, HO, WO)."""
    pad, stride = int(pad), int(stride)
    HO, WO = cols.shape[4:]
    image = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=cols.dtype)
    for i in range(HH):
        for j in range(WW):
            tap = image[:, :, i:i + stride * HO:stride, j:j + stride * WO:stride]
            tap += cols[:, i, j].transpose(1, 0, 2, 3)
    return image[:, :, pad:pad + H, pad:pad + W]
