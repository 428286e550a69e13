# sums over all joint states (v, h), straight from the definition
import itertools
import math

import numpy as np


def energy(v, h, W, b, c):
    return -np.dot(b, v) - np.dot(c, h) - np.dot(v, np.dot(W, h))


def states(k):
    return [np.array(s, dtype=float) for s in itertools.product([0, 1], repeat=k)]


def log_likelihood(V, W, b, c):
    hs = states(len(c))
    Z = sum(math.exp(-energy(v, h, W, b, c)) for v in states(len(b)) for h in hs)
    total = 0.0
    for v in V:
        total += math.log(sum(math.exp(-energy(v, h, W, b, c)) for h in hs)) - math.log(Z)
    return total


def gradients(V, W, b, c):
    dW, db, dc = np.zeros(W.shape), np.zeros(len(b)), np.zeros(len(c))
    hs = states(len(c))
    for v in V:
        weights = [math.exp(-energy(v, h, W, b, c)) for h in hs]
        for weight, h in zip(weights, hs):
            p = weight / sum(weights)
            dW += p * np.outer(v, h)
            db += p * v
            dc += p * h
    joint = [(v, h, math.exp(-energy(v, h, W, b, c))) for v in states(len(b)) for h in hs]
    Z = sum(weight for _, _, weight in joint)
    for v, h, weight in joint:
        p = len(V) * weight / Z
        dW -= p * np.outer(v, h)
        db -= p * v
        dc -= p * h
    return dW, db, dc
