"""The net with one hidden layer, and its generalisation to n layers, that learns the two moons.

ELEC/COMP 576 assignment 1, part 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from reference.activations import ACTIVATIONS
from reference.layers import affine, relu_margin
from reference.losses import (
    draw_labels,
    lead,
    log_softmax,
    plain_softmax_loss,
    softmax,
)
from reference.problem import (
    Answers,
    Array,
    Gradient,
    Inputs,
    Options,
    Problem,
    Shape,
    Sizes,
    Step,
    follow,
)
from reference.stabilisers import with_stabilisers
from reference.two_layer_net import PENALTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What is minimised: a course's scaling of the cross-entropy and of the penalty.

    Parameters
    ----------
    reg
        Strength of the weight decay, >= 0.
    factor
        ½ for ``½ reg ‖W‖²``, 1 for ``reg ‖W‖²``, 0 for no penalty.
    mean
        True for the mean of the cross-entropy over the examples, False for its sum.
    penalty_over_n
        True where the penalty is divided by N too.
    """

    reg: float = 0.0
    factor: float = 0.5
    mean: bool = True
    penalty_over_n: bool = False

    def scales(self, N: int) -> tuple[float, float]:
        """Return what multiplies the summed cross-entropy, and what ``Σ ‖W‖²``, over N examples.

        >>> Objective(reg=0.5, penalty_over_n=True).scales(5)
        (0.2, 0.05)
        """
        penalty = self.factor * self.reg / (N if self.penalty_over_n else 1)
        return (1.0 / N if self.mean else 1.0), penalty


def forward(
    X: Array, weights: Sequence[Array], biases: Sequence[Array], activation: str
) -> tuple[list[Array], list[Array]]:
    """Return what each layer sums up, and what goes into each layer.

    Parameters
    ----------
    X : (N, D) float array
        One example a row.
    weights, biases : sequences of (H[l−1], H[l]) and (1, H[l]) float arrays
        W₁ … W_L and b₁ … b_L; H[0] = D and H[L] = C.
    activation : str
        A key of ``reference.activations.ACTIVATIONS``.

    Returns
    -------
    z : list of (N, H[l]) float arrays
        z₁ … z_L, the last being the scores.
    a : list of (N, H[l]) float arrays
        a₀ = X, a₁ … a_{L−1}, with a_l = f(z_l).

    >>> z, a = forward(np.zeros((1, 2)), [np.eye(2)] * 2, [np.ones((1, 2))] * 2, "relu")
    >>> z[1], a[1]
    (array([[2., 2.]]), array([[1., 1.]]))
    """
    f = ACTIVATIONS[activation].function
    z, a = [affine(X, weights[0], biases[0])], [X]
    for W, b in zip(weights[1:], biases[1:], strict=True):
        a.append(f(z[-1]))
        z.append(affine(a[-1], W, b))
    return z, a


