"""Training by mini-batches: the solver of the courses, for every net of this package.

ECE C147/C247 homework 3 and CS231n assignment 2 (``solver.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from reference import conv_net, fc_net, lenet
from reference.dropout import draw_mask
from reference.optimizers import RULES
from reference.problem import Array

Parameters = Mapping[str, Array]

Observer = Callable[[int, Parameters, Array, Array], None]
"""``observe(step, parameters, X, y)``: a step's number, from 0, and what it starts from: the
parameters, which it must not change, and the batch."""


def unobserved(step: int, parameters: Parameters, X: Array, y: Array) -> None:
    """Look away.

    >>> unobserved(0, {}, np.zeros((1, 2)), np.zeros(1))
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A net as the solver sees it.

    Parameters
    ----------
    loss
        ``loss(parameters, X, y, rng)`` returns the loss and its gradient in each parameter; rng
        is for nets that drop units.
    scores
        ``scores(parameters, X)`` returns the (N, C) scores, as at test time.
    """

    loss: Callable[[Parameters, Array, Array, np.random.Generator], tuple[float, Parameters]]
    scores: Callable[[Parameters, Array], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What comes out of training.

    Parameters
    ----------
    parameters
        Those that were best on the validation set, of all ends of an epoch and of the start; of
        equally good ones the last, which have learnt for longer.
    losses
        The loss on the batch of each step.
    train_accuracies, validation_accuracies
        At the start and at the end of each epoch, as shares.
    """

    parameters: Parameters
    losses: tuple[float, ...]
    train_accuracies: tuple[float, ...]
    validation_accuracies: tuple[float, ...]


def accuracy(model: Model, parameters: Parameters, X: Array, y: Array, batch: int = 500) -> float:
    """Return the share of examples whose highest score is that of the right class.

    Parameters
    ----------
    model : Model
    parameters : mapping of names to float arrays
    X : (N, ...) float array
    y : (N,) integer array
    batch : int
        Examples that are scored at a time.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If there is no example.

    >>> model = dense_model(1)
    >>> accuracy(model, {"W1": np.eye(2), "b1": np.zeros(2)}, np.eye(2), np.array([0, 0]))
    0.5
    """
    if not len(X):
        raise ValueError("no example to be accurate on: expected at least one")
    right = [
        model.scores(parameters, X[first : first + batch]).argmax(axis=1)
        == y[first : first + batch]
        for first in range(0, len(X), batch)
    ]
    return float(np.concatenate(right).mean())


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """How a net is trained.

    Parameters
    ----------
    rule
        A key of ``reference.optimizers.RULES``.
    rates
        The rule's numbers, where they are not its defaults.
    learning_rate_decay
        What the learning rate is multiplied by after each epoch.
    batch_size
        Examples in a step; the last batch of an epoch may be smaller.
    epochs
        How often every example is seen.

    Raises
    ------
    ValueError
        If there is no such rule, no example in a step, or a negative number of epochs.
    """

    rule: str = "sgd"
    rates: Mapping[str, float] = field(default_factory=dict)
    learning_rate_decay: float = 1.0
    batch_size: int = 100
    epochs: int = 10

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"rule={self.rule!r} is not one of {', '.join(RULES)}")
        if self.batch_size < 1 or self.epochs < 0:
            raise ValueError(
                f"batch_size={self.batch_size}, epochs={self.epochs}: expected at least 1 and 0"
            )

    def batches(self, rng: np.random.Generator, N: int) -> Iterator[Array]:
        """Yield the rows of each batch of an epoch, every example being in one of them.

        >>> [len(rows) for rows in Solver(batch_size=4).batches(np.random.default_rng(0), 10)]
        [4, 4, 2]
        """
        order = rng.permutation(N)
        for first in range(0, N, self.batch_size):
            yield order[first : first + self.batch_size]

    def train(
        self,
        model: Model,
        parameters: Parameters,
        X: Array,
        y: Array,
        X_val: Array,
        y_val: Array,
        rng: np.random.Generator,
        observe: Observer = unobserved,
    ) -> Training:
        """Train a net and keep the parameters that were best on the validation set.

        Parameters
        ----------
        model : Model
        parameters : mapping of names to float arrays
            Where training starts; they are not changed.
        X, y : (N, ...) float array and (N,) integer array
        X_val, y_val : the same for validation
        rng : numpy.random.Generator
            Orders the batches.
        observe : function of (step, parameters, X, y)
            Is shown every step before it is taken, as ``reference.monitors.lenet_observer``.

        Returns
        -------
        Training

        References
        ----------
        CS231n assignment 2 and ECE C147/C247 homework 3, ``Solver``.

        >>> X, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
        >>> start = {"W1": np.array([[1.0, -1.0]]), "b1": np.zeros(2)}
        >>> rng = np.random.default_rng(0)
        >>> solver = Solver(epochs=20, rates={"learning_rate": 0.5})
        >>> solver.train(dense_model(1), start, X, y, X, y, rng).validation_accuracies[::20]
        (0.0, 1.0)
        """
        rule = RULES[self.rule]
        rates = {**rule.rates, **self.rates}
        current = dict(parameters)
        states = {name: rule.fresh(w) for name, w in current.items()}
        best = current
        losses: list[float] = []
        trained = [accuracy(model, current, X, y)]
        validated = [accuracy(model, current, X_val, y_val)]
        for _ in range(self.epochs):
            for rows in self.batches(rng, len(X)):
                observe(len(losses), current, X[rows], y[rows])
                loss, gradients = model.loss(current, X[rows], y[rows], rng)
                losses.append(loss)
                steps = {
                    name: rule.step(w, gradients[name], states[name], **rates)
                    for name, w in current.items()
                }
                current = {name: w for name, (w, _) in steps.items()}
                states = {name: dict(state) for name, (_, state) in steps.items()}
            rates["learning_rate"] *= self.learning_rate_decay
            trained.append(accuracy(model, current, X, y))
            validated.append(accuracy(model, current, X_val, y_val))
            if validated[-1] >= max(validated[:-1]):
                best = current
        return Training(
            parameters=best,
            losses=tuple(losses),
            train_accuracies=tuple(trained),
            validation_accuracies=tuple(validated),
        )


