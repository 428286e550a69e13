"""NumPy reference implementations of every gradient and network that the homework asks for.

Each file is one problem, or one family of parts, and ends in its ``PROBLEM`` (or ``PROBLEMS``).
``reference.problem(id)`` finds a problem by name and imports only its file.
"""

from __future__ import annotations

from importlib import import_module

from reference.problem import Gradient, Problem

__all__ = ["Gradient", "Problem", "home", "problem", "problem_ids"]

_HOME = {
    **dict.fromkeys(
        ("tanh", "sigmoid", "relu", "leaky_relu", "elu", "swish"), "reference.activations"
    ),
    **dict.fromkeys(("softmax_loss", "svm_loss"), "reference.losses"),
    **dict.fromkeys(("affine", "affine_relu"), "reference.layers"),
    **dict.fromkeys(("batchnorm", "layernorm", "spatial_batchnorm"), "reference.normalization"),
    **dict.fromkeys(("conv", "max_pool"), "reference.convolution"),
    **dict.fromkeys(("linear_softmax", "linear_svm"), "reference.linear_classifiers"),
    **dict.fromkeys(
        ("truncated_normal", "glorot_uniform", "glorot_normal", "he_normal"),
        "reference.initializers",
    ),
    **dict.fromkeys(
        ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "nadam"),
        "reference.optimizers",
    ),
    "conv_net": "reference.conv_net",
    "lenet": "reference.lenet",
    "dropout": "reference.dropout",
    "autoencoder": "reference.autoencoder",
    "backprop_by_hand": "reference.backprop_by_hand",
    "fc_net": "reference.fc_net",
    "gplvm": "reference.gplvm",
    "moons_net": "reference.moons_net",
    "rbm": "reference.rbm",
    "regularised_net": "reference.regularised_net",
    "sigmoid_mlp": "reference.sigmoid_mlp",
    "swish_net": "reference.swish_net",
    "two_layer_net": "reference.two_layer_net",
}
"""Which module holds which problem: one in its ``PROBLEM``, or several in its ``PROBLEMS``."""


def problem_ids() -> tuple[str, ...]:
    """Return the ids of all problems, in alphabetical order.

    >>> "two_layer_net" in problem_ids()
    True
    """
    return tuple(sorted(_HOME))


def home(problem_id: str) -> str:
    """Return the name of the module that holds a problem.

    Raises
    ------
    KeyError
        If there is no such problem.

    >>> home("relu")
    'reference.activations'
    """
    return _HOME[problem_id]


def problem(problem_id: str) -> Problem:
    """Return the problem of that id, importing its file at first use.

    Raises
    ------
    KeyError
        If there is no such problem.

    >>> problem("relu").title
    'ReLU, its derivative and its backward pass'
    """
    module = import_module(home(problem_id))
    several: dict[str, Problem] = getattr(module, "PROBLEMS", {})
    return several[problem_id] if several else module.PROBLEM
