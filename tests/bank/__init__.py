"""Wrong and right variants of the references, and how they are judged on certified draws."""

from __future__ import annotations

from tests.bank import (
    activations,
    dense_nets,
    images,
    layers,
    losses,
    models,
    moments,
    norms,
    regularised,
    small_nets,
    steps,
    two_layer,
    usual_rates,
    wide,
)

ROWS = (
    *activations.ROWS,
    *dense_nets.ROWS,
    *images.ROWS,
    *layers.ROWS,
    *losses.ROWS,
    *models.ROWS,
    *moments.ROWS,
    *norms.ROWS,
    *regularised.ROWS,
    *small_nets.ROWS,
    *steps.ROWS,
    *two_layer.ROWS,
    *usual_rates.ROWS,
    *wide.ROWS,
)
"""Every wrong variant."""