def loss_and_gradients(
    X: Array,
    y: Array,
    weights: Sequence[Array],
    biases: Sequence[Array],
    activation: str = "tanh",
    objective: Objective = Objective(),
) -> Answers:
    """Return everything that the net computes, layer by layer, and the gradients of its loss.

    Parameters
    ----------
    X : (N, D) float array
        One example a row.
    y : (N,) integer array
        Right classes, 0 <= y < C.
    weights, biases : sequences of (H[l−1], H[l]) and (1, H[l]) float arrays
        W₁ … W_L and b₁ … b_L; H[0] = D and H[L] = C.
    activation : str
        A key of ``reference.activations.ACTIVATIONS``.
    objective : Objective
        How cross-entropy and penalty are scaled; the biases are not penalised.

    Returns
    -------
    dict of arrays
        ``z1, a1, …, zL`` (N, H[l]), ``probs`` (N, C), ``pred`` (N,), ``loss`` (), and
        ``dW1, db1, …, dWL, dbL``, each in the shape of its parameter.

    Notes
    -----
    With a₀ = X, z_l = a_{l−1} W_l + b_l, a_l = f(z_l), probs = softmax(z_L), the scale s of the
    cross-entropy (1/N for the mean, 1 for the sum) and p of the penalty::

        loss = −s Σₙ log probs[n, y[n]] + p Σ ‖W_l‖²
        δ_L = s (probs − onehot(y))        δ_{l−1} = δ_l W_lᵀ ⊙ f'(z_{l−1})
        dW_l = a_{l−1}ᵀ δ_l + 2p W_l       db_l = Σₙ δ_l

    References
    ----------
    ELEC/COMP 576, assignment 1, part 1: ``feedforward``, ``calculate_loss``, ``backprop``.

    >>> answers = loss_and_gradients(
    ...     np.zeros((1, 2)), np.array([0]), [np.eye(2)] * 2, [np.zeros((1, 2))] * 2)
    >>> answers["probs"], answers["db2"]
    (array([[0.5, 0.5]]), array([[-0.5,  0.5]]))
    """
    z, a = forward(X, weights, biases, activation)
    scale, penalty = objective.scales(len(y))
    rows = np.arange(len(y))
    probs = softmax(z[-1])
    cross_entropy = -log_softmax(z[-1])[rows, y].sum()
    answers = {f"z{layer}": summed for layer, summed in enumerate(z, start=1)}
    answers |= {f"a{layer}": entered for layer, entered in enumerate(a[1:], start=1)}
    answers |= {
        "probs": probs,
        "pred": probs.argmax(axis=1),
        "loss": np.asarray(scale * cross_entropy + penalty * sum((W**2).sum() for W in weights)),
    }
    delta = scale * (probs - np.eye(probs.shape[1])[y])
    for layer in range(len(weights), 0, -1):
        answers[f"dW{layer}"] = a[layer - 1].T @ delta + 2.0 * penalty * weights[layer - 1]
        answers[f"db{layer}"] = delta.sum(axis=0, keepdims=True)
        if layer > 1:
            slope = ACTIVATIONS[activation].derivative(z[layer - 2])
            delta = (delta @ weights[layer - 1].T) * slope
    return answers


def initial_parameters(
    rng: np.random.Generator, widths: Sequence[int]
) -> tuple[list[Array], list[Array]]:
    """Return normal weights of variance 1/(inputs of the layer), and zero biases.

    Parameters
    ----------
    rng : numpy.random.Generator
    widths : sequence of int
        D, the hidden layers' widths, C.

    Returns
    -------
    weights, biases : lists of (widths[l−1], widths[l]) and (1, widths[l]) float arrays

    >>> weights, biases = initial_parameters(np.random.default_rng(0), (2, 4, 3))
    >>> [W.shape for W in weights], [b.shape for b in biases]
    ([(2, 4), (4, 3)], [(1, 4), (1, 3)])
    """
    layers = list(pairwise(widths))
    weights = [rng.normal(size=layer) / np.sqrt(layer[0]) for layer in layers]
    return weights, [np.zeros((1, after)) for _, after in layers]


def train(
    X: Array,
    y: Array,
    rng: np.random.Generator,
    *,
    hidden: Sequence[int] = (4,),
    activation: str = "tanh",
    objective: Objective = Objective(reg=0.01),
    epsilon: float = 0.01,
    passes: int = 20_000,
) -> tuple[list[Array], list[Array]]:
    """Return the parameters after full-batch gradient descent.

    Parameters
    ----------
    X : (N, D) float array
    y : (N,) integer array
    rng : numpy.random.Generator
        Draws the initial weights.
    hidden : sequence of int
        Widths of the hidden layers.
    activation : str
        A key of ``reference.activations.ACTIVATIONS``.
    objective : Objective
        What is minimised. For the summed cross-entropy take ``epsilon / N`` instead of ε.
    epsilon : float
        Length of a step in units of the gradient, > 0.
    passes : int
        Number of steps.

    Returns
    -------
    weights, biases : lists of float arrays

    References
    ----------
    ELEC/COMP 576, assignment 1, part 1: ``fit_model``.

    >>> X, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
    >>> fitted = train(X, y, np.random.default_rng(0), epsilon=0.5, passes=100)
    >>> predict(X, *fitted)
    array([0, 1])
    """
    widths = (X.shape[1], *hidden, int(y.max()) + 1)
    weights, biases = initial_parameters(rng, widths)
    for _ in range(passes):
        answers = loss_and_gradients(X, y, weights, biases, activation, objective)
        for layer in range(len(weights)):
            weights[layer] = weights[layer] - epsilon * answers[f"dW{layer + 1}"]
            biases[layer] = biases[layer] - epsilon * answers[f"db{layer + 1}"]
    return weights, biases