def dense_model(depth: int, reg: float = 0.0) -> Model:
    """Return the fully connected ReLU net as a model, its parameters being ``W1, b1, …``.

    Parameters
    ----------
    depth : int
        Number of weight matrices; 2 is TwoLayerNet, 1 the linear softmax classifier.
    reg : float
        Strength of the weight decay, ½ reg ‖W‖².

    Returns
    -------
    Model

    >>> dense_model(1).scores({"W1": np.eye(2), "b1": np.ones(2)}, np.zeros((1, 2)))
    array([[1., 1.]])
    """
    layers = range(1, depth + 1)

    def unpack(parameters: Parameters) -> tuple[list[Array], list[Array]]:
        return [parameters[f"W{k}"] for k in layers], [parameters[f"b{k}"] for k in layers]

    def loss(
        parameters: Parameters, X: Array, y: Array, rng: np.random.Generator
    ) -> tuple[float, Parameters]:
        answers = fc_net.loss_and_gradients(X, y, *unpack(parameters), reg)
        return float(answers["loss"]), {name: answers[f"d{name}"] for name in parameters}

    def scores(parameters: Parameters, X: Array) -> Array:
        return fc_net.forward(X, *unpack(parameters))[0]

    return Model(loss=loss, scores=scores)


def conv_model(reg: float = 0.0) -> Model:
    """Return the three-layer convolutional net as a model.

    Parameters
    ----------
    reg : float
        Strength of the weight decay, ½ reg ‖W‖².

    Returns
    -------
    Model

    >>> start = conv_net.initial_parameters(np.random.default_rng(0), (1, 4, 4))
    >>> conv_model().scores(start, np.zeros((2, 1, 4, 4))).shape
    (2, 10)
    """

    def loss(
        parameters: Parameters, X: Array, y: Array, rng: np.random.Generator
    ) -> tuple[float, Parameters]:
        W1, b1, W2, b2, W3, b3 = (parameters[name] for name in conv_net.PARAMETERS)
        answers = conv_net.loss_and_gradients(X, y, W1, b1, W2, b2, W3, b3, reg)
        return float(answers["loss"]), {name: answers[f"d{name}"] for name in parameters}

    return Model(loss=loss, scores=lambda parameters, X: conv_net.scores_of(X, **parameters))


def lenet_model(keep: float = 0.5, activation: str = "relu", padding: str = "same") -> Model:
    """Return the LeNet-style net as a model that drops hidden units in training alone.

    Parameters
    ----------
    keep : float
        The probability that a hidden unit is kept, 0 < keep <= 1.
    activation : str
        A monotone one of ``reference.activations.ACTIVATIONS``.
    padding : str
        ``same`` or ``valid``.

    Returns
    -------
    Model

    >>> start = lenet.initial_parameters(np.random.default_rng(0), (1, 8, 8))
    >>> lenet_model().scores(start, np.zeros((2, 1, 8, 8))).shape
    (2, 10)
    """

    def loss(
        parameters: Parameters, X: Array, y: Array, rng: np.random.Generator
    ) -> tuple[float, Parameters]:
        kept = draw_mask(rng, (len(X), len(parameters["b3"])), keep)
        answers = lenet.loss_and_gradients(X, y, parameters, kept, keep, activation, padding)
        return float(answers["loss"]), {name: answers[f"d{name}"] for name in parameters}

    def scores(parameters: Parameters, X: Array) -> Array:
        return lenet.forward(X, parameters, activation=activation, padding=padding)["scores"]

    return Model(loss=loss, scores=scores)
