from deep_net import run, train


def fit_n_layers(X, y, sizes):
    layers = train(X.T, y, sizes, 0.5, 2000)
    return lambda points: run(layers, points.T)[1].argmax(axis=0)