def predict(
    X: Array, weights: Sequence[Array], biases: Sequence[Array], activation: str = "tanh"
) -> Array:
    """Return the class with the highest score for each example.

    Parameters
    ----------
    X : (N, D) float array
    weights, biases : sequences of (H[l−1], H[l]) and (1, H[l]) float arrays
    activation : str
        A key of ``reference.activations.ACTIVATIONS``.

    Returns
    -------
    (N,) int64 array

    >>> predict(np.array([[-1.0, 1.0]]), [np.eye(2)], [np.zeros((1, 2))])
    array([1])
    """
    z, _ = forward(X, weights, biases, activation)
    best: Array = z[-1].argmax(axis=1)
    return best


def shapes(options: Options) -> Mapping[str, Shape]:
    """Return the inputs' symbolic shapes; the biases are rows, as that course keeps them."""
    return {
        "X": ("N", "D"),
        "y": ("N",),
        "W1": ("D", "H"),
        "b1": (1, "H"),
        "W2": ("H", "C"),
        "b2": (1, "C"),
        "reg": (),
    }


def draw(
    rng: np.random.Generator, sizes: Sizes, settings: Mapping[str, Any], options: Options
) -> dict[str, Any]:
    """Draw inputs with random biases; ``scale`` multiplies W2 and ``stretch`` X."""
    N, D, H, C = (sizes[name] for name in "NDHC")
    return {
        "X": settings["stretch"] * rng.normal(size=(N, D)),
        "y": draw_labels(rng, N, C),
        "W1": rng.normal(size=(D, H)) / np.sqrt(D),
        "b1": rng.normal(scale=0.5, size=(1, H)),
        "W2": settings["scale"] * rng.normal(size=(H, C)) / np.sqrt(H),
        "b2": rng.normal(scale=0.5, size=(1, C)),
        "reg": float(settings["reg"]),
    }


def objective_of(inputs: Inputs, options: Options) -> Objective:
    """Return the objective that the options describe."""
    return Objective(
        reg=inputs["reg"],
        factor=PENALTY[options["penalty"]],
        mean=options["scaling"] == "mean",
        penalty_over_n=options["penalty_over_n"] == "yes",
    )


def solve(inputs: Inputs, options: Options) -> Answers:
    """Return all answers of the net with one hidden layer, and f'(z1)."""
    answers = loss_and_gradients(
        inputs["X"],
        inputs["y"],
        (inputs["W1"], inputs["W2"]),
        (inputs["b1"], inputs["b2"]),
        options["activation"],
        objective_of(inputs, options),
    )
    return answers | {"slope1": ACTIVATIONS[options["activation"]].derivative(answers["z1"])}


