import numpy as np

def worked_example():
    return {"h1": [1, -1/2], "a": [1, 0], "h2": 0, "y": 1/2, "dy": -1/2,
            "dh2": -1/8, "dh1": [-1/8, 0], "dW1_12": -1/16

def steps(x, W1, b1, W2, b2, t):
    return {}
