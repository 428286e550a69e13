"""Wrong and right variants of the references, and how they are judged on certified draws."""

from __future__ import annotations

from tests.bank import dense_nets, images, norms, parts, small_nets, steps

ROWS = (
    *dense_nets.ROWS,
    *small_nets.ROWS,
    *parts.ROWS,
    *images.ROWS,
    *norms.ROWS,
    *steps.ROWS,
)
"""Every wrong variant."""