def given(inputs: Inputs, options: Options, own: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return what follows from a student's own earlier layers, and from their own f'(z1)."""
    f, y = ACTIVATIONS[options["activation"]], inputs["y"]
    rows = np.arange(len(y))
    scale, penalty = objective_of(inputs, options).scales(len(y))
    squares = (inputs["W1"] ** 2).sum() + (inputs["W2"] ** 2).sum()
    steps: Mapping[str, Step] = {
        "z1": lambda v: affine(v.X, v.W1, v.b1),
        "a1": lambda v: f.function(v.z1),
        "slope1": lambda v: f.derivative(v.z1),
        "z2": lambda v: affine(v.a1, v.W2, v.b2),
        "probs": lambda v: softmax(v.z2),
        "pred": lambda v: v.probs.argmax(axis=1),
        "loss": lambda v: penalty * squares - scale * np.log(v.probs[rows, y]).sum(),
        "delta2": lambda v: scale * (v.probs - np.eye(v.probs.shape[1])[y]),
        "delta1": lambda v: (v.delta2 @ v.W2.T) * v.slope1,
        "dW1": lambda v: v.X.T @ v.delta1 + 2.0 * penalty * v.W1,
        "db1": lambda v: v.delta1.sum(axis=0, keepdims=True),
        "dW2": lambda v: v.a1.T @ v.delta2 + 2.0 * penalty * v.W2,
        "db2": lambda v: v.delta2.sum(axis=0, keepdims=True),
    }
    return follow(steps, inputs, own)


def value(inputs: Inputs, options: Options) -> Answers:
    """Return the loss by einsums and complex-safe activations."""
    N = len(inputs["y"])
    z1 = np.einsum("nd,...dh->...nh", inputs["X"], inputs["W1"]) + inputs["b1"]
    a1 = ACTIVATIONS[options["activation"]].plain(z1)
    z2 = np.einsum("...nh,...hc->...nc", a1, inputs["W2"]) + inputs["b2"]
    data = plain_softmax_loss(z2, inputs["y"]) * (N if options["scaling"] == "sum" else 1)
    penalty = PENALTY[options["penalty"]] * inputs["reg"]
    squares = ((inputs[name] ** 2).sum(axis=(-2, -1)) for name in ("W1", "W2"))
    penalty = penalty * sum(squares)
    return {"loss": np.asarray(data + penalty / (N if options["penalty_over_n"] == "yes" else 1))}


def margin(inputs: Inputs, options: Options) -> float:
    """Return the least distance of a hidden unit from its kink or of two scores from a tie."""
    tie = lead(solve(inputs, options)["z2"])
    if not ACTIVATIONS[options["activation"]].kinked:
        return tie
    return min(tie, relu_margin(inputs["X"], inputs["W1"], inputs["b1"]))


def parts(inputs: Inputs, options: Options) -> Mapping[str, Answers]:
    """Return the weight gradients' two parts: from the data and from the penalty."""
    data = solve(inputs, {**options, "penalty": "absent"})
    _, penalty = objective_of(inputs, options).scales(len(inputs["y"]))
    return {
        f"d{name}": {"data": data[f"d{name}"], "penalty": 2.0 * penalty * inputs[name]}
        for name in ("W1", "W2")
    }


def led_back(inputs: Inputs, options: Options, dscores: Array) -> Answers:
    """Return the parameters' gradients for any (N, C) gradient of the mean loss in the scores."""
    count = len(inputs["y"]) if options["scaling"] == "sum" else 1
    follows = given(inputs, options, {"delta2": count * dscores})
    return {name: follows[name] for name in ("dW1", "db1", "dW2", "db2")}


PROBLEM = Problem(
    id="moons_net",
    title="Net with one hidden layer, softmax cross-entropy and weight decay",
    source="ELEC/COMP 576 assignment 1, part 1",
    shapes=shapes,
    sizes=({"N": 7, "D": 5, "H": 11, "C": 3}, {"N": 11, "D": 3, "H": 5, "C": 7}),
    settings={"reg": 0.0, "scale": 1.0, "stretch": 1.0},
    regimes={
        "decay": {"reg": 0.3},
        "single": {"N": 1},
        "square": {"N": 5, "D": 5, "H": 5, "C": 5},
        "hot": {"scale": 6.0},
        # Larger inputs, but tanh is not 1 all over; a net that narrows, and two classes.
        "wide": {"N": 6, "D": 13, "H": 4, "C": 2, "stretch": 4.0, "scale": 20.0},
    },
    options={
        "activation": tuple(ACTIVATIONS),
        "scaling": ("mean", "sum"),
        "penalty": ("half", "full", "absent"),
        "penalty_over_n": ("no", "yes"),
    },
    draw=draw,
    solve=solve,
    value=value,
    stacks=True,
    gradients={f"d{name}": Gradient(of="loss", wrt=name) for name in ("W1", "b1", "W2", "b2")},
    margin=margin,
    parts=parts,
    stabilised=with_stabilisers(
        solve, lambda inputs, options: solve(inputs, options)["z2"], led_back
    ),
    given=given,
    intermediates=("z1", "a1", "slope1", "z2", "probs"),
)
