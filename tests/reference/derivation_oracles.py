"""The values of the derivation problems once more, for automatic differentiation by HIPS autograd.

Written from the questions' text and sharing no line with ``reference``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import autograd.numpy as anp

ACTIVATIONS: Mapping[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "tanh": anp.tanh,
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "relu": lambda z: anp.maximum(z, 0),
    "leaky_relu": lambda z: anp.maximum(z, z / 5),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "swish": lambda z: z / (1 + anp.exp(-z)),
}


def autoencoder(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    f = ACTIVATIONS[options["nonlinearity"]]
    W, X = inputs["W"], inputs["x" if options["examples"] == "one" else "X"]
    error = f(anp.dot(W.T, f(anp.dot(W, X)))) - X
    return {"loss": anp.sum(error**2) / 2}


def gplvm(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    X, Y = inputs["X"], inputs["Y"]
    N, D = Y.shape
    K = inputs["alpha"] * anp.dot(X, X.T) + anp.eye(N) / inputs["beta"]
    L1 = -D / 2 * anp.linalg.slogdet(K)[1]
    L2 = -anp.sum(Y * anp.dot(anp.linalg.inv(K), Y)) / 2
    return {"L1": L1, "L2": L2, "L": L1 + L2 - N * D / 2 * anp.log(2 * anp.pi)}


def swish_net(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    one = options["examples"] == "one"
    X = inputs["x"] if one else inputs["X"].T
    z1 = anp.dot(X, inputs["W1"].T) + inputs["b1"]
    h1 = ACTIVATIONS["swish"](z1)
    z2 = anp.dot(h1, inputs["W2"].T) + inputs["b2"]
    layers = {"z1": z1.T, "h1": h1.T, "z2": z2.T}
    if options["given"] == "g":
        return {**layers, "loss": anp.sum(inputs["g"] * z2.T)}
    probabilities = anp.exp(z2) / anp.sum(anp.exp(z2), axis=-1, keepdims=True)
    if one:
        return {**layers, "loss": -anp.log(probabilities[inputs["y"]])}
    right = probabilities[anp.arange(len(inputs["y"])), inputs["y"]]
    reduce = anp.sum if options["scaling"] == "sum" else anp.mean
    return {**layers, "loss": -reduce(anp.log(right))}


def sigmoid_mlp(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    phi = ACTIVATIONS[options["activation"]]
    z1 = anp.dot(inputs["x"], inputs["W1"]) + inputs["b1"]
    x1 = phi(z1)
    z2 = anp.dot(x1, inputs["W2"]) + inputs["b2"]
    x2 = phi(z2)
    return {"z1": z1, "x1": x1, "z2": z2, "x2": x2, "loss": anp.sum((x2 - inputs["y"]) ** 2) / 2}


def backprop_by_hand(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    h1 = anp.dot(inputs["W1"], inputs["x"]) + inputs["b1"]
    a = ACTIVATIONS["relu"](h1)
    h2 = anp.dot(inputs["W2"], a) + inputs["b2"]
    y = ACTIVATIONS["sigmoid"](h2)
    return {"h1": h1, "a": a, "h2": h2, "y": y, "loss": (inputs["t"] - y) ** 2 / 2}


def rbm(inputs: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    V, W, b, c = (inputs[name] for name in "VWbc")
    v, h = (anp.array(list(anp.ndindex(*(2,) * size))) * 1.0 for size in W.shape)
    joint = anp.exp(anp.dot(anp.dot(v, W), h.T) + anp.dot(v, b)[:, None] + anp.dot(h, c))
    seen = anp.exp(anp.dot(anp.dot(V, W), h.T) + anp.dot(V, b)[:, None] + anp.dot(h, c))
    return {"log_likelihood": anp.sum(anp.log(anp.sum(seen, axis=1) / anp.sum(joint)))}


ORACLES: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, str]], dict[str, Any]]] = {
    "autoencoder": autoencoder,
    "gplvm": gplvm,
    "swish_net": swish_net,
    "sigmoid_mlp": sigmoid_mlp,
    "backprop_by_hand": backprop_by_hand,
    "rbm": rbm,
}
