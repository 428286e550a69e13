"""The catalogue of mistakes: the reference with one known edit, input or option changed.

Nothing here needs ``reference/``: rows are texts. A kit carries their clauses alone, since an edit
tells what stands in the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from grader.diagnosis.catalogue import (
    activations,
    dense_nets,
    images,
    layers,
    losses,
    models,
    regularised_nets,
    small_nets,
    starts,
    updates,
)
from grader.diagnosis.catalogue.changes import changed_clause
from grader.diagnosis.catalogue.rows import Edit, Row

__all__ = ["ROWS", "Edit", "Row", "clause_of", "rows_of"]

ROWS: Mapping[str, tuple[Row, ...]] = {
    **activations.ACTIVATIONS,
    **updates.RULES,
    **starts.INITIALIZERS,
    "affine": layers.AFFINE,
    "affine_relu": layers.AFFINE_RELU,
    "autoencoder": small_nets.AUTOENCODER,
    "backprop_by_hand": small_nets.BACKPROP_BY_HAND,
    "batchnorm": layers.BATCHNORM,
    "conv": images.CONV,
    "conv_net": (*images.CONV_NET, *losses.SOFTMAX_LOSS),
    "dropout": layers.DROPOUT,
    "fc_net": (*dense_nets.FC_NET, *losses.SOFTMAX_LOSS),
    "gplvm": models.GPLVM,
    "layernorm": layers.LAYERNORM,
    "lenet": (*images.LENET, *losses.SOFTMAX_LOSS),
    "linear_softmax": (*dense_nets.LINEAR, *losses.SOFTMAX_LOSS),
    "linear_svm": (*dense_nets.LINEAR, *losses.SVM_LOSS),
    "max_pool": images.MAX_POOL,
    "moons_net": (*dense_nets.MOONS_NET, *losses.SOFTMAX),
    "rbm": models.RBM,
    "regularised_net": (*regularised_nets.REGULARISED_NET, *losses.SOFTMAX_LOSS),
    "sigmoid_mlp": small_nets.SIGMOID_MLP,
    "softmax_loss": losses.SOFTMAX_LOSS,
    "spatial_batchnorm": layers.SPATIAL_BATCHNORM,
    "svm_loss": losses.SVM_LOSS,
    "swish_net": (*small_nets.SWISH_NET, *losses.SOFTMAX_LOSS),
    "two_layer_net": (*dense_nets.TWO_LAYER_NET, *losses.SOFTMAX_LOSS),
}
"""Problem -> the edits of its reference that are tried."""


def rows_of(problem_id: str) -> tuple[Row, ...]:
    """Return the edits that are tried on a problem.

    >>> rows_of("relu")[0].key
    'mask_missing'
    """
    return ROWS.get(problem_id, ())


def clause_of(problem_id: str, key: str) -> str:
    """Return what a mistake of the catalogue does, as a clause that may follow "if".

    >>> clause_of("two_layer_net", "mask_missing")
    "the activation's derivative is left out"
    >>> clause_of("two_layer_net", "bias_missing:b1")
    'the bias b1 is left out'
    """
    return _clauses(problem_id).get(key) or changed_clause(key)


@cache
def _clauses(problem_id: str) -> Mapping[str, str]:
    return {row.key: row.clause for row in rows_of(problem_id)}
